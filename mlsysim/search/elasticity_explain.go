package search

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives each known side from the chords that it was extrapolated from,
// and the distances to the ridge.
func (s Sensitivity) Explain() walls.Trace {
	t := walls.Trace{
		Title:   "Sensitivity of " + s.Metric + " of " + s.Solver,
		Omitted: []string{"What happens far from the design: an elasticity holds for small changes.", "Fields that were not asked for."},
	}
	for i, e := range s.Fields {
		if e.LeftKnown {
			t.Steps = append(t.Steps, e.step("as it shrinks", "e_left"+strconv.Itoa(i+1), e.Left, e.chords[0]))
		}
		if e.RightKnown {
			t.Steps = append(t.Steps, e.step("as it grows", "e_right"+strconv.Itoa(i+1), e.Right, e.chords[1]))
		}
	}
	for i, r := range s.Ridges {
		n := strconv.Itoa(i + 1)
		t.Steps = append(t.Steps, walls.Step{
			Name: phased("distance to the ridge", r.Phase), Symbol: "d_" + n, Formula: "ln(T_c" + n + " / T_m" + n + ")",
			Terms: []walls.Term{
				{Symbol: "T_c" + n, What: "time of the arithmetic", Value: r.Compute},
				{Symbol: "T_m" + n, What: "time of the memory traffic", Value: r.Memory},
			},
			Value: r.Distance, Source: "Williams 2009",
		})
	}
	return t
}

func phased(text, phase string) string {
	if phase == "" {
		return text
	}
	return text + ", " + phase
}

// step derives one side: the slope to a neighbour, or Richardson's extrapolation
// of four.
func (e Elasticity) step(how, symbol string, value float64, c chords) walls.Step {
	s := walls.Step{Name: "elasticity by " + e.Field + ", " + how, Symbol: symbol, Value: value}
	if c.h == 0 {
		s.Formula = "c_" + symbol
		s.Terms = []walls.Term{{Symbol: s.Formula, What: "slope in logarithms to the next whole number", Value: c.slope[0]}}
		return s
	}
	var names [len(c.slope)]string
	for i := range c.slope {
		names[i] = "c_" + symbol + string(rune('a'+i))
		s.Terms = append(s.Terms, walls.Term{
			Symbol: names[i], What: "slope in logarithms to " + e.Field + " · exp(" + describe.Text(c.h/float64(int(1)<<i)) + ")", Value: c.slope[i],
		})
	}
	s.Formula = "(64 * " + names[3] + " - 56 * " + names[2] + " + 14 * " + names[1] + " - " + names[0] + ") / 21"
	s.Source = "Richardson 1911"
	return s
}

// View is a table, the largest first as a tornado has it, with bars.
func (s Sensitivity) View() show.View {
	t := &show.Table{MutedBy: "cannot be varied", Columns: []show.Column{
		{Name: "Field"},
		{Name: "Left", Right: true, Help: "percent per percent, as the field shrinks"},
		{Name: "Right", Right: true, Help: "percent per percent, as the field grows"},
	}}
	kinked := slices.ContainsFunc(s.Fields, func(e Elasticity) bool { return e.Kink })
	if kinked {
		t.Columns = append(t.Columns, show.Column{Name: "Kink", Help: "the two sides differ"})
	}
	block := show.Block{Heading: "binding: " + s.Binding, Table: t}
	for _, e := range s.ranked() {
		kink := ""
		if e.Kink {
			kink = "yes"
		}
		t.Cells = append(t.Cells, []string{e.Field, side(e.Left, e.LeftKnown), side(e.Right, e.RightKnown), kink})
		t.Muted = append(t.Muted, !e.LeftKnown && !e.RightKnown)
		block.Bars = append(block.Bars, show.Bar{Label: e.Field, Value: side(e.Magnitude(), true), Share: e.Magnitude()})
		if e.Why != "" {
			block.Notes = append(block.Notes, e.Field+": "+e.Why)
		}
	}
	for _, r := range s.Ridges {
		block.Rows = append(block.Rows, show.Row{
			Label: phased("distance to the ridge", r.Phase), Value: describe.Text(r.Distance),
			Note: "ln of " + r.Compute.String() + " by " + r.Memory.String(), Help: "above zero arithmetic takes longer, below zero memory",
		})
	}
	return show.View{Title: "Sensitivity of " + s.Metric + ": " + s.about(), Blocks: []show.Block{block}, Data: s}
}

// about is the design that is varied.
func (s Sensitivity) about() string {
	if s.design != "" {
		return s.design
	}
	return s.Solver
}

// noEffect is an elasticity that nobody will notice.
const noEffect = 1e-4

func side(v float64, known bool) string {
	switch {
	case !known:
		return "unknown"
	case v != 0 && math.Abs(v) < noEffect:
		return "under 0.0001"
	}
	return describe.Text(v)
}

// ranked lists the fields by magnitude; equals stay in their order.
func (s Sensitivity) ranked() []Elasticity {
	out := slices.Clone(s.Fields)
	slices.SortStableFunc(out, func(a, b Elasticity) int { return cmp.Compare(b.Magnitude(), a.Magnitude()) })
	return out
}
