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
	x, y           Axis
	xlo, xhi       float64
	ylo, yhi       float64
	xscale, yscale Scale
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
	}
	p.ticks = make([]string, h)
	for _, v := range ticksOf(c.Y, p.ylo, p.yhi, 5) {
		_, y := p.dot(Point{X: p.xlo, Y: v})
		p.ticks[y/4] = p.yscale.Number(v)
	}
	return p, true
}

// room widens a range so that its ends do not lie on the frame: to whole
// decades on a logarithmic axis, from zero on a linear one of positive values.
func room(a Axis, lo, hi float64) (float64, float64) {
	if a.Log {
		first, last := math.Floor(math.Log10(lo)+1e-9), math.Ceil(math.Log10(hi)-1e-9)
		return math.Pow(10, first), math.Pow(10, max(last, first+1))
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
	p.para(indent, "", pl.yscale.Name(c.Y.Label)+" ↑", dim)
	for y := range plotRows {
		line := make([]rune, pl.w)
		for x := range line {
			line[x] = pl.at(x, y)
		}
		axis := "│"
		if pl.ticks[y] != "" {
			axis = "┤"
		}
		text := strings.TrimRight(axis+string(line), " ")
		p.row(indent, col{lines: []string{pad(pl.ticks[y], margin) + " " + text}})
	}
	p.foot(indent+margin+1, pl, c.X.Label)
	p.rows(indent, legend)
}

func pad(text string, width int) string {
	return strings.Repeat(" ", max(width-columns(text), 0)) + text
}

// foot prints the horizontal axis with its numbers and its name.
func (p *printer) foot(indent int, pl *plot, label string) {
	rule, numbers := []rune(strings.Repeat("─", pl.w)), ""
	for _, v := range ticksOf(pl.x, pl.xlo, pl.xhi, 6) {
		x, _ := pl.dot(Point{X: v, Y: pl.ylo})
		text := pl.xscale.Number(v)
		at := min(max(x/2-columns(text)/2+1, 0), pl.w+1-columns(text))
		if free := at - columns(numbers); free > 0 || numbers == "" && free == 0 {
			numbers += strings.Repeat(" ", free) + text
			rule[x/2] = '┬'
		}
	}
	p.row(indent, col{lines: []string{"└" + string(rule)}})
	p.row(indent, col{lines: []string{numbers}})
	name := clean(pl.xscale.Name(label)) + " →"
	p.row(indent, col{lines: []string{pad(name, pl.w+1)}, style: dim})
}

var outNames = [...]string{"", "; out of bounds above", "; out of bounds below"}

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
			legend = append(legend, Row{Label: shape, Value: m.Label, Note: axis.Text(m.At) + outNames[m.Out]})
		}
	}
	next := 0
	for _, s := range c.Series {
		if s.Form == Band {
			p.band(c, s)
			legend = append(legend, Row{Label: "⠒", Value: s.Name, Note: "between the outer lines"})
			continue
		}
		if s.Line {
			legend = append(legend, p.line(s, &next))
			continue
		}
		for _, pt := range s.Points {
			if c.Holds(pt) {
				label := pt.Label
				if label == "" {
					label = s.Name
				}
				legend = append(legend, p.letter(pt, label, &next))
			}
		}
	}
	return legend
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
	first, last := shown[0], shown[len(shown)-1]
	last.Muted = false // told below with the others
	row := p.letter(last, s.Name, next)
	row.Note = "from " + p.x.Text(first.X) + ", " + p.y.Text(first.Y) + " to " + row.Note
	var out []Point
	for _, pt := range shown {
		if pt.Muted {
			out = append(out, pt)
			x, y := p.dot(pt)
			p.cells[y/4][x/2] = '×'
		}
	}
	if len(out) > mostNamed {
		row.Note += fmt.Sprintf("; × %d points, the first at %s %s", len(out), p.x.Text(out[0].X), out[0].Why)
		return row
	}
	for _, pt := range out {
		row.Note += "; " + strings.TrimSpace("× at "+p.x.Text(pt.X)+" "+pt.Why)
	}
	return row
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
	p.cells[y/4][x/2] = []rune(name)[0]
	row := Row{Label: name, Value: label, Note: p.x.Text(pt.X) + ", " + p.y.Text(pt.Y)}
	if pt.Muted {
		row.Note += " (" + strings.TrimSpace("× "+pt.Why) + ")"
	}
	return row
}

// steps returns up to about n round values between lo and hi.
func ticksOf(a Axis, lo, hi float64, n int) []float64 {
	var out []float64
	if a.Log {
		first, last := math.Ceil(math.Log10(lo)-1e-9), math.Floor(math.Log10(hi)+1e-9)
		by := math.Max(1, math.Ceil((last-first)/float64(n)))
		for e := first; e <= last; e += by {
			out = append(out, math.Pow(10, e))
		}
		return out
	}
	by := math.Pow(10, math.Floor(math.Log10((hi-lo)/float64(n))))
	for _, f := range [...]float64{2, 2.5, 2} { // 2, 5, 10
		if (hi-lo)/by > float64(n) {
			by *= f
		}
	}
	for i := math.Ceil(lo / by); i*by <= hi; i++ {
		out = append(out, i*by)
	}
	return out
}
