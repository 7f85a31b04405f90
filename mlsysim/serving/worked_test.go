package serving_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The networks and devices of the worked cases of solvers.md, with the launches
// of section 2.8.
var (
	worked8B  = models.Model{Name: "8B", Params: 8.03e9, FLOPs: 16.06e9, Layers: 32, Hidden: 4096, Heads: 32, KVHeads: 8}
	worked70B = models.Model{Name: "70B", Params: 70.6e9, FLOPs: 141.2e9, Layers: 80, Hidden: 8192, Heads: 64, KVHeads: 8}

	workedH100 = workedDevice(989*units.TFLOPS, 3.35*units.TBps, 80*units.GiB, 10*units.Microsecond)
	workedA100 = workedDevice(312*units.TFLOPS, 2.039*units.TBps, 80*units.GiB, 15*units.Microsecond)
	workedB200 = workedDevice(2250*units.TFLOPS, 8*units.TBps, 180*units.GiB, 8*units.Microsecond)
)

func workedDevice(rate units.FLOPRate, bandwidth units.ByteRate, memory units.Bytes, dispatch units.Seconds) hardware.Device {
	return hardware.Device{
		Name: "x", Rates: hardware.Rates{FP16: rate, FP8: rate.Times(2)}, Bandwidth: bandwidth, Memory: memory,
		TDP: 700, Idle: 210, Dispatch: dispatch, Launch: 10 * units.Microsecond,
	}
}

// The worked table of solvers.md 3.4 row by row: it prints milliseconds to six
// places, seven digits or more.
func ms(t *testing.T, want float64, got units.Seconds) {
	t.Helper()
	require.InDelta(t, want, got.Ratio(units.Millisecond), 0.5e-6)
}

func llama(prompt, batch int) serving.Serving {
	return serving.Serving{Model: worked8B, Hardware: workedH100, Prompt: prompt, Batch: batch}
}

func TestWorkedBatch(t *testing.T) {
	r := llama(4096, 8).Run()
	ms(t, 1135.695929, r.TTFT)
	ms(t, 6.396110, r.ITL)
	require.Equal(t, "memory bandwidth", r.Binding.String())
	require.InEpsilon(t, 4.294967296e9, float64(r.Cache), 1e-12)
	require.InEpsilon(t, 0.236963, r.Utilization, 2e-6) // printed with six digits
	ms(t, 5.124069, llama(1, 1).Run().TTFT)
	r = llama(128, 512).Run()
	ms(t, 17.017836, r.ITL)
	require.Equal(t, "compute", r.Binding.String())
}

func TestWorkedChunks(t *testing.T) {
	s := llama(2048, 1)
	s.Chunk = 512
	r := s.Run()
	require.Equal(t, 4, r.Chunks)
	ms(t, 17.931125, r.ChunkTime)
	ms(t, 70.056889, r.TTFT)
}

// A cached prefix by hand: 1024 new tokens after 3072. Without it they would be
// 4096 after none.
func TestWorkedCacheHits(t *testing.T) {
	in := llama(4096, 1)
	in.Cached = 3072
	r := in.Run()
	const linear, attention, peak = 16.06e9, 2 * 32 * 4096, 0.5 * 989e12
	require.InEpsilon(t, 0.75, r.HitRatio, 1e-15)
	ms(t, 1e3*((1024*linear+attention*1024*(2*3072+1024))/peak+10e-6+320e-6), r.TTFT) // 37.60 ms
	in.Cached = 0
	ms(t, 1e3*((4096*linear+attention*4096*4096)/peak+330e-6), in.Run().TTFT)
	// In chunks, each part attends to what was there before it, the prefix included.
	in.Cached, in.Chunk = 3072, 512
	ms(t, 1e3*((1024*linear+attention*512*(2*3072+512)+attention*512*(2*3584+512))/peak+2*330e-6), in.Run().TTFT)
}

func TestWorkedSpeculation(t *testing.T) {
	s := serving.Speculation{Model: worked70B, Draft: worked8B, Hardware: workedB200, Prompt: 4096, Batch: 1, Acceptance: 0.7}
	r := s.Run()
	ms(t, 10.167757, r.ITL)
	require.InEpsilon(t, 159.139048e9, float64(r.Memory), 5e-9)
	// The best γ is that of trying them all, through the solver itself.
	best, at := r.PlainITL, 0
	for gamma := 1; gamma <= 64; gamma++ {
		s.Gamma = gamma
		if one := s.Run().ITL; one < best {
			best, at = one, gamma
		}
	}
	require.Equal(t, at, r.BestGamma)
	require.InEpsilon(t, float64(best), float64(r.BestITL), 1e-12)
	require.Greater(t, at, 1)
}

func TestWorkedDisaggregation(t *testing.T) {
	s := serving.Disaggregated{Model: worked8B, Hardware: workedH100, Decoder: workedA100, Network: 50 * units.GBps, Prompt: 4096, Batch: 1}
	r := s.Run()
	ms(t, 152.988159, r.TTFT)
	ms(t, 8.459711, r.ITL)
	require.True(t, r.Fits && r.PrefillFits && r.DecodeFits)
	// D-36: either side alone can be too small.
	for _, small := range []*units.Bytes{&s.Hardware.Memory, &s.Decoder.Memory} {
		was := *small
		*small = 16 * units.GB // the weights alone are 16.06 GB
		r := s.Run()
		require.False(t, r.Fits)
		require.NotEqual(t, r.PrefillFits, r.DecodeFits)
		require.InEpsilon(t, 16.06e9+4096*131072-16e9, float64(r.Short), 1e-9)
		*small = was
	}
}

// DeepSeek-V3 at fp8: a prefill reads nearly all experts, a decode step eight.
func TestWorkedMixture(t *testing.T) {
	s := serving.Serving{Hardware: workedB200}
	s.Model = models.Model{
		Name: "V3", Family: models.MoE, Params: 671e9, Active: 37e9, FLOPs: 74e9, Layers: 61, Hidden: 7168, Heads: 128, KVHeads: 128,
		Experts: 256, TopK: 8, KVRank: 512, RopeDim: 64,
	}
	s.Prompt, s.Batch, s.Precision = 2048, 1, physics.FP8
	r := s.Run()
	ms(t, 84.501995, r.TTFT)
	ms(t, 5.243995, r.ITL)
	require.False(t, r.Fits)
	require.Greater(t, float64(r.Short), 0.0)
	require.Equal(t, "memory bandwidth", r.PrefillBinding.String())
}

func TestBatchingWorked(t *testing.T) { // 3.5: decode only, and with a prompt token per output token
	s := serving.Batching{Model: worked8B, Hardware: workedH100, Longest: 2048, Batch: 512}
	s.Hardware.Launch, s.Hardware.Dispatch = 0, 0
	r := s.Run()
	require.Equal(t, 260, r.Active)
	require.InEpsilon(t, 10145.22, float64(r.TokensPerSecond), 5e-7)
	require.InEpsilon(t, 25.62783e-3, float64(r.ITL), 2e-7)
	s.Hardware.Launch, s.Mean, s.MeanPrompt, s.MeanOutput = workedH100.Launch, 2048, 1024, 1024
	r = s.Run()
	require.InEpsilon(t, 10020.11, float64(r.TokensPerSecond), 5e-7)
	require.InEpsilon(t, 25.94783e-3, float64(r.ITL), 2e-7)
}

func TestStreamingWorked(t *testing.T) { // 3.6: 8B through a wafer
	wafer := workedDevice(125_000*units.TFLOPS, 21e15, 44*units.GiB, units.Microsecond)
	wafer.Launch = 0
	r := serving.Streaming{Model: worked8B, Hardware: wafer, Tokens: 2048, Batch: 64, Injection: 1.2 * units.TBps}.Run()
	require.InEpsilon(t, 4782.067, float64(r.TokensPerSecond), 5e-7)
	require.InEpsilon(t, 1.54828e-6, float64(r.LayerCompute), 5e-6)
	ms(t, 13.384882, r.FirstPass)
}

func TestReasoningWorked(t *testing.T) { // 3.15: eight steps of 50 tokens
	r := serving.Reasoning{Model: worked8B, Hardware: workedH100, Prompt: 2048, Steps: 8}.Run()
	require.InDelta(t, 2149.853, r.Time.Ratio(units.Millisecond), 0.51e-3)
	require.Equal(t, units.Tokens(400), r.Generated)
}
