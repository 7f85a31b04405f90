package compute_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// D-07, solvers.md 3.1: one token per sample takes 0.39 ms; the whole sequence
// 798 ms and its attention 27 ms.
func TestTrainingCountsEveryToken(t *testing.T) {
	s := compute.SingleNode{
		Model:    models.Model{Name: "8B", Params: 8.03e9, FLOPs: 16.06e9, Layers: 32, Hidden: 4096, Heads: 32, KVHeads: 8},
		Hardware: hardware.Device{Name: "x", Rates: hardware.Rates{FP16: 989 * units.TFLOPS}, Memory: 80 * units.GiB, Bandwidth: 3.35 * units.TBps},
		Phase:    compute.Train, Batch: 4, Prompt: 2048, Checkpointing: physics.KeepAll,
	}
	require.InEpsilon(t, 0.8248427, float64(solve(t, s).Compute), 5e-7)
	require.InEpsilon(t, 2.508866e11, float64(solve(t, s).Footprint), 5e-7)
	s.Prompt = 1
	one := solve(t, s).Compute
	require.InEpsilon(t, 3.897e-4, float64(one), 1e-3)
	require.InEpsilon(t, 0.7982, 2048*float64(one), 1e-3)
}

// By hand: DS-CNN on a microcontroller, batch 4 at 8 bit. Weights 24908 B, two
// bytes of gradient and 12 of optimizer state for each, and half of the
// 289260/2 B that a sample writes and reads.
func TestTrainingByHand(t *testing.T) {
	s := compute.SingleNode{Model: models.DS_CNN, Hardware: hardware.STM32L4R5, Phase: compute.Train, Batch: 4, Precision: physics.INT8}
	r := solve(t, s)
	require.InEpsilon(t, 24908*15+4*289260/4, float64(r.Footprint), 1e-12)
	require.InEpsilon(t, 2*(24908*15+4*289260/4), float64(r.Traffic), 1e-12)
	require.InEpsilon(t, 3*4*5313536, float64(r.Work), 1e-12)
	require.Equal(t, hardware.STM32L4R5.SRAM, r.Capacity, "flash cannot be trained in")
}

// drawTraining is a valid training step of a random network on a random device.
func drawTraining(t *rapid.T) compute.SingleNode {
	s := draw(t)
	s.Phase, s.Context, s.Prompt = compute.Train, 0, 0
	if s.Model.Reads() {
		s.Prompt = rapid.IntRange(1, 8192).Draw(t, "sequence")
	}
	s.Checkpointing = rapid.SampledFrom([]physics.Recompute{physics.Selective, physics.KeepAll, physics.Full}).Draw(t, "checkpointing")
	s.Optimizer = rapid.SampledFrom([]physics.Optimizer{physics.Adam, physics.SGD, physics.NoOptimizer, physics.Adam8Bit}).Draw(t, "optimizer")
	s.Trainable = rapid.Float64Range(0.001, 1).Draw(t, "trainable")
	s.ZeRO = rapid.IntRange(0, 3).Draw(t, "zero")
	s.DP = rapid.IntRange(1, 64).Draw(t, "dp")
	return s
}

// I-2: nothing is clamped.
func TestRecomputingSeparatesMFUFromHFU(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTraining(t)
		r := solve(t, s)
		require.Greater(t, r.MFU, 0.0)
		require.LessOrEqual(t, r.MFU, r.HFU)
		require.LessOrEqual(t, r.HFU, s.Efficiency*(1+1e-12))
		if s.Checkpointing == physics.KeepAll {
			require.Equal(t, r.MFU, r.HFU)
		}
		if s.Checkpointing == physics.Full {
			require.InEpsilon(t, 4.0/3, r.HFU/r.MFU, 1e-12)
		}
	})
}

func TestTrainingCostsAtLeastThreeForwardPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTraining(t)
		r := solve(t, s)
		require.InEpsilon(t, float64(max(r.Compute, r.Memory)+r.Overhead), float64(r.Latency), 1e-12)
		require.GreaterOrEqual(t, float64(r.Work), 3*float64(s.Model.ForwardOps(float64(s.Prompt)))*float64(s.Batch)*(1-1e-12))
		require.GreaterOrEqual(t, float64(r.Traffic), 2*float64(r.Activations))
		require.NoError(t, r.Explain().Verify(r))

		s.Level = physics.Calibrated
		measured := solve(t, s)
		s.Level, s.Efficiency = physics.Ideal, 1
		require.GreaterOrEqual(t, float64(measured.Latency), float64(solve(t, s).Latency)*(1-1e-12))
	})
}

// I-15 on one device: sharding and recomputing never need more memory.
func TestShardingAndRecomputingSaveMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTraining(t)
		s.ZeRO, s.Checkpointing = 0, physics.KeepAll
		last := solve(t, s).Footprint
		for s.ZeRO = 1; s.ZeRO <= 3; s.ZeRO++ {
			next := solve(t, s).Footprint
			require.LessOrEqual(t, float64(next), float64(last)*(1+1e-12))
			last = next
		}
		s.ZeRO = 3
		for _, mode := range []physics.Recompute{physics.Selective, physics.Full} {
			s.Checkpointing = mode
			next := solve(t, s).Footprint
			require.LessOrEqual(t, float64(next), float64(last)*(1+1e-12))
			last = next
		}
	})
}

func TestTrainingRefusals(t *testing.T) {
	for want, change := range map[string]func(*compute.SingleNode){
		"Prompt = 0: want at least 1: the tokens of each sequence": func(s *compute.SingleNode) { s.Prompt = 0 },
		"Prompt = -5: want at least 0":                             func(s *compute.SingleNode) { s.Prompt = -5 }, // V-07
		"Context = 1: want 0 in training":                          func(s *compute.SingleNode) { s.Context = 1 },
		"ZeRO = 7: want at least 0 and at most 3":                  func(s *compute.SingleNode) { s.ZeRO = 7 },
		"DP = -1: want at least 1":                                 func(s *compute.SingleNode) { s.DP = -1 },
		"Trainable = 2: want above 0 and at most 1":                func(s *compute.SingleNode) { s.Trainable = 2 },
		"Precision = fp4: want at least 8 bit in training":         func(s *compute.SingleNode) { s.Hardware, s.Precision = hardware.B200, physics.FP4 },
		"Model.Params = -5B params: want at least 0":               func(s *compute.SingleNode) { s.Model.Params = -5 * units.Billion }, // V-06
		"Model.Layers = -3: want at least 0":                       func(s *compute.SingleNode) { s.Model.Layers = -3 },
	} {
		s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Phase: compute.Train, Batch: 1, Prompt: 2048}
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

// What a microcontroller can hold in flash it cannot train.
func TestTrainingWarnsWhatDoesNotFit(t *testing.T) {
	s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Phase: compute.Train, Batch: 1, Prompt: 2048}
	r := solve(t, s)
	require.False(t, r.Fits)
	require.True(t, r.Warnings.Has(walls.DoesNotFit))
	require.Equal(t, walls.HostLink, r.Binding)
}
