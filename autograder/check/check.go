// Package check holds the invariants that answers are judged by, as pure
// functions of claims: nothing here runs code, reads files or knows a lab.
//
// Each check cites the solver whose invariant it is, and the tests hold that
// the solver itself passes. A wrong answer gets a message and a counter-example
// made of the student's own values, never the right value. There are four
// kinds so far: equality (Equal), a split that adds up (Split), what binds
// (Binding) and the unit of a plain number (Unit).
//
//	c := check.Unit{ID: "q3.gib", Want: r.Footprint, Name: "GiB", Size: units.GiB}
//	v := c.Check(check.Claims{"q3.gib": {ID: "q3.gib", Type: "number", Number: 17.13}})
//	fmt.Println(v.OK, v.Message)
package check

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// A Claim is one value that a student states.
type Claim struct {
	ID     string
	Type   string // number, text, bool or the name of a units type
	Unit   string // SI symbol of a quantity
	Number float64
	Text   string // as the student saw it
}

// String returns the id and the value as the student saw it.
func (c Claim) String() string { return c.ID + " = " + c.Text }

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

// A Check judges claims.
type Check func(Claims) Verdict

// All passes when every check passes. The score is the mean, and the first
// check that fails speaks.
func All(checks ...Check) Check {
	return func(c Claims) Verdict {
		var out Verdict
		score, failed := 0.0, false
		for _, one := range checks {
			v := one(c)
			score += v.Score
			if !failed {
				out, failed = v, !v.OK
			}
		}
		out.OK, out.Score = !failed, score/math.Max(1, float64(len(checks)))
		return out
	}
}

func pass(invariant, message string) Verdict {
	return Verdict{OK: true, Score: 1, Invariant: invariant, Message: message}
}

func fail(invariant, counter, format string, args ...any) Verdict {
	return Verdict{Invariant: invariant, Message: fmt.Sprintf(format, args...), CounterExample: counter}
}

// A Number is a value with the unit it is claimed in; an empty symbol is a
// plain number.
type Number struct {
	Value  float64
	Symbol string
	Noun   string // a time, a size: what the quantity is in words
}

// Seconds is the number of a time.
func Seconds(t units.Seconds) Number {
	return Number{float64(t), t.Symbol(), "a time, such as 3*Millisecond"}
}

// Bytes is the number of an amount of data.
func Bytes(b units.Bytes) Number { return Number{float64(b), b.Symbol(), "a size, such as 3*GB"} }

// Plain is a number without a unit.
func Plain(v float64) Number { return Number{v, "", "a plain number"} }

// near compares with a relative tolerance; zero equals only zero.
func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Abs(want)
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
