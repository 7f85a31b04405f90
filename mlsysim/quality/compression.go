package quality

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Compression makes a network smaller by quantisation or pruning (wall 13) and
// runs the roofline of a pass before and after.
//
//	quantisation r = 8b/(bits + scale/group);  pruning r = 1/(1 − s)
//	speed-up = T(F, Q)/T(F/k_c, Q − W_t·(1 − 1/k_q))
//
// Weight-only quantisation lowers traffic alone: k_q = r. Quantised arithmetic
// also has k_c, the device's rate over that of the baseline. Structured pruning
// shrinks both. A 2:4 pattern helps only a device with sparse rates, and only
// when half the weights are gone; single weights missing help none. What quality
// is lost comes from a published table or is unknown. It leaves out dequantising,
// attention in low precision, and what a network that does not fit pays.
//
// Gholami 2021; Frantar 2022, "GPTQ"; Lin 2023, "AWQ"; Mishra 2021, "Accelerating
// sparse deep neural networks".
type Compression struct {
	Model    models.Model    `help:"network" required:"true"`
	Hardware hardware.Device `help:"device it runs on" required:"true"`
	Method   Method          `help:"fewer bits per weight, or fewer weights"`

	Baseline    physics.Precision `help:"format before; auto is fp32"`
	Bits        float64           `help:"bits per weight after quantisation" min:"1" default:"8"`
	Group       int               `help:"weights that share one scale; 0 is no scales" min:"0"`
	ScaleBits   float64           `help:"bits of one scale (Frantar 2022)" min:"1" default:"16"`
	Arithmetic  physics.Precision `help:"format of the matmuls after quantisation; auto is the baseline: weights only"`
	Sparsity    float64           `help:"share of the weights that pruning removes" min:"0" below:"1"`
	Pattern     Pattern           `help:"which weights pruning may remove"`
	KVPrecision physics.Precision `help:"format of the cache, before and after; auto is the baseline"`

	Batch            int     `help:"sequences or samples per pass" min:"1" default:"1"`
	Context          int     `help:"tokens in the cache of each sequence when it decodes" min:"0"`
	Prompt           int     `help:"tokens of a prefill to compare, too; 0 is none" min:"0"`
	Efficiency       float64 `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64 `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`

	Quality    Published   `help:"published table of the quality lost"`
	MaxSize    units.Bytes `help:"largest size accepted; 0 is no limit" min:"0"`
	MaxDrop    float64     `help:"largest loss of quality accepted; 0 is no limit" min:"0"`
	MinSpeedup float64     `help:"smallest speed-up accepted; 0 is no limit" min:"0"`
	NeedsPath  bool        `help:"accept only what the device has a faster path for"`
}

// CompressionResult compares the network before and after.
type CompressionResult struct {
	Original       units.Bytes `help:"weights before"`
	Compressed     units.Bytes `help:"weights and their scales after" better:"lower"`
	Ratio          float64     `help:"how many times smaller" better:"higher"`
	SavingsPercent float64     `help:"per cent of the bytes saved" better:"higher"`
	EffectiveBits  float64     `help:"bits per original weight, scales included" better:"lower"`

	Speedup        float64       `help:"of a decode step, or of a sample for a network without tokens" better:"higher"`
	Before         units.Seconds `help:"time of that pass before" better:"lower"`
	After          units.Seconds `help:"time of that pass after" better:"lower"`
	PrefillSpeedup float64       `help:"of the prefill" better:"higher" known:"PrefillKnown"`
	PrefillBefore  units.Seconds `help:"time of the prefill before" better:"lower" known:"PrefillKnown"`
	PrefillAfter   units.Seconds `help:"time of the prefill after" better:"lower" known:"PrefillKnown"`
	PrefillKnown   bool          `help:"a prompt was given"`
	Supported      bool          `help:"the device runs the compressed network on a faster path"`

	Drop      float64 `help:"quality lost, in the unit of the table" better:"lower" known:"DropKnown"`
	DropKnown bool    `help:"a published table covers this setting"`

	Fits       bool        `help:"the compressed weights and the cache fit into the device"`
	Short      units.Bytes `help:"what is missing if they do not" better:"lower"`
	FitsBefore bool        `help:"the network fitted before"`
	Accepted   bool        `help:"every limit is met"`
	Limit      Limit       `help:"first limit that is missed"`
	Violations int         `help:"limits missed" better:"lower"`

	Baseline physics.Precision `help:"format before"`
	walls.Notes

	in        Compression
	roof      physics.Roof
	arith     float64 // k_c
	stream    float64 // k_q
	low, high Row     // rows of the table around the setting
}

const compressionName = "quality.Compression"

// Solve fails only if a field is out of range.
func (c Compression) Solve() (CompressionResult, error) {
	roof, warnings, err := c.prepare()
	if err != nil {
		return CompressionResult{}, err
	}
	r := CompressionResult{Baseline: c.Baseline, roof: roof}
	r.Warnings = warnings
	c.shrink(&r)
	c.accelerate(&r)
	c.time(&r)
	c.remember(&r)
	c.lose(&r)
	c.judge(&r)
	r.in = c
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (c Compression) Run() CompressionResult { return walls.Must(c.Solve()) }

// prepare checks the input, settles what is automatic and builds the ceilings.
func (c *Compression) prepare() (physics.Roof, walls.Warnings, error) {
	if err := describe.Check(c); err != nil {
		return physics.Roof{}, 0, err
	}
	if c.Baseline == physics.Auto {
		c.Baseline = physics.FP32
	}
	if c.Arithmetic == physics.Auto {
		c.Arithmetic = c.Baseline
	}
	if c.KVPrecision == physics.Auto {
		c.KVPrecision = c.Baseline
	}
	if err := c.refuse(); err != nil {
		return physics.Roof{}, 0, err
	}
	roof, warnings := pass.Setup{
		Hardware: &c.Hardware, Precision: c.Baseline, Efficiency: c.Efficiency, MemoryEfficiency: c.MemoryEfficiency,
	}.Roof()
	return roof, warnings, nil
}

// refuse applies the rules between fields.
func (c *Compression) refuse() error {
	if field, value, want := c.Model.Inconsistent(); field != "" {
		return describe.Refuse(compressionName, field, value, want)
	}
	h, m := &c.Hardware, &c.Model
	switch {
	case h.Rates.At(c.Baseline) == 0:
		return describe.Refuse(compressionName, "Baseline", c.Baseline, pass.Formats(h))
	case h.Rates.At(c.Arithmetic) == 0:
		return describe.Refuse(compressionName, "Arithmetic", c.Arithmetic, pass.Formats(h))
	case h.MainBandwidth() == 0:
		return describe.Refuse(compressionName, "Hardware.Bandwidth", h.Bandwidth, "above 0 B/s")
	case h.Capacity() == 0:
		return describe.Refuse(compressionName, "Hardware.Memory", h.Memory, "above 0 B")
	case m.NeedsFLOPs():
		return describe.Refuse(compressionName, "Model.FLOPs", m.FLOPs, "above 0: parameters do not give the arithmetic of "+m.Name)
	case c.Context > 0 && !m.Generates():
		return describe.Refuse(compressionName, "Context", c.Context, "0: "+m.Name+" has no cache")
	case c.Prompt > 0 && !m.Reads():
		return describe.Refuse(compressionName, "Prompt", c.Prompt, "0: "+m.Name+" has no attention layers with heads and a width")
	case c.Method == Pruning:
		return c.refusePruning()
	}
	return c.refuseQuantization()
}

func (c *Compression) refusePruning() error {
	if c.Arithmetic != c.Baseline {
		return describe.Refuse(compressionName, "Arithmetic", c.Arithmetic, "auto: pruning keeps the format")
	}
	return c.Quality.refuse(1)
}

func (c *Compression) refuseQuantization() error {
	bits := width(c.Baseline)
	switch {
	case c.Bits > bits:
		return describe.Refuse(compressionName, "Bits", c.Bits, fmt.Sprintf("at most %g, the bits of the baseline", bits))
	case c.Arithmetic != c.Baseline && width(c.Arithmetic) > bits:
		return describe.Refuse(compressionName, "Arithmetic", c.Arithmetic, "no wider than the baseline")
	case c.Arithmetic != c.Baseline && width(c.Arithmetic) < c.Bits:
		return describe.Refuse(compressionName, "Arithmetic", c.Arithmetic, fmt.Sprintf("at least as wide as the weights, %g bits", c.Bits))
	case c.Sparsity > 0:
		return describe.Refuse(compressionName, "Sparsity", c.Sparsity, "0 unless the method is pruning")
	}
	return c.Quality.refuse(bits)
}

// width is the number of bits of a format.
func width(p physics.Precision) float64 { return p.Size().Ratio(1.0 / 8) }

// shrink fills in the sizes.
func (c *Compression) shrink(r *CompressionResult) {
	if c.Method == Quantization {
		r.EffectiveBits = physics.EffectiveBits(c.Bits, c.ScaleBits, c.Group)
		r.Ratio = physics.QuantizationRatio(c.Baseline.Size(), r.EffectiveBits)
	} else {
		r.Ratio = physics.PruningRatio(c.Sparsity)
		r.EffectiveBits = width(c.Baseline) / r.Ratio
	}
	r.Original = c.Model.Weights(c.Baseline)
	r.Compressed = r.Original.Times(1 / r.Ratio)
	r.SavingsPercent = 100 * (1 - 1/r.Ratio)
}

// accelerate settles how much faster arithmetic and weights go on this device.
func (c *Compression) accelerate(r *CompressionResult) {
	dense := c.Hardware.Rates.At(c.Baseline)
	r.arith, r.stream, r.Supported = 1, 1, true
	switch {
	case c.Method == Quantization:
		r.stream = r.Ratio
		r.arith = c.Hardware.Rates.At(c.Arithmetic).Ratio(dense)
	case c.Pattern == Structured:
		r.arith, r.stream = r.Ratio, r.Ratio
	case c.Pattern == TwoOfFour && c.Sparsity >= half && c.Hardware.Sparse.At(c.Baseline) > 0:
		r.arith, r.stream = c.Hardware.Sparse.At(c.Baseline).Ratio(dense), physics.PruningRatio(half)
	default:
		r.Supported = c.Sparsity == 0
	}
}

// half is the share of weights that a 2:4 pattern removes, and that the device
// neither reads nor multiplies; further zeros it cannot skip.
const half = 0.5
