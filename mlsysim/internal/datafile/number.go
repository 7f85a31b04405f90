package datafile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
)

// number reads a field that is a number with its source.
func (r *Reader) number(f file, e *Entry, outer, fd Field, p pair) error {
	made, at, err := f.fact(e, p)
	if err != nil {
		return err
	}
	r.trust(f, e, p, made, at)

	v := outer.value(fd)
	number, shown, err := fd.number(made.Text)
	if err != nil {
		return f.errorf(at["value"], "%s: %s: %v", e.Path, p.key, err)
	}
	if want := fd.Bounds.refuse(number); want != "" {
		return f.errorf(at["value"], "%s: %s = %s: want %s", e.Path, p.key, made.Text, want)
	}
	isPrice := slices.Contains([]string{"USD", "USDRate", "EnergyPrice"}, fd.Type)
	if isPrice && !year.MatchString(made.Note) && (made.Note != "" || made.Confidence != "low") {
		return f.errorf(at["value"], "%s: %s: a price needs a note with its year", e.Path, p.key)
	}
	v.Literal, v.Shown, v.Number = strconv.FormatFloat(number, 'g', -1, 64), shown, number
	made.Field = v.Field
	e.Values, e.Facts = append(e.Values, v), append(e.Facts, made)
	return nil
}

var year = regexp.MustCompile(`\b(19|20)\d\d\b`)

// fact reads the mapping of a number and returns the node of each part.
func (f file) fact(e *Entry, p pair) (Fact, map[string]ast.Node, error) {
	var made Fact
	parts, err := f.pairs(p.value, e.Path+": "+p.key)
	if err != nil {
		return made, nil, err
	}
	seen := map[string]ast.Node{}
	for _, q := range parts {
		into := map[string]*string{"value": &made.Text, "source": &made.Document, "confidence": &made.Confidence, "note": &made.Note}[q.key]
		if into == nil {
			return made, nil, f.errorf(q.at, "%s: %s: unknown key %q: want value, source, confidence and note", e.Path, p.key, q.key)
		}
		if *into, err = f.scalar(q); err != nil {
			return made, nil, err
		}
		seen[q.key] = q.value
	}
	for _, key := range []string{"value", "source", "confidence"} {
		if seen[key] == nil {
			return made, nil, f.errorf(p.at, "%s: %s: has no %s", e.Path, p.key, key)
		}
	}
	return made, seen, nil
}

// trust checks the source and the confidence of a number.
func (r *Reader) trust(f file, e *Entry, p pair, made Fact, at map[string]ast.Node) {
	if !r.docs[made.Document] {
		r.fail(f.errorf(at["source"], "%s: %s: no document %q%s", e.Path, p.key, made.Document, r.documentHint(made.Document)))
	}
	switch {
	case !slices.Contains(confidences, made.Confidence):
		r.fail(f.errorf(at["confidence"], "%s: %s: confidence = %s: want low, medium or high", e.Path, p.key, made.Confidence))
	case made.Confidence == "low" && made.Note == "":
		r.fail(f.errorf(p.at, "%s: %s: low confidence needs a note that says why", e.Path, p.key))
	}
}

// documentHint says where documents are listed and which one was meant.
func (r *Reader) documentHint(id string) string {
	where := " in source/data/documents.yaml"
	if r.own != nil {
		where = " in the registry or under documents in this file"
	}
	if near := nearest.Names(id, sortedKeys(r.docs), 3); len(near) > 0 {
		where += ": did you mean " + strings.Join(near, ", ") + "?"
	}
	return where
}
