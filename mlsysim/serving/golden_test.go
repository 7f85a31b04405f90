package serving_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// launch is the cost per layer and pass that the vectors assume.
const launch = 10 * units.Microsecond

// outputs maps the names of the vectors to fields of our result.
var outputs = map[string]string{
	"itl": "ITL", "ttft": "TTFT", "kv_cache_size": "Cache", "model_weights_size": "Weights", "total_memory_required": "Memory",
	"memory_utilization": "Utilization", "prompt_cache_hit_ratio": "HitRatio", "prefill_chunks": "Chunks",
}

// ours are values worked out by hand in solvers.md, section 10, where our
// physics differs on purpose.
var ours = map[string]map[string]float64{
	"ServingModel-001": {"TTFT": 0.01709732},
	"ServingModel-004": {"TTFT": 0.1344008},
	"ServingModel-005": {"TTFT": 0.3019593},
	"ServingModel-015": {"TTFT": 15.29836},
	"ServingModel-040": {"TTFT": 0.5431915, "ChunkTime": 0.07428686},
	"ServingModel-042": {"TTFT": 0.8729352, "ITL": 0.01834583},
}

func TestGoldenVectors(t *testing.T) {
	cases, err := golden.Of("ServingModel")
	require.NoError(t, err)
	compared := 0
	for _, c := range cases {
		if c.Has("draft_model") || c.Has("decode_hardware") || c.Has("network_bandwidth") {
			continue // speculation and disaggregation belong to the physics engine's own issue
		}
		in, err := request(c)
		require.NoError(t, err)
		t.Run(c.ID, func(t *testing.T) {
			r, err := in.Solve()
			if c.Refused() {
				var field *describe.FieldError
				require.ErrorAs(t, err, &field)
				return
			}
			require.NoError(t, err)
			for _, name := range c.Matching() {
				compared += compare(t, c, name, r)
			}
			for field, want := range ours[c.ID] {
				got, _, err := describe.Number(r, field)
				require.NoError(t, err)
				require.InEpsilon(t, want, got, 5e-7, field) // printed with seven digits
			}
		})
	}
	require.GreaterOrEqual(t, compared, 100, "too few outputs were compared")
}

func request(c golden.Case) (serving.Serving, error) {
	m, err := c.Model("model")
	if err != nil {
		// A network that does not generate tokens: serving has to refuse it.
		return serving.Serving{Model: m, Batch: 1, Prompt: 1}, nil
	}
	h, err := c.Hardware("hardware", launch)
	if err != nil {
		return serving.Serving{}, err
	}
	var p physics.Precision
	if err := p.UnmarshalText([]byte(c.Text("precision", "fp16"))); err != nil {
		p = physics.NumPrecisions // refused by Check
	}
	return serving.Serving{
		Model: m, Hardware: h, Prompt: int(c.Input("seq_len", 0)), Batch: int(c.Input("batch_size", 1)),
		Cached: int(c.Input("cached_prefix_len", 0)), Chunk: int(c.Input("prefill_chunk_tokens", 0)),
		Precision: p, Efficiency: c.Input("efficiency", 0.5),
	}, nil
}

// compare checks one output that has to match and reports whether we have it.
func compare(t *testing.T, c golden.Case, name string, r serving.Result) int {
	t.Helper()
	if name == "feasible" {
		require.Equal(t, string(c.Outputs[name]) == "true", r.Fits)
		return 1
	}
	field, ok := outputs[name]
	want, isNumber := c.Number(name)
	if !ok || !isNumber {
		return 0
	}
	got, _, err := describe.Number(r, field)
	require.NoError(t, err)
	require.InEpsilon(t, want+1e-300, got+1e-300, 1e-9, name)
	return 1
}
