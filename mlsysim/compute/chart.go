package compute

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Roofline draws what devices bound at some precisions, and workloads below the
// bound. One device at one precision shows its measured ceilings too.
//
// Williams, Waterman, Patterson 2009, "Roofline".
type Roofline struct {
	Devices    []hardware.Device
	Precisions []physics.Precision // none is the device's own default
	Workloads  []Workload
}

// A Workload is a point of a roofline. Without a rate it is drawn at the bound
// itself.
type Workload struct {
	Name      string
	Intensity units.Intensity
	Rate      units.FLOPRate
	Why       string // why it cannot run; empty if it can
}

// A ceiling is one device at one precision.
type ceiling struct {
	device    *hardware.Device
	precision physics.Precision
	roof      physics.Roof
	ridge     float64
}

// Chart describes the roofline.
func (r Roofline) Chart() show.Chart {
	c := show.Chart{
		Kind: show.Roofline,
		X:    show.Axis{Label: "Arithmetic intensity", Unit: "FLOP/B", Log: true},
		Y:    show.Axis{Label: "Throughput", Unit: "FLOP/s", Log: true},
	}
	roofs, missing := r.ceilings()
	if len(roofs) == 0 {
		c.Title, c.Note = "Roofline", missing
		c.Series = []show.Series{r.points(nil)}
		return c
	}
	c.Title = "Which bound is nearer: memory or arithmetic? " + title(roofs)
	lo, hi := r.reach(roofs)
	for i, one := range roofs {
		c.Series = append(c.Series, one.lines(i+1, lo, hi, roofs)...)
		c.Marks = append(c.Marks, one.mark(roofs))
	}
	if len(roofs) == 1 {
		c.Series = append(c.Series, roofs[0].measured(lo, hi)...)
	}
	c.Series = append(c.Series, r.points(&roofs[0]))
	return c
}

// ceilings are those that are known, and what to say of one that is not.
func (r Roofline) ceilings() (known []ceiling, missing string) {
	for i := range r.Devices {
		d := &r.Devices[i]
		precisions := r.Precisions
		if len(precisions) == 0 {
			precisions = []physics.Precision{physics.Auto}
		}
		for _, p := range precisions {
			p = d.Resolve(p)
			roof := d.Roof(p, 1, 1)
			if roof.Peak <= 0 || roof.Bandwidth <= 0 {
				missing = fmt.Sprintf("%s has no known %s rate or no known memory bandwidth, so it has no roof here.", d.Name, p)
				continue
			}
			known = append(known, ceiling{d, p, roof, float64(d.Ridge(p))})
		}
	}
	return known, missing
}

// title names what all ceilings share.
func title(roofs []ceiling) string {
	first := roofs[0]
	devices, precisions := true, true
	for _, c := range roofs[1:] {
		devices = devices && c.device.Name == first.device.Name
		precisions = precisions && c.precision == first.precision
	}
	switch {
	case devices && precisions:
		return fmt.Sprintf("%s at %s", first.device.Name, first.precision)
	case devices:
		return first.device.Name
	case precisions:
		return fmt.Sprintf("%d devices at %s", len(roofs), first.precision)
	}
	return fmt.Sprintf("%d ceilings", len(roofs))
}

// reach is the range of intensities: decades around the ridges and workloads.
func (r Roofline) reach(roofs []ceiling) (lo, hi float64) {
	lo, hi = math.Inf(1), 0
	for _, c := range roofs {
		lo, hi = min(lo, c.ridge/100), max(hi, c.ridge*10)
	}
	for _, w := range r.Workloads {
		if w.Intensity > 0 {
			lo, hi = min(lo, float64(w.Intensity)), max(hi, float64(w.Intensity))
		}
	}
	return math.Pow(10, math.Floor(math.Log10(lo))), math.Pow(10, math.Ceil(math.Log10(hi)))
}

// lines are the slope up to the ridge and the ceiling from it on; among others
// they are named by what they belong to.
func (c ceiling) lines(tone int, lo, hi float64, roofs []ceiling) []show.Series {
	slope, top := "memory "+c.roof.Bandwidth.String(), "compute "+c.roof.Peak.String()
	if len(roofs) > 1 {
		slope, top = "", c.name(roofs)
	}
	return bounds(slope, top, c.roof.Bandwidth, c.roof.Peak, tone, lo, hi)
}

// name is what tells a ceiling from the others: its device, its precision or both.
func (c ceiling) name(roofs []ceiling) string {
	oneDevice, onePrecision := true, true
	for _, o := range roofs {
		oneDevice = oneDevice && o.device.Name == c.device.Name
		onePrecision = onePrecision && o.precision == c.precision
	}
	switch {
	case oneDevice:
		return c.precision.String()
	case onePrecision:
		return c.device.Name
	}
	return c.device.Name + " " + c.precision.String()
}

// mark is the ridge; where there are several the lines say whose.
func (c ceiling) mark(roofs []ceiling) show.Mark {
	m := show.Mark{Vertical: true, At: c.ridge, Label: "ridge " + c.device.Ridge(c.precision).String()}
	if len(roofs) > 1 {
		m.Label = ""
	}
	return m
}

// measured are the ceilings that the registry has measurements of.
func (c ceiling) measured(lo, hi float64) []show.Series {
	real, known := c.device.Measure(c.roof, c.precision)
	if !known {
		return nil
	}
	bandwidth, peak := real.Bandwidth.Times(real.Stream), real.Peak.Times(real.Matmul)
	soft := bounds("achievable "+bandwidth.String(), "achievable "+peak.String(), bandwidth, peak, 2, lo, hi)
	for i := range soft {
		soft[i].Dashed = true
	}
	return soft
}

// bounds returns the slope up to the ridge and the ceiling from it on.
func bounds(slope, ceiling string, bandwidth units.ByteRate, peak units.FLOPRate, tone int, lo, hi float64) []show.Series {
	ridge, top := float64(peak.PerByteRate(bandwidth)), float64(peak)
	first := float64(units.Intensity(lo).At(bandwidth))
	return []show.Series{
		{Name: slope, Line: true, Tone: tone, Points: []show.Point{{X: lo, Y: first}, {X: ridge, Y: top}}},
		{Name: ceiling, Line: true, Tone: tone, Points: []show.Point{{X: ridge, Y: top}, {X: hi, Y: top}}},
	}
}

// points are the workloads, those without a rate at the bound.
func (r Roofline) points(under *ceiling) show.Series {
	s := show.Series{Name: "workloads", Tone: 3}
	for _, w := range r.Workloads {
		rate := w.Rate
		if rate == 0 && under != nil {
			rate = min(w.Intensity.At(under.roof.Bandwidth), under.roof.Peak)
		}
		s.Points = append(s.Points, show.Point{
			X: float64(w.Intensity), Y: float64(rate), Label: w.Name, Muted: w.Why != "", Why: w.Why,
		})
	}
	return s
}

// Chart is the roofline of the device with the pass in it.
func (r Result) Chart() show.Chart {
	why := ""
	if !r.Fits {
		why = r.Short.String() + " short"
	}
	return Roofline{
		Devices: []hardware.Device{r.in.Hardware}, Precisions: []physics.Precision{r.Precision},
		Workloads: []Workload{{Name: fmt.Sprintf("%s, %s", r.in.Model.Name, r.Phase), Intensity: r.Intensity, Rate: r.Work.Per(r.Latency), Why: why}},
	}.Chart()
}

// MemoryChart shows what the device holds against its memory.
func (r Result) MemoryChart() show.Chart {
	return show.MemoryChart("Does it fit into "+r.in.Hardware.Name+"?", []string{r.in.Model.Name}, []float64{float64(r.Capacity)}, []show.Part{
		{Name: "weights", Sizes: []float64{float64(r.Weights)}},
		{Name: "cache", Sizes: []float64{float64(r.Cache)}},
		{Name: "gradients", Sizes: []float64{float64(r.Gradients)}},
		{Name: "optimizer state", Sizes: []float64{float64(r.Optimizer)}},
		{Name: "activations", Sizes: []float64{float64(r.Activations)}},
	})
}
