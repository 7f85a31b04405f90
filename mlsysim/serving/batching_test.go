package serving_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

var batching = serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 8192, MeanPrompt: 800, MeanOutput: 200, Batch: 256, Chunk: 512}

func drawBatching(t *rapid.T) serving.Batching {
	from := drawPaged(t)
	s := serving.Batching{Model: from.Model, Hardware: from.Hardware, TP: from.TP, Batch: from.Batch, Chunk: from.Chunk, Longest: from.Prompt + 2}
	if weights := s.Model.Weights(physics.FP16).Times(1 / float64(s.TP)); weights > s.Hardware.Memory && rapid.IntRange(0, 3).Draw(t, "does not fit") > 0 {
		s.Model = models.Llama3_2_1B // most draws are of what runs
	}
	s.Page = rapid.SampledFrom([]int{1, 16, 256}).Draw(t, "page")
	if rapid.Bool().Draw(t, "mixed") {
		s.MeanPrompt = units.Tokens(rapid.IntRange(1, s.Longest/2).Draw(t, "mean prompt"))
		s.MeanOutput = units.Tokens(rapid.IntRange(1, s.Longest/2).Draw(t, "mean output"))
	} else {
		s.Mean = units.Tokens(s.Longest).Times(rapid.Float64Range(1e-6, 1).Draw(t, "mean"))
	}
	return s
}

func TestBatchingInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawBatching(t)
		r, err := s.Solve()
		require.NoError(t, err)
		require.NoError(t, r.Explain().Verify(r))
		require.Equal(t, r.Fits, r.RateKnown)
		if !r.Fits {
			require.Greater(t, float64(r.Short), 0.0)
			return
		}
		// I-8, and I-1: rate times latency is the batch.
		require.GreaterOrEqual(t, float64(r.ITL), float64(max(r.Compute, r.Memory)))
		require.InEpsilon(t, float64(r.Active), float64(r.TokensPerSecond)*float64(r.ITL), 1e-12)
		require.LessOrEqual(t, float64(r.PagedCache), float64(r.Room)*(1+1e-8))
		require.LessOrEqual(t, float64(r.StaticCache), float64(r.Room)*(1+1e-8))
		// I-5: a larger limit never lowers the rate.
		s.Batch *= 2
		more, err := s.Solve()
		require.NoError(t, err)
		require.GreaterOrEqual(t, float64(more.TokensPerSecond), float64(r.TokensPerSecond)*(1-1e-9))
	})
}

// Without prompts an iteration is a decode step of the serving solver, on any
// number of tensor-parallel devices.
func TestBatchingIsServingWithoutPrompts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawPaged(t)
		s.Output, s.Cached, s.Chunk = 0, 0, 0
		if rapid.Bool().Draw(t, "calibrated") {
			s.Level = physics.Calibrated
		}
		r := solve(t, s)
		b, err := serving.Batching{
			Model: s.Model, Hardware: s.Hardware, TP: s.TP, Longest: s.Prompt, Batch: s.Batch, Page: 1, Level: s.Level,
		}.Solve()
		require.NoError(t, err)
		require.InEpsilon(t, float64(r.Weights), float64(b.Weights), 1e-12)
		if s.Model.Window == 0 { // a window keeps pages of its width at most, but not of the prompt
			require.Equal(t, r.Fits, b.Active == s.Batch)
		}
		if b.Active == s.Batch {
			require.InEpsilon(t, float64(r.ITL), float64(b.ITL), 1e-12)
			require.InDelta(t, float64(r.Communication), float64(b.Communication), 1e-12*float64(r.ITL))
		}
	})
}

func TestBatchingRefusals(t *testing.T) {
	for want, change := range map[string]func(*serving.Batching){
		"serving.Batching: Longest = 0: want at least 1":  func(s *serving.Batching) { s.Longest = 0 },
		"Mean = 9000 tokens: want at most Longest":        func(s *serving.Batching) { s.Mean = 9000 },
		"want above 0 together with MeanPrompt":           func(s *serving.Batching) { s.MeanOutput = 0 },
		"want with MeanOutput at most Longest":            func(s *serving.Batching) { s.MeanPrompt = 8000 },
		"TP = 3: want a divisor of the model's attention": func(s *serving.Batching) { s.TP = 3 },
		"want a network that generates tokens":            func(s *serving.Batching) { s.Model = models.ResNet50 },
	} {
		s := batching
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

func TestBatchingCalibratedIsSlower(t *testing.T) {
	s := batching
	s.Efficiency = 1
	ideal := s.Run()
	s.Level = physics.Calibrated
	require.GreaterOrEqual(t, float64(s.Run().ITL), float64(ideal.ITL))
}

func ExampleBatching() {
	r, err := batching.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Active, "requests in pages,", r.StaticActive, "in slots of the full length")
	// Output: 256 requests in pages, 65 in slots of the full length
}

func BenchmarkBatching(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := batching.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
