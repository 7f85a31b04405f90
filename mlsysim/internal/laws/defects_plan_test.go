package laws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// planned is a plan with one part of it replaced.
func planned(from, to string) error {
	_, err := scenario.ParsePlan("plan.yaml", []byte(strings.Replace(audit, from, to, 1)))
	return err
}

const audit = `version: "1.0"
name: audit
workload: {name: Llama3_70B, batch_size: 4096}
hardware: {name: H100, accelerators: 64}
ops: {region: Quebec, duration_days: 14}
constraints:
  assert: [{metric: performance.latency, max: 1e9}]
`

func report(t *testing.T, text string) scenario.Report {
	t.Helper()
	p, err := scenario.ParsePlan("plan.yaml", []byte(text))
	require.NoError(t, err)
	r, err := p.Solve()
	require.NoError(t, err)
	return r
}

func planDefects() []promise {
	return []promise{
		{id: "D-02", says: "the region of a plan has its effect", holds: planRegion},
		{id: "D-28", says: "every limit of a plan is tested; one that cannot be is refused", holds: planLimits},
		{id: "D-29", says: "scenarios of training train, on a split that fits", holds: lighthousesTrain},
		{id: "D-44", says: "a cluster whose devices are too small fails", holds: smallCluster},
		{id: "D-46", says: "64 accelerators are 8 servers of the device's usual size", holds: usualServers},
		{id: "D-47", says: "an assertion has a finite bound and a known metric", holds: assertionsBind},
	}
}

func planRegion(t *testing.T) {
	clean := report(t, audit).Cards[0]
	dirty := report(t, strings.Replace(audit, "Quebec", "Poland", 1)).Cards[0]
	near(t, infra.Poland.Carbon.Ratio(infra.Quebec.Carbon), dirty.Carbon.Ratio(clean.Carbon), 9)
	require.ErrorContains(t, planned("Quebec", "Qubec"), "did you mean Quebec")
	require.ErrorContains(t, planned("Quebec", "Atlantis"), "plan.yaml:5")
}

func planLimits(t *testing.T) {
	for budget, want := range map[string]show.Status{"power_w: 1": show.Fail, "power_w: 1e9": show.Pass, "usd: 1": show.Fail, "carbon_t: 1e9": show.Pass, "carbon_t: 1e-9": show.Fail} {
		require.Equal(t, want, report(t, audit+"budget: {"+budget+"}\n").Cards[0].Macro, budget)
	}
	require.ErrorContains(t, planned("ops:", "target_accuracy: 0.76\nops:"), `unknown key "target_accuracy"`)
}

func lighthousesTrain(t *testing.T) {
	for name, devices := range map[string]int{"FrontierTraining": 8192, "LocalTraining": 1} {
		p, err := scenario.Find(name)
		require.NoError(t, err)
		r, err := p.Solve()
		require.NoError(t, err)
		card := r.Cards[0]
		require.Equal(t, scenario.Train, card.Mode, name)
		require.Equal(t, devices, card.Devices, name)
		require.Positive(t, float64(card.Step.Gradients), name)
		require.Greater(t, float64(card.Latency), 0.1, name) // of a token it is milliseconds
		require.Equal(t, devices > 1, card.Tried > 1, name)
	}
}

// 405 billion parameters of 16 bytes on one server: 6.5 TB in 0.7 TB.
func smallCluster(t *testing.T) {
	r := report(t, strings.NewReplacer("Llama3_70B", "Llama3_405B", "accelerators: 64", "nodes: 1").Replace(audit))
	require.False(t, r.Fits())
	require.Equal(t, show.Fail, r.Cards[0].Feasibility)
}

func usualServers(t *testing.T) {
	p, err := scenario.ParsePlan("plan.yaml", []byte(audit))
	require.NoError(t, err)
	e, err := p.Evaluations()
	require.NoError(t, err)
	require.Equal(t, [2]int{8, 8}, [2]int{e[0].Nodes, e[0].PerNode})
	require.Equal(t, 64, report(t, audit).Cards[0].Devices)
}

func assertionsBind(t *testing.T) {
	require.ErrorContains(t, planned("max: 1e9", "max: NaN"), "constraints.assert.0.max = NaN: want a finite number")
	require.ErrorContains(t, planned(", max: 1e9", ""), "constraints.assert.0: want a bound, max or min")
	require.ErrorContains(t, planned("performance.latency", "performance.latancy"), `unknown metric "performance.latancy": did you mean performance.latency`)
}

// planAbuses are bad inputs that only a file can hold.
func planAbuses() []abuse {
	return []abuse{
		{id: "V-05", want: "mine.yaml:5:24: hardware.Cloud.Mine: bandwidth = -1 TB/s: want at least 0", in: ownDevice("bandwidth: {value: -1 TB/s, source: nvidia-h100-ds, confidence: high}")},
		{id: "V-05", want: "mine.yaml:5:27: hardware.Cloud.Mine: fp16 = -500 TFLOP/s: want at least 0", in: ownDevice("rates: {fp16: {value: -500 TFLOP/s, source: nvidia-h100-ds, confidence: high}}")},
		{id: "V-41", want: `plan.yaml:3:1: unknown key "noodles": want one of version, name, description, include, workload, workloads, hardware, ops, parallelism, sla, budget, constraints`, in: func() error {
			return planned("workload:", "noodles: {soup: 3}\nworkload:")
		}},
		{id: "V-42", want: `plan.yaml:1:1: version = "banana": want 1.0, the format that this program reads`, in: func() error { return planned(`"1.0"`, "banana") }},
	}
}

// ownDevice reads a device of a user's own, which is as strict as the registry.
func ownDevice(line string) func() error {
	return func() error {
		var z zoo.Zoo
		return z.AddHardware("mine.yaml", []byte("Cloud:\n  Mine:\n    name: My device\n    tier: cloud\n    "+line+"\n"))
	}
}
