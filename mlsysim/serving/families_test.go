package serving_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// V-40, P-09: by hand, Mamba-2.8B at batch 16 on an H100. A step reads 2 bytes of
// 2768345600 weights and reads and writes 6553600 elements of state per sequence,
// whatever the prompt.
func TestStateSpaceByHand(t *testing.T) {
	s := serving.Serving{Model: models.Mamba_2_8B, Hardware: hardware.H100, Batch: 16, Prompt: 2048, Output: 256}
	r := solve(t, s)
	bandwidth := float64(s.Hardware.Bandwidth)
	require.InEpsilon(t, (2*2768345600+16*2*2*6553600.0)/bandwidth, float64(r.DecodeMemory), 1e-12)
	require.InEpsilon(t, 16*2*6553600, float64(r.Cache), 1e-12)
	require.InEpsilon(t, 2048*16*2*2768345600/(0.5*float64(s.Hardware.Rates.FP16)), float64(r.PrefillCompute), 1e-12)
	require.Equal(t, r.ITLFirst, r.ITLLast)
	s.Prompt = 500_000
	long := solve(t, s)
	require.Equal(t, r.ITL, long.ITL)
	require.Equal(t, r.Memory, long.Memory)
	require.InEpsilon(t, 500_000.0/2048, float64(long.PrefillCompute)/float64(r.PrefillCompute), 1e-12)
}

// By hand: T5-Base reads 512 tokens with its encoder and one with its decoder; a
// step then reads the decoder alone and both caches.
func TestEncoderDecoderByHand(t *testing.T) {
	s := serving.Serving{Model: models.T5_Base, Hardware: hardware.H100, Batch: 4, Prompt: 512, Output: 64}
	s.Hardware.Dispatch, s.Hardware.Launch = 10*units.Microsecond, 10*units.Microsecond
	r := solve(t, s)
	layer, cross := 4*768*768+2*768*3072.0, 12*2*768*768.0
	own := float64(s.Model.Params) - 12*layer - cross
	work := 2*(12*layer+cross)*512 + 2*own + 4*12*768*512*512 + 4*12*768*(512+0.5)
	require.InEpsilon(t, 4*work/(0.5*float64(s.Hardware.Rates.FP16)), float64(r.PrefillCompute), 1e-12)
	require.InEpsilon(t, (2*own+4*2*2*12*768*(512+32.0))/float64(s.Hardware.Bandwidth), float64(r.DecodeMemory), 1e-12)
	require.InEpsilon(t, 12*10e-6, float64(r.Overhead), 1e-12)
	require.InEpsilon(t, 24*10e-6+10e-6+max(float64(r.PrefillCompute), float64(r.PrefillMemory)), float64(r.TTFT), 1e-12)
	// On four devices a prefill adds 2 outputs of each encoder layer and 3 of each
	// decoder layer, a step the latter.
	s.TP = 4
	split := solve(t, s)
	require.InEpsilon(t, 36, float64(split.Communication)/float64(s.Stack.AllReduce(4*768*2, 4, s.Hardware.ScaleUp, s.Hardware.ScaleUpLatency)), 1e-9)
	require.NoError(t, split.Explain().Verify(split))
}

// Whisper's prompt is the decoder's; the window of 1500 frames comes with every
// request and stays in its cache.
func TestWhisperHearsItsWindowWhateverThePrompt(t *testing.T) {
	s := serving.Serving{Model: models.Whisper_Large_V3, Hardware: hardware.H100, Batch: 1, Prompt: 4, Output: 200}
	r := solve(t, s)
	require.InEpsilon(t, 2*2*32*1280*(1500+204.0), float64(r.Cache), 1e-12)
	require.Greater(t, float64(r.PrefillCompute), 2256076800000/(0.5*float64(s.Hardware.Rates.FP16)))
	require.False(t, r.Warnings.Has(walls.BeyondContext))
	s.Output = 500
	require.True(t, solve(t, s).Warnings.Has(walls.BeyondContext))
}

// I-7: a prompt in one pass takes at least as much arithmetic as in two.
func TestPrefillIsSuperadditive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := draw(t)
		whole.Chunk, whole.Cached = 0, 0
		part, rest := whole, whole
		part.Prompt = rapid.IntRange(1, whole.Prompt-1).Draw(t, "part")
		rest.Prompt = whole.Prompt - part.Prompt
		sum := float64(solve(t, part).PrefillCompute + solve(t, rest).PrefillCompute)
		if whole.Model.Decodes() { // the encoder's window, or the first token, is in both
			sum -= float64(solve(t, func() serving.Serving { s := whole; s.Prompt = 1; return s }()).PrefillCompute)
		}
		require.GreaterOrEqual(t, float64(solve(t, whole).PrefillCompute), sum*(1-1e-9))
	})
}

// A device whose only memory is on the chip serves from it.
func TestServingFromTheChip(t *testing.T) {
	wafer := hardware.Device{Name: "wafer", Rates: hardware.Rates{FP16: 12.5 * units.PFLOPS}, SRAM: 44 * units.GB, SRAMBandwidth: 21_000 * units.TBps}
	s := serving.Serving{Model: models.Llama3_8B, Hardware: wafer, Batch: 1, Prompt: 1000, Output: 10}
	r := solve(t, s)
	require.True(t, r.Fits)
	require.Equal(t, wafer.SRAM, r.Capacity)
	require.InEpsilon(t, (2*8030261248+131072*1005)/21e15, float64(r.DecodeMemory), 1e-12)
	s.Model = models.Llama3_70B
	require.False(t, solve(t, s).Fits)
}

func TestFamilyRefusals(t *testing.T) {
	encoder, state := models.T5_Base, models.Mamba_2_8B
	for want, solve := range map[string]func() error{
		"Chunk = 64: want 0: the encoder of T5-Base": func() error {
			_, err := serving.Serving{Model: encoder, Hardware: hardware.H100, Batch: 1, Prompt: 512, Chunk: 64}.Solve()
			return err
		},
		"Cached = 64: want 0: the encoder of T5-Base": func() error {
			_, err := serving.Serving{Model: encoder, Hardware: hardware.H100, Batch: 1, Prompt: 512, Cached: 64}.Solve()
			return err
		},
		"serving.Batching: Model = T5-Base: want a decoder without an encoder": func() error {
			_, err := serving.Batching{Model: encoder, Hardware: hardware.H100, Batch: 1, Longest: 512}.Solve()
			return err
		},
		"serving.Batching: Model = Mamba-2.8B: want a network whose whole cache grows": func() error {
			_, err := serving.Batching{Model: state, Hardware: hardware.H100, Batch: 1, Longest: 512}.Solve()
			return err
		},
		"serving.Reasoning: Model = T5-Base: want a decoder": func() error {
			_, err := serving.Reasoning{Model: encoder, Hardware: hardware.H100, Prompt: 512}.Solve()
			return err
		},
		"serving.Streaming: Model = T5-Base: want a decoder": func() error {
			_, err := serving.Streaming{Model: encoder, Hardware: hardware.H100, Tokens: 512, Batch: 1}.Solve()
			return err
		},
		"serving.Serving: Model = Stable Diffusion v1.5: want a network that generates tokens": func() error {
			_, err := serving.Serving{Model: models.StableDiffusion_v1_5, Hardware: hardware.H100, Batch: 1, Prompt: 1}.Solve()
			return err
		},
	} {
		require.ErrorContains(t, solve(), want)
	}
}

// What the other solvers take, they explain: states in pipelines, encoders on two
// sides, and windows that close in some layers while the output grows.
func TestFamiliesElsewhereVerify(t *testing.T) {
	for _, m := range []models.Model{models.Mamba_2_8B, models.Jamba_1_5_Large, models.Gemma2_9B, models.Gpt_oss_20B, models.DeepSeek_V3} {
		streamed := serving.Streaming{Model: m, Hardware: hardware.H100, Tokens: 512, Batch: 4}.Run()
		require.NoError(t, streamed.Explain().Verify(streamed), m.Name)
		thought := serving.Reasoning{Model: m, Hardware: hardware.B200, Prompt: 100, Steps: 200, Samples: 3}.Run()
		require.NoError(t, thought.Explain().Verify(thought), m.Name)
	}
	for _, m := range []models.Model{models.Mamba_2_8B, models.T5_Base, models.Whisper_Large_V3} {
		sides := serving.Disaggregated{Model: m, Hardware: hardware.H100, Decoder: hardware.A100, Network: 50 * units.GBps, Prompt: 64, Output: 64, Batch: 2}.Run()
		require.NoError(t, sides.Explain().Verify(sides), m.Name)
		guessed := serving.Speculation{Model: m, Draft: m, Hardware: hardware.H100, Prompt: 64, Output: 64, Batch: 2, Acceptance: 0.7}.Run()
		require.NoError(t, guessed.Explain().Verify(guessed), m.Name)
	}
}

// The stretches of a reasoning are exact where a window closes in some layers:
// the sum over all tokens, one by one.
func TestReasoningWithWindowsInSomeLayers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := models.Gemma2_9B
		m.Window = rapid.IntRange(1, 600).Draw(t, "window")
		m.GlobalLayers = rapid.IntRange(0, m.Layers).Draw(t, "global layers")
		s := serving.Reasoning{Model: m, Hardware: hardware.H100, Prompt: rapid.IntRange(1, 400).Draw(t, "prompt"), Steps: 3, Samples: rapid.IntRange(1, 400).Draw(t, "samples")}
		s.Efficiency = rapid.Float64Range(0.01, 1).Draw(t, "efficiency")
		r := s.Run()
		sum := 0.0
		for j := range 150 {
			one := serving.Serving{Model: m, Hardware: s.Hardware, Batch: s.Samples, Prompt: s.Prompt + j, Efficiency: s.Efficiency}
			sum += float64(solve(t, one).ITLFirst)
		}
		require.InEpsilon(t, sum, float64(r.Generation), 1e-9)
	})
}
