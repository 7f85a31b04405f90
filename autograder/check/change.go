package check

import "math"

// Change (CF) wants what one changed knob does to a metric: the ratio, the
// difference or the relative change of two solves that differ in it.
type Change struct {
	ID            string
	What          string // the change in words: speed-up of the INT4 weights
	Before, After Number // the two solves
	As            How
	Tolerance     float64 // relative; of a small Relative or Difference that of a tenth and a hundredth
	Low, High     float64 // bounds that the law gives, such as 1 and the bandwidth ratio; both zero: none
	Cites         string
}

// How a change is told.
type How uint8

// The ways.
const (
	SpeedUp    How = iota // before / after
	Ratio                 // after / before
	Difference            // after - before, with its unit
	Relative              // after / before - 1
)

// Right is the change that the two solves show.
func (f Change) Right() Number {
	b, a := f.Before.Value, f.After.Value
	switch f.As {
	case SpeedUp:
		return Plain(b / a)
	case Ratio:
		return Plain(a / b)
	case Relative:
		return Plain(a/b - 1)
	}
	n := f.Before
	n.Value = a - b
	return n
}

// Check knows the changes that are told the other way round.
func (f Change) Check(c Claims) Verdict {
	law := "CF: " + f.ID + " is the " + f.What + ", of two solves that differ in one knob (" + f.Cites + ")"
	right := f.Right()
	claim, bad := has(c, f.ID, law, right)
	if bad != nil {
		return *bad
	}
	got, want := claim.Number, right.Value
	if math.Abs(got-want) <= f.Tolerance*math.Max(math.Abs(want), f.floor()) {
		return pass(law, claim.String()+" is right")
	}
	if (f.Low != 0 || f.High != 0) && (got < f.Low || got > f.High) {
		return fail(law, claim.String(), "%s cannot be: the law bounds it by %s and %s", claim, right.text(f.Low), right.text(f.High))
	}
	return fail(law, claim.String(), "%s", f.diagnose(claim, got, want))
}

// floor is the size below which a relative tolerance means nothing.
func (f Change) floor() float64 {
	switch f.As {
	case Difference:
		return 1e-2 * math.Abs(f.Before.Value)
	case Relative:
		return 0.1
	}
	return 0
}

// diagnose names the usual ways to tell a change wrongly.
func (f Change) diagnose(claim Claim, got, want float64) string {
	b, a := f.Before.Value, f.After.Value
	is := func(v float64) bool { return !math.IsNaN(v) && near(got, v, math.Max(f.Tolerance, 1e-3)) }
	switch {
	case is(1/want) && f.As != Difference:
		return "this is the change the other way round: which of the two comes first?"
	case is(-want):
		return "this is the change with the wrong sign"
	case is(100 * want):
		return "this is the change in per cent: want the number itself"
	case f.As == SpeedUp && is(b/a-1), f.As == Ratio && is(a/b-1):
		return "this is the change relative to the start: want the ratio of the two values"
	case f.As == Relative && (is(a/b) || is(b/a)):
		return "this is the ratio of the two values: want the change relative to the start"
	case f.As != Difference && is(a-b):
		return "this is the difference of the two values: want a ratio"
	}
	if says := slip(got, want, 1e-3); says != "" {
		return claim.ID + " is " + says
	}
	return claim.String() + " is not what the two solves show"
}
