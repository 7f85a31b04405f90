package search

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Frontier draws one metric against another, each point labelled with the swept
// value, and shades what is beyond limits such as "ITL <= 20 ms".
func (f Front) Frontier(x, y string, limits []string) show.Chart {
	c := f.Chart(x, y)
	c.Kind, c.Title = show.Frontier, "What can be had within the limits? "+f.program.design()
	c.X.Log, c.Y.Log = false, false
	for _, text := range limits {
		l := walls.Must(f.program.limit(text))
		m := show.Mark{At: l.bound, Label: pretty.Replace(l.text), Out: show.Above, Vertical: l.metric.path == f.coordinate(x).name}
		if l.op == ">" || l.op == ">=" {
			m.Out = show.Below
		}
		if m.Vertical || l.metric.path == f.coordinate(y).name {
			c.Marks = append(c.Marks, m)
		}
	}
	for i := range c.Series[0].Points {
		if p := &c.Series[0].Points[i]; p.Label != "" {
			p.Label = phrase(f.Axis.Name) + " " + p.Label
		}
	}
	return c
}

var pretty = strings.NewReplacer("<=", "≤", ">=", "≥")

// Scaling draws a metric over the swept number of devices, nodes or replicas
// beside what it would be if nothing were lost, and says at each point how much
// of that it is.
func (f Front) Scaling(metric string) show.Chart {
	c := f.Chart(f.Axis.Name, metric)
	c.Kind, c.Title = show.ScalingCurve, "What is lost by scaling out? "+f.program.design()
	c.X.Log, c.Y.Log = true, true
	line := &c.Series[0]
	line.Name = c.Y.Label
	ideal := show.Series{Name: "ideal", Line: true, Dashed: true}
	if len(line.Points) == 0 {
		return c
	}
	first := line.Points[0]
	for i := range line.Points {
		p := &line.Points[i]
		want := first.Y * p.X / first.X
		ideal.Points = append(ideal.Points, show.Point{X: p.X, Y: want})
		if i > 0 {
			p.Label = show.Percent(math.Round(100*p.Y/want) / 100)
		}
	}
	c.Series = append(c.Series, ideal)
	return c
}

// HeatMap draws a metric over the two axes of a space as a table of colours. What
// does not fit or misses a limit is hatched. As with Run, a mistake ends the cell
// of a lab; that holds for the other charts here too.
func (c Cloud) HeatMap(metric string) show.Chart {
	if c.plan == nil || len(c.plan.axes) != 2 || c.Total > mostCells {
		panic(fmt.Errorf("%s: want a space of two axes and at most %d combinations", c.Title, mostCells))
	}
	m := walls.Must(c.plan.metric(metric))
	at := walls.Must(c.column(m))
	rows, columns := c.plan.axes[0], c.plan.axes[1]
	out := show.Chart{
		Kind: show.HeatMap, Title: fmt.Sprintf("What do %s and %s do to %s? %s", phrase(columns.path), phrase(rows.path), phrase(m.path), c.plan.design()),
		X: show.Axis{Label: heading(columns.path), Names: columns.names()}, Y: show.Axis{Label: heading(rows.path), Names: rows.names()},
		Z: show.Axis{Label: heading(m.path), Unit: m.field.Unit},
	}
	s := show.Series{Form: show.Cells}
	trial := c.plan.trial()
	for i := range c.Total {
		p := show.Point{X: float64(i % columns.size), Y: float64(i / columns.size)}
		v, known := at(i)
		if p.Z = v; !known {
			p.Z = 0
		}
		if p.Muted = !known || c.verdicts[i] != fitting; p.Muted {
			p.Why = trial.candidate(i).Why
		}
		s.Points = append(s.Points, p)
	}
	out.Z.Log = wide(feasible(s.Points), func(p show.Point) float64 { return p.Z })
	out.Series = []show.Series{s}
	return out
}

// mostCells is how many cells a heat map has room for.
const mostCells = 400

func feasible(points []show.Point) []show.Point {
	var out []show.Point
	for _, p := range points {
		if !p.Muted {
			out = append(out, p)
		}
	}
	return out
}

// names are the values of an axis as texts.
func (r *ruler) names() []string {
	out := make([]string, r.size)
	for i := range out {
		out[i] = r.text(i)
		if len(r.numbers) > 0 {
			out[i] = describe.Text(r.typed(r.numbers[i]))
		}
	}
	return out
}

// ParetoChart draws the first two metrics of the space's Pareto front: the
// designs that no other beats on a line, the others as points beside it.
func (c Cloud) ParetoChart() show.Chart {
	if c.plan == nil || len(c.plan.pareto) < 2 {
		panic(fmt.Errorf("%s: want a space with two Pareto metrics", c.Title))
	}
	x, y := c.plan.metrics[c.plan.pareto[0].metric].path, c.plan.metrics[c.plan.pareto[1].metric].path
	all := walls.Must(c.Chart(x, y))
	across, up := walls.Must(c.scale(x)), walls.Must(c.scale(y))
	out := show.Chart{
		Kind: show.Pareto, Title: fmt.Sprintf("Which designs does no other beat? %s", c.plan.design()), X: all.X, Y: all.Y,
	}
	line := show.Series{Name: "unbeaten", Line: true}
	best := map[[2]float64]bool{}
	trial := c.plan.trial()
	for _, i := range c.front {
		px, _ := across.at(i)
		py, _ := up.at(i)
		_, label := trial.labels(i, -1, false)
		line.Points = append(line.Points, show.Point{X: px, Y: py, Label: label})
		best[[2]float64{px, py}] = true
	}
	slices.SortFunc(line.Points, func(a, b show.Point) int { return cmp.Compare(a.X, b.X) })
	others := show.Series{Name: "beaten by another", Tone: 6}
	for _, s := range all.Series {
		for _, p := range s.Points {
			if !best[[2]float64{p.X, p.Y}] {
				p.Label, p.Why = "", ""
				others.Points = append(others.Points, p)
			}
		}
	}
	out.Series = []show.Series{line, others}
	return out
}

// mostBars is how many fields a tornado shows.
const mostBars = 10

// Chart is a tornado: by how many per cent the metric moves if each field is one
// per cent smaller or greater, the field that matters most at the top.
func (s Sensitivity) Chart() show.Chart {
	c := show.Chart{
		Kind: show.Tornado, Title: "What moves " + s.Metric + "? " + s.about(),
		X: show.Axis{Label: "Change of " + s.Metric + " for 1 % of the field", Unit: "%"},
	}
	less, more := show.Series{Name: "1 % less", Form: show.Bars, Tone: 2}, show.Series{Name: "1 % more", Form: show.Bars, Tone: 1}
	for _, e := range s.ranked() {
		if len(c.Y.Names) == mostBars || e.Magnitude() < noEffect {
			break
		}
		y := float64(len(c.Y.Names))
		c.Y.Names = append(c.Y.Names, e.Field)
		if e.LeftKnown {
			less.Points = append(less.Points, show.Point{Y: y, Hi: -e.Left})
		}
		if e.RightKnown {
			more.Points = append(more.Points, show.Point{Y: y, Hi: e.Right})
		}
	}
	c.Series = []show.Series{less, more}
	return c
}
