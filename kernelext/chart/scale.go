package chart

import (
	"math"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/show"
)

// An axis maps SI values to pixels; lo and hi are in its own prefix.
type axis struct {
	show.Axis
	scale  show.Scale
	lo, hi float64
	from   float64 // pixel of lo
	to     float64 // pixel of hi
	twos   bool    // logarithmic, in powers of two
}

// newAxis ends an axis at round numbers, that of rows where they end.
func newAxis(a show.Axis, lo, hi, from, to float64, rows bool) axis {
	out := axis{Axis: a, scale: a.Scale(lo, hi), from: from, to: to}
	if len(a.Names) > 0 {
		out.scale = show.Scale{Factor: 1}
		out.lo, out.hi = -0.5, float64(len(a.Names))-0.5
		return out
	}
	lo, hi = lo/out.scale.Factor, hi/out.scale.Factor
	if a.Log {
		out.log(lo, hi)
		return out
	}
	if lo > 0 && lo < 0.7*hi {
		lo = 0
	}
	if lo == hi {
		lo, hi = lo-math.Abs(lo)/2-0.5, hi+math.Abs(hi)/2+0.5
	}
	if rows { // bars begin at their axis and say where they end
		out.lo, out.hi = round(lo), round(hi)
		return out
	}
	step := show.Stride(lo, hi, 6)
	out.lo, out.hi = round(math.Floor(lo/step+1e-9)*step), round(math.Ceil(hi/step-1e-9)*step)
	return out
}

// log ends an axis a little outside its values, so that nothing lies on its ends.
func (a *axis) log(lo, hi float64) {
	pad := max(math.Pow(hi/lo, 0.05), 1.1)
	a.lo, a.hi = round(lo/pad), round(hi*pad)
}

// ticks lists the numbers of an axis that has room for about n.
func (a axis) ticks(n int) []show.Tick {
	return a.Ticks(a.scale, a.lo*a.scale.Factor, a.hi*a.scale.Factor, n, a.twos)
}

// name is the label of the axis with its unit, if the numbers do not carry it.
func (a axis) name() string {
	if a.Own(a.lo*a.scale.Factor, a.hi*a.scale.Factor) {
		return a.Label
	}
	return a.scale.Name(a.Label)
}

// value is v in the prefix of the axis, to what a picture can show.
func (a axis) value(v float64) float64 { return digits(v/a.scale.Factor, 4) }

// round keeps five significant digits.
func round(v float64) float64 { return digits(v, 5) }

func digits(v float64, n int) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', n, 64), 64)
	return short
}

// pixel places an SI value.
func (a axis) pixel(v float64) float64 {
	v /= a.scale.Factor
	f := (v - a.lo) / (a.hi - a.lo)
	if a.Log {
		f = math.Log(v/a.lo) / math.Log(a.hi/a.lo)
	}
	return a.from + f*(a.to-a.from)
}

// inside is a pixel no farther out than the ends of the axis.
func (a axis) inside(pixel float64) float64 {
	return min(max(pixel, min(a.from, a.to)), max(a.from, a.to))
}
