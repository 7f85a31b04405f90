package search

import (
	"fmt"
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
	v := show.View{Title: "search of " + c.Title + " over " + strings.Join(c.Axes, ", "), Data: c.summary()}
	if c.plan == nil {
		return v
	}
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
		all := make([]int, c.Total)
		for i := range all {
			all[i] = i
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
		t.Columns = append(t.Columns, show.Column{Name: m.path, Right: true, Help: m.field.Help})
	}
	t.Columns = append(t.Columns, show.Column{Name: "Fits"})
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
		verdict := "yes"
		if !at.Fits {
			verdict = at.Why
		}
		t.Cells, t.Muted = append(t.Cells, append(cells, verdict)), append(t.Muted, !at.Fits)
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
		Rejected []Rejection
		Best     any   `help:"combination with the best objective"`
		Pareto   []any `help:"combinations that no other beats"`
	}
	out := summary{Solver: c.Title, Axes: c.Axes, Total: c.Total, Fitting: c.Fitting, Rejected: c.Rejected}
	if best, err := c.Best(); err == nil {
		out.Best = best.record(c.Axes)
	}
	for _, p := range c.Pareto() {
		out.Pareto = append(out.Pareto, p.record(c.Axes))
	}
	return out
}
