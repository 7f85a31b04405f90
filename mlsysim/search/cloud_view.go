package search

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
)

// What a view shows at most; the files have everything.
const (
	shownReasons = 8
	shownRows    = 200
	shownLines   = 8
)

// View describes the search: how many fit and why the others do not, the best
// design, those that no other beats or a table of all, and a chart.
func (c Cloud) View() show.View {
	v := show.View{Title: "Search: " + c.Title, Data: c.summary()}
	if c.plan == nil {
		return v
	}
	var over []string
	for _, a := range c.Axes {
		over = append(over, phrase(a))
	}
	v.Title = "Search over " + strings.Join(over, ", ") + ": " + c.plan.design()
	v.Blocks = append(v.Blocks, show.Block{Rows: c.counts()})
	if best, err := c.Best(); err == nil {
		v.Blocks = append(v.Blocks, show.Block{Heading: "best " + c.plan.space.Objective, Rows: c.rows(best)})
	} else if c.plan.objective >= 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "best " + c.plan.space.Objective, Notes: []string{err.Error()}})
	}
	switch {
	case len(c.plan.pareto) > 0:
		v.Blocks = append(v.Blocks, c.table("beaten by no other", c.front))
	case c.Total <= shownRows:
		var all []int
		for i := range c.Total {
			if c.verdicts[i] != missed {
				all = append(all, i)
			}
		}
		v.Blocks = append(v.Blocks, c.table("", all))
	}
	if chart, err := c.usualChart(); err == nil && len(chart.Series) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Chart: &chart})
	}
	return v
}

func (c Cloud) counts() []show.Row {
	rows := []show.Row{
		{Label: "combinations", Value: describe.Text(c.Total)},
		{Label: "fit", Value: describe.Text(c.Fitting), Help: "and keep every limit"},
	}
	if c.Missed > 0 {
		rows = append(rows, show.Row{Label: "not reached", Value: describe.Text(c.Missed), Help: "the search was ended before"})
	}
	for i, r := range c.Rejected {
		if i == shownReasons {
			rows = append(rows, show.Row{Label: "…", Value: fmt.Sprintf("%d more reasons", len(c.Rejected)-i)})
			break
		}
		rows = append(rows, show.Row{Label: r.Reason, Value: describe.Text(r.Count)})
	}
	return rows
}

func (c Cloud) rows(at Candidate) []show.Row {
	var rows []show.Row
	for i, name := range c.Axes {
		rows = append(rows, show.Row{Label: name, Value: at.At[i], Help: c.plan.axes[i].field.Help})
	}
	for _, m := range c.plan.metrics {
		rows = append(rows, show.Row{Label: m.path, Value: at.text(m), Help: m.field.Help})
	}
	return rows
}

// text is a metric of the candidate with its unit, or that it is unknown.
func (c Candidate) text(m metric) string {
	if c.Result == nil {
		return ""
	}
	x, err := Value(c.Result, m.path)
	if err != nil {
		return ""
	}
	return describe.Text(m.typed(x))
}

func (c Cloud) table(heading string, points []int) show.Block {
	t := &show.Table{}
	for _, a := range c.plan.axes {
		t.Columns = append(t.Columns, show.Column{Name: a.path, Unit: a.field.Unit, Right: a.field.IsNumber(), Help: a.field.Help})
	}
	for _, m := range c.plan.metrics {
		t.Columns = append(t.Columns, show.Column{Name: m.path, Right: true, Help: m.field.Help, Better: m.field.Better})
	}
	block := show.Block{Heading: heading, Table: t}
	trial := c.plan.trial()
	for k, i := range points {
		if k == shownRows {
			block.Notes = append(block.Notes, fmt.Sprintf("%d more; CSV has them all", len(points)-k))
			break
		}
		at := trial.candidate(i)
		cells := at.At
		for _, m := range c.plan.metrics {
			cells = append(cells, at.text(m))
		}
		t.Cells, t.Muted = append(t.Cells, append(cells, at.Why)), append(t.Muted, !at.Fits)
	}
	if slices.Contains(t.Muted, true) {
		t.Columns = append(t.Columns, show.Column{Name: "Why not"})
	}
	return block
}

// summary is what JSON prints: the counts and the designs that won.
func (c Cloud) summary() any {
	type summary struct {
		Solver   string   `help:"solver"`
		Axes     []string `help:"fields that were varied"`
		Total    int      `help:"combinations"`
		Fitting  int      `help:"combinations that fit and keep every limit"`
		Missed   int      `help:"combinations that the search did not come to"`
		Rejected []Rejection
		Best     any   `help:"combination with the best objective"`
		Pareto   []any `help:"combinations that no other beats"`
		Points   []any `help:"every combination with the metrics asked for, in SI units, where there are few enough to list"`
	}
	out := summary{Solver: c.Title, Axes: c.Axes, Total: c.Total, Fitting: c.Fitting, Missed: c.Missed, Rejected: c.Rejected}
	if best, err := c.Best(); err == nil {
		out.Best = best.record(c.Axes)
	}
	for _, p := range c.Pareto() {
		out.Pareto = append(out.Pareto, p.record(c.Axes))
	}
	out.Points = c.points()
	return out
}

// points lists what became of every combination, unless there are too many.
func (c Cloud) points() []any {
	type point struct {
		At      map[string]string `help:"value of each axis"`
		Fits    bool              `help:"the combination fits"`
		Why     string            `help:"why it does not"`
		Metrics map[string]any    `help:"numbers of the result"`
	}
	out := []any{}
	if c.plan == nil || c.Total > mostShown {
		return out
	}
	t := c.plan.trial()
	for i := range c.Total {
		if c.verdicts[i] == missed {
			continue
		}
		t.wheels.moveTo(i)
		t.run()
		p := point{At: map[string]string{}, Fits: t.verdict == fitting, Why: t.why(), Metrics: map[string]any{}}
		for k, text := range t.wheels.texts() {
			p.At[c.Axes[k]] = text
		}
		for k, m := range c.plan.metrics {
			p.Metrics[m.path] = nil
			if t.known[k] {
				p.Metrics[m.path] = t.values[k]
			}
		}
		out = append(out, p)
	}
	return out
}
