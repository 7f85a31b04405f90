package show

import (
	"fmt"
	"math"
	"strings"
)

const (
	plotRows = 14
	letters  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// A plot is a chart in characters: lines in braille, points as letters.
type plot struct {
	w, h           int
	cells          [][]rune
	dots           [][]rune // bits of U+2800
	tones          [][]int  // of what was drawn last in a cell; 0 is none
	tone           int      // of what is drawn now
	x, y           Axis
	xlo, xhi       float64
	ylo, yhi       float64
	xscale, yscale Scale
	xtwos, ytwos   bool
	ticks          []string // of the vertical axis, by row
}

// newPlot leaves a twentieth of room at each side of a linear axis.
func newPlot(c *Chart, w, h int) (*plot, bool) {
	xlo, xhi, ylo, yhi, ok := c.Range()
	if !ok {
		return nil, false
	}
	p := &plot{w: w, h: h, x: c.X, y: c.Y}
	p.xscale, p.yscale = c.X.Scale(xlo, xhi), c.Y.Scale(ylo, yhi)
	p.xlo, p.xhi = room(c.X, xlo, xhi)
	p.ylo, p.yhi = room(c.Y, ylo, yhi)
	for range h {
		p.cells = append(p.cells, make([]rune, w))
		p.dots = append(p.dots, make([]rune, w))
		p.tones = append(p.tones, make([]int, w))
	}
	p.ticks = make([]string, h)
	p.xtwos, p.ytwos = c.Twos()
	for _, t := range c.Y.Ticks(p.yscale, p.ylo, p.yhi, 5, p.ytwos) {
		_, y := p.dot(Point{X: p.xlo, Y: t.At})
		p.ticks[y/4] = t.Text
	}
	return p, true
}

// room widens a range so that its ends do not lie on the frame: a linear one of
// positive values begins at zero.
func room(a Axis, lo, hi float64) (float64, float64) {
	if a.Log {
		pad := max(math.Pow(hi/lo, 0.04), 1.1)
		return lo / pad, hi * pad
	}
	pad := (hi - lo) / 20
	if hi == lo {
		pad = max(math.Abs(hi)/20, 1e-300)
	}
	if lo >= 0 {
		return 0, hi + pad
	}
	return lo - pad, hi + pad
}

// fraction places v between 0 and 1 along an axis.
func fraction(a Axis, v, lo, hi float64) float64 {
	if a.Log {
		return math.Log(v/lo) / math.Log(hi/lo)
	}
	return (v - lo) / (hi - lo)
}

// dot returns the place of a point in dots, two by four to a cell.
func (p *plot) dot(pt Point) (int, int) {
	x := int(math.Round(fraction(p.x, pt.X, p.xlo, p.xhi) * float64(2*p.w-1)))
	y := int(math.Round((1 - fraction(p.y, pt.Y, p.ylo, p.yhi)) * float64(4*p.h-1)))
	return min(max(x, 0), 2*p.w-1), min(max(y, 0), 4*p.h-1)
}

var braille = [4][2]rune{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// join draws a straight line between two points of the chart.
func (p *plot) join(a, b Point) {
	x0, y0 := p.dot(a)
	x1, y1 := p.dot(b)
	n := max(abs(x1-x0), abs(y1-y0), 1)
	for i := range n + 1 {
		f := float64(i) / float64(n)
		x := x0 + int(math.Round(f*float64(x1-x0)))
		y := y0 + int(math.Round(f*float64(y1-y0)))
		p.dots[y/4][x/2] |= braille[y%4][x%2]
		p.tones[y/4][x/2] = p.tone
	}
}

func abs(n int) int { return max(n, -n) }

// mark draws a reference line where nothing else is.
func (p *plot) mark(m Mark) {
	if m.Vertical {
		x, _ := p.dot(Point{X: m.At, Y: p.ylo})
		for y := range p.h {
			p.cells[y][x/2] = '┊'
		}
		return
	}
	_, y := p.dot(Point{X: p.xlo, Y: m.At})
	for x := range p.w {
		p.cells[y/4][x] = '┈'
	}
}

// at returns the character of a cell: a letter wins over a line, a line over a mark.
func (p *plot) at(x, y int) rune {
	if r := p.cells[y][x]; r != 0 && (r < 0x2500 || p.dots[y][x] == 0) {
		return r
	}
	if d := p.dots[y][x]; d != 0 {
		return 0x2800 + d
	}
	return ' '
}

// chart prints what the chart shows as a sentence, then the picture in
// characters and a list of what is in it.
func (p *printer) chart(indent int, c *Chart) {
	if c.Title != "" {
		p.para(indent, "", c.Title, bold)
	}
	p.para(indent, "", c.Alt(), "")
	f := c.facts()
	switch {
	case len(f.cells) > 0:
		p.grid(indent, f)
	case len(f.bars) > 0:
		p.lanes(indent, f)
	case len(f.lines)+len(f.dots) > 0:
		p.curves(indent, c)
	}
	if c.Note != "" {
		p.para(indent, "", c.Note, dim)
	}
}

// curves prints lines and points with their axes.
func (p *printer) curves(indent int, c *Chart) {
	pl, ok := newPlot(c, min(p.width-indent, 100), plotRows)
	if !ok {
		return
	}
	margin := 0
	for _, text := range pl.ticks {
		margin = max(margin, columns(text))
	}
	pl, _ = newPlot(c, max(min(p.width-indent, 100)-margin-2, 10), plotRows)
	legend := pl.draw(c)
	p.para(indent, "", axisName(c.Y, pl.yscale, pl.ylo, pl.yhi)+" ↑", dim)
	for y := range plotRows {
		line := make([]rune, pl.w)
		for x := range line {
			line[x] = pl.at(x, y)
		}
		axis := "│"
		if pl.ticks[y] != "" {
			axis = "┤"
		}
		p.row(indent, col{lines: []string{pad(pl.ticks[y], margin) + " " + axis + p.toned(line, pl.tones[y])}})
	}
	p.foot(indent+margin+1, pl)
	p.rows(indent, legend)
}

// axisName is the label of an axis with its unit, unless its numbers carry it.
func axisName(a Axis, s Scale, lo, hi float64) string {
	if a.Own(lo, hi) {
		return a.Label
	}
	return s.Name(a.Label)
}

func pad(text string, width int) string {
	return strings.Repeat(" ", max(width-columns(text), 0)) + text
}

// foot prints the horizontal axis with its numbers and its name.
func (p *printer) foot(indent int, pl *plot) {
	rule, numbers := []rune(strings.Repeat("─", pl.w)), ""
	for _, t := range pl.x.Ticks(pl.xscale, pl.xlo, pl.xhi, 7, pl.xtwos) {
		x, _ := pl.dot(Point{X: t.At, Y: pl.ylo})
		text := t.Text
		at := min(max(x/2-columns(text)/2+1, 0), pl.w+1-columns(text))
		if free := at - columns(numbers); free > 0 || numbers == "" && free == 0 {
			numbers += strings.Repeat(" ", free) + text
			rule[x/2] = '┬'
		}
	}
	p.row(indent, col{lines: []string{"└" + string(rule)}})
	p.row(indent, col{lines: []string{numbers}})
	name := clean(axisName(pl.x, pl.xscale, pl.xlo, pl.xhi)) + " →"
	p.row(indent, col{lines: []string{pad(name, pl.w+1)}, style: dim})
}

var outNames = [...]string{"", "; out of bounds above", "; out of bounds below"}

// row tells a mark: its label, where it is unless the label says so, and which
// side is out of bounds.
func (m Mark) row(shape string, axis Axis) Row {
	at := axis.Text(m.At)
	switch {
	case m.Label == "":
		return Row{Label: shape, Value: at}
	case strings.Contains(m.Label, at):
		at = ""
	}
	return Row{Label: shape, Value: m.Label, Note: strings.TrimPrefix(at+outNames[m.Out], "; ")}
}

// draw puts marks, lines and points in and returns what the letters mean.
func (p *plot) draw(c *Chart) []Row {
	var legend []Row
	for _, m := range c.Marks {
		axis, shape := p.y, "┈"
		if m.Vertical {
			axis, shape = p.x, "┊"
		}
		if axis.holds(m.At) {
			p.mark(m)
			legend = append(legend, m.row(shape, axis))
		}
	}
	next := 0
	for i, s := range c.Series {
		p.tone = c.Tone(i)
		if s.Form == Band {
			p.band(c, s)
			legend = append(legend, Row{Label: "⠒", Value: s.Name, Note: "between the outer lines"})
			continue
		}
		if s.Line {
			if row := p.line(s, &next); row.Label != "" {
				legend = append(legend, row)
			}
			continue
		}
		legend = append(legend, p.cloud(c, s, &next)...)
	}
	return legend
}

// cloud puts a letter at each point; many without a label share one.
func (p *plot) cloud(c *Chart, s Series, next *int) []Row {
	var rows []Row
	shared, more := -1, 0
	for _, pt := range s.Points {
		switch {
		case !c.Holds(pt):
		case *next >= len(letters) && shared < 0: // more than there are letters for
			x, y := p.dot(pt)
			if p.cells[y/4][x/2] == 0 {
				p.cells[y/4][x/2] = '•'
			}
			more++
		case pt.Label != "" || pt.Why != "":
			label := pt.Label
			if label == "" {
				label = s.Name
			}
			rows = append(rows, p.letter(pt, label, next))
		case shared < 0:
			shared = len(rows)
			rows = append(rows, p.letter(pt, s.Name, next))
			rows[shared].Note = "from " + rows[shared].Note
		default:
			x, y := p.dot(pt)
			p.cells[y/4][x/2], p.tones[y/4][x/2] = []rune(rows[shared].Label)[0], p.tone
			at, _, _ := strings.Cut(rows[shared].Note, " to ")
			rows[shared].Note = at + " to " + p.x.Text(pt.X) + ", " + p.y.Text(pt.Y)
		}
	}
	if more > 0 {
		rows = append(rows, Row{Label: "•", Value: fmt.Sprintf("%d more points", more)})
	}
	if shared >= 0 { // a single one is at a place
		if !strings.Contains(rows[shared].Note, " to ") {
			rows[shared].Note = strings.TrimPrefix(rows[shared].Note, "from ")
		}
	}
	return rows
}

// band draws the edges of an area.
func (p *plot) band(c *Chart, s Series) {
	var last Point
	for i, pt := range s.Points {
		if !c.HoldsIn(s, pt) {
			continue
		}
		if i > 0 {
			p.join(Point{X: last.X, Y: last.Lo}, Point{X: pt.X, Y: pt.Lo})
			p.join(Point{X: last.X, Y: last.Hi}, Point{X: pt.X, Y: pt.Hi})
		}
		last = pt
	}
}

// line draws a series as a line with a letter at its end.
func (p *plot) line(s Series, next *int) Row {
	var shown []Point
	for _, pt := range s.Points {
		if p.x.holds(pt.X) && p.y.holds(pt.Y) {
			shown = append(shown, pt)
		}
	}
	if len(shown) == 0 {
		return Row{Label: " ", Value: s.Name, Note: "no points"}
	}
	for i := range shown[1:] {
		p.join(shown[i], shown[i+1])
	}
	if s.Name == "" && len(shown) == 2 {
		return Row{} // part of another, such as the slope of a roof
	}
	first, last := shown[0], shown[len(shown)-1]
	last.Muted = false // told below with the others
	name := s.Name
	if name == "" {
		name = p.y.Label
	}
	row := p.letter(last, name, next)
	row.Note = "from " + p.x.Text(first.X) + ", " + p.y.Text(first.Y) + " to " + row.Note + p.hollow(shown)
	return row
}

// hollow crosses out the points that are infeasible and says why.
func (p *plot) hollow(shown []Point) string {
	var out []Point
	for _, pt := range shown {
		if pt.Muted {
			out = append(out, pt)
			x, y := p.dot(pt)
			p.cells[y/4][x/2] = '×'
		}
	}
	if len(out) > mostNamed {
		return fmt.Sprintf("; × %d points, the first at %s %s", len(out), p.x.Text(out[0].X), out[0].Why)
	}
	note := ""
	for _, pt := range out {
		note += "; " + strings.TrimSpace("× at "+p.x.Text(pt.X)+" "+pt.Why)
	}
	return note
}

// mostNamed is how many hollow points of a line say why each.
const mostNamed = 3

// letter puts the next letter at a point; after the last one it is a dot.
func (p *plot) letter(pt Point, label string, next *int) Row {
	name := "•"
	if *next < len(letters) {
		name = letters[*next : *next+1]
	}
	*next++
	x, y := p.dot(pt)
	p.cells[y/4][x/2], p.tones[y/4][x/2] = []rune(name)[0], p.tone
	row := Row{Label: name, Value: label, Note: p.x.Text(pt.X) + ", " + p.y.Text(pt.Y)}
	if pt.Muted {
		row.Note += " (" + strings.TrimSpace("× "+pt.Why) + ")"
	}
	return row
}
