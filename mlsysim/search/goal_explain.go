package search

import (
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// An explained result lists the steps that lead to it.
type explained interface{ Explain() walls.Trace }

// derived is the steps of a solver's own result without the fields they name,
// which another result does not have, and the symbol of one of its metrics.
func derived(result any, m metric) (steps []walls.Step, symbol string) {
	v := reflect.ValueOf(result)
	for _, s := range stages(v.Type()) {
		if s.holds(m.index) {
			result = v.FieldByIndex(s.index).Interface()
		}
	}
	e, ok := result.(explained)
	if !ok {
		return nil, ""
	}
	for _, s := range e.Explain().Steps {
		if s.Field == m.field.Name {
			symbol = s.Symbol
		}
		s.Field = ""
		steps = append(steps, s)
	}
	return steps, symbol
}

// Explain derives the metric at the answer as the solver does, and its distance
// from the target.
func (r GoalResult) Explain() walls.Trace {
	if r.result == nil {
		return walls.Trace{Title: "Goal"}
	}
	t := walls.Trace{
		Title:   "Goal: " + r.goal.Metric + " of " + describe.Text(r.metric.typed(r.goal.Target)) + " by " + r.goal.Field,
		Omitted: []string{"Islands of the bracket narrower than one cell of the grid that is tried first."},
	}
	steps, symbol := derived(r.result, r.metric)
	if symbol == "" {
		symbol = "y_goal"
	}
	t.Steps = steps
	margin := walls.Step{
		Name: "margin to the target", Symbol: "d_goal", Formula: symbol + " - target", Field: "Margin",
		Terms: []walls.Term{
			{Symbol: symbol, What: r.metric.path + " at " + r.knob.path + " = " + describe.Text(r.knob.typed(r.X)), Value: r.metric.typed(r.Value)},
			{Symbol: "target", What: "what is wanted", Value: r.metric.typed(r.goal.Target)},
		},
		Value: r.Margin,
	}
	if r.sign < 0 {
		margin.Formula = "target - " + symbol
	}
	t.Steps = append(t.Steps, margin)
	if r.BesideKnown && r.X != 0 {
		t.Steps = append(t.Steps, walls.Step{
			Name: "distance to the next value that misses, as a share", Symbol: "w_goal", Formula: "(x_miss - x_goal) / x_goal",
			Terms: []walls.Term{
				{Symbol: "x_miss", What: "nearest value tried that misses", Value: r.knob.typed(r.Beside)},
				{Symbol: "x_goal", What: "the answer", Value: r.knob.typed(r.X)},
			},
			Value: (r.Beside - r.X) / r.X,
		})
	}
	return t
}

// View describes the answer.
func (r GoalResult) View() show.View {
	if r.result == nil {
		return show.View{Title: "goal", Data: r}
	}
	v := show.View{Title: "goal: " + r.goal.Metric + " = " + describe.Text(r.metric.typed(r.goal.Target)), Status: show.Pass, Data: r}
	label := r.knob.path
	if !r.Reached {
		v.Status = show.Fail
		label = "nearest " + label
	}
	v.Blocks = []show.Block{{
		Rows: []show.Row{
			{Label: label, Value: describe.Text(r.knob.typed(r.X)), Help: r.knob.field.Help},
			{Label: r.metric.path, Value: describe.Text(r.metric.typed(r.Value)), Note: "by the solver itself"},
		},
		Notes: r.Warnings.Texts(),
	}}
	return v
}
