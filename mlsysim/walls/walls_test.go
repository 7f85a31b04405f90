package walls_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func TestTwentyTwoWalls(t *testing.T) {
	perDomain := map[string]int{}
	for i, w := range walls.All() {
		require.Equal(t, i+1, int(w.Number))
		perDomain[w.Domain]++
	}
	require.Equal(t, map[string]int{"node": 7, "data": 3, "algorithm": 3, "fleet": 3, "operations": 4, "analysis": 2}, perDomain)
	_, err := walls.Find(23)
	require.EqualError(t, err, "wall 23: want 1 to 22")
	fleet, err := walls.InDomain("Fleet")
	require.NoError(t, err)
	require.Len(t, fleet, 3)
	_, err = walls.InDomain("cloud")
	require.ErrorContains(t, err, "want one of node, data, algorithm")
	require.Equal(t, "Checkpoint", walls.Wall(19).String())
}

func TestEval(t *testing.T) {
	vars := map[string]float64{"a": 2, "b_c": 3}
	for formula, want := range map[string]float64{
		"a + b_c * 4": 14, "(a + b_c) * 4": 20, "max(a, b_c) / min(a, b_c)": 1.5, "pow(a, b_c)": 8, "log2(8) + ceil(1.2)": 5, "exp(0) + ln(1) + sqrt(4) + floor(1.9)": 4, "-a + b_c": 1, "a - b_c": -1,
	} {
		got, err := walls.Eval(formula, vars)
		require.NoError(t, err, formula)
		require.InDelta(t, want, got, 1e-15, formula)
	}
	for _, formula := range []string{"a +", "x", "sin(a)", "a % b_c", `"text"`, "[]int{1}"} {
		_, err := walls.Eval(formula, vars)
		require.Error(t, err, formula)
	}
}

func TestNotations(t *testing.T) {
	const formula = "max(F / (P * eta), Q / (BW * eta_m)) + O - pow(1 - k / E, T)"
	require.Equal(t, "max(F / (P·η), Q / (BW·η_m)) + O − (1 − k / E)^T", walls.Pretty(formula))
	require.Equal(t, `\frac{Q}{\mathrm{BW} \cdot \eta_{\mathrm{m}}}`, walls.TeX("Q / (BW * eta_m)"))
	require.Equal(t, "16 GB / (3.35 TB/s · 1)", walls.Substitute("W / (BW * eta)", map[string]string{"W": "16 GB", "BW": "3.35 TB/s", "eta": "1"}))
}

func TestPowersKeepTheirExponent(t *testing.T) { // α^γ + 1 would be another number than α^(γ + 1)
	const formula = "(1 - pow(alpha, gamma + 1)) * pow(A / B, 1 / alpha) - ln(-s)"
	require.Equal(t, "(1 − α^(γ + 1))·(A / B)^(1 / α) − ln(−s)", walls.Pretty(formula))
	require.Equal(t, `{\alpha}^{\gamma + 1}`, walls.TeX("pow(alpha, gamma + 1)"))
	require.Equal(t, `{\left(\frac{A}{B}\right)}^{2}`, walls.TeX("pow(A / B, 2)"))
	values := map[string]string{"P": "69.28B params", "alpha": "0.3478", "s": "-7.026"}
	require.Equal(t, "(69.28B params)^0.3478", walls.Substitute("pow(P, alpha)", values))
	require.Equal(t, "max(−7.026, 0)", walls.Substitute("max(s, 0)", values))
	require.Equal(t, "exp(−(−7.026))", walls.Substitute("exp(-s)", values))
}

func TestACopyIsNotPrintedTwice(t *testing.T) {
	s := walls.Trace{Title: "copy", Steps: []walls.Step{{
		Name: "first token", Symbol: "TTFT", Formula: "T_1", Value: 2 * units.Second,
		Terms: []walls.Term{{Symbol: "T_1", What: "prefill", Value: 2 * units.Second}},
	}}}
	require.Equal(t, "copy\n1. first token: TTFT = T_1 = 2 s\n", s.String())
	_, _, _, substituted, value, _, _ := s.Step(0)
	require.Empty(t, substituted)
	require.Equal(t, "2 s", value)
}

func trace(value units.Seconds) walls.Trace {
	return walls.Trace{Title: "test", Steps: []walls.Step{{
		Name: "memory time", Symbol: "T_m", Formula: "Q / BW", Field: "Memory", Value: value,
		Terms: []walls.Term{{Symbol: "Q", What: "traffic", Value: 16 * units.GB}, {Symbol: "BW", What: "bandwidth", Value: 4 * units.TBps}},
	}}}
}

func TestVerifyFindsWrongStepsAndWrongResults(t *testing.T) {
	type result struct{ Memory units.Seconds }
	require.NoError(t, trace(4*units.Millisecond).Verify(result{4 * units.Millisecond}))
	require.ErrorContains(t, trace(5*units.Millisecond).Verify(result{5 * units.Millisecond}), "gives 0.004, the trace says 0.005")
	require.ErrorContains(t, trace(4*units.Millisecond).Verify(result{5 * units.Millisecond}), "the result says Memory = 0.005")
	require.ErrorContains(t, trace(4*units.Millisecond).Verify(struct{ X float64 }{}), "unknown field")

	idle := trace(4 * units.Millisecond)
	idle.Steps[0].Terms = append(idle.Steps[0].Terms, walls.Term{Symbol: "l", What: "layers", Value: 80})
	require.ErrorContains(t, idle.Verify(result{4 * units.Millisecond}), "no part of Q / BW uses l")

	require.Contains(t, trace(4*units.Millisecond).String(), "1. memory time: T_m = Q / BW = 16 GB / 4 TB/s = 4 ms")
}

func TestWarnings(t *testing.T) {
	w := walls.DoesNotFit | walls.PriceUnknown
	require.Len(t, w.Texts(), 2)
	require.True(t, w.Has(walls.DoesNotFit))
	require.False(t, w.Has(walls.PowerUnknown))
	out, err := json.Marshal(w)
	require.NoError(t, err)
	require.JSONEq(t, `["it does not fit into the device's memory", "the device's price is unknown: cost is left out"]`, string(out))
	require.Equal(t, "[]", string(must(json.Marshal(walls.Warnings(0)))))
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func TestMustEndsWithTheErrorItself(t *testing.T) {
	wrong := errors.New("batch = 0: want at least 1")
	require.PanicsWithError(t, wrong.Error(), func() { walls.Must(0, wrong) })
	require.Equal(t, 7, walls.Must(7, nil))
}

func TestResourceNames(t *testing.T) {
	var r walls.Resource
	require.NoError(t, r.UnmarshalText([]byte("Memory-Bandwidth")))
	require.Equal(t, walls.MemoryBandwidth, r)
	require.ErrorContains(t, r.UnmarshalText([]byte("bandwith")), "did you mean")
}

// The TeX of a step has formula, values and value; what TeX would act on is
// escaped.
func TestStepTeX(t *testing.T) {
	trace := walls.Trace{Steps: []walls.Step{
		{Symbol: "C", Formula: "p * (1 - s) / pow(n, 2)", Value: units.USD(-1234.5), Terms: []walls.Term{
			{Symbol: "p", Value: units.USD(55.04)}, {Symbol: "s", Value: -0.5}, {Symbol: "n", Value: 3 * units.GB},
		}},
		{Symbol: "M", Formula: "W", Value: 3 * units.GB, Terms: []walls.Term{{Symbol: "W", Value: 3 * units.GB}}},
	}}
	_, _, tex, _, _, _, _ := trace.Step(0)
	require.Equal(t, `\begin{aligned} C &= \frac{p \cdot \left(1 − s\right)}{{n}^{2}} \\[4pt] &= \frac{\$55.04 \cdot \left(1 − (-0.5)\right)}{{\left(3\text{ GB}\right)}^{2}} \\[4pt] &= \mathbf{-\$1{,}234} \end{aligned}`, tex)
	_, _, tex, _, _, _, _ = trace.Step(1)
	require.Equal(t, `\begin{aligned} M &= W \\[4pt] &= \mathbf{3\text{ GB}} \end{aligned}`, tex)
}
