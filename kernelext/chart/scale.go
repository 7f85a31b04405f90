package chart

import (
	"math"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/show"
)

// The size of every chart and the place of its frame, in pixels.
const (
	width       = 640
	height      = 400
	frameLeft   = 70
	frameRight  = width - 26
	frameBottom = height - 52
)

// An axis maps SI values to pixels; lo and hi are in its own prefix.
type axis struct {
	show.Axis
	scale  show.Scale
	lo, hi float64
	from   float64 // pixel of lo
	to     float64 // pixel of hi
	ragged bool    // lo and hi are not round
}

func newAxis(a show.Axis, lo, hi, from, to float64) axis {
	out := axis{Axis: a, scale: a.Scale(lo, hi), from: from, to: to}
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
	step := power(math.Floor(math.Log10((hi - lo) / 5)))
	for _, f := range [...]float64{2, 2.5, 2} {
		if (hi-lo)/step > 6 {
			step *= f
		}
	}
	out.lo, out.hi = round(math.Floor(lo/step+1e-9)*step), round(math.Ceil(hi/step-1e-9)*step)
	return out
}

// log ends an axis a little outside its values if that leaves two decades to
// number, else at decades.
func (a *axis) log(lo, hi float64) {
	a.lo, a.hi, a.ragged = round(lo/1.35), round(hi*2.2), true
	if math.Floor(math.Log10(a.hi)) > math.Ceil(math.Log10(a.lo)) {
		return
	}
	first, last := math.Floor(math.Log10(lo)+1e-9), math.Ceil(math.Log10(hi)-1e-9)
	a.lo, a.hi, a.ragged = power(first), power(max(last, first+1)), false
}

// power returns the double nearest to a decimal power, which math.Pow misses.
func power(exponent float64) float64 {
	v, _ := strconv.ParseFloat("1e"+strconv.Itoa(int(exponent)), 64)
	return v
}

// value is v in the prefix of the axis, to what a picture can show.
func (a axis) value(v float64) float64 { return round(v / a.scale.Factor) }

// round keeps five significant digits.
func round(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 5, 64), 64)
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

// inverse returns the SI value at a pixel.
func (a axis) inverse(pixel float64) float64 {
	f := (pixel - a.from) / (a.to - a.from)
	if a.Log {
		return a.lo * math.Pow(a.hi/a.lo, f) * a.scale.Factor
	}
	return (a.lo + f*(a.hi-a.lo)) * a.scale.Factor
}
