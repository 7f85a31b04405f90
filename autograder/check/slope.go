package check

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// Slope (EXP) wants the exponent k of a metric that grows as x^k around a point:
// its slope on two logarithmic axes.
type Slope struct {
	ID        string
	What      string // cache
	Along     string // batch
	At        float64
	Step      float64 // factor between the two points of the chord; zero means 1.05
	Value     func(x float64) (float64, error)
	Tolerance float64 // absolute, of the exponent; zero means 0.05
	Cites     string
}

// Right is the slope of the chord around the point.
func (s Slope) Right() (float64, error) {
	step := s.Step
	if step == 0 {
		step = 1.05
	}
	lo, hi := s.At/math.Sqrt(step), s.At*math.Sqrt(step)
	a, err := s.Value(lo)
	if err != nil {
		return 0, err
	}
	b, err := s.Value(hi)
	if err != nil {
		return 0, err
	}
	if a <= 0 || b <= 0 {
		return 0, fmt.Errorf("the %s is not positive", s.What)
	}
	return math.Log(b/a) / math.Log(hi/lo), nil
}

// Check compares the claimed exponent with the solver's slope.
func (s Slope) Check(c Claims) Verdict {
	law := "EXP: the " + s.What + " grows as the " + s.Along + " to the power of the answer (" + s.Cites + ")"
	claim, bad := has(c, s.ID, law, Plain(0))
	if bad != nil {
		return *bad
	}
	right, err := s.Right()
	if err != nil {
		return fail(law, "", "the scenario cannot be solved: %v", err)
	}
	tolerance := s.Tolerance
	if tolerance == 0 {
		tolerance = 0.05
	}
	if math.Abs(claim.Number-right) <= tolerance {
		return pass(law, claim.String()+" is right")
	}
	than := "more"
	if right < claim.Number {
		than = "less"
	}
	counter := fmt.Sprintf("with an exponent of %s, twice the %s would give %s times the %s; it gives %s than that",
		claim.Text, s.Along, units.Number(math.Exp2(claim.Number)), s.What, than)
	return fail(law, counter, "%s is not the exponent at your scenario", claim)
}
