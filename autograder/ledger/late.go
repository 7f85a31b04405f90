package ledger

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// A Policy is what lateness costs. The zero Policy costs nothing.
//
//	penalty = min(Cap, PerDay · ⌈days since Due⌉) percent of the points earned
//
// Nothing is taken within Grace, and everything after CutOff. It leaves out
// tokens and free late days: give an extension instead.
type Policy struct {
	Due    time.Time     `json:"due,omitzero"`
	Grace  time.Duration `json:"grace,omitempty"`   // after Due without penalty
	PerDay float64       `json:"per_day,omitempty"` // percent for each day begun
	Cap    float64       `json:"cap,omitempty"`     // percent at most; 0 is 100
	CutOff time.Duration `json:"cut_off,omitempty"` // after Due; later earns nothing; 0 is never
}

// Check refuses a policy that makes no sense.
func (p Policy) Check() error {
	switch {
	case p.Grace < 0:
		return fmt.Errorf("late policy: grace = %v: want 0 or more", p.Grace)
	case math.IsNaN(p.PerDay) || p.PerDay < 0 || p.PerDay > 100:
		return fmt.Errorf("late policy: per day = %v: want 0 to 100 percent", p.PerDay)
	case math.IsNaN(p.Cap) || p.Cap < 0 || p.Cap > 100:
		return fmt.Errorf("late policy: cap = %v: want 0 to 100 percent", p.Cap)
	case p.CutOff < 0:
		return fmt.Errorf("late policy: cut-off = %v: want 0 or more", p.CutOff)
	case p.CutOff > 0 && p.CutOff < p.Grace:
		return fmt.Errorf("late policy: cut-off %v is before the end of grace %v", p.CutOff, p.Grace)
	case p.Due.IsZero() && p != Policy{}:
		return errors.New("late policy: due: want a date")
	}
	return nil
}

// Lateness is what a policy says about one submission.
type Lateness struct {
	Submitted time.Time
	Due       time.Time // with the student's extension
	Late      time.Duration
	Days      int     // begun, after Due
	Percent   float64 // of the points earned that are taken
	Note      string
}

const day = 24 * time.Hour

// Judge says what lateness costs a submission. A submission whose time is not
// known is never late.
func (p Policy) Judge(submitted time.Time, extension time.Duration) Lateness {
	l := Lateness{Submitted: submitted}
	if p.Due.IsZero() {
		return l
	}
	l.Due = p.Due.Add(extension)
	if submitted.IsZero() {
		l.Note = "the time of handing in is not known: no penalty"
		return l
	}
	if l.Late = submitted.Sub(l.Due); l.Late <= p.Grace {
		l.Late = max(0, l.Late)
		return l
	}
	l.Days = int((l.Late + day - 1) / day)
	if p.CutOff > 0 && l.Late > p.CutOff {
		l.Percent, l.Note = 100, "handed in after the cut-off"
		return l
	}
	limit := p.Cap
	if limit == 0 {
		limit = 100
	}
	l.Percent = math.Min(limit, p.PerDay*float64(l.Days))
	return l
}

// SetPolicy records the late policy of an assignment; the last one holds.
func (l *Ledger) SetPolicy(assignment, who string, p Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("recording a late policy: %w", err)
	}
	return l.change("recording a late policy", func(tx *sql.Tx) error {
		return l.log(tx, Event{Kind: Policied, Who: who, Assignment: assignment, Text: string(text)})
	})
}

// Policy returns the late policy of an assignment, the zero one if there is none.
func (l *Ledger) Policy(assignment string) (Policy, error) {
	var p Policy
	var text string
	err := l.read.QueryRow("SELECT text FROM event WHERE assignment = ? AND kind = ? ORDER BY seq DESC LIMIT 1", assignment, Policied).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &p)
	}
	return p, l.reading("reading the late policy", err)
}

// Extend gives a student more time, counted from the due date; the last
// extension holds, also for a submission that comes later.
func (l *Ledger) Extend(assignment, student, who, reason string, by time.Duration) error {
	if err := said(who, reason); err != nil {
		return fmt.Errorf("extending the time of %s: %w", student, err)
	}
	hours := by.Hours()
	return l.change("extending the time", func(tx *sql.Tx) error {
		return l.log(tx, Event{Kind: Extended, Who: who, Assignment: assignment, Student: student, Points: &hours, Text: reason})
	})
}

// Extension returns a student's extension.
func (l *Ledger) Extension(assignment, student string) (time.Duration, error) {
	var hours float64
	err := l.read.QueryRow("SELECT points FROM event WHERE assignment = ? AND student = ? AND kind = ? ORDER BY seq DESC LIMIT 1",
		assignment, student, Extended).Scan(&hours)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return time.Duration(hours * float64(time.Hour)), l.reading("reading an extension", err)
}
