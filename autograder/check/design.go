package check

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Limit is one promise of a design, with what the solver found.
type Limit struct {
	What string // memory, P99
	OK   bool
	Says string // memory is 92 GB: want at most 80 GB
}

// AtMost holds if got is no larger than want. Both are of one type.
func AtMost(what string, got, want any) Limit {
	return limit(what, got, want, "at most", Quantity(got).Value <= Quantity(want).Value)
}

// AtLeast holds if got is no smaller than want. Both are of one type.
func AtLeast(what string, got, want any) Limit {
	return limit(what, got, want, "at least", Quantity(got).Value >= Quantity(want).Value)
}

// Exactly holds if got is want. Both are of one type.
func Exactly(what string, got, want any) Limit {
	return limit(what, got, want, "exactly", Quantity(got).Value == Quantity(want).Value)
}

// That holds if ok does, and says otherwise why not.
func That(what string, ok bool, why string) Limit { return Limit{what, ok, what + ": " + why} }

func limit(what string, got, want any, how string, ok bool) Limit {
	return Limit{what, ok, fmt.Sprintf("%s is %s: want %s %s", what, describe.Text(got), how, describe.Text(want))}
}

// A Place is a design in the space of the objectives; less is better in each.
type Place struct {
	Name  string
	Costs []float64
}

// Design (FEAS) wants a design of the student's own that keeps every limit when
// it is solved again and, if Front is given, that no listed design beats in
// every objective.
type Design struct {
	What  string   // the split, the fleet
	IDs   []string // claims that make the design up
	Cites string
	Solve func(c Claims) ([]Limit, error) // an error says that the design is none
	Costs func(c Claims) []float64        // its objectives, for Front
	Front []Place                         // enumerated designs
	Slack float64                         // relative; zero means 0.1 %
}

// Check solves the design again. The share of limits that hold earns half.
func (d Design) Check(c Claims) Verdict {
	law := "FEAS: " + d.What + " keeps every limit when it is solved again (" + d.Cites + ")"
	if len(d.Front) > 0 {
		law = "FEAS: " + d.What + " keeps every limit, and no other design is better in everything (" + d.Cites + ")"
	}
	for _, id := range d.IDs {
		if _, ok := c[id]; !ok {
			return fail(law, "", "there is no answer %s", id)
		}
	}
	limits, err := d.Solve(c)
	if err != nil {
		return fail(law, d.given(c), "%s cannot be solved: %v", d.What, err)
	}
	kept, broken := 0, ""
	for _, l := range limits {
		if l.OK {
			kept++
		} else if broken == "" {
			broken = l.Says
		}
	}
	if broken != "" {
		v := fail(law, d.given(c)+": "+broken, "%s", broken)
		v.Score = 0.5 * float64(kept) / float64(len(limits))
		return v
	}
	return d.unbeaten(law, c)
}

// given repeats the design as the student wrote it.
func (d Design) given(c Claims) string {
	var parts []string
	for _, id := range d.IDs {
		parts = append(parts, c[id].String())
	}
	return strings.Join(parts, ", ")
}

// unbeaten looks for a design that is better in every objective.
func (d Design) unbeaten(law string, c Claims) Verdict {
	if len(d.Front) > 0 && d.Costs != nil {
		own := d.Costs(c)
		for _, p := range d.Front {
			if d.beats(p.Costs, own) {
				v := fail(law, p.Name+" is better in everything", "%s keeps its limits, but another design is better in everything", d.What)
				v.Score = 0.5
				return v
			}
		}
	}
	return pass(law, d.given(c)+" keeps every limit")
}

// beats reports whether a is nowhere worse than b and somewhere better by more
// than the slack.
func (d Design) beats(a, b []float64) bool {
	slack := d.Slack
	if slack == 0 {
		slack = 1e-3
	}
	somewhere := false
	for i := range b {
		if a[i] > b[i] {
			return false
		}
		somewhere = somewhere || a[i] < b[i]-slack*max(b[i], -b[i])
	}
	return somewhere
}

// Read reads a design out of claims, for Solve: the input of a solver that into
// points to. Unknown fields, wrong types and values out of range are errors that
// name the field.
func Read(c Claims, id string, into any) error {
	claim, ok := c[id]
	name := describe.TypeName(reflect.TypeOf(into).Elem())
	if !ok || claim.Type != "design" {
		return fmt.Errorf("%s: want a design, such as Answer(%q, %s{...})", id, id, name[strings.LastIndex(name, ".")+1:])
	}
	if err := describe.Decode([]byte(claim.Fields), into); err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	return nil
}

// Whole reads a count out of claims, for Solve.
func Whole(c Claims, id string) (int, error) {
	claim := c[id]
	n := int(claim.Number)
	if claim.Type != "number" || float64(n) != claim.Number || claim.Number < 1 || claim.Number > 1e9 {
		return 0, fmt.Errorf("%s: want a whole number of at least 1", claim)
	}
	return n, nil
}

// Value reads a plain number or quantity of a symbol out of claims, for Solve.
func Value(c Claims, id, symbol string) (float64, error) {
	claim := c[id]
	if claim.Unit != symbol || symbol == "" && claim.Type != "number" {
		return 0, fmt.Errorf("%s: want a number of %s", claim, units.Number(1)+" "+symbol)
	}
	return claim.Number, nil
}
