package quality

import (
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// layout is one device with the weights and cache of the baseline.
func (c *Compression) layout() models.Layout {
	return models.Layout{Weights: c.Baseline, Cache: c.KVPrecision, Ranks: 1}
}

// main is the pass that is compared: a decode step, or a sample. weights is the
// part of its traffic that compression shrinks.
func (c *Compression) main() (work physics.Pass, weights units.Bytes) {
	if c.Model.Generates() {
		return c.Model.DecodePass(c.Batch, float64(c.Context), c.layout()), c.Model.DecodeWeights(float64(c.Batch), c.Baseline)
	}
	return c.Model.SamplePass(c.Batch, c.Baseline), c.Model.SampleWeights(c.Batch, c.Baseline).Times(c.Model.Rounds())
}

// prefill is the pass over the prompt.
func (c *Compression) prefill() (work physics.Pass, weights units.Bytes) {
	n := float64(c.Prompt)
	return c.Model.PrefillPass(c.Batch, n, 0, c.layout()), c.Model.TouchedWeights(n*float64(c.Batch), c.Baseline)
}

// launches is the number of layers that are started; a network has at least one.
func (c *Compression) launches() int {
	if c.Model.Generates() {
		return max(1, c.Model.Layers)
	}
	return c.Model.Launches()
}

// after is a pass of the compressed network: less arithmetic in the matmuls, or
// the same at a higher rate, and less traffic of weights. Attention and cache
// stay as they were.
func (r *CompressionResult) after(work physics.Pass, weights units.Bytes) physics.Pass {
	work.Linear = work.Linear.Times(1 / r.arith)
	work.Traffic = max(work.Traffic-weights.Times(1-1/r.stream), 0)
	return work
}

// time fills in both passes, before and after.
func (c *Compression) time(r *CompressionResult) {
	fixed := r.roof.Overhead(c.launches(), c.Batch)
	work, weights := c.main()
	small := r.after(work, weights)
	compute, memory := r.roof.Compute(&small), r.roof.Memory(&small)
	r.Before = max(r.roof.Compute(&work), r.roof.Memory(&work)) + fixed
	r.After = max(compute, memory) + fixed
	r.Speedup = r.Before.Ratio(r.After)

	r.Binding = walls.Compute
	if memory > compute {
		r.Binding = walls.MemoryBandwidth
	}
	if fixed > max(compute, memory) {
		r.Warnings |= walls.OverheadDominates
	}
	if c.Prompt == 0 {
		return
	}
	work, weights = c.prefill()
	small = r.after(work, weights)
	r.PrefillBefore = max(r.roof.Compute(&work), r.roof.Memory(&work)) + fixed
	r.PrefillAfter = max(r.roof.Compute(&small), r.roof.Memory(&small)) + fixed
	r.PrefillSpeedup, r.PrefillKnown = r.PrefillBefore.Ratio(r.PrefillAfter), true
}

// remember fills in whether the network fits, before and after.
func (c *Compression) remember(r *CompressionResult) {
	cache := c.cache()
	r.FitsBefore, _ = physics.Fits(r.Original+cache, c.Hardware.Capacity())
	r.Fits, r.Short = physics.Fits(r.Compressed+cache, c.Hardware.Capacity())
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
	}
	if m := &c.Model; m.Context > 0 && m.Reads() && c.Context+c.Prompt > m.Context {
		r.Warnings |= walls.BeyondContext
	}
}

// cache is what the sequences keep at their longest.
func (c *Compression) cache() units.Bytes {
	if !c.Model.Generates() {
		return 0
	}
	return c.Model.KVBytes(float64(c.Context+c.Prompt), c.KVPrecision.Size(), 1).Times(float64(c.Batch))
}

// setting is where the table is read, and where nothing is lost.
func (c *Compression) setting() (x, lossless float64) {
	if c.Method == Pruning {
		return c.Sparsity, 0
	}
	return c.Bits, width(c.Baseline)
}

// lose fills in the quality lost, where a published table has it.
func (c *Compression) lose(r *CompressionResult) {
	x, lossless := c.setting()
	r.low, r.high, r.DropKnown = c.Quality.drop(x, lossless)
	if !r.DropKnown {
		r.Warnings |= walls.QualityUnknown
		return
	}
	r.Drop = between(r.low, r.high, x)
}

// judge tests the limits. What is unknown cannot be accepted.
func (c *Compression) judge(r *CompressionResult) {
	for limit, missed := range [...]bool{
		SizeLimit:    c.MaxSize > 0 && r.Compressed > c.MaxSize.Times(1+physics.FitTolerance),
		QualityLimit: c.MaxDrop > 0 && (!r.DropKnown || r.Drop > c.MaxDrop),
		SpeedLimit:   r.Speedup < c.MinSpeedup,
		SupportLimit: c.NeedsPath && !r.Supported,
	} {
		if !missed {
			continue
		}
		if r.Limit == NoLimit {
			r.Limit = Limit(limit)
		}
		r.Violations++
		r.Warnings |= walls.LimitMissed
	}
	r.Accepted = r.Violations == 0
}
