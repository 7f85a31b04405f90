package show

import (
	"math"
	"strconv"
)

// A Tick is a number on an axis.
type Tick struct {
	At   float64 // SI
	Text string
}

// wideRatio is the ratio of the ends of a logarithmic axis from which each of its
// numbers has a prefix of its own: 1 kB, 1 MB, 1 GB.
const wideRatio = 9e3

// Own reports whether the numbers from lo to hi have prefixes of their own, which
// only short units have room for.
func (a Axis) Own(lo, hi float64) bool {
	return a.Log && lo > 0 && hi/lo >= wideRatio && len(a.Unit) <= 2 && a.scaleOf(lo) != a.scaleOf(hi)
}

// Ticks lists about n numbers from lo to hi: the names of an axis that has them,
// powers of ten, or of two for values that are, and 2 and 5 between where there
// are few, or round steps. They are printed in a scale.
func (a Axis) Ticks(s Scale, lo, hi float64, n int, twos bool) []Tick {
	switch {
	case a.rows():
		return a.named(n)
	case a.Log && twos:
		return a.texts(s, lo, hi, doubling(lo, hi, n))
	case a.Log:
		return a.texts(s, lo, hi, decades(lo, hi, n))
	}
	var values []float64
	by := Stride(lo/s.Factor, hi/s.Factor, n)
	for i := math.Ceil(lo/s.Factor/by - 1e-9); i*by <= hi/s.Factor+by*1e-9; i++ {
		values = append(values, i*by*s.Factor+0) // no -0
	}
	return a.texts(s, lo, hi, values)
}

// texts prints values in the scale of the axis, or each with its own prefix.
func (a Axis) texts(s Scale, lo, hi float64, values []float64) []Tick {
	out := make([]Tick, len(values))
	own := a.Own(lo, hi)
	for i, v := range values {
		out[i] = Tick{v, s.Number(v)}
		if own {
			out[i].Text = a.Text(v)
		}
	}
	return out
}

func (a Axis) named(n int) []Tick {
	var out []Tick
	every := (len(a.Names) + n - 1) / n
	for i := 0; i < len(a.Names); i += every {
		out = append(out, Tick{float64(i), a.Names[i]})
	}
	return out
}

func doubling(lo, hi float64, n int) []float64 {
	var out []float64
	first, last := math.Ceil(math.Log2(lo)-1e-9), math.Floor(math.Log2(hi)+1e-9)
	by := max(math.Ceil((last-first+1)/float64(n)), 1)
	for e := first; e <= last; e += by {
		out = append(out, math.Exp2(e))
	}
	return out
}

// decades lists every power of ten or, where there are few, 2 and 5 too.
func decades(lo, hi float64, n int) []float64 {
	var out []float64
	first, last := math.Floor(math.Log10(lo)), math.Ceil(math.Log10(hi))
	within := []float64{1}
	if math.Log10(hi/lo) < 2.7 {
		within = []float64{1, 2, 5}
	}
	by := max(math.Ceil((last-first)/float64(n)), 1)
	for e := first; e <= last; e += by {
		for _, f := range within {
			if v := f * power(e); v >= lo*(1-1e-9) && v <= hi*(1+1e-9) {
				out = append(out, v)
			}
		}
	}
	return out
}

// power returns the double nearest to a decimal power, which math.Pow misses.
func power(exponent float64) float64 {
	v, _ := strconv.ParseFloat("1e"+strconv.Itoa(int(exponent)), 64)
	return v
}

// Stride is a round distance that divides a range into at most n parts.
func Stride(lo, hi float64, n int) float64 {
	by := power(math.Floor(math.Log10((hi - lo) / float64(n))))
	for _, f := range [...]float64{2, 2.5, 2} { // 2, 5, 10
		if (hi-lo)/by > float64(n) {
			by *= f
		}
	}
	return by
}

// Twos reports for each logarithmic axis whether all values are powers of two.
func (c Chart) Twos() (x, y bool) {
	x, y = c.X.Log && c.X.Unit == "", c.Y.Log && c.Y.Unit == ""
	n := 0
	for _, s := range c.Series {
		for _, p := range s.Points {
			if c.Holds(p) {
				n++
				x, y = x && isPower(p.X), y && isPower(p.Y)
			}
		}
	}
	return x && n > 2, y && n > 2
}

func isPower(v float64) bool {
	fraction, _ := math.Frexp(v)
	return fraction == 0.5
}
