package chart

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A RooflinePoint is a workload in a roofline. Without a rate it is drawn at the
// bound itself.
type RooflinePoint struct {
	Name      string
	Intensity units.Intensity
	Rate      units.FLOPRate
	Why       string // why it cannot run; empty if it can
}

// Roofline draws what a device bounds at a precision: the memory slope, the
// compute ceiling and their ridge, the measured ceilings where the registry has
// them, and the workloads.
func Roofline(d hardware.Device, p physics.Precision, pts []RooflinePoint) show.Chart {
	p = d.Resolve(p)
	roof := d.Roof(p, 1, 1)
	c := show.Chart{
		Title: fmt.Sprintf("Roofline of %s at %s", d.Name, p),
		Note:  "Left of the ridge memory bandwidth binds, right of it compute does.",
		X:     show.Axis{Label: "Arithmetic intensity", Unit: "FLOP/B", Log: true},
		Y:     show.Axis{Label: "Throughput", Unit: "FLOP/s", Log: true},
	}
	if roof.Peak <= 0 || roof.Bandwidth <= 0 {
		c.Note = fmt.Sprintf("%s has no known %s rate or no known memory bandwidth, so it has no roof here.", d.Name, p)
		c.Series = []show.Series{workloads(pts, nil)}
		return c
	}
	ridge := float64(d.Ridge(p))
	lo, hi := ridge/100, ridge*10
	for _, pt := range pts {
		if pt.Intensity > 0 {
			lo, hi = min(lo, float64(pt.Intensity)), max(hi, float64(pt.Intensity))
		}
	}
	lo, hi = math.Pow(10, math.Floor(math.Log10(lo))), math.Pow(10, math.Ceil(math.Log10(hi)))
	c.Series = bounds("memory "+roof.Bandwidth.String(), "compute "+roof.Peak.String(), roof.Bandwidth, roof.Peak, lo, hi)
	if real, known := d.Measure(roof, p); known {
		bandwidth, peak := real.Bandwidth.Times(real.Stream), real.Peak.Times(real.Matmul)
		soft := bounds("achievable "+bandwidth.String(), "achievable "+peak.String(), bandwidth, peak, lo, hi)
		for i := range soft {
			soft[i].Dashed = true
		}
		c.Series = append(c.Series, soft...)
	}
	c.Series = append(c.Series, workloads(pts, func(i units.Intensity) units.FLOPRate { return min(i.At(roof.Bandwidth), roof.Peak) }))
	c.Marks = []show.Mark{{Vertical: true, At: ridge, Label: "ridge " + d.Ridge(p).String()}}
	return c
}

// bounds returns the slope up to the ridge and the ceiling from it on.
func bounds(slope, ceiling string, bandwidth units.ByteRate, peak units.FLOPRate, lo, hi float64) []show.Series {
	ridge, top := float64(peak.PerByteRate(bandwidth)), float64(peak)
	start := float64(units.Intensity(lo).At(bandwidth))
	return []show.Series{
		{Name: slope, Line: true, Points: []show.Point{{X: lo, Y: start}, {X: ridge, Y: top}}},
		{Name: ceiling, Line: true, Points: []show.Point{{X: ridge, Y: top}, {X: hi, Y: top}}},
	}
}

// workloads returns the points, those without a rate at the bound.
func workloads(pts []RooflinePoint, bound func(units.Intensity) units.FLOPRate) show.Series {
	s := show.Series{Name: "workloads"}
	for _, pt := range pts {
		rate := pt.Rate
		if rate == 0 && bound != nil {
			rate = bound(pt.Intensity)
		}
		s.Points = append(s.Points, show.Point{
			X: float64(pt.Intensity), Y: float64(rate), Label: pt.Name, Muted: pt.Why != "", Why: pt.Why,
		})
	}
	return s
}
