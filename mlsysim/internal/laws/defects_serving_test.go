package laws_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var serve = serving.Serving.Solve

func servingDefects() []promise {
	return []promise{
		{id: "D-09", says: "a tail is that of the whole stay", holds: sojourn},
		{id: "D-10", says: "TTFT reads the weights", holds: readsTheWeights},
		{id: "D-11", says: "ITL computes", holds: decodeComputes},
		{id: "D-13", says: "a mixture prefills with its active parameters", holds: activePrefill},
		{id: "D-14", says: "a mixture reads the experts that it touches", holds: touchedExperts},
		{id: "D-16", says: "one cache for every solver: latent attention in streaming too", holds: latentStreaming},
		{id: "D-34", says: "a chunk attends to what is there, and reads the weights again", holds: chunksAreCausal},
		{id: "D-35", says: "speculation pays for drafts, their cache and the check", holds: speculationPays},
		{id: "D-36", says: "both sides of a disaggregated service have to fit", holds: bothSidesFit},
		{id: "D-37", says: "slots are servers; a limit out of reach is told at once", holds: slotsAreServers},
		{id: "D-38", says: "thinking grows the cache, may not fit, and draws less than the rated power", holds: thinkingGrows},
		{id: "D-39", says: "the batch with the most goodput, not the largest", holds: bestBatch},
	}
}

// Exponential service of 10 ms: 10·ln 100 = 46.05 ms at no load, twice that at a
// load of one half.
func sojourn(t *testing.T) {
	solve := serving.Tail.Solve
	near(t, 0.0460517, right(t, solve, serving.Tail{Service: 10 * units.Millisecond}).P99, 6)
	near(t, 0.0921034, right(t, solve, serving.Tail{Arrivals: 50, Service: 10 * units.Millisecond}).P99, 6)
}

// (2·8.03e9 + 131072)/3.35e12 s, and 10 µs + 32·10 µs of launches: 5.124069 ms.
func readsTheWeights(t *testing.T) {
	near(t, 5.124069e-3, right(t, serve, serving.Serving{Model: plain(), Hardware: hardware.H100, Batch: 1, Prompt: 1}).TTFT, 7)
}

// 512·(2·8.03e9 + 4·32·4096·128)/(989e12·0.5) s and 0.32 ms of launches.
func decodeComputes(t *testing.T) {
	r := right(t, serve, serving.Serving{Model: plain(), Hardware: hardware.H100, Batch: 512, Prompt: 128})
	near(t, 17.017836e-3, r.ITL, 8)
	require.Equal(t, walls.Compute, r.Binding)
}

// 2·(12.88e9 − 32000·4096)·1000 + 2·32·4096·1000² operations, not 2·46.7e9·1000.
func activePrefill(t *testing.T) {
	s := serving.Serving{Model: models.Mixtral_8x7B, Hardware: hardware.H200, Batch: 1, Prompt: 1000}
	near(t, (2*(12.879925248e9-32000*4096)*1000+2*32*4096*1e6)/(989e12*0.5), right(t, serve, s).PrefillCompute, 9)
}

// One token: 2 of 8 experts in 32 layers, the active parameters. Two tokens touch
// 8·(1 − (3/4)²) = 3.5 of 8: shared 1.6053e9 and 3.5 of the 5.6372e9 per expert.
func touchedExperts(t *testing.T) {
	s := serving.Serving{Model: models.Mixtral_8x7B, Hardware: hardware.H200, Batch: 1, Prompt: 1}
	cache := 131072.0
	near(t, (2*12.879925248e9+cache)/float64(hardware.H200.Bandwidth), right(t, serve, s).DecodeMemory, 9)
	s.Batch = 2
	each := (46.702792704e9 - 12.879925248e9) / 6
	near(t, (2*(46.702792704e9-8*each+3.5*each)+2*cache)/float64(hardware.H200.Bandwidth), right(t, serve, s).DecodeMemory, 9)
}

// 61 layers of 512 + 64 elements of 2 bytes: 70272 bytes per token.
func latentStreaming(t *testing.T) {
	s := serving.Streaming{Model: models.DeepSeek_V3, Hardware: hardware.H100, Tokens: 4096, Batch: 8}
	near(t, 70272*4096*8, right(t, serving.Streaming.Solve, s).Cache, 12)
}

// The last of four chunks: 2·8.03e9·512 + 2·32·4096·512·(2·1536 + 512) operations
// take 17.601 ms at half the peak, and 0.33 ms of launches; solvers.md 3.4.
func chunksAreCausal(t *testing.T) {
	s := serving.Serving{Model: plain(), Hardware: hardware.H100, Batch: 1, Prompt: 2048, Chunk: 512}
	r := right(t, serve, s)
	require.Equal(t, 4, r.Chunks)
	near(t, 17.931125e-3, r.ChunkTime, 8)
	near(t, 70.056889e-3, r.TTFT, 8)

	s.Chunk = 16 // 128 reads of 16 GB: bound by them
	near(t, 128*(2*8.03e9/3.35e12+0.33e-3), right(t, serve, s).TTFT, 2)
}

// Four drafts with 32 launches each, one check of five tokens over the 141 GB and
// the cache, 2.7731 tokens per round: all bound by memory.
func speculationPays(t *testing.T) {
	s := serving.Speculation{Model: models.Llama3_70B, Draft: models.Llama3_8B, Hardware: hardware.B200, Batch: 1, Prompt: 4096, Acceptance: 0.7}
	r := right(t, serving.Speculation.Solve, s)
	bandwidth := float64(hardware.B200.Bandwidth)
	draft := (2*8.030261248e9+131072*4096)/bandwidth + 32*10e-6
	check := (2*70.553706496e9+80*2*8*128*2*4098)/bandwidth + 80*10e-6 // five tokens see 4098 on average
	expected := (1 - math.Pow(0.7, 5)) / 0.3
	near(t, (4*draft+check)/expected, r.ITL, 4)
	near(t, 2*(70.553706496e9+8.030261248e9)+4096*(80*2*8*128*2+131072), r.Memory, 9)
}

func bothSidesFit(t *testing.T) {
	s := serving.Disaggregated{Model: models.Llama3_8B, Hardware: hardware.T4, Decoder: hardware.H100, Network: 50 * units.GBps, Batch: 8, Prompt: 4096}
	r := right(t, serving.Disaggregated.Solve, s) // 16.06 GB and 4.29 GB of cache in 17.2 GB
	require.True(t, r.DecodeFits)
	require.False(t, r.PrefillFits || r.Fits)
	near(t, 2*8.030261248e9+131072*4096*8-16*1024*1024*1024, r.Short, 9)
}

func slotsAreServers(t *testing.T) {
	s := example[serving.Capacity]()
	s.Arrivals, s.SLA = 20, 60*units.Second
	r := right(t, serving.Capacity.Solve, s)
	require.True(t, r.Reached)
	require.Greater(t, r.Active, 1)
	require.InDelta(t, r.Load/float64(r.Replicas*r.Active), r.Utilization, 1e-12)
	s.SLA = r.Base.Times(0.5)
	r = right(t, serving.Capacity.Solve, s) // no number of replicas serves faster than one
	require.False(t, r.Reached)
	require.Zero(t, r.Replicas)
	require.Contains(t, []serving.Part{serving.PrefillPart, serving.DecodePart}, r.Part)
}

func thinkingGrows(t *testing.T) {
	solve := serving.Reasoning.Solve
	s := serving.Reasoning{Model: plain(), Hardware: hardware.H100, Prompt: 2048, Steps: 8}
	r := right(t, solve, s)
	near(t, 2149.853e-3, r.Time, 6) // solvers.md 3.15; 2148.634 at a cache that stays
	near(t, 131072*(2048+400), r.Cache, 12)
	require.Less(t, float64(r.Power), 700.0)
	s.Steps = 1_000_000
	require.False(t, right(t, solve, s).Fits) // 50 million tokens of cache
	s.Steps = -1
	refused(t, solve, s, "serving.Reasoning: Steps = -1: want at least 0")
}

func bestBatch(t *testing.T) {
	s := example[serving.Tuning]()
	r := right(t, serving.Tuning.Solve, s)
	require.True(t, r.Reached)
	require.LessOrEqual(t, float64(r.Goodput), float64(s.Arrivals))
	for _, most := range []int{1, r.Batch} { // no smaller range has a better choice
		less := s
		less.Batch = most
		require.LessOrEqual(t, float64(right(t, serving.Tuning.Solve, less).EachGoodput), float64(r.EachGoodput)*(1+1e-12))
	}
	s.Arrivals = -1
	refused(t, serving.Tuning.Solve, s, "serving.Tuning: Arrivals = -1 requests/s: want above 0")
}
