// Package check holds the invariants that answers are judged by, as pure
// functions of claims: nothing here runs code, reads files or knows a lab.
//
// Each check cites the solver whose invariant it is, and the tests hold that
// the solver itself passes. A wrong answer gets a message and a counter-example
// made of the student's own values, never the right value. There is a check for
// each of the eleven kinds of invariant (Kind), and All, Shares, Gate, Any and
// Follow put them together.
//
//	c := check.Unit{ID: "q3.gib", Want: r.Footprint, Name: "GiB", Size: units.GiB}
//	v := c.Check(check.Claims{"q3.gib": {ID: "q3.gib", Type: "number", Number: 17.13}})
//	fmt.Println(v.OK, v.Message)
package check

import (
	"fmt"
	"math"
)

// A Claim is one value that a student states.
type Claim struct {
	ID     string
	Type   string // number, text, bool, design, func or the name of a units type
	Unit   string // SI symbol of a quantity
	Number float64
	Text   string // as the student saw it
	Fields string // of a design: its fields as JSON
}

// String returns the id and the value as the student saw it, cut where it is
// longer than a message should be.
func (c Claim) String() string { return c.ID + " = " + shortened(c.Text) }

const longest = 100

func shortened(text string) string {
	r := []rune(text)
	if len(r) <= longest {
		return text
	}
	return string(r[:longest]) + "..."
}

// Claims are the claims of one submission by id.
type Claims map[string]Claim

// A Verdict is the judgement of one check.
type Verdict struct {
	OK             bool    `json:"ok"`
	Score          float64 `json:"score"` // 0 to 1
	Invariant      string  `json:"invariant"`
	Message        string  `json:"message"`
	CounterExample string  `json:"counter_example,omitempty"`
}

func pass(invariant, message string) Verdict {
	return Verdict{OK: true, Score: 1, Invariant: invariant, Message: message}
}

func fail(invariant, counter, format string, args ...any) Verdict {
	return Verdict{Invariant: invariant, Message: fmt.Sprintf(format, args...), CounterExample: counter}
}

// has returns a claim of the wanted dimension, or the verdict on what is there.
func has(c Claims, id, invariant string, want Number) (Claim, *Verdict) {
	claim, ok := c[id]
	switch {
	case !ok:
		v := fail(invariant, "", "there is no answer %s", id)
		return claim, &v
	case claim.Unit != want.Symbol || claim.Unit == "" && claim.Type != "number":
		v := fail(invariant, claim.String(), "%s has the wrong dimension: want %s", id, want.Noun)
		return claim, &v
	case math.IsNaN(claim.Number) || math.IsInf(claim.Number, 0):
		v := fail(invariant, claim.String(), "%s is not a finite number", id)
		return claim, &v
	}
	return claim, nil
}
