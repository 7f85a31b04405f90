package show

import (
	"math"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/units"
)

// A Bar is one part of a whole, such as the weights in a device's memory.
type Bar struct {
	Label   string
	Value   string
	Share   float64 // of the full width; what goes above 1 is drawn beyond the mark
	From    float64 // where it begins; parts that follow one another are a waterfall
	Longest bool    // the one to look at
}

// longestWord marks the longest bar, for those who do not see its length.
const longestWord = "longest"

// Waterfall lets each bar begin where the one before ends. Parts that add up to
// more than the whole run over its end.
func Waterfall(bars []Bar) []Bar {
	at := 0.0
	for i := range bars {
		bars[i].From = at
		at += share(bars[i])
	}
	return bars
}

// MarkLongest marks the longest bar; equals are not marked.
func MarkLongest(bars []Bar) []Bar {
	longest, equal := -1, false
	for i := range bars {
		bars[i].Longest = false
		switch {
		case longest < 0 || share(bars[i]) > share(bars[longest]):
			longest, equal = i, false
		case share(bars[i]) == share(bars[longest]):
			equal = true
		}
	}
	if len(bars) > 1 && !equal {
		bars[longest].Longest = true
	}
	return bars
}

// share is a bar's share as it can be drawn.
func share(b Bar) float64 {
	if !(b.Share > 0) || math.IsInf(b.Share, 0) {
		return 0
	}
	return b.Share
}

// begin is where a bar begins.
func begin(b Bar) float64 {
	if !(b.From > 0) || math.IsInf(b.From, 0) {
		return 0
	}
	return b.From
}

// pieces cuts the line of a bar: before it, itself and behind it up to 100 %;
// then the gap and itself beyond.
func pieces(b Bar) (inside [3]float64, over [2]float64) {
	from, to := begin(b), begin(b)+share(b)
	if to > 1 && to < 1+1e-9 {
		to = 1
	}
	inside[0] = min(from, 1)
	inside[1] = max(min(to, 1)-from, 0)
	if inside[2] = 1 - inside[0] - inside[1]; inside[2] < 1e-9 {
		inside[2] = 0
	}
	if to > 1 {
		over[0] = max(from-1, 0)
		over[1] = to - max(from, 1)
	}
	return inside, over
}

// widest is where the bar that ends last ends, and at least 1.
func widest(bars []Bar) float64 {
	most := 1.0
	for _, b := range bars {
		most = max(most, begin(b)+share(b))
	}
	return most
}

// Percent prints a share for people: one decimal, none from 100 % on, so that a
// column of them lines up.
func Percent(share float64) string {
	v := share * 100
	switch size := math.Abs(v); {
	case size >= 1e5:
		return units.Number(v) + " %"
	case size > 0 && size < 0.05:
		return "<0.1 %"
	case size >= 99.95 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64) + " %"
	default:
		return strconv.FormatFloat(v, 'f', 1, 64) + " %"
	}
}
