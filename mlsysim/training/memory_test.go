package training_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/training"
)

var base = training.Memory{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 64, DP: 8, ZeRO: 1}

func solve(t require.TestingT, s training.Memory) training.MemoryResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// I-15.
func TestShardingAndRecomputingSaveMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := base
		s.Batch = rapid.IntRange(1, 4096).Draw(t, "batch")
		s.DP = rapid.IntRange(1, 64).Draw(t, "dp")
		s.TP = 1 << rapid.IntRange(0, 3).Draw(t, "tp")
		s.PP = rapid.IntRange(1, 8).Draw(t, "pp")
		s.Microbatches = rapid.IntRange(1, 64).Draw(t, "m")
		last := solve(t, s)
		require.NoError(t, last.Explain().Verify(last))
		s.ZeRO = 0
		last = solve(t, s)
		for s.ZeRO = 1; s.ZeRO <= 3; s.ZeRO++ {
			r := solve(t, s)
			require.LessOrEqual(t, float64(r.Memory), float64(last.Memory)*(1+1e-12))
			last = r
		}
		s.ZeRO = 3
		split := solve(t, s).Memory
		s.NoSP = true
		require.LessOrEqual(t, float64(split), float64(solve(t, s).Memory)*(1+1e-12))
		s.Checkpointing = physics.KeepAll
		none := solve(t, s).Memory
		s.Checkpointing = physics.Selective
		some := solve(t, s).Memory
		s.Checkpointing = physics.Full
		require.LessOrEqual(t, float64(some), float64(none)*(1+1e-12))
		require.LessOrEqual(t, float64(solve(t, s).Memory), float64(some)*(1+1e-12))
	})
}

// P-19, by hand: 4 + 4 + 8 bytes in fp32, 2 + 2 + 12 in fp16, 2 + 2 + 6 with 8-bit Adam.
func TestBytesPerParameter(t *testing.T) {
	s := base
	s.ZeRO, s.DP, s.Precision = 0, 1, physics.FP32
	state := func(s training.Memory) float64 {
		r := solve(t, s)
		return float64(r.Weights+r.Gradients+r.Optimizer) / float64(s.Model.Params)
	}
	require.InEpsilon(t, 16, state(s), 1e-12)
	s.Precision = physics.FP16
	require.InEpsilon(t, 16, state(s), 1e-12)
	s.Optimizer = physics.Adam8Bit
	require.InEpsilon(t, 10, state(s), 1e-12)
	s.Optimizer = physics.NoOptimizer
	require.InEpsilon(t, 4, state(s), 1e-12)
}

// P-10: a mutant that spread every parameter over ep would give an eighth.
func TestExpertParallelismSharesOnlyTheExperts(t *testing.T) {
	s := training.Memory{Model: models.Mixtral_8x7B, Hardware: hardware.H100, Batch: 8}
	whole := solve(t, s).Weights
	s.EP = 8
	require.Greater(t, float64(solve(t, s).Weights), float64(whole)/8*1.05)
}

func TestRefusals(t *testing.T) {
	for want, change := range map[string]func(*training.Memory){
		"ZeRO = 4: want":                          func(s *training.Memory) { s.ZeRO = 4 },
		"Batch = 0: want at least 1":              func(s *training.Memory) { s.Batch = 0 },
		"Sequence = -5: want":                     func(s *training.Memory) { s.Sequence = -5 },
		"TP = 3: want a divisor":                  func(s *training.Memory) { s.TP = 3 },
		"PP = 33: want at most the layers":        func(s *training.Memory) { s.PP = 33 },
		"EP = 2: want at most the experts":        func(s *training.Memory) { s.EP = 2 },
		"Hardware.Memory = 0 B: want above 0 B":   func(s *training.Memory) { s.Hardware.Memory = 0 },
		"Model.Params = 0 params: want above 0":   func(s *training.Memory) { s.Model.Params = 0 },
		"Trainable = 2: want above 0 and at most": func(s *training.Memory) { s.Trainable = 2 },
	} {
		s := base
		change(&s)
		_, err := s.Solve()
		require.Error(t, err, want)
		var field *describe.FieldError
		require.ErrorAs(t, err, &field, want)
	}
}

func ExampleMemory() {
	r := base.Run()
	fmt.Println(r.Memory, "of", r.Capacity, "fits:", r.Fits)
	// Output: 126.4 GB of 85.9 GB fits: false
}

func BenchmarkMemory(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
