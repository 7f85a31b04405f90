package search

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

// A scale is an axis or a metric of a cloud, which a chart can be drawn along.
type scale struct {
	axis  int // index of the axis, -1 for a metric
	name  string
	label show.Axis
	at    func(i int) (float64, bool)
}

func (c Cloud) scale(name string) (scale, error) {
	for k, a := range c.plan.axes {
		if !strings.EqualFold(a.path, name) {
			continue
		}
		if !a.field.IsNumber() {
			return scale{}, fmt.Errorf("%s: axis %s is not a number", c.Title, a.path)
		}
		stride := 1
		for _, inner := range c.plan.axes[k+1:] {
			stride *= inner.size
		}
		label := show.Axis{Label: heading(a.path), Unit: a.field.Unit}
		return scale{k, a.path, label, func(i int) (float64, bool) { return a.numbers[i/stride%len(a.numbers)], true }}, nil
	}
	m, err := c.plan.metric(name)
	if err != nil {
		return scale{}, err
	}
	at, err := c.column(m)
	return scale{-1, m.path, show.Axis{Label: heading(m.path), Unit: m.field.Unit}, at}, err
}

// Chart draws one axis or metric against another. Along an axis there is a line
// for each combination of the other axes, as long as there are few; anything
// else is a cloud of points. Combinations that do not fit are muted.
func (c Cloud) Chart(x, y string) (show.Chart, error) {
	if c.plan == nil || c.Total > mostShown {
		return show.Chart{}, fmt.Errorf("%s: want at most %d combinations in a chart", c.Title, mostShown)
	}
	along, err := c.scale(x)
	if err != nil {
		return show.Chart{}, err
	}
	up, err := c.scale(y)
	if err != nil {
		return show.Chart{}, err
	}
	chart := show.Chart{Title: up.label.Label + " against " + phrase(along.name) + ": " + c.plan.design(), X: along.label, Y: up.label}
	if c.Fitting < c.Total-c.Missed {
		chart.Note = "Hollow points do not fit or miss a limit."
	}
	lines := along.axis >= 0 && c.Total/c.plan.axes[along.axis].size <= shownLines
	var names []string
	series := map[string][]show.Point{}
	trial := c.plan.trial()
	var all []show.Point
	for i := range c.Total {
		px, known := along.at(i)
		py, also := up.at(i)
		if !known || !also || c.verdicts[i] == missed {
			continue
		}
		name, label := trial.labels(i, along.axis, lines)
		p := show.Point{X: px, Y: py, Label: label}
		if p.Muted = c.verdicts[i] != fitting; p.Muted && c.Total <= shownRows {
			p.Why = trial.candidate(i).Why
		}
		if _, seen := series[name]; !seen {
			names = append(names, name)
		}
		series[name], all = append(series[name], p), append(all, p)
	}
	for _, name := range names {
		chart.Series = append(chart.Series, show.Series{Name: name, Line: lines, Points: series[name]})
	}
	chart.X.Log, chart.Y.Log = wide(all, func(p show.Point) float64 { return p.X }), wide(all, func(p show.Point) float64 { return p.Y })
	return chart, nil
}

// labels are the name of the line that combination i is on and the label of its
// point: the values of the axes that the chart does not show otherwise.
func (t *trial) labels(i, along int, lines bool) (line, label string) {
	t.wheels.moveTo(i)
	var parts []string
	for k, text := range t.wheels.texts() {
		if k != along {
			parts = append(parts, text)
		}
	}
	if lines {
		return strings.Join(parts, ", "), ""
	}
	return "", strings.Join(parts, ", ")
}

// usualChart is the chart of the view: two metrics that compete, or the first
// metric along the longest numeric axis.
func (c Cloud) usualChart() (show.Chart, error) {
	if p := c.plan.pareto; len(p) >= 2 {
		return c.Chart(c.plan.metrics[p[0].metric].path, c.plan.metrics[p[1].metric].path)
	}
	longest := ""
	most := 1
	for _, a := range c.plan.axes {
		if len(a.numbers) > most {
			longest, most = a.path, len(a.numbers)
		}
	}
	if longest == "" || len(c.plan.metrics) == 0 {
		return show.Chart{}, fmt.Errorf("%s: nothing to draw", c.Title)
	}
	return c.Chart(longest, c.plan.metrics[max(c.plan.objective, 0)].path)
}
