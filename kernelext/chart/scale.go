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
	own    bool    // every number has its own prefix: the axis spans too many
}

// A tick is a number on an axis.
type tick struct {
	at   float64 // SI
	text string
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
	step := step(lo, hi, 6)
	out.lo, out.hi = round(math.Floor(lo/step+1e-9)*step), round(math.Ceil(hi/step-1e-9)*step)
	return out
}

// log ends an axis a little outside its values, so that nothing lies on its ends.
func (a *axis) log(lo, hi float64) {
	pad := max(math.Pow(hi/lo, 0.05), 1.1)
	a.lo, a.hi = round(lo/pad), round(hi*pad)
	a.own = hi/lo >= 9e3 && a.Text(lo*a.scale.Factor) != "" && a.Axis.Scale(lo*a.scale.Factor, lo*a.scale.Factor) != a.Axis.Scale(hi*a.scale.Factor, hi*a.scale.Factor)
}

// step is a round distance that divides a range into at most n parts.
func step(lo, hi float64, n int) float64 {
	by := power(math.Floor(math.Log10((hi - lo) / float64(n))))
	for _, f := range [...]float64{2, 2.5, 2} { // 2, 5, 10
		if (hi-lo)/by > float64(n) {
			by *= f
		}
	}
	return by
}

// ticks lists the numbers of an axis that has room for about n.
func (a axis) ticks(n int) []tick {
	switch {
	case len(a.Names) > 0:
		return a.rows(n)
	case a.Log && a.twos:
		return a.doubling(n)
	case a.Log:
		return a.decades(n)
	}
	var out []tick
	by := step(a.lo, a.hi, n)
	for i := math.Ceil(a.lo/by - 1e-9); i*by <= a.hi+by*1e-9; i++ {
		out = append(out, a.tick(round(i*by)+0)) // no -0
	}
	return out
}

func (a axis) tick(v float64) tick {
	at := v * a.scale.Factor
	if a.own {
		return tick{at, a.Text(at)}
	}
	return tick{at, a.scale.Number(at)}
}

func (a axis) rows(n int) []tick {
	var out []tick
	every := (len(a.Names) + n - 1) / n
	for i, name := range a.Names {
		if i%every == 0 {
			out = append(out, tick{float64(i), name})
		}
	}
	return out
}

func (a axis) doubling(n int) []tick {
	var out []tick
	first, last := math.Ceil(math.Log2(a.lo)-1e-9), math.Floor(math.Log2(a.hi)+1e-9)
	by := max(math.Ceil((last-first+1)/float64(n)), 1)
	for e := first; e <= last; e += by {
		out = append(out, a.tick(math.Exp2(e)))
	}
	return out
}

// decades numbers every power of ten or, where there are few, 2 and 5 too.
func (a axis) decades(n int) []tick {
	var out []tick
	first, last := math.Floor(math.Log10(a.lo)), math.Ceil(math.Log10(a.hi))
	within := []float64{1}
	if math.Log10(a.hi/a.lo) < 2.7 {
		within = []float64{1, 2, 5}
	}
	by := max(math.Ceil((last-first)/float64(n)), 1)
	for e := first; e <= last; e += by {
		for _, f := range within {
			if v := f * power(e); v >= a.lo && v <= a.hi {
				out = append(out, a.tick(v))
			}
		}
	}
	return out
}

// name is the label of the axis with its unit, if the numbers do not carry it.
func (a axis) name() string {
	if a.own {
		return a.Label
	}
	return a.scale.Name(a.Label)
}

// power returns the double nearest to a decimal power, which math.Pow misses.
func power(exponent float64) float64 {
	v, _ := strconv.ParseFloat("1e"+strconv.Itoa(int(exponent)), 64)
	return v
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
