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
	"github.com/mlsysim/golab/mlsysim/walls"
)

var base = serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 8, Prompt: 4096, Output: 256}

func solve(t require.TestingT, s serving.Serving) serving.Result {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// draw is a valid request to a random network on a random accelerator.
func draw(t *rapid.T) serving.Serving {
	var networks []models.Model
	for _, e := range models.Entries() {
		if e.Value.Generates() {
			networks = append(networks, *e.Value)
		}
	}
	s := serving.Serving{
		Model:    rapid.SampledFrom(networks).Draw(t, "model"),
		Hardware: rapid.SampledFrom([]hardware.Device{hardware.A100, hardware.H100, hardware.H200, hardware.B200, hardware.T4}).Draw(t, "hardware"),
		Batch:    rapid.IntRange(1, 512).Draw(t, "batch"),
		Prompt:   rapid.IntRange(2, 16384).Draw(t, "prompt"),
		Output:   rapid.IntRange(0, 2048).Draw(t, "output"),
		TP:       1,
	}
	if rapid.Bool().Draw(t, "chunked") {
		s.Chunk = rapid.IntRange(16, 4096).Draw(t, "chunk")
	}
	if s.Hardware.ScaleUp > 0 && s.Model.Heads%2 == 0 && rapid.Bool().Draw(t, "tp") {
		s.TP = 2
	}
	s.Cached = rapid.IntRange(0, s.Prompt-1).Draw(t, "cached")
	if s.Model.Decodes() {
		s.Chunk, s.Cached = 0, 0
	}
	return s
}

// drawDecoder is the same without an encoder.
func drawDecoder(t *rapid.T) serving.Serving {
	return rapid.Custom(draw).Filter(func(s serving.Serving) bool { return !s.Model.Decodes() }).Draw(t, "decoder")
}

// drawPaged is the same where the whole cache grows with the tokens.
func drawPaged(t *rapid.T) serving.Serving {
	return rapid.Custom(drawDecoder).Filter(func(s serving.Serving) bool { return s.Model.State == 0 }).Draw(t, "paged")
}

func TestITLIsBoundedByBytesAndOperations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := solve(t, draw(t))
		require.GreaterOrEqual(t, float64(r.ITL), float64(r.DecodeMemory))
		require.GreaterOrEqual(t, float64(r.ITL), float64(r.DecodeCompute))
		require.LessOrEqual(t, float64(r.ITLFirst), float64(r.ITL)*(1+1e-12))
		require.LessOrEqual(t, float64(r.ITL), float64(r.ITLLast)*(1+1e-12))
	})
}

func TestTTFTIsAtLeastOneReadOfTheWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		s.Model.Experts, s.Model.Active, s.Model.TopK = 0, 0, 0
		r := solve(t, s)
		require.GreaterOrEqual(t, float64(r.TTFT), float64(r.Weights)/float64(s.Hardware.Bandwidth))
		longer := s
		longer.Prompt += 500
		require.GreaterOrEqual(t, float64(solve(t, longer).TTFT), float64(r.TTFT)*(1-1e-12))
	})
}

func TestCacheHitsAndChunks(t *testing.T) {
	whole := solve(t, base)
	chunked := base
	chunked.Chunk = 512
	r := solve(t, chunked)
	require.Equal(t, 8, r.Chunks)
	require.InEpsilon(t, float64(whole.PrefillCompute), float64(r.PrefillCompute), 1e-12) // causal work only moves between passes
	require.Greater(t, float64(r.TTFT), float64(whole.TTFT))                              // but the weights are read again
	require.Less(t, float64(r.ChunkTime), float64(whole.ChunkTime))

	cached := base
	cached.Cached = 2048
	require.Less(t, float64(solve(t, cached).TTFT), float64(whole.TTFT))
	require.InDelta(t, 0.5, solve(t, cached).HitRatio, 1e-15)
}

func TestTensorParallelismSplitsMemoryAndTime(t *testing.T) {
	s := serving.Serving{Model: models.Llama3_70B, Hardware: hardware.H100, Batch: 32, Prompt: 2048, Output: 256, Devices: 4, TP: 4}
	r := solve(t, s)
	require.True(t, r.Fits)
	require.InEpsilon(t, float64(models.Llama3_70B.Params)*2/4, float64(r.Weights), 1e-12)
	require.Greater(t, float64(r.Communication), 0.0)
	// Twice the devices, twice the replicas, twice the tokens.
	s.Devices = 8
	require.InEpsilon(t, 2*float64(r.TokensPerSecond), float64(solve(t, s).TokensPerSecond), 1e-12)
}

// By hand, solvers.md 2.3: Llama-3-8B, 4096 tokens, batch 8, fp16.
func TestCacheByHand(t *testing.T) {
	s := base
	s.Output = 0
	require.InEpsilon(t, 4.294967296e9, float64(solve(t, s).Cache), 1e-12)
}

// By hand: 140 GB over 8 devices at 3.35 TB/s is the floor of a 70B decode step.
func TestLlama2_70BDecodeFloor(t *testing.T) {
	s := serving.Serving{Model: models.Llama3_70B, Hardware: hardware.H100, Batch: 1, Prompt: 1, TP: 8}
	s.Model.Params, s.Hardware.Bandwidth = 70*units.Billion, 3.35*units.TBps
	require.InEpsilon(t, 140e9/(8*3.35e12), float64(solve(t, s).DecodeMemory), 1e-4)
}

func TestGroupedQueriesShrinkTheCache(t *testing.T) {
	s := base
	grouped := solve(t, s).Cache
	s.Model.KVHeads = s.Model.Heads
	require.InEpsilon(t, 4*float64(grouped), float64(solve(t, s).Cache), 1e-12)
	s.KVPrecision = physics.FP8
	require.InEpsilon(t, 2*float64(grouped), float64(solve(t, s).Cache), 1e-12)
}

func TestMixtureReadsOnlyTheExpertsItTouches(t *testing.T) {
	s := serving.Serving{Model: models.Mixtral_8x7B, Hardware: hardware.H200, Batch: 1, Prompt: 1}
	one := solve(t, s).DecodeMemory
	require.InEpsilon(t, 2*float64(models.Mixtral_8x7B.Active)/float64(hardware.H200.Bandwidth), float64(one), 1e-3)
	s.Batch = 64
	all := solve(t, s).DecodeMemory
	require.InEpsilon(t, 2*float64(models.Mixtral_8x7B.Params)/float64(hardware.H200.Bandwidth), float64(all), 1e-2)
}

func TestCalibratedIsNeverFasterThanThePerfectIdeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		s.Efficiency = 1
		ideal := solve(t, s)
		s.Level = physics.Calibrated
		measured := solve(t, s)
		require.GreaterOrEqual(t, float64(measured.ITL), float64(ideal.ITL)*(1-1e-12))
		require.GreaterOrEqual(t, float64(measured.TTFT), float64(ideal.TTFT)*(1-1e-12))
	})
}

func TestTracesVerify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		if rapid.Bool().Draw(t, "calibrated") {
			s.Level = physics.Calibrated
		}
		r := solve(t, s)
		require.NoError(t, r.Explain().Verify(r))
	})
}

func TestRefusals(t *testing.T) {
	for want, change := range map[string]func(*serving.Serving){
		"serving.Serving: Prompt = 0: want at least 1":            func(s *serving.Serving) { s.Prompt = 0 },
		"Model = ResNet-50: want a network that generates tokens": func(s *serving.Serving) { s.Model = models.ResNet50 },
		"Cached = 4096: want below the prompt":                    func(s *serving.Serving) { s.Cached = 4096 },
		"TP = 3: want a divisor of the model's attention heads":   func(s *serving.Serving) { s.TP = 3 },
		"Devices = 3: want a multiple of TP":                      func(s *serving.Serving) { s.TP, s.Devices = 2, 3 },
		"TP = 16: want at most the devices of one server":         func(s *serving.Serving) { s.TP = 16 },
		"TP = 2: want 1: the registry knows no link between":      func(s *serving.Serving) { s.TP, s.Hardware = 2, hardware.T4 },
		"Chunk = 1: want at least":                                func(s *serving.Serving) { s.Chunk, s.Prompt = 1, 1_000_000 },
		"Efficiency = NaN: want above 0 and at most 1":            func(s *serving.Serving) { s.Efficiency = nan() },
		"Hardware.Memory = 0 B: want above 0 B":                   func(s *serving.Serving) { s.Hardware.Memory = 0 },
		"Precision = int4: want one of fp16, bf16, tf32":          func(s *serving.Serving) { s.Precision = physics.INT4 },
	} {
		s := base
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func TestLongContextWarns(t *testing.T) {
	s := base
	s.Prompt = 200_000
	require.True(t, solve(t, s).Warnings.Has(walls.BeyondContext))
}

func ExampleServing() {
	r, err := serving.Serving{Model: models.Llama3_70B, Hardware: hardware.H100, Devices: 4, TP: 4, Prompt: 2048, Output: 256, Batch: 32}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("first token", r.TTFT, "then every", r.ITL, "bound by", r.Binding)
	// Output: first token 5.269 s then every 13.73 ms bound by memory bandwidth
}

func BenchmarkServing(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
