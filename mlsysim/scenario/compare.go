package scenario

import (
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Difference is one number of two plans.
type Difference struct {
	Metric      string  `help:"name of the number"`
	Before      float64 `help:"in the first plan" known:"BeforeKnown"`
	After       float64 `help:"in the second plan" known:"AfterKnown"`
	Ratio       float64 `help:"second over first" known:"RatioKnown"`
	BeforeKnown bool    `help:"the first plan has it"`
	AfterKnown  bool    `help:"the second plan has it"`
	RatioKnown  bool    `help:"both have it, and the first is not zero"`
}

// Compare sets two reports side by side, workload by workload, with what bound
// each design before and after.
func Compare(before, after Report) (show.View, error) {
	if len(before.Cards) != len(after.Cards) {
		return show.View{}, fmt.Errorf("comparing %s with %s: want as many workloads in both, have %d and %d", before.Plan, after.Plan, len(before.Cards), len(after.Cards))
	}
	v := show.View{Title: before.Plan + " → " + after.Plan}
	var all []Difference
	for i := range before.Cards {
		a, b := &before.Cards[i], &after.Cards[i]
		rows := differences(a.Flat(), b.Flat())
		all = append(all, rows...)
		v.Blocks = append(v.Blocks, show.Block{
			Heading: a.title() + " → " + b.title(), Table: differenceTable(rows), Notes: []string{moved(a, b)},
		})
	}
	v.Data = all
	return v, nil
}

func differences(before, after Flat) []Difference {
	a, b := reflect.ValueOf(before), reflect.ValueOf(after)
	var out []Difference
	for _, f := range describe.Fields(a.Type()) {
		name := metricName(f)
		if name == "" || !f.IsKnown(a) && !f.IsKnown(b) {
			continue
		}
		d := Difference{Metric: name, BeforeKnown: f.IsKnown(a), AfterKnown: f.IsKnown(b)}
		d.Before, _, _ = describe.Number(before, f.Name) // a number: metricName says so
		d.After, _, _ = describe.Number(after, f.Name)
		if d.RatioKnown = d.BeforeKnown && d.AfterKnown && d.Before != 0; d.RatioKnown {
			d.Ratio = d.After / d.Before
		}
		out = append(out, d)
	}
	return out
}

// better says which of two numbers is better, where they have a direction.
func (d Difference) better() (before, after bool) {
	f, err := metricOf(d.Metric)
	if err != nil || f.Better == "" || !d.BeforeKnown || !d.AfterKnown || d.Before == d.After {
		return false, false
	}
	before = (d.Before < d.After) == (f.Better == "lower")
	return before, !before
}

func differenceTable(rows []Difference) *show.Table {
	t := &show.Table{MutedBy: "unchanged", Columns: []show.Column{{Name: "metric"}, {Name: "before", Right: true}, {Name: "after", Right: true}, {Name: "ratio", Right: true, Help: "second over first"}}}
	text := func(known bool, v float64) string {
		if !known {
			return "–"
		}
		return units.Number(v)
	}
	for _, d := range rows {
		t.Cells = append(t.Cells, []string{d.Metric, text(d.BeforeKnown, d.Before), text(d.AfterKnown, d.After), text(d.RatioKnown, d.Ratio)})
		old, now := d.better()
		t.Best = append(t.Best, []bool{false, old, now, false})
		t.Muted = append(t.Muted, d.RatioKnown && d.Ratio == 1)
	}
	return t
}

// moved says in a sentence how the speed and what binds have changed.
func moved(a, b *Scorecard) string {
	speed := "as fast"
	switch ratio := a.Latency.Ratio(b.Latency); {
	case ratio > 1:
		speed = units.Number(ratio) + " times as fast"
	case ratio < 1:
		speed = units.Number(1/ratio) + " times slower"
	}
	if a.Binding == b.Binding {
		return fmt.Sprintf("%s; %s binds both", speed, a.Binding)
	}
	return fmt.Sprintf("%s; what binds moves from %s to %s", speed, a.Binding, b.Binding)
}
