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
	s := a.scaleOf(v)
	return strings.TrimSpace(s.Number(v) + " " + s.Unit)
}

// holds reports whether the axis can show v.
func (a Axis) holds(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!a.Log || v > 0)
}

// Holds reports whether the chart can show a point: finite, and positive on a
// logarithmic axis.
func (c Chart) Holds(p Point) bool { return c.X.holds(p.X) && c.Y.holds(p.Y) }

// Range returns the smallest box around the points and marks that the chart can
// show, and false if it has none.
func (c Chart) Range() (xlo, xhi, ylo, yhi float64, ok bool) {
	xlo, ylo, xhi, yhi = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, s := range c.Series {
		for _, p := range s.Points {
			if c.Holds(p) {
				xlo, xhi, ylo, yhi = min(xlo, p.X), max(xhi, p.X), min(ylo, p.Y), max(yhi, p.Y)
			}
		}
	}
	if xlo > xhi {
		return 0, 0, 0, 0, false
	}
	for _, m := range c.Marks {
		switch {
		case m.Vertical && c.X.holds(m.At):
			xlo, xhi = min(xlo, m.At), max(xhi, m.At)
		case !m.Vertical && c.Y.holds(m.At):
			ylo, yhi = min(ylo, m.At), max(yhi, m.At)
		}
	}
	return xlo, xhi, ylo, yhi, true
}
