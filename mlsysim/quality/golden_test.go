package quality_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/units"
)

// launch is the cost per layer and pass that the vectors assume.
const launch = 10 * units.Microsecond

// unset stands for an explicit zero; in Go the zero value would mean the default.
const unset = -1e-300

// run solves every case of a solver and compares what has to match. outputs maps
// the names of the vectors to fields of our result.
func run(t *testing.T, solver string, outputs map[string]string, least int, solve func(golden.Case) (any, error)) {
	t.Helper()
	cases, err := golden.Of(solver)
	require.NoError(t, err)
	compared := 0
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			r, err := solve(c)
			if c.Refused() {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			for _, name := range c.Matching() {
				compared += compare(t, c, name, r, outputs)
			}
		})
	}
	t.Logf("%d outputs compared", compared)
	require.GreaterOrEqual(t, compared, least, "too few outputs were compared")
}

// compare checks one output that has to match and reports whether we have it.
func compare(t *testing.T, c golden.Case, name string, r any, outputs map[string]string) int {
	t.Helper()
	var parts map[string]float64
	if json.Unmarshal(c.Outputs[name], &parts) == nil && len(parts) > 0 {
		for part, want := range parts {
			requireField(t, r, outputs[part], want)
		}
		return len(parts)
	}
	want, isNumber := c.Number(name)
	if isNumber {
		requireField(t, r, outputs[name], want)
		return 1
	}
	field, ok := outputs[name]
	if !ok {
		return 0 // a label that only repeats an input, or no value at all
	}
	require.Equal(t, text(c, name), describe.Text(value(r, field)), name)
	return 1
}

func text(c golden.Case, output string) string {
	var s string
	_ = json.Unmarshal(c.Outputs[output], &s)
	return s
}

func value(r any, field string) any {
	switch r := r.(type) {
	case quality.CompressionResult:
		return r.Baseline
	case quality.EfficiencyResult:
		return r.Kernel
	}
	return field
}

func requireField(t *testing.T, r any, field string, want float64) {
	t.Helper()
	got, _, err := describe.Number(r, field)
	require.NoError(t, err)
	require.InDelta(t, want, got, 1e-9*max(want, -want)+1e-15, field)
}

func TestGoldenCompression(t *testing.T) {
	run(t, "CompressionModel", map[string]string{
		"baseline_precision": "Baseline", "original_size_gb": "Original", "compressed_size_gb": "Compressed",
		"compression_ratio": "Ratio", "memory_savings_pct": "SavingsPercent",
	}, 125, func(c golden.Case) (any, error) {
		m, err := c.Model("model")
		require.NoError(t, err)
		h, err := c.Hardware("hardware", launch)
		require.NoError(t, err)
		in := quality.Compression{Model: m, Hardware: h, Bits: c.Input("target_bitwidth", 0), Sparsity: c.Input("sparsity", 0)}
		if err := in.Baseline.UnmarshalText([]byte(c.Text("baseline_precision", "fp32"))); err != nil {
			return nil, err
		}
		if err := in.Method.UnmarshalText([]byte(c.Text("method", "quantization"))); err != nil {
			return nil, err
		}
		in.Pattern = map[string]quality.Pattern{"structured": quality.Structured, "n_m": quality.TwoOfFour}[c.Text("sparsity_type", "")]
		return in.Solve()
	})
}

func TestGoldenEfficiency(t *testing.T) {
	run(t, "EfficiencyModel", map[string]string{
		"mfu": "MFU", "achievable_flops": "Achievable", "peak_flops": "Peak", "workload_type": "Kernel",
		"occupancy_loss": "Occupancy", "memory_stall": "Stall",
	}, 82, func(c golden.Case) (any, error) {
		h, err := c.Hardware("hardware", launch)
		require.NoError(t, err)
		in := quality.Efficiency{Hardware: h, Flash: c.Has("use_flash_attention"), Efficiency: c.Input("efficiency", 0.5)}
		if in.Efficiency == 0 {
			in.Efficiency = unset
		}
		if err := in.Kernel.UnmarshalText([]byte(c.Text("workload_type", "ffn"))); err != nil {
			return nil, err
		}
		return in.Solve()
	})
}

func TestGoldenScaling(t *testing.T) {
	run(t, "ScalingModel", map[string]string{
		"optimal_parameters": "Params", "optimal_tokens": "Tokens", "compute_budget_flops": "Budget", "tokens_per_parameter": "Ratio",
	}, 16, func(c golden.Case) (any, error) {
		in := quality.Scaling{Params: units.Params(c.Input("target_model_size", 0))}
		budget := c.Input("compute_budget", 0)
		if unit(c, "compute_budget") == "s" {
			in.Time = units.Seconds(budget)
		} else {
			in.Budget = units.FLOP(budget)
		}
		return in.Solve()
	})
}

// D-31: 3 EFLOP is 3e18 FLOP, whatever prefix it was given in.
func TestGoldenScalingDefect(t *testing.T) {
	r, err := quality.Scaling{Budget: 3 * units.EFLOP}.Solve()
	require.NoError(t, err)
	require.InEpsilon(t, 1.581139e8, float64(r.Params), 5e-7)
	require.InEpsilon(t, 3.162278e9, float64(r.Tokens), 5e-7)
	require.InDelta(t, 20, r.Ratio, 1e-9)
}

func unit(c golden.Case, input string) string {
	var q struct{ Unit string }
	_ = json.Unmarshal(c.Inputs[input], &q)
	return q.Unit
}

func TestGoldenPrivacy(t *testing.T) {
	run(t, "ResponsibleEngineeringModel", map[string]string{
		"additional_data_requirement": "Data", "fairness_data_ratio": "Data", "epsilon": "Epsilon", "min_subgroup_prevalence": "Prevalence",
	}, 12, func(c golden.Case) (any, error) {
		in := quality.Privacy{
			Time: units.Seconds(c.Input("base_training_time", 0)), Epsilon: c.Input("epsilon", 1),
			Delta: c.Input("delta", 1e-5), Prevalence: c.Input("min_subgroup_prevalence", 0.01),
		}
		return in.Solve()
	})
}

// EfficiencyModel-005 by hand, D-42: the parts add up to one.
func TestGoldenEfficiencyDefect(t *testing.T) {
	cases, err := golden.Of("EfficiencyModel")
	require.NoError(t, err)
	h, err := cases[0].Hardware("hardware", launch)
	require.NoError(t, err)
	r, err := quality.Efficiency{Hardware: h, Kernel: quality.Attention, Flash: true, Precision: physics.FP16}.Solve()
	require.NoError(t, err)
	require.InDelta(t, 0.75, r.MFU, 1e-12)
	require.InEpsilon(t, 741.75e12, float64(r.Achievable), 1e-12)
	require.InDelta(t, 0.25, r.Occupancy, 1e-12)
	require.InDelta(t, 0, r.Stall, 1e-12)
}
