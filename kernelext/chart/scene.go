package chart

import (
	"math"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

// The width of every picture and its margins, in pixels.
const (
	width     = 640.0
	plotArea  = 270.0 // height of the frame of lines and points
	rowHeight = 30.0
	edge      = 12.0 // between the frame and the edge of the picture
	head      = 26.0 // above the frame: the name of the vertical axis, or the key
	foot      = 44.0 // below it: the numbers and the name of the horizontal axis
)

// A note is a text in its place.
type note struct {
	text   string
	x, y   float64 // of the middle of its height
	anchor anchor
	ink    string // empty is the ink of the page
}

type anchor string

const (
	start  anchor = "start"
	middle anchor = "middle"
	end    anchor = "end"
)

// A scene is a chart with everything in its place: the one source of the still
// picture and of the live chart.
type scene struct {
	show.Chart
	x, y   axis
	height float64
	xticks []show.Tick
	yticks []show.Tick
	notes  []note
	z      show.Scale // of the values of cells
	zlo    float64
	zhi    float64

	unlabelled bool // there are too many loose points to write their labels
	layout
}

// newScene lays a chart out.
func newScene(c show.Chart) *scene {
	s := &scene{Chart: c}
	xlo, xhi, ylo, yhi, ok := c.Range()
	if !ok {
		xlo, xhi, ylo, yhi = 1, 10, 1, 10
	}
	if s.rows() && !c.X.Log {
		xlo, xhi = s.bedOf(xlo, xhi)
	}
	s.setFrame(ylo, yhi)
	s.x = newAxis(c.X, xlo, xhi, s.frame.left, s.frame.right, s.rows())
	s.y = newAxis(c.Y, ylo, yhi, s.frame.bottom, s.frame.top, false)
	if s.rows() { // a list is read from the top
		s.y.from, s.y.to = s.frame.top, s.frame.bottom
	}
	s.x.twos, s.y.twos = s.Twos()
	s.xticks, s.yticks = s.x.ticks(s.roomFor(s.x)), s.y.ticks(s.roomForRows())
	s.zlo, s.zhi = c.CellRange()
	s.z = c.Z.Scale(s.zlo, s.zhi)
	s.thin()
	s.scales()
	s.fill()
	s.label()
	return s
}

// bedOf is what bars lie in: from zero, and a little beyond a limit.
func (s *scene) bedOf(lo, hi float64) (float64, float64) {
	most := 0.0
	for _, m := range s.Marks {
		if m.Vertical && m.Out == show.Above {
			most = m.At * 1.08
		}
	}
	lo, hi = min(lo, 0), max(hi, most)
	if lo < 0 {
		return lo * 1.04, max(hi, 0) * 1.04
	}
	return lo, hi
}

func (s *scene) has(f show.Form) bool {
	return slices.ContainsFunc(s.Series, func(one show.Series) bool { return one.Form == f && len(one.Points) > 0 })
}

// rows reports whether the chart is a list of bars.
func (s *scene) rows() bool { return s.has(show.Bars) }

// setFrame leaves room on the left for the numbers or names of the vertical axis
// and on the right for what stands behind bars or lines.
func (s *scene) setFrame(ylo, yhi float64) {
	area := plotArea
	switch n := float64(len(s.Y.Names)); {
	case s.rows() && n > 12:
		area = n * 22
	case s.rows():
		area = max(n*rowHeight, 44)
	case s.has(show.Cells):
		area = min(max(n*34, 120), 300)
	}
	top := head
	if s.rows() && len(s.key()) == 0 {
		top = 8
	}
	if slices.ContainsFunc(s.Marks, func(m show.Mark) bool { return m.Vertical && m.Label != "" }) {
		top += 16 // their labels stand above the frame
	}
	s.height = top + area + foot
	left := 0.0
	for _, t := range newAxis(s.Y, ylo, yhi, top+area, top, false).ticks(s.roomForRows()) {
		w, _ := measure(t.Text)
		left = max(left, w)
	}
	s.frame = box{min(left, 220) + edge + 4, top, width - edge - s.behind(), top + area}
}

func (s *scene) roomForRows() int {
	if len(s.Y.Names) > 0 {
		return len(s.Y.Names)
	}
	return 6
}

// roomFor is how many numbers the horizontal axis has room for.
func (s *scene) roomFor(a axis) int {
	if n := len(a.Names); n > 0 {
		widest := 0.0
		for _, name := range a.Names {
			w, _ := measure(name)
			widest = max(widest, w+6)
		}
		return max(int((a.to-a.from)/widest), 1)
	}
	return 7
}

// scales writes the numbers and names of the axes.
func (s *scene) scales() {
	for _, t := range s.yticks {
		s.notes = append(s.notes, note{text: clip(t.Text, 220), x: s.frame.left - 6, y: s.y.pixel(t.At), anchor: end})
	}
	last := math.Inf(-1)
	for _, t := range s.xticks {
		w, _ := measure(t.Text)
		x := min(max(s.x.pixel(t.At), w/2), width-w/2)
		if x-w/2 < last+4 {
			continue
		}
		last = x + w/2
		s.notes = append(s.notes, note{text: t.Text, x: x, y: s.frame.bottom + 13, anchor: middle})
	}
	if text := s.x.name(); text != "" {
		s.notes = append(s.notes, note{text: text, x: (s.frame.left + s.frame.right) / 2, y: s.frame.bottom + 32, anchor: middle})
	}
	if text := s.y.name(); text != "" && !s.rows() {
		s.notes = append(s.notes, note{text: text, x: edge, y: 10, anchor: start})
	}
	s.writeKey()
}

// clip shortens a text to a width.
func clip(text string, most float64) string {
	letters := []rune(text)
	if w, _ := measure(text); w <= most {
		return text
	}
	return strings.TrimSpace(string(letters[:max(int(most/letterWidth)-1, 1)])) + "…"
}

// spot places a point in the picture.
func (s *scene) spot(p show.Point) spot { return spot{s.x.pixel(p.X), s.y.pixel(p.Y)} }

// shown returns the points of a series that the axes can hold.
func (s *scene) shown(one show.Series) []show.Point {
	var out []show.Point
	for _, p := range one.Points {
		if s.HoldsIn(one, p) {
			out = append(out, p)
		}
	}
	return out
}

// fill tells the layout where lines and symbols are, before labels are placed.
func (s *scene) fill() {
	for _, one := range s.Series {
		if one.Form != show.Plain {
			continue
		}
		shown := s.shown(one)
		for j, p := range shown {
			if one.Line && j > 0 {
				s.stroke(s.spot(shown[j-1]), s.spot(p))
			}
			if s.dotted(one, shown, p) {
				s.symbol(s.spot(p))
			}
		}
	}
	for _, m := range s.Marks {
		if a, b, ok := s.ends(m); ok { // worse to write over than a line
			s.stroke(a, b)
			s.stroke(a, b)
			s.stroke(a, b)
		}
	}
}

// mostDots is the most points that a line shows as dots of their own.
const mostDots = 24

// dotted reports whether a point has a symbol: it is loose, muted, or one of
// those that a line was drawn through.
func (s *scene) dotted(one show.Series, shown []show.Point, p show.Point) bool {
	return !one.Line || p.Muted || p.Label != "" || len(shown) > 2 && len(shown) <= mostDots && !one.Dashed
}

// ends returns the ends of a mark in pixels, and false if it is not in the picture.
func (s *scene) ends(m show.Mark) (a, b spot, ok bool) {
	if m.Vertical {
		x := s.x.pixel(m.At)
		return spot{x, s.frame.bottom}, spot{x, s.frame.top}, x >= s.frame.left-0.5 && x <= s.frame.right+0.5
	}
	y := s.y.pixel(m.At)
	return spot{s.frame.left, y}, spot{s.frame.right, y}, y >= s.frame.top-0.5 && y <= s.frame.bottom+0.5
}

// outside is the area beyond a mark, if it shades one.
func (s *scene) outside(m show.Mark) (box, bool) {
	a, _, ok := s.ends(m)
	b := s.frame
	switch {
	case !ok || m.Out == show.NoSide:
		return box{}, false
	case m.Vertical && m.Out == show.Above:
		b.left = a.x
	case m.Vertical:
		b.right = a.x
	case m.Out == show.Above:
		b.bottom = a.y
	default:
		b.top = a.y
	}
	return b, b.right-b.left > 1 && b.bottom-b.top > 1
}
