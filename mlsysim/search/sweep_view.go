package search

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Chart draws one metric against another, or against the swept field itself.
// Points that do not fit are muted.
func (f Front) Chart(x, y string) show.Chart {
	c := show.Chart{}
	s := show.Series{Line: true}
	against := f.along(x)
	if !against { // the points carry the axis, and the line needs no name
		c.Note = "Each point is one value of " + phrase(f.Axis.Name) + ". "
	}
	across, up := f.coordinate(x), f.coordinate(y)
	c.X, c.Y = across.label, up.label
	c.Title = up.label.Label + " against " + phrase(across.name) + ": " + f.program.design()
	if against {
		s.Name = up.label.Label
	}
	walls.Must(struct{}{}, steps(len(f.Points), func(i int) error {
		p := &f.Points[i]
		px, known := across.at(i)
		py, also := up.at(i)
		if p.Result == nil || !known || !also {
			return nil
		}
		point := show.Point{X: px, Y: py, Muted: !p.Fits, Why: p.Why}
		if !against && len(f.Points) <= mostDrawn {
			point.Label = describe.Text(p.X)
		}
		s.Points = append(s.Points, point)
		return nil
	}))
	if all := len(s.Points); all > mostDrawn {
		s.Points = outline(s.Points)
		c.Note += fmt.Sprintf("%d of %d points are drawn. ", len(s.Points), all)
	}
	if slices.ContainsFunc(s.Points, func(p show.Point) bool { return p.Muted }) {
		c.Note += "Hollow points do not fit."
	}
	if against {
		c.Marks = f.turns()
	}
	c.Note = strings.TrimSpace(c.Note)
	c.Series = []show.Series{s}
	c.X.Log, c.Y.Log = wide(s.Points, func(p show.Point) float64 { return p.X }), wide(s.Points, func(p show.Point) float64 { return p.Y })
	return c
}

// mostDrawn is how many points of one line a chart has room for.
const mostDrawn = 1000

// outline keeps the points by which a line looks the same: the lowest and the
// highest of each short stretch, the ends, and both sides of where it begins or
// ceases to fit.
func outline(points []show.Point) []show.Point {
	const stretches = mostDrawn / 4
	var out []show.Point
	for n := range stretches {
		first, end := n*len(points)/stretches, (n+1)*len(points)/stretches
		keep := []int{first, end - 1, first, first}
		for i := first; i < end; i++ {
			if points[i].Y < points[keep[2]].Y {
				keep[2] = i
			}
			if points[i].Y > points[keep[3]].Y {
				keep[3] = i
			}
			if i > first && points[i].Muted != points[i-1].Muted && len(keep) < 8 {
				keep = append(keep, i-1, i)
			}
		}
		slices.Sort(keep)
		for _, i := range slices.Compact(keep) {
			out = append(out, points[i])
		}
	}
	return out
}

// mostTurns is how many changes of what binds are marked; more are noise.
const mostTurns = 2

// turns marks where another resource begins to bind, among the points that fit.
func (f Front) turns() []show.Mark {
	var marks []show.Mark
	last := walls.Nothing
	walls.Must(struct{}{}, steps(len(f.Points), func(i int) error {
		p := &f.Points[i]
		if p.Result == nil || !p.Fits {
			return nil
		}
		v := reflect.ValueOf(p.Result).FieldByName("Binding")
		if !v.IsValid() || v.Type() != reflect.TypeFor[walls.Resource]() {
			return nil
		}
		now := walls.Resource(v.Uint())
		if last != walls.Nothing && now != last {
			marks = append(marks, show.Mark{Vertical: true, At: p.X, Label: now.String() + " binds"})
		}
		last = now
		return nil
	}))
	if len(marks) > mostTurns {
		return nil
	}
	return marks
}

func (f Front) along(name string) bool {
	return strings.EqualFold(name, f.Axis.Name) || name == f.Axis.Key
}

// coordinate is a metric of the points, or the swept field itself.
func (f Front) coordinate(name string) scale {
	if f.along(name) {
		return scale{0, f.Axis.Name, show.Axis{Label: heading(f.Axis.Name), Unit: f.Axis.Unit}, func(i int) (float64, bool) { return f.Points[i].X, true }}
	}
	if f.program.bind == nil {
		panic(fmt.Errorf("%s: an empty sweep", name))
	}
	m := walls.Must(f.program.metric(name))
	return scale{-1, m.path, show.Axis{Label: heading(m.path), Unit: m.field.Unit}, func(i int) (float64, bool) { return f.Points[i].read(m) }}
}

// wide reports whether positive values span more than a decade, so that a log
// axis teaches more.
func wide(points []show.Point, value func(show.Point) float64) bool {
	lo, hi := 0.0, 0.0
	for i, p := range points {
		v := value(p)
		if v <= 0 {
			return false
		}
		if i == 0 {
			lo, hi = v, v
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	return hi > 10*lo
}

// View describes the sweep as a table of the fields that have a better direction,
// and a chart of the first of them.
func (f Front) View() show.View {
	t := &show.Table{Columns: []show.Column{{Name: f.Axis.Name, Right: true, Help: f.Axis.Help}}}
	metrics := walls.Must(f.columns(nil))
	for _, m := range metrics {
		t.Columns = append(t.Columns, show.Column{Name: m.path, Right: true, Help: m.field.Help, Better: m.field.Better})
	}
	t.Columns, t.MutedBy = append(t.Columns, show.Column{Name: "Fits"}), "does not fit"
	all := len(f.Points)
	rows := min(all, shownRows)
	for k := range rows {
		p := f.Points[k*(all-1)/max(rows-1, 1)]
		t.Cells = append(t.Cells, append([]string{f.swept(p.X)}, p.cells(metrics)...))
		t.Muted = append(t.Muted, !p.Fits)
	}
	block := show.Block{Table: t}
	if rows < all {
		block.Notes = []string{fmt.Sprintf("%d of %d points; CSV has them all", rows, all)}
	}
	records := make([]any, all)
	walls.Must(struct{}{}, steps(all, func(i int) error {
		records[i] = f.Points[i].record()
		return nil
	}))
	v := show.View{Title: "Sweep over " + phrase(f.Axis.Name) + ": " + f.program.design(), Blocks: []show.Block{block}, Data: records}
	if len(metrics) > 0 {
		c := f.Chart(f.Axis.Name, metrics[0].path)
		v.Blocks = append(v.Blocks, show.Block{Chart: &c})
	}
	return v
}

// columns is the most metrics that are shown unasked.
const columns = 5

// directed lists the metrics with a better direction, the stages of a composed
// solver in turn.
func directed(p Program) []string {
	var perStage [][]string
	longest := 0
	for _, s := range stages(p.result) {
		var names []string
		for _, f := range describe.Fields(s.result) {
			if f.Better != "" && f.IsNumber() {
				names = append(names, s.prefix+f.Name)
			}
		}
		perStage, longest = append(perStage, names), max(longest, len(names))
	}
	var out []string
	for k := range longest {
		for _, names := range perStage {
			if k < len(names) {
				out = append(out, names[k])
			}
		}
	}
	return out
}

// swept prints a value of the swept field, with its unit if it has one.
func (f Front) swept(x float64) string {
	if f.Axis.Unit == "" {
		return describe.Text(x)
	}
	return show.Axis{Unit: f.Axis.Unit}.Text(x)
}

func (p Point) cells(metrics []metric) []string {
	var row []string
	for _, m := range metrics {
		cell := ""
		if v, known := p.read(m); known {
			cell = describe.Text(m.typed(v))
		}
		row = append(row, cell)
	}
	verdict := "yes"
	if !p.Fits {
		verdict = p.Why
	}
	return append(row, verdict)
}

// record is what JSON prints: axis value, verdict and whole result.
func (p Point) record() any {
	type record struct {
		X      float64 `help:"value of the axis"`
		Fits   bool    `help:"the point fits"`
		Why    string  `help:"why it does not"`
		Result any     `help:"the solver's result"`
	}
	return record{p.X, p.Fits, p.Why, p.Result}
}
