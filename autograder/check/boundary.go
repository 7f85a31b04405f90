package check

import (
	"math"
	"strings"
)

// None is the text that answers a question for a boundary where there is none.
const None = "none"

// Boundary (WIT) wants the last value that keeps a promise, or the first that
// does: it holds at the answer and not at the next value. The student may answer
// "none", and that is right if nothing from Low to High keeps the promise.
type Boundary struct {
	ID    string
	What  string // batch, bandwidth
	Yes   string // fits, keeps the limit: what it means that the promise holds
	No    string // does not fit: the opposite
	Cites string // the solver that Holds asks

	Holds func(x float64) bool
	First bool    // the smallest value that holds; otherwise the largest
	Low   float64 // range of the question, both included
	High  float64
	Step  float64 // distance of neighbours, 1 for counts; zero: a quantity
	Slack float64 // of a quantity: relative width of the boundary; zero means 1 %
	As    Number  // unit of the answer; the zero value is a plain number
}

// Check asks the solver at the answer and beside it.
func (b Boundary) Check(c Claims) Verdict {
	law := "WIT: " + b.What + " " + b.Yes + " at the answer, and not " + b.beyond() + " (" + b.Cites + ")"
	claim, ok := c[b.ID]
	if ok && claim.Type == "text" {
		return b.none(law, claim)
	}
	if b.As.Noun == "" {
		b.As.Noun = Plain(0).Noun
	}
	claim, bad := has(c, b.ID, law, b.As)
	if bad != nil {
		return *bad
	}
	x := claim.Number
	switch {
	case b.Step > 0 && math.Abs(math.Remainder(x-b.Low, b.Step)) > 1e-9*b.Step:
		return fail(law, claim.String(), "%s is none of the values of %s: want steps of %s", claim, b.What, b.As.text(b.Step))
	case x < b.Low || x > b.High:
		return fail(law, claim.String(), "%s is outside of the question: want %s to %s", claim, b.As.text(b.Low), b.As.text(b.High))
	}
	return b.witness(law, claim)
}

func (b Boundary) beyond() string {
	if b.First {
		return "just below"
	}
	return "just above"
}

// witness looks at the answer and at the neighbour outside.
func (b Boundary) witness(law string, claim Claim) Verdict {
	inside, outside := b.around(claim.Number)
	if !b.holds(inside) {
		return fail(law, b.What+" "+b.As.text(inside)+" "+b.No, "%s: this %s %s", claim, b.What, b.No)
	}
	if outside >= b.Low && outside <= b.High && b.Holds(outside) {
		which := "largest"
		if b.First {
			which = "smallest"
		}
		text := b.As.text(outside) + " " + b.Yes + " too"
		return fail(law, b.What+" "+text, "%s is not the %s: %s", claim, which, text)
	}
	return pass(law, claim.String()+" "+b.Yes+", and "+b.As.text(outside)+" would not")
}

// holds clamps a value to the range: beyond an end nothing is asked.
func (b Boundary) holds(x float64) bool { return b.Holds(math.Max(b.Low, math.Min(b.High, x))) }

// around returns the value that must hold and the one that must not. The
// boundary of a quantity has a width, a digit or two of the answer.
func (b Boundary) around(x float64) (inside, outside float64) {
	step := b.Step
	if step > 0 {
		if b.First {
			return x, x - step
		}
		return x, x + step
	}
	slack := b.Slack
	if slack == 0 {
		slack = 0.01
	}
	if b.First {
		return x * (1 + slack), x * (1 - slack)
	}
	return x * (1 - slack), x * (1 + slack)
}

// none judges the claim that there is no boundary.
func (b Boundary) none(law string, claim Claim) Verdict {
	if !strings.EqualFold(strings.TrimSpace(claim.Text), None) {
		return fail(law, claim.String(), "%s: want a value, or %q if there is none", claim, None)
	}
	for _, x := range b.grid() {
		if b.Holds(x) {
			return fail(law, claim.String(), "there is one: some %s from %s to %s %s", b.What, b.As.text(b.Low), b.As.text(b.High), b.Yes)
		}
	}
	return pass(law, "there is none: no "+b.What+" "+b.Yes)
}

// Exists reports whether some value keeps the promise.
func (b Boundary) Exists() bool {
	for _, x := range b.grid() {
		if b.Holds(x) {
			return true
		}
	}
	return false
}

// Find returns the boundary by bisection, for a reference answer where the
// promise changes once between Low and High. It is false if there is none.
func (b Boundary) Find() (float64, bool) {
	start, far := b.Low, b.High // holds at start, not at far
	if b.First {
		start, far = b.High, b.Low
	}
	if !b.Holds(start) {
		return 0, false
	}
	if b.Holds(far) {
		return far, true
	}
	for range 200 {
		middle := (start + far) / 2
		if b.Step > 0 {
			middle = b.Low + b.Step*math.Floor((middle-b.Low)/b.Step+1e-9)
			if middle == start || middle == far {
				middle = start + math.Copysign(b.Step, far-start)
			}
			if math.Abs(far-start) <= b.Step*1.5 {
				break
			}
		}
		if b.Holds(middle) {
			start = middle
		} else {
			far = middle
		}
	}
	return start, true
}

// scan is how many values are asked to prove that there is none.
const scan = 2000

// grid lists every value of a short range of counts, otherwise values evenly
// spread, on a logarithmic scale where the range allows.
func (b Boundary) grid() []float64 {
	var out []float64
	if n := (b.High - b.Low) / b.Step; b.Step > 0 && n <= scan {
		for i := range int(n) + 1 {
			out = append(out, b.Low+float64(i)*b.Step)
		}
		return out
	}
	const points = 200
	for i := range points + 1 {
		at := float64(i) / points
		x := b.Low + at*(b.High-b.Low)
		if b.Low > 0 {
			x = b.Low * math.Pow(b.High/b.Low, at)
		}
		if b.Step > 0 {
			x = b.Low + b.Step*math.Round((x-b.Low)/b.Step)
		}
		out = append(out, math.Min(x, b.High))
	}
	return out
}
