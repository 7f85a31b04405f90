// Package answer takes the claims out of what a student's process said. Every
// record is untrusted: it is decoded strictly, capped in number and size, and
// one that is not well formed is dropped with a note.
//
//	records, notes := answer.Read(run.Claims)
//	verdicts := labs.Check(lab, student, records)
//
// Whether a claim is true is for the lab to say.
package answer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

// The caps on what one submission may claim.
const (
	MaxRecords = 1000
	MaxBytes   = 16 << 10 // of one record
	maxNotes   = 5
)

var id = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// Read returns the well-formed records in order, and notes on the others.
func Read(raw [][]byte) ([]record.Record, []string) {
	var records []record.Record
	var notes []string
	bad := 0
	for i, data := range raw {
		if len(records) == MaxRecords {
			notes = append(notes, fmt.Sprintf("only the first %d records count", MaxRecords))
			break
		}
		r, err := decode(data)
		if err == nil {
			records = append(records, r)
			continue
		}
		if bad++; bad <= maxNotes {
			notes = append(notes, fmt.Sprintf("record %d is left out: %v", i+1, err))
		}
	}
	if bad > maxNotes {
		notes = append(notes, fmt.Sprintf("%d more records are left out", bad-maxNotes))
	}
	return records, notes
}

func decode(data []byte) (record.Record, error) {
	if len(data) > MaxBytes {
		return record.Record{}, fmt.Errorf("%d bytes: want at most %d", len(data), MaxBytes)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var r record.Record
	if err := d.Decode(&r); err != nil {
		return record.Record{}, fmt.Errorf("not a record: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return record.Record{}, errors.New("not a record: something follows it")
	}
	return r, valid(r)
}

var kinds = []record.Kind{record.Predict, record.Answer, record.Because, record.Call}

func valid(r record.Record) error {
	switch {
	case r.Kind == record.Open:
		if r.Lab == "" || r.Student == "" {
			return errors.New("open: want a lab and a student")
		}
		return nil
	case !slices.Contains(kinds, r.Kind):
		return fmt.Errorf("kind %q: want open, predict, answer, because or call", r.Kind)
	case !id.MatchString(r.ID):
		return fmt.Errorf("id %q: want a question such as q1 or q1.compute", r.ID)
	case r.Type == "":
		return fmt.Errorf("%s %s: no type", r.Kind, r.ID)
	case math.IsNaN(r.Number) || math.IsInf(r.Number, 0):
		return fmt.Errorf("%s %s: not a finite number", r.Kind, r.ID)
	}
	return nil
}
