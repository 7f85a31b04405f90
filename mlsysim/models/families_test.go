package models_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

var alone = models.Layout{Weights: physics.FP16, Cache: physics.FP16, Ranks: 1}

// drawNetwork is any network of the registry that generates tokens.
func drawNetwork(t *rapid.T) models.Model {
	var all []models.Model
	for _, e := range models.Entries() {
		if e.Value.Generates() {
			all = append(all, *e.Value)
		}
	}
	return rapid.SampledFrom(all).Draw(t, "network")
}

// A window in some layers, position by position and layer by layer: a token in
// the middle of its step attends to those before it, at most a window of them.
func TestWindowsInSomeLayersByCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := models.Gemma2_9B
		m.Window = rapid.IntRange(1, 300).Draw(t, "window")
		m.GlobalLayers = rapid.IntRange(0, m.Layers).Draw(t, "global layers")
		n, c := rapid.IntRange(1, 400).Draw(t, "new"), rapid.IntRange(0, 400).Draw(t, "cached")
		pair := 4 * m.AttentionWidth()
		want, kept := 0.0, 0.0
		for layer := range m.Layers {
			limit := math.Inf(1)
			if layer >= m.GlobalLayers {
				limit = float64(m.Window)
			}
			for i := range n {
				want += pair * min(float64(c)+float64(i)+0.5, limit)
			}
			kept += min(float64(n), limit)
		}
		require.InEpsilon(t, want, float64(m.PrefillAttentionOps(float64(n), float64(c))), 1e-9)
		require.InEpsilon(t, kept/float64(m.Layers), m.Attended(float64(n)), 1e-12)
		require.InEpsilon(t, pair*kept, float64(m.DecodeAttentionOps(float64(n))), 1e-12)
	})
}

// By hand: Gemma-2-9B at 8192 tokens keeps 4096 in 21 layers and 8192 in 21;
// 2 x 8 heads x 256 x 2 bytes per layer and token.
func TestGemmaCacheByHand(t *testing.T) {
	m := models.Gemma2_9B
	require.InDelta(t, 6144, m.Attended(8192), 1e-9)
	require.InEpsilon(t, 21*(4096+8192)*2*8*256*2, float64(m.KVBytes(8192, 2, 1)), 1e-12)
	require.InDelta(t, 42*2*8*256, m.KVElements(1), 0)
}

// solvers.md 2.3: both caches of 4096 tokens and 8 sequences at 16 bit, and the
// weights that 1 and 64 tokens touch at 8 bit.
func TestLatentCacheAndExpertsByHand(t *testing.T) {
	m := models.DeepSeek_V3
	require.InEpsilon(t, 2.302672896e9, 8*float64(m.KVBytes(4096, 2, 1)), 1e-12)
	require.InEpsilon(t, 4.294967296e9, 8*float64(models.Llama3_8B.KVBytes(4096, 2, 1)), 1e-12)
	require.InEpsilon(t, float64(m.Active), float64(m.TouchedWeights(1, physics.FP8)), 1e-12)
	require.InEpsilon(t, 585.2e9, float64(m.TouchedWeights(64, physics.FP8)), 1e-3)
	// Absorbed: 128 heads over 512 + 512 + 64 numbers; in prefill over 128 + 64 of
	// keys and 128 of values, half of it causal.
	require.InEpsilon(t, 61*2*128*(2*512+64)*1000.0, float64(m.DecodeAttentionOps(1000)), 1e-12)
	require.InEpsilon(t, 61*2*128*(128+64+128)*1000.0*1000/2, float64(m.PrefillAttentionOps(1000, 0)), 1e-12)
	expert, _ := m.ExpertParams()
	require.InEpsilon(t, 58*3*7168*2048.0, expert, 1e-12)
}

// P-09: the state of Mamba-2.8B is 6,553,600 elements at any length, read and
// written by each token.
func TestStateIsReadAndWrittenByHand(t *testing.T) {
	m := models.Mamba_2_8B
	for _, s := range []float64{0, 1, 1e6} {
		require.InEpsilon(t, 6553600*2, float64(m.KVBytes(s, 2, 1)), 1e-12)
		p := m.DecodePass(64, s, alone)
		require.InEpsilon(t, 2*2768345600+64*2*2*6553600.0, float64(p.Traffic), 1e-12)
		require.Zero(t, float64(p.Attention))
	}
	m.Inner, m.Conv = 0, 0 // twice the hidden width, and 4
	require.InEpsilon(t, 6553600*2, float64(m.KVBytes(1, 2, 1)), 1e-12)
	require.True(t, m.Reads() && m.Generates() && !m.Attends())
}

// A hybrid keeps both: nine layers with 2 x 8 heads x 128 elements per token, and
// 63 states of 16384 x (16 + 4).
func TestHybridByHand(t *testing.T) {
	m := models.Jamba_1_5_Large
	require.True(t, m.Attends())
	require.InEpsilon(t, 2*(9*2*8*128*1000+63*16384*20.0), float64(m.KVBytes(1000, 2, 1)), 1e-12)
	require.InEpsilon(t, 4*9*64*128*1000.0, float64(m.DecodeAttentionOps(1000)), 1e-12)
	more := m
	more.GlobalLayers++
	require.Greater(t, float64(more.KVBytes(1e5, 2, 1)), float64(m.KVBytes(1e5, 2, 1)))
}

// Whisper: 2256.0768 GFLOP for the encoder and a window of 30 s (registry notes),
// with the decoder's cross-attention projections left out there.
func TestWhisperByHand(t *testing.T) {
	m := models.Whisper_Large_V3
	layer := 4*1280*1280 + 2*1280*5120.0
	cross := 32 * 2 * 1280 * 1280.0
	encoder := 2*32*layer*1500 + 4*32*1280*1500*1500
	require.InEpsilon(t, 2256076800000, encoder, 1e-12)

	p := m.PrefillPass(1, 4, 0, alone)
	decoder := 2*(float64(m.Params)-32*layer-cross)*4 + 4*32*1280*4*(1500+2.0)
	require.InEpsilon(t, encoder+2*cross*1500+decoder, float64(p.Ops()), 1e-12)
	// Its cache holds the window from the start, in 2 x 32 x 1280 elements.
	require.InEpsilon(t, 2*2*32*1280*(1500+100.0), float64(m.KVBytes(100, 2, 1)), 1e-12)
	step := m.DecodePass(1, 100, alone)
	require.InEpsilon(t, 2*(float64(m.Params)-32*layer-cross)+2*2*32*1280*1600, float64(step.Traffic), 1e-12)
	require.InEpsilon(t, 4*32*1280*1600, float64(step.Attention), 1e-12)
}

// T5: the prompt is the source; one token starts the decoder.
func TestT5ByHand(t *testing.T) {
	m := models.T5_Base
	layer, cross := 4*768*768+2*768*3072.0, 12*2*768*768.0
	own := float64(m.Params) - 12*layer - cross
	p := m.PrefillPass(1, 512, 0, alone)
	linear := 2*(12*layer+cross)*512 + 2*own
	require.InEpsilon(t, linear, float64(p.Linear), 1e-12)
	require.InEpsilon(t, 4*12*768*512*512+4*12*768*(512+0.5), float64(p.Attention), 1e-12)
	require.InEpsilon(t, 2*own, float64(m.DecodePass(1, 600, alone).Linear), 1e-12)
	require.InEpsilon(t, 2*2*12*768*600.0, float64(m.KVBytes(600, 2, 1)), 1e-12)
	require.InDelta(t, 36, m.Reductions(), 0)
	// In training source and target are equally long.
	require.InEpsilon(t, 2*(12*layer+cross+own)*512+4*12*768*512*512*(1+1+0.5), float64(m.ForwardOps(512)), 1e-12)
}

// ViT-B/16: 35.13 GFLOP per image (torchvision counts 17.56 G multiply-adds).
func TestImageEncoderByHand(t *testing.T) {
	p := models.ViT_Base.SamplePass(1, physics.FP16)
	require.InEpsilon(t, 35.126120448e9, float64(p.Ops()), 5e-3) // ours counts positions and norms as matmuls
	require.InEpsilon(t, 4*12*768*197*197, float64(p.Attention), 1e-12)
	require.InEpsilon(t, 2*86567656, float64(p.Traffic), 1e-12)
}

// Stable Diffusion: every one of 50 steps reads the weights and runs the U-Net
// twice; without guidance once.
func TestDenoiserByHand(t *testing.T) {
	m := models.StableDiffusion_v1_5
	m.Activations = 3 * units.GB
	p := m.SamplePass(4, physics.FP16)
	require.InEpsilon(t, 4*100*803.3e9, float64(p.Ops()), 1e-12)
	require.InEpsilon(t, 50*2*859520964+4*100*3e9, float64(p.Traffic), 1e-12)
	require.Equal(t, 50*25, m.Launches())
	m.Guidance, m.Steps = false, 20
	p = m.SamplePass(4, physics.FP16)
	require.InEpsilon(t, 4*20*803.3e9, float64(p.Ops()), 1e-12)
	require.InEpsilon(t, 803.3e9, float64(m.ForwardOps(1)), 1e-12) // trained on one step per image
}

// DLRM: 4.74 MFLOP per sample (registry notes); of 24 G parameters a sample reads
// the 2.4 M dense ones and 26 rows of 128.
func TestEmbeddingTablesByHand(t *testing.T) {
	m := models.DLRM_MLPerf_v1
	p := m.SamplePass(2048, physics.FP32)
	require.InEpsilon(t, 2048*4737794, float64(p.Ops()), 1e-12)
	require.InEpsilon(t, 4*(2368897+2048*26*128), float64(p.Traffic), 1e-12)
	require.InEpsilon(t, 4*24036595969.0, float64(m.Weights(physics.FP32)), 1e-12)
	// More look-ups than rows read the tables once.
	require.LessOrEqual(t, float64(m.SampleWeights(1_000_000_000, physics.FP32)), float64(m.Weights(physics.FP32)))
}

func TestCacheNeverShrinksWithLength(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawNetwork(t)
		s := rapid.Float64Range(0, 1e5).Draw(t, "length")
		more := s + rapid.Float64Range(0, 1e4).Draw(t, "more")
		tp := 1 << rapid.IntRange(0, 3).Draw(t, "ranks")
		require.GreaterOrEqual(t, float64(m.KVBytes(more, 2, tp)), float64(m.KVBytes(s, 2, tp)))
		require.LessOrEqual(t, float64(m.KVBytes(s, 2, tp)), float64(m.KVBytes(s, 2, 1)))
		require.GreaterOrEqual(t, float64(m.CacheTraffic(s, 2, tp)), float64(m.KVBytes(s, 2, tp)))
		require.LessOrEqual(t, float64(m.DecodeWeights(7, physics.FP16)), float64(m.Weights(physics.FP16))*(1+1e-12))
	})
}

// A prompt in two parts does the work of one, except that an encoder cannot stop
// in between.
func TestPrefillInPartsDoesTheSameWork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawNetwork(t)
		if m.Decodes() {
			return
		}
		a, b := rapid.Float64Range(1, 1e4).Draw(t, "first"), rapid.Float64Range(1, 1e4).Draw(t, "second")
		whole, first, second := m.PrefillPass(3, a+b, 0, alone), m.PrefillPass(3, a, 0, alone), m.PrefillPass(3, b, a, alone)
		require.InEpsilon(t, float64(whole.Ops()), float64(first.Ops()+second.Ops()), 1e-9)
	})
}

// Forward passes of training are prefills of the same sequence.
func TestTrainingReadsLikeAPrefill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawNetwork(t)
		s := rapid.Float64Range(1, 1e4).Draw(t, "sequence")
		if m.Decodes() && m.Input == 0 {
			require.Greater(t, float64(m.ForwardOps(s)), float64(m.PrefillLinearOps(s))) // a target beside the source
			return
		}
		p := m.PrefillPass(1, s, 0, alone)
		require.InEpsilon(t, float64(p.Ops()), float64(m.ForwardOps(s)), 1e-12)
	})
}

// Korthikanti's 34·s·u·H per layer, and 13 more where a decoder looks at an
// encoder; T5-Base, two sequences of 512, over 24 layers and the logits.
func TestActivationsOfBothStacks(t *testing.T) {
	m := models.T5_Base
	s := models.Split{TP: 1, PP: 1, DP: 1, EP: 1, Parts: 1, Microbatch: 2, Held: 1, Sequence: 512, Precision: physics.FP16, Trainable: 1}
	stream := 2 * 512 * 768.0
	require.InEpsilon(t, stream*(24*34+12*13)+4*2*512*32128, float64(m.TrainingActivations(&s)), 1e-12)
	s.Recompute = physics.KeepAll
	matrices := 5 * 12 * 512 * 512 * 2.0
	require.InEpsilon(t, stream*(24*34+12*13)+(24+12)*matrices+4*2*512*32128, float64(m.TrainingActivations(&s)), 1e-12)
	s.Recompute = physics.Full
	require.InEpsilon(t, 24*2*stream+4*2*512*32128, float64(m.TrainingActivations(&s)), 1e-12)
	// An image encoder has its patches for a sequence and one row of logits.
	s.Recompute = physics.Selective
	require.InEpsilon(t, 12*34*2*197*768+4*2*1000, float64(models.ViT_Base.TrainingActivations(&s)), 1e-12)
}

func TestInconsistentModels(t *testing.T) {
	for want, m := range map[string]models.Model{
		"Model.GlobalLayers":  {Params: 1e9, Layers: 2, GlobalLayers: 3, Window: 8},
		"Model.DenseLayers":   {Params: 1e9, Layers: 2, DenseLayers: 3},
		"Model.EncoderLayers": {Params: 1e9, Family: models.EncoderDecoder, Layers: 2, Hidden: 8, FFN: 8},
		"Model.State":         {Params: 1e9, Family: models.SSM, Layers: 2, Hidden: 8},
		"Model.Heads":         {Params: 1e9, Family: models.SSM, Layers: 2, Hidden: 8, State: 16, GlobalLayers: 1},
		"Model.Steps":         {Params: 1e9, Family: models.Diffusion, FLOPs: 1e9},
		"Model.Lookups":       {Params: 1e9, Family: models.Recommendation, Vocab: 10, Hidden: 8},
		"Model.Vocab":         {Params: 79, Family: models.Recommendation, Vocab: 10, Hidden: 8, Lookups: 1},
		"":                    {Params: 1e9, Family: models.Recommendation, Vocab: 10, Hidden: 8, Lookups: 1},
	} {
		field, _, _ := m.Inconsistent()
		require.Equal(t, want, field)
	}
	tooBig := models.T5_Base
	tooBig.EncoderLayers = 100
	field, _, _ := tooBig.Inconsistent()
	require.Equal(t, "Model.EncoderLayers", field)
}
