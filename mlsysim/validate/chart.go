package validate

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/show"
)

// Chart sets predictions against measurements of one metric, itl or output_rate:
// a perfect one lies on the line, and the band holds 90 % of the errors of the
// whole set.
func (s Score) Chart(metric string) show.Chart {
	name, unit := "inter-token latency", "s"
	if metric != "itl" {
		name, unit = "output rate", "tokens/s"
	}
	c := show.Chart{
		Kind: show.Parity, Title: "How far is the predicted " + name + " from measurements?",
		X: show.Axis{Label: "Measured " + name, Unit: unit, Log: true}, Y: show.Axis{Label: "Predicted " + name, Unit: unit, Log: true},
	}
	names := map[string]int{}
	var dots []show.Series
	lo, hi := math.Inf(1), 0.0
	for _, r := range s.Rows {
		if r.Metric != metric {
			continue
		}
		i, seen := names[r.Hardware]
		if !seen {
			i = len(dots)
			names[r.Hardware] = i
			dots = append(dots, show.Series{Name: r.Hardware, Tone: i + 1})
		}
		dots[i].Points = append(dots[i].Points, show.Point{X: r.Measured, Y: r.Predicted})
		lo, hi = min(lo, r.Measured, r.Predicted), max(hi, r.Measured, r.Predicted)
	}
	if len(dots) == 0 {
		return c
	}
	lo, hi = lo/1.2, hi*1.2
	band := show.Series{Name: fmt.Sprintf("± %s", show.Percent(math.Round(100*s.P90)/100)), Form: show.Band, Tone: 1}
	for _, v := range []float64{lo, hi} {
		band.Points = append(band.Points, show.Point{X: v, Lo: v * (1 - s.P90), Hi: v * (1 + s.P90)})
	}
	perfect := show.Series{Name: "as measured", Line: true, Dashed: true, Tone: 1, Points: []show.Point{{X: lo, Y: lo}, {X: hi, Y: hi}}}
	c.Series = append([]show.Series{band, perfect}, dots...)
	return c
}
