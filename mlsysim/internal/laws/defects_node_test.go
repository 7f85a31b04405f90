package laws_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var pass = compute.SingleNode.Solve

func nodeDefects() []promise {
	return []promise{
		{id: "D-06", says: "traffic is weights and cache: a transformer turns compute-bound", holds: turnsComputeBound},
		{id: "D-07", says: "training counts every token of a sample", holds: countsTokens},
		{id: "D-30", says: "compression: continuous, nothing for nothing, and only what the device can do", holds: compressionIsPlain},
		{id: "D-32", says: "what is needed equals what is there: it fits", holds: justFits},
		{id: "D-33", says: "an intensity is operations per byte in SI", holds: intensityInSI},
		{id: "D-42", says: "the parts of an efficiency add up; a negative one is refused", holds: partsAddUp},
		{id: "D-48", says: "registry values agree with the datasheets", holds: datasheets},
		{id: "D-49", says: "one share of trained parameters for memory and communication", holds: oneAdapterShare},
	}
}

// Ridge·η = 989e12·0.5/3.35e12 = 147.6 operations per byte. Without a cache a pass
// over B tokens does 2·P·B operations on 2·P bytes: B of them per byte.
func turnsComputeBound(t *testing.T) {
	s := compute.SingleNode{Model: plain(), Hardware: hardware.H100, Batch: 147}
	require.Equal(t, walls.MemoryBandwidth, right(t, pass, s).Binding)
	s.Batch = 148
	require.Equal(t, walls.Compute, right(t, pass, s).Binding)

	s = compute.SingleNode{Model: plain(), Hardware: hardware.H100, Phase: compute.Prefill, Batch: 2, Prompt: 73}
	require.Equal(t, walls.MemoryBandwidth, right(t, pass, s).Binding)
	s.Prompt = 75 // the cache that it writes moves the turn by a token
	require.Equal(t, walls.Compute, right(t, pass, s).Binding)

	// 2·P + 4·32·4096·s operations on 131072·s bytes of cache: 147.6 per byte at s = 853.
	s = compute.SingleNode{Model: plain(), Hardware: hardware.H100, Batch: 1_000_000_000, Context: 850}
	s.Hardware.Memory = huge
	require.Equal(t, walls.Compute, right(t, pass, s).Binding)
	for _, batch := range []int{1, 1000, 1_000_000, 1_000_000_000} {
		s.Batch, s.Context = batch, 856
		require.Equal(t, walls.MemoryBandwidth, right(t, pass, s).Binding)
	}
}

// 3·4·(2·8.03e9·2048 + 2·32·4096·2048²)/(989e12·0.5): 798.2 ms without attention,
// 824.8 ms with it.
func countsTokens(t *testing.T) {
	s := compute.SingleNode{Model: plain(), Hardware: hardware.H100, Phase: compute.Train, Batch: 4, Prompt: 2048, Checkpointing: physics.KeepAll}
	near(t, 0.7981609+0.0266818, right(t, pass, s).Compute, 6)
	s.Prompt = 1
	require.Less(t, float64(right(t, pass, s).Compute), 0.0004)
}

func compressionIsPlain(t *testing.T) {
	solve := quality.Compression.Solve
	c := quality.Compression{Model: models.Llama3_8B, Hardware: hardware.H100, Baseline: physics.FP16, Method: quality.Pruning, Pattern: quality.Structured}
	r := right(t, solve, c) // nothing removed
	require.Equal(t, [3]float64{1, 1, 0}, [3]float64{r.Ratio, r.Speedup, r.Drop})

	c.Quality = quality.Published{Source: "a table", Row1: quality.Row{At: 0.4, Drop: 1}, Row2: quality.Row{At: 0.6, Drop: 3}}
	for _, s := range []float64{0.4, 0.5, 0.6} { // no jump on either side
		at := func(s float64) quality.CompressionResult { c.Sparsity = s; return right(t, solve, c) }
		require.InDelta(t, at(s-1e-9).Ratio, at(s).Ratio, 1e-7)
		require.InDelta(t, at(s-1e-9).Drop, at(s).Drop, 1e-7)
	}
	c.Sparsity = 1
	refused(t, solve, c, "quality.Compression: Sparsity = 1: want at least 0 and below 1")

	q := quality.Compression{Model: models.Llama3_8B, Hardware: hardware.H100, Baseline: physics.FP16, Bits: 64}
	refused(t, solve, q, "quality.Compression: Bits = 64: want at most 16, the bits of the baseline")
	q.Bits = 8
	require.False(t, right(t, solve, q).DropKnown) // no formula for the loss of any format

	c = quality.Compression{Model: models.Llama3_8B, Hardware: hardware.T4, Baseline: physics.FP16, Method: quality.Pruning, Pattern: quality.TwoOfFour, Sparsity: 0.5}
	r = right(t, solve, c) // a T4 has no sparse rates
	require.False(t, r.Supported)
	require.InDelta(t, 1.0, r.Speedup, 1e-12)
}

func justFits(t *testing.T) {
	s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 7, Context: 777}
	need := right(t, pass, s).Footprint
	s.Hardware.Memory = need
	require.True(t, right(t, pass, s).Fits)
	s.Hardware.Memory = need.Times(1 - 1e-13) // a rounding error short
	require.True(t, right(t, pass, s).Fits)
	s.Hardware.Memory = need - 1
	r := right(t, pass, s)
	require.False(t, r.Fits)
	require.InDelta(t, 1, float64(r.Short), 1e-3)
}

// 2·P·32 operations on 2·P bytes.
func intensityInSI(t *testing.T) {
	r := right(t, pass, compute.SingleNode{Model: plain(), Hardware: hardware.H100, Batch: 32})
	near(t, 32, r.Intensity, 12)
	require.Equal(t, "32 FLOP/B", r.Intensity.String())
}

func partsAddUp(t *testing.T) {
	solve := quality.Efficiency.Solve
	e := quality.Efficiency{Hardware: hardware.H100, Kernel: quality.Attention, Flash: true}
	r := right(t, solve, e) // solvers.md 3.13: 0.75, 741.75 TFLOP/s, {0.25, 0}
	require.InDeltaSlice(t, []float64{0.75, 741.75e12, 0.25, 0}, []float64{r.MFU, float64(r.Achievable), r.Occupancy, r.Stall}, 1e-3)
	for _, eta := range []float64{1e-9, 0.2, 0.5, 0.9, 1} {
		e.Efficiency = eta
		r := right(t, solve, e)
		require.InDelta(t, 1, r.MFU+r.Occupancy+r.Stall, 1e-12)
		require.GreaterOrEqual(t, math.Min(r.Occupancy, r.Stall), -1e-15)
	}
	e.Efficiency = -1
	refused(t, solve, e, "quality.Efficiency: Efficiency = -1: want above 0 and at most 1")
}

// Links are one way (NVLink 4: 900 GB/s both ways), rates dense (H100: 1979 with
// 2:4 sparsity), and a multiply-add is two operations (ResNet-50: 4.1e9 of them).
func datasheets(t *testing.T) {
	require.Equal(t, 450*units.GBps, hardware.H100.ScaleUp)
	require.Equal(t, 300*units.GBps, hardware.A100.ScaleUp)
	require.Equal(t, 989*units.TFLOPS, hardware.H100.Rates.FP16)
	require.Equal(t, 1979*units.TFLOPS, hardware.H100.Sparse.FP16)
	near(t, 8.2e9, models.ResNet50.FLOPs, 2)
}

// 2·16·4096·4·32/8.03e9 = 0.0020893 of the parameters: gradients, optimizer state
// and exchange shrink alike, of adapters and of whatever else is trained.
func oneAdapterShare(t *testing.T) {
	m := plain()
	f := m.AdapterShare(16, 4)
	near(t, 0.002089317, f, 6)
	s := eightNodes()
	s.Model, s.FabricLatency, s.IntraLatency = m, 1e-15, 1e-15
	all := right(t, step, s)
	memory := training.Memory{Model: m, Hardware: hardware.H100, Batch: 64, DP: 64}
	held := right(t, training.Memory.Solve, memory)
	for _, rank := range []int{0, 16} {
		s.LoRA, memory.LoRA, s.Trainable, memory.Trainable = rank, rank, 1, 1
		if rank == 0 {
			s.Trainable, memory.Trainable = f, f
		}
		adapters, less := right(t, step, s), right(t, training.Memory.Solve, memory)
		near(t, f, less.Gradients.Ratio(held.Gradients), 2) // grouped heads have narrower adapters
		near(t, less.Gradients.Ratio(held.Gradients), less.Optimizer.Ratio(held.Optimizer), 9)
		near(t, less.Gradients.Ratio(held.Gradients), adapters.DataPar.Ratio(all.DataPar), 6)
	}
}
