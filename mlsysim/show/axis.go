package show

import (
	"math"
	"strings"

	"github.com/mlsysim/golab/mlsysim/units"
)

// prefixed lists the units that take prefixes, each with those it takes in
// rising order; a space stands for none.
var prefixed = map[string]string{
	"B": " kMGTPE", "B/s": " kMGTPE", "FLOP": " kMGTPE", "FLOP/s": " kMGTPE", "bit/s": " kMGTPE", "Hz": " kMGT",
	"s": "nµm ", "W": "µm kMG", "J": "nµm kMGT",
}

var powers = map[rune]float64{
	'n': 1e-9, 'µ': 1e-6, 'm': 1e-3, ' ': 1, 'k': 1e3, 'M': 1e6, 'G': 1e9, 'T': 1e12, 'P': 1e15, 'E': 1e18,
}

// A Scale is the prefix that all numbers of an axis share.
type Scale struct {
	Factor float64 // one unit of the scale in SI
	Unit   string  // TFLOP/s
}

// Scale chooses the prefix for an axis from lo to hi: the one that suits the
// middle of a logarithmic axis and the end of a linear one.
func (a Axis) Scale(lo, hi float64) Scale {
	v := max(math.Abs(lo), math.Abs(hi))
	if a.Log && lo > 0 && hi > 0 {
		v = math.Sqrt(lo) * math.Sqrt(hi)
	}
	return a.scaleOf(v)
}

func (a Axis) scaleOf(v float64) Scale {
	best := Scale{1, a.Unit}
	v = math.Abs(v) * (1 + 0.5e-4) // so that 999.96 takes the next prefix
	for i, letter := range prefixed[a.Unit] {
		if f := powers[letter]; v != 0 && (i == 0 || v >= f) {
			best = Scale{f, strings.TrimSpace(string(letter)) + a.Unit}
		}
	}
	return best
}

// Number prints v in the unit of the scale, without it.
func (s Scale) Number(v float64) string { return units.Number(v / s.Factor) }

// Name is the label of the axis with the unit of the scale.
func (s Scale) Name(label string) string {
	if s.Unit == "" {
		return label
	}
	return strings.TrimSpace(label + " (" + s.Unit + ")")
}

// Text prints one value with its own prefix and unit.
func (a Axis) Text(v float64) string {
	if i := int(v); a.rows() && float64(i) == v && i >= 0 && i < len(a.Names) {
		return a.Names[i]
	}
	s := a.scaleOf(v)
	return strings.TrimSpace(s.Number(v) + " " + s.Unit)
}

// holds reports whether the axis can show v.
func (a Axis) holds(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!a.Log || v > 0)
}

// rows reports whether the axis names its values.
func (a Axis) rows() bool { return len(a.Names) > 0 }

// Holds reports whether the chart can show a point: finite, and positive on a
// logarithmic axis.
func (c Chart) Holds(p Point) bool { return c.X.holds(p.X) && c.Y.holds(p.Y) }

// HoldsIn reports the same for a point in the form of its series.
func (c Chart) HoldsIn(s Series, p Point) bool {
	switch s.Form {
	case Bars:
		return c.X.holds(p.Lo) && c.X.holds(p.Hi) && c.Y.holds(p.Y)
	case Band:
		return c.X.holds(p.X) && c.Y.holds(p.Lo) && c.Y.holds(p.Hi)
	default:
		return c.Holds(p)
	}
}

// Error returns the error around a point, false if it has none that the chart
// can show.
func (c Chart) Error(s Series, p Point) (lo, hi float64, ok bool) {
	return p.Lo, p.Hi, s.Form == Plain && p.Hi > p.Lo && c.Y.holds(p.Lo) && c.Y.holds(p.Hi)
}

// A box is a range of both axes.
type box struct{ xlo, xhi, ylo, yhi float64 }

func (b *box) add(x, y float64) {
	b.xlo, b.xhi, b.ylo, b.yhi = min(b.xlo, x), max(b.xhi, x), min(b.ylo, y), max(b.yhi, y)
}

// reach adds all that a point takes up.
func (b *box) reach(c *Chart, s Series, p Point) {
	switch s.Form {
	case Bars:
		b.add(p.Lo, p.Y)
		b.add(p.Hi, p.Y)
	case Band:
		b.add(p.X, p.Lo)
		b.add(p.X, p.Hi)
	default:
		b.add(p.X, p.Y)
		if lo, hi, ok := c.Error(s, p); ok {
			b.add(p.X, lo)
			b.add(p.X, hi)
		}
	}
}

// Range returns the smallest box around the points and marks that the chart can
// show, and false if it has none. An axis with names reaches from the first to
// the last of them.
func (c Chart) Range() (xlo, xhi, ylo, yhi float64, ok bool) {
	b := box{math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)}
	for _, s := range c.Series {
		for _, p := range s.Points {
			if c.HoldsIn(s, p) {
				b.reach(&c, s, p)
			}
		}
	}
	if b.xlo > b.xhi {
		return 0, 0, 0, 0, false
	}
	for _, m := range c.Marks {
		switch {
		case m.Vertical && c.X.holds(m.At):
			b.xlo, b.xhi = min(b.xlo, m.At), max(b.xhi, m.At)
		case !m.Vertical && c.Y.holds(m.At):
			b.ylo, b.yhi = min(b.ylo, m.At), max(b.yhi, m.At)
		}
	}
	if c.X.rows() {
		b.xlo, b.xhi = 0, float64(len(c.X.Names)-1)
	}
	if c.Y.rows() {
		b.ylo, b.yhi = 0, float64(len(c.Y.Names)-1)
	}
	return b.xlo, b.xhi, b.ylo, b.yhi, true
}
