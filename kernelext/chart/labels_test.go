package chart

import (
	"testing"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// However points lie, no label meets another one or a symbol or leaves the frame.
func TestLabelsNeverMeet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := show.Chart{X: show.Axis{Log: rapid.Bool().Draw(t, "log")}, Series: []show.Series{{Name: "cloud"}, {Name: "line", Line: true}}}
		for i := range 2 {
			for range rapid.IntRange(1, 12).Draw(t, "points") {
				c.Series[i].Points = append(c.Series[i].Points, show.Point{
					X: rapid.Float64Range(1, 1e4).Draw(t, "x"), Y: rapid.Float64Range(0, 1).Draw(t, "y"), Label: rapid.StringN(0, 30, 60).Draw(t, "label"),
				})
			}
		}
		c.Marks = []show.Mark{{At: 0.5, Label: "limit"}}
		d := newScene(c)
		for i, b := range d.taken {
			require.True(t, b.left >= d.frame.left && b.right <= d.frame.right && b.top >= d.frame.top && b.bottom <= d.frame.bottom)
			for _, o := range append(d.taken[i+1:], d.symbols...) {
				require.False(t, b.meets(o))
			}
		}
	})
}

func TestAxisHoldsItsValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(1e-9, 1e15).Draw(t, "lo")
		hi := lo * rapid.Float64Range(1, 1e9).Draw(t, "ratio")
		for _, log := range []bool{false, true} {
			a := newAxis(show.Axis{Unit: "B/s", Log: log}, lo, hi, 100, 500, false)
			for _, v := range []float64{lo, hi} {
				require.GreaterOrEqual(t, a.pixel(v), 100-0.05)
				require.LessOrEqual(t, a.pixel(v), 500+0.05)
			}
			require.Less(t, a.pixel(lo), a.pixel(hi)+0.05)
		}
	})
}
