package check

import (
	"fmt"
	"math"
	"strings"

	"github.com/mlsysim/golab/mlsysim/units"
)

// An Option is one candidate of an optimisation, with what the solver says.
type Option struct {
	Name  string  // as the student writes it: a batch, a device
	At    float64 // the number, if the answer is a number
	Value float64 // the objective
	Fits  bool    // every limit holds
	Why   string  // why it does not
}

// Best (OPT) wants an option that keeps the limits and whose objective is within
// Eps of the best. Several answers may be right. What is missed costs by regret.
type Best struct {
	ID        string
	What      string // batch, device
	Objective string // tokens per second, cost of a query
	Options   []Option
	Judge     func(Claim) (Option, error) // of answers off the list; nil refuses them
	Lower     bool                        // a smaller objective is better
	Eps       float64                     // zero means 2 %
	Cites     string
}

const (
	defaultEps = 0.02
	hopeless   = 0.25 // regret that earns nothing
	nearlyBest = 0.8  // share of a regret just over Eps
)

// Right is the best option that fits.
func (b Best) Right() (Option, bool) {
	best, found := Option{}, false
	for _, o := range b.Options {
		if o.Fits && (!found || b.better(o.Value, best.Value)) {
			best, found = o, true
		}
	}
	return best, found
}

func (b Best) better(x, y float64) bool { return (x < y) == b.Lower && x != y }

// Regret is the share of the objective that an option leaves behind.
func (b Best) Regret(o Option) float64 {
	best, ok := b.Right()
	if !ok || best.Value == o.Value {
		return 0
	}
	return math.Max(0, math.Abs(o.Value-best.Value)/math.Max(math.Abs(best.Value), math.SmallestNonzeroFloat64))
}

// Check solves the answer again and looks for a better one.
func (b Best) Check(c Claims) Verdict {
	law := "OPT: the " + b.What + " keeps every limit, and no other gives a better " + b.Objective + " (" + b.Cites + ")"
	claim, ok := c[b.ID]
	if !ok {
		return fail(law, "", "there is no answer %s", b.ID)
	}
	best, exists := b.Right()
	if strings.EqualFold(claim.Text, None) && claim.Type == "text" {
		if exists {
			return fail(law, claim.String(), "there is a %s that keeps every limit", b.What)
		}
		return pass(law, "no "+b.What+" keeps every limit")
	}
	o, err := b.option(claim)
	switch {
	case err != nil:
		return fail(law, claim.String(), "%s: %v", claim, err)
	case !o.Fits:
		return fail(law, claim.String()+": "+o.Why, "%s does not keep every limit", claim)
	case !exists:
		return fail(law, claim.String(), "%s is none of the %s options", claim, b.What)
	}
	eps := b.Eps
	if eps == 0 {
		eps = defaultEps
	}
	regret := b.Regret(o)
	if regret <= eps || b.better(o.Value, best.Value) {
		return pass(law, claim.String()+" keeps every limit, and nothing is better by more than "+units.Number(100*eps)+" %")
	}
	v := fail(law, b.counter(o, best), "%s keeps every limit, but something is better", claim)
	v.Score = math.Max(0, nearlyBest*(1-(regret-eps)/(hopeless-eps)))
	return v
}

// option finds the option that a claim names.
func (b Best) option(claim Claim) (Option, error) {
	for _, o := range b.Options {
		if claim.Type == "text" && strings.EqualFold(o.Name, strings.TrimSpace(claim.Text)) {
			return o, nil
		}
		if claim.Type == "number" && claim.Unit == "" && o.At == claim.Number && o.At != 0 {
			return o, nil
		}
	}
	if b.Judge == nil {
		return Option{}, fmt.Errorf("not one of the %s options", b.What)
	}
	return b.Judge(claim)
}

// counter names a better option, the least better one, so that the best is not
// told unless it is the only one.
func (b Best) counter(o, best Option) string {
	var next *Option
	for i, other := range b.Options {
		if other.Fits && b.better(other.Value, o.Value) && other.Name != best.Name && (next == nil || b.better(next.Value, other.Value)) {
			next = &b.Options[i]
		}
	}
	if next == nil {
		return "one other " + b.What + " keeps the limits and gives a better " + b.Objective
	}
	return b.What + " " + next.Name + " keeps the limits too and gives a better " + b.Objective + ", and it is not the best"
}
