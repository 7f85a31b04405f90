// Package quality holds what is traded against speed and size: precision and
// sparsity (Compression), data and parameters (Scaling), kernel quality
// (Efficiency), privacy and fairness (Privacy). It predicts loss only from
// published laws and tables; what no publication covers is unknown.
//
//	r := quality.Scaling{Budget: 5.76e23}.Run() // 69 B parameters, 1.4 T tokens
package quality

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Efficiency splits a device's peak into what a kind of kernel reaches and what
// it loses (wall 3).
//
//	MFU = min(anchor·η/η_ref, cap)
//	occupancy = min(1 − min(h·η, 1), 1 − MFU), memory stall = 1 − MFU − occupancy
//
// The three parts add up to one. The calibrated level replaces anchor and cap by
// the share that was measured, which can lie above the textbook's cap but not
// above the peak. Anchors are conventions of the textbook, not
// measurements; it leaves out shapes, which decide most in practice.
//
// Chowdhery 2022, "PaLM"; Dao 2022, "FlashAttention".
type Efficiency struct {
	Hardware   hardware.Device   `help:"device it runs on" required:"true"`
	Kernel     Kernel            `help:"kind of kernel"`
	Flash      bool              `help:"attention is fused and never writes its scores to memory"`
	Precision  physics.Precision `help:"format of the arithmetic; auto is fp16 where the device has it"`
	Efficiency float64           `help:"how well the software is tuned" above:"0" max:"1" default:"0.5"`

	Reference    float64 `help:"efficiency at which the anchors hold (mlsysim 0.3.0)" above:"0" max:"1" default:"0.5"`
	Low          float64 `help:"share reached by unfused attention and other kernels (mlsysim 0.3.0)" above:"0" max:"1" default:"0.3"`
	High         float64 `help:"share reached by feed-forward matmuls (mlsysim 0.3.0)" above:"0" max:"1" default:"0.5"`
	HighCap      float64 `help:"most that feed-forward matmuls reach (mlsysim 0.3.0)" above:"0" max:"1" default:"0.6"`
	FlashAnchor  float64 `help:"share reached by fused attention (Shah 2024, FlashAttention-3 on H100)" above:"0" max:"1" default:"0.75"`
	FlashCap     float64 `help:"most that fused attention reaches (mlsysim 0.3.0)" above:"0" max:"1" default:"0.85"`
	ConvAnchor   float64 `help:"share reached by convolutions (mlsysim 0.3.0)" above:"0" max:"1" default:"0.4"`
	ConvCap      float64 `help:"most that convolutions reach (mlsysim 0.3.0)" above:"0" max:"1" default:"0.55"`
	OccupancyFit float64 `help:"headroom: occupancy over efficiency (mlsysim 0.3.0)" above:"0" max:"1e6" default:"1.1"`

	Level physics.Level `help:"anchors of the textbook, or measured ceilings"`
	Stack systems.Stack `help:"engine whose kernels were measured"`
}

// EfficiencyResult is where the peak goes.
type EfficiencyResult struct {
	MFU        float64        `help:"share of the peak that does useful arithmetic" better:"higher"`
	Achievable units.FLOPRate `help:"rate of useful arithmetic" better:"higher"`
	Peak       units.FLOPRate `help:"peak of the device"`
	Occupancy  float64        `help:"share lost because too few threads are in flight" better:"lower"`
	Stall      float64        `help:"share lost waiting for memory" better:"lower"`
	Anchor     float64        `help:"share reached at the reference efficiency"`
	Cap        float64        `help:"most that this kernel reaches" better:"higher"`

	Kernel    Kernel            `help:"kind of kernel"`
	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	in   Efficiency
	gain float64 // η/η_ref, or 1 where the share was measured
}

const efficiencyName = "quality.Efficiency"

// Solve fails only if a field is out of range.
func (e Efficiency) Solve() (EfficiencyResult, error) {
	if err := describe.Check(&e); err != nil {
		return EfficiencyResult{}, err
	}
	e.Precision = e.Hardware.Resolve(e.Precision)
	peak := e.Hardware.Rates.At(e.Precision)
	if peak == 0 {
		return EfficiencyResult{}, describe.Refuse(efficiencyName, "Precision", e.Precision, pass.Formats(&e.Hardware))
	}
	r := EfficiencyResult{Kernel: e.Kernel, Precision: e.Precision, Peak: peak}
	e.anchors(&r)
	r.MFU = min(r.Anchor*r.gain, r.Cap)
	r.Achievable = r.Peak.Times(r.MFU)
	r.Occupancy = min(1-min(e.OccupancyFit*e.Efficiency, 1), 1-r.MFU)
	r.Stall = 1 - r.MFU - r.Occupancy

	r.Binding = walls.Compute
	switch {
	case r.Occupancy >= max(r.MFU, r.Stall):
		r.Binding = walls.Overhead
	case r.Stall >= r.MFU:
		r.Binding = walls.MemoryBandwidth
	}
	if e.Level == physics.Ideal && e.Efficiency > pass.Optimistic {
		r.Warnings |= walls.EfficiencyOptimistic
	}
	r.in = e
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (e Efficiency) Run() EfficiencyResult { return walls.Must(e.Solve()) }

// anchors settles the share at the reference efficiency, its cap and the gain.
func (e *Efficiency) anchors(r *EfficiencyResult) {
	r.gain = e.Efficiency / e.Reference
	switch {
	case e.Kernel == FFN:
		r.Anchor, r.Cap = e.High, e.HighCap
	case e.Kernel == Conv:
		r.Anchor, r.Cap = e.ConvAnchor, e.ConvCap
	case e.Kernel == Attention && e.Flash:
		r.Anchor, r.Cap = e.FlashAnchor, e.FlashCap
	default:
		r.Anchor, r.Cap = e.Low, 1
	}
	if e.Level == physics.Calibrated {
		e.measure(r)
	}
}

// measure replaces anchor and cap by a measured share, if there is one.
func (e *Efficiency) measure(r *EfficiencyResult) {
	measured, complete := e.Hardware.Measure(physics.Roof{}, e.Precision)
	if e.Stack.Name == "" {
		e.Stack = systems.VLLM
	}
	measured = e.Stack.Load(measured)
	share := measured.Matmul
	if e.Kernel == Attention {
		share = measured.Attention
	}
	known := share > 0 && (e.Kernel == FFN || e.Kernel == Attention && e.Flash)
	if !known || !complete {
		r.Warnings |= walls.MeasuredPartly
	}
	if known {
		r.Anchor, r.Cap, r.gain = share, share, 1
	}
}

// Explain derives the parts of the peak.
func (r EfficiencyResult) Explain() walls.Trace {
	e := &r.in
	return walls.Trace{
		Title: r.Kernel.String() + " kernels on " + e.Hardware.Name,
		Steps: []walls.Step{
			{
				Name: "share of the peak reached", Symbol: "MFU", Formula: "min(a * k, cap)", Field: "MFU",
				Terms: []walls.Term{
					{Symbol: "a", What: "share at the reference efficiency", Value: r.Anchor},
					{Symbol: "k", What: "efficiency over the reference; 1 for a measured share", Value: r.gain},
					{Symbol: "cap", What: "most that this kernel reaches", Value: r.Cap},
				},
				Value: r.MFU, Source: "Chowdhery 2022; Dao 2022",
			},
			{
				Name: "useful rate", Symbol: "R", Formula: "P * MFU", Field: "Achievable",
				Terms: []walls.Term{{Symbol: "P", What: "peak rate at " + r.Precision.String(), Value: r.Peak}, {Symbol: "MFU", What: "share reached", Value: r.MFU}},
				Value: r.Achievable,
			},
			{
				Name: "lost to low occupancy", Symbol: "l_occ", Formula: "min(1 - min(h * eta, 1), 1 - MFU)", Field: "Occupancy",
				Terms: []walls.Term{
					{Symbol: "h", What: "occupancy over efficiency", Value: e.OccupancyFit},
					{Symbol: "eta", What: "efficiency", Value: e.Efficiency},
					{Symbol: "MFU", What: "share reached", Value: r.MFU},
				},
				Value: r.Occupancy,
			},
			{
				Name: "lost waiting for memory", Symbol: "l_mem", Formula: "1 - MFU - l_occ", Field: "Stall",
				Terms: []walls.Term{{Symbol: "MFU", What: "share reached", Value: r.MFU}, {Symbol: "l_occ", What: "lost to low occupancy", Value: r.Occupancy}},
				Value: r.Stall,
			},
		},
		Omitted: []string{"shapes of the matrices, which decide most in practice", "launch and host overheads: see the single-node roofline"},
	}
}

// View describes the result.
func (r EfficiencyResult) View() show.View {
	return show.View{
		Title:    r.Kernel.String() + " kernels on " + r.in.Hardware.Name,
		Subtitle: r.Precision.String() + ", " + r.in.Level.String() + ", binds: " + r.Binding.String(),
		Status:   show.Pass, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
