package serving_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

var batching = serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 8192, MeanPrompt: 800, MeanOutput: 200, Batch: 256, Chunk: 512}

func drawBatching(t *rapid.T) serving.Batching {
	from := drawPaged(t)
	s := serving.Batching{Model: from.Model, Hardware: from.Hardware, TP: from.TP, Batch: from.Batch, Chunk: from.Chunk, Longest: from.Prompt + 2}
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

// solvers.md 3.5: decode only, and with a prompt token per output token.
func TestBatchingWorked(t *testing.T) {
	s := goldenBatching(t, "ContinuousBatchingModel-002")
	r := s.Run()
	require.Equal(t, 260, r.Active)
	require.InEpsilon(t, 25.62783e-3, float64(r.ITL), 5e-7)
	s.Hardware.Launch, s.Mean, s.MeanPrompt, s.MeanOutput = launch, 2048, 1024, 1024
	r = s.Run()
	require.InEpsilon(t, 10020.11, float64(r.TokensPerSecond), 5e-7)
	require.InEpsilon(t, 25.94783e-3, float64(r.ITL), 5e-7)
	// D-11: 512 requests on an A100 are bound by arithmetic.
	r = goldenBatching(t, "ContinuousBatchingModel-012").Run()
	require.InEpsilon(t, 9526.966, float64(r.TokensPerSecond), 5e-7)
	require.InEpsilon(t, 0.05374219, float64(r.ITL), 5e-7)
	require.InEpsilon(t, 1, r.Speedup, 1e-12)
}

var batchingOutputs = map[string]string{
	"throughput_tokens_per_sec": "TokensPerSecond", "static_throughput_tokens_per_sec": "StaticTokensPerSecond",
	"max_active_requests": "Active", "static_max_active_requests": "StaticActive", "mean_request_tokens": "Mean",
	"paged_internal_fragmentation": "PagedWaste", "static_internal_fragmentation": "StaticWaste",
	"paged_kv_cache_size": "PagedCache", "static_kv_cache_size": "StaticCache", "itl": "ITL", "speedup_vs_static": "Speedup",
}

func TestBatchingGolden(t *testing.T) {
	cases, err := golden.Of("ContinuousBatchingModel")
	require.NoError(t, err)
	require.Len(t, cases, 25)
	compared := 0
	for _, c := range cases {
		r, err := batchingOf(t, c).Solve()
		compared += compareCase(t, c, batchingOutputs, r, r.Fits, err)
	}
	require.GreaterOrEqual(t, compared, 250)
}

func goldenBatching(t *testing.T, id string) serving.Batching {
	cases, err := golden.Of("ContinuousBatchingModel")
	require.NoError(t, err)
	for _, c := range cases {
		if c.ID == id {
			return batchingOf(t, c)
		}
	}
	t.Fatal(id)
	return serving.Batching{}
}

// batchingOf reads a case in the setting decode-only.
func batchingOf(t *testing.T, c golden.Case) serving.Batching {
	m, err := c.Model("model")
	require.NoError(t, err)
	h, err := c.Hardware("hardware", 0)
	require.NoError(t, err)
	s := serving.Batching{
		Model: m, Hardware: h, Longest: int(c.Input("max_seq_len", 0)), Mean: units.Tokens(c.Input("mean_request_tokens", 0)),
		Batch: int(c.Input("max_batch_size", 1)), Page: int(c.Input("page_size", 16)), Efficiency: c.Input("efficiency", 0.5),
	}
	require.NoError(t, s.Precision.UnmarshalText([]byte(c.Text("precision", "fp16"))))
	if s.Page == 0 {
		s.Page = -1 // zero stands for the default in a struct
	}
	return s
}

// compareCase checks the outputs of a case that have to match.
func compareCase(t *testing.T, c golden.Case, fields map[string]string, r any, fits bool, err error) (compared int) {
	t.Helper()
	if c.Refused() {
		var field *describe.FieldError
		require.ErrorAs(t, err, &field, c.ID)
		return 1
	}
	require.NoError(t, err, c.ID)
	for _, name := range c.Matching() {
		want, isNumber := c.Number(name)
		switch {
		case name == "feasible":
			require.Equal(t, string(c.Outputs[name]) == "true", fits, c.ID)
		case isNumber && fields[name] != "":
			got, _, err := describe.Number(r, fields[name])
			require.NoError(t, err)
			require.InDelta(t, want, got, 1e-9*want+1e-12, "%s %s", c.ID, name)
		default:
			continue
		}
		compared++
	}
	return compared
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
