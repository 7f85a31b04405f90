package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// readme is the plan of the README of mlsysim (Python), to the letter.
const readme = `version: "1.0"
name: "Llama-3 70B training audit"
workload:
  name: "Llama3_70B"
  batch_size: 4096
hardware:
  name: "H100"
  nodes: 64
ops:
  region: "Quebec"
  duration_days: 14.0
constraints:
  assert:
    - metric: "performance.latency"
      max: 50.0
`

func parse(t require.TestingT, text string) *scenario.Plan {
	p, err := scenario.ParsePlan("plan.yaml", []byte(text))
	require.NoError(t, err)
	return p
}

func judge(t require.TestingT, text string) scenario.Report {
	r, err := parse(t, text).Solve()
	require.NoError(t, err)
	return r
}

func TestReadmePlan(t *testing.T) {
	r := judge(t, readme)
	c := r.Cards[0]
	require.Equal(t, 512, c.Devices) // nodes are servers of eight
	require.Equal(t, scenario.Train, c.Mode)
	require.True(t, r.Fits())
	require.False(t, r.Passed())
	require.Len(t, r.Checks, 1)
	require.Equal(t, show.Fail, r.Checks[0].Status)
	require.InEpsilon(t, c.Latency.Ratio(units.Millisecond), r.Checks[0].Value, 1e-12)

	// The region and the duration have their effect.
	require.InEpsilon(t, c.Energy.Times(float64(infra.Quebec.Carbon)).Ratio(c.Energy), c.Carbon.Ratio(units.KgCO2e(1))/float64(c.Energy), 1e-12)
	twice := judge(t, strings.Replace(readme, "14.0", "28.0", 1)).Cards[0]
	require.InEpsilon(t, 2*float64(c.TCO), float64(twice.TCO), 1e-12)
	dirty := judge(t, strings.Replace(readme, "Quebec", "Poland", 1)).Cards[0]
	require.InEpsilon(t, infra.Poland.Carbon.Ratio(infra.Quebec.Carbon), dirty.Carbon.Ratio(c.Carbon), 1e-12)
}

func TestJSONIsReadToo(t *testing.T) {
	text := `{"version": "1", "name": "x", "workload": {"name": "Llama3_8B"}, "hardware": {"name": "H100"}, "budget": {"usd": 1}}`
	r := judge(t, text)
	require.Equal(t, show.Fail, r.Cards[0].Macro)
}

func TestSizesOfACluster(t *testing.T) {
	for lines, want := range map[string][2]int{
		"":                                   {1, 1},
		"nodes: 2":                           {2, 8},
		"node_count: 2":                      {2, 8},
		"accelerators: 32":                   {4, 8},
		"accelerators: 4":                    {1, 4},
		"nodes: 2, accelerators: 16":         {2, 8},
		"nodes: 3, accelerators_per_node: 4": {3, 4},
	} {
		p := parse(t, "version: 1\nname: x\nworkload: {name: Llama3_8B, batch_size: 64}\nhardware: {name: H100, "+lines+"}\n")
		e, err := p.Evaluations()
		require.NoError(t, err, lines)
		require.Equal(t, want, [2]int{max(1, e[0].Nodes), max(1, e[0].PerNode)}, lines)
	}
}

func TestSeveralWorkloadsAndIncludes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	write("machines.yaml", "version: 1\nname: machines\nworkload: {name: GPT2}\nhardware: {name: H100}\nops: {region: Quebec}\n")
	path := write("plan.yaml", "version: 1\nname: both\ninclude: [machines.yaml]\nworkload: {name: Llama3_8B}\nops: {duration_days: 2}\n")
	p, err := scenario.ReadPlan(path)
	require.NoError(t, err)
	require.Equal(t, []string{"Quebec", "H100", "Llama3_8B", "both"}, []string{p.Ops.Region, p.Hardware.Name, p.Workload.Name, p.Name})
	require.Equal(t, 2.0, p.Ops.DurationDays)

	loop := write("loop.yaml", "version: 1\nname: loop\ninclude: [loop.yaml]\n")
	_, err = scenario.ReadPlan(loop)
	require.ErrorContains(t, err, "includes itself")

	several := judge(t, "version: 1\nname: two\nworkloads: [{name: Llama3_8B}, {name: ResNet50}]\nhardware: {name: H100}\n")
	require.Len(t, several.Cards, 2)
	d, err := several.Document()
	require.NoError(t, err)
	require.Len(t, d.Workloads, 2)
}

// mistakes are broken lines of the README's plan and what the error says of them.
var mistakes = []struct{ from, to, want string }{
	{`version: "1.0"`, `version: "banana"`, `plan.yaml:1:1: version = "banana": want 1.0`},
	{`version: "1.0"`, ``, `version = "": want 1.0`},
	{`  batch_size: 4096`, `  batch_sze: 4096`, `plan.yaml:5:3: unknown key "workload.batch_sze": did you mean batch_size?`},
	{`  batch_size: 4096`, `  batch_size: -1`, `plan.yaml:5:15: workload.batch_size = -1: want at least 1`},
	{`  batch_size: 4096`, `  batch_size: 1.5`, `plan.yaml:5:15: workload.batch_size: "1.5": want a whole number`},
	{`  batch_size: 4096`, `  batch_size: [1]`, `workload.batch_size: want plain text`},
	{`  batch_size: 4096`, `  batch_size:`, `workload.batch_size: has no value`},
	{`  batch_size: 4096`, `  seq_len: 0`, `workload.seq_len = 0: want at least 1`},
	{`  batch_size: 4096`, "  batch_size: 4096\n  batch_size: 8", `batch_size`},
	{`  batch_size: 4096`, `  mode: trian`, `unknown mode "trian": want one of auto, pass, train, serve; did you mean train?`},
	{`  name: "Llama3_70B"`, `  name: "Llama3_7OB"`, `plan.yaml:4:3: workload.name: unknown model "Llama3_7OB": did you mean Llama3_70B`},
	{`  name: "H100"`, `  name: "H1000"`, `plan.yaml:7:3: hardware.name: unknown hardware "H1000": did you mean H100`},
	{`  name: "H100"`, ``, `hardware.name: want the name of a device`},
	{`  nodes: 64`, `  nodes: 0`, `hardware.nodes = 0: want at least 1`},
	{`  nodes: 64`, `  nodes: NaN`, `hardware.nodes: "NaN": want a whole number`},
	{`  nodes: 64`, "  nodes: 64\n  accelerators: 100", `plan.yaml:9:3: hardware.accelerators = 100: want 512, 64 nodes of 8`},
	{`  nodes: 64`, `  accelerators: 100`, `hardware.accelerators = 100: want a multiple of 8`},
	{`  nodes: 64`, `  efficiency: 1.5`, `hardware.efficiency = 1.5: want above 0 and at most 1`},
	{`  nodes: 64`, `  efficiency: 0`, `hardware.efficiency = 0: want above 0 and at most 1`},
	{`  nodes: 64`, `  precision: fp7`, `hardware.precision: unknown precision "fp7"`},
	{`  nodes: 64`, `  fabric_bandwidth: 50`, `hardware.fabric_bandwidth: "50" has no unit`},
	{`  nodes: 64`, `  fabric_bandwidth: 50 GB`, `hardware.fabric_bandwidth: "50 GB" is Bytes, want ByteRate`},
	{`  nodes: 64`, `  fabric_bandwidth: -50 GB/s`, `hardware.fabric_bandwidth = -50 GB/s: want above 0`},
	{`  region: "Quebec"`, `  region: "Atlantis"`, `plan.yaml:10:3: ops.region: unknown`},
	{`  region: "Quebec"`, `  region: "Qubec"`, `did you mean Quebec`},
	{`  duration_days: 14.0`, `  duration_days: -3`, `ops.duration_days = -3: want above 0`},
	{`  duration_days: 14.0`, `  duration_days: .inf`, `ops.duration_days`},
	{`    - metric: "performance.latency"`, `    - metric: "performance.latancy"`, `unknown metric "performance.latancy": did you mean performance.latency`},
	{`      max: 50.0`, `      max: NaN`, `constraints.assert.0.max = NaN: want a finite number`},
	{`      max: 50.0`, ``, `constraints.assert.0: want a bound, max or min`},
	{`      max: 50.0`, "      max: 1\n      min: 2", `constraints.assert.0.min = 2: want at most max, 1`},
	{`ops:`, `opps:`, `unknown key "opps": did you mean ops?`},
	{`workload:`, `- workload:`, `plan.yaml:`},
	{`name: "Llama-3 70B training audit"`, `name: &x "a"`, `plan.yaml:`},
	{`  nodes: 64`, "  nodes: 64\nparallelism: {tp: 7}", `TP = 7: want a divisor of the model's attention heads`},
	{`  nodes: 64`, "  nodes: 64\nsla: {latency: 5 GB}", `sla.latency`},
	{`  nodes: 64`, "  nodes: 64\nsla: {ttft: 5 ms}", `want serve for a limit on TTFT or ITL`},
	{`  nodes: 64`, "  nodes: 64\nbudget: {usd: -5}", `budget.usd = -5: want above 0`},
	{`  nodes: 64`, "  nodes: 64\nparallelism: 8", `parallelism: want a mapping`},
	{`  nodes: 64`, "  nodes: 64\nworkloads: [{name: GPT2}]", `want workload or workloads, not both`},
}

func TestMistakesHaveTheirPlace(t *testing.T) {
	for _, m := range mistakes {
		require.Contains(t, readme, m.from)
		_, err := scenario.ParsePlan("plan.yaml", []byte(strings.Replace(readme, m.from, m.to, 1)))
		require.ErrorContains(t, err, m.want, m.to)
		require.Contains(t, err.Error(), "plan.yaml:", m.to)
	}
}

// A limit is wrong once, at its key, not again as a field of the evaluation.
func TestPlanNamesALimitOnce(t *testing.T) {
	_, err := scenario.ParsePlan("plan.yaml", []byte("version: \"1.0\"\nname: x\nworkload: {name: Llama3_8B, batch_size: 8}\nhardware: {name: H100, nodes: 1}\nsla: {p99: -5 ms}\n"))
	require.ErrorContains(t, err, "sla.p99 = -5 ms: want above 0")
	require.NotContains(t, err.Error(), "MaxP99")
}

func TestAllMistakesAtOnce(t *testing.T) {
	broken := strings.NewReplacer(`"H100"`, `"H1000"`, "batch_size", "batch_sze", "Quebec", "Atlantis", "latency", "latancy").Replace(readme)
	_, err := scenario.ParsePlan("plan.yaml", []byte(broken))
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 4)
	for i, place := range []string{"plan.yaml:5:3:", "plan.yaml:7:3:", "plan.yaml:10:3:", "plan.yaml:14:7:"} {
		require.True(t, strings.HasPrefix(lines[i], place), lines[i])
	}
}

func TestHostileFiles(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "hello", "list": "- 1\n- 2\n", "two documents": "a: 1\n---\nb: 2\n", "truncated": "version: \"1.0", "tab": "\tversion: 1",
		"brackets": strings.Repeat("[", 1<<20), "braces": "a: " + strings.Repeat("{a: ", 10_000), "binary": "\x00\x01\x02", "bomb": "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
		"merge": "a: &a {x: 1}\nworkload:\n  <<: *a\n",
	} {
		_, err := scenario.ParsePlan("plan.yaml", []byte(text))
		require.Error(t, err, name)
		require.Less(t, len(err.Error()), 2000, name)
	}
	dir := t.TempDir()
	_, err := scenario.ReadPlan(dir)
	require.ErrorContains(t, err, "want a file")
	_, err = scenario.ReadPlan(filepath.Join(dir, "none.yaml"))
	require.ErrorContains(t, err, "no such file")
	large := filepath.Join(dir, "large.yaml")
	require.NoError(t, os.WriteFile(large, make([]byte, 10<<20), 0o600))
	_, err = scenario.ReadPlan(large)
	require.ErrorContains(t, err, "at most 1 MiB")
}

func TestAssertionsNameTheNumbersOfTheDesign(t *testing.T) {
	for _, m := range scenario.Metrics() {
		text := strings.Replace(readme, "performance.latency", m, 1)
		_, err := scenario.ParsePlan("plan.yaml", []byte(text))
		require.NoError(t, err, m)
	}
	_, err := parse(t, strings.Replace(readme, "performance.latency", "performance.ttft", 1)).Solve()
	require.ErrorContains(t, err, "plan.yaml:14:7: performance.ttft: is a number of a design whose mode is serve; this one's is train")
}

func TestStarterRuns(t *testing.T) {
	r := judge(t, scenario.Starter)
	require.True(t, r.Passed(), "%+v", r.Cards[0].Flat())
}

func TestEveryNumberOfAPlanIsExplained(t *testing.T) {
	for _, text := range []string{
		readme,
		"version: 1\nname: x\nworkload: {name: Llama3_70B, mode: serve}\nhardware: {name: H100, nodes: 1}\n",
		"version: 1\nname: x\nworkload: {name: ResNet50}\nhardware: {name: A100}\n",
	} {
		for _, c := range judge(t, text).Cards {
			for _, m := range scenario.Metrics() {
				trace, err := c.ExplainMetric(m)
				require.NoError(t, err, m)
				require.NotEmpty(t, trace.Steps, m)
			}
		}
	}
}

func TestDocumentKeepsItsNames(t *testing.T) {
	d, err := judge(t, readme).Document()
	require.NoError(t, err)
	text, err := describe.Encode(d)
	require.NoError(t, err)
	for _, key := range []string{`"plan":"Llama-3 70B training audit"`, `"status":"sla_failed"`, `"m_tco_usd":`, `"performance":{"status":"INFO","latency":`, `"violations":[{`, `"workloads":[{`} {
		require.Contains(t, string(text), key)
	}
}

func TestCompareSaysWhatMoved(t *testing.T) {
	slow := judge(t, "version: 1\nname: a\nworkload: {name: Llama3_8B}\nhardware: {name: A100}\n")
	fast := judge(t, "version: 1\nname: b\nworkload: {name: Llama3_8B}\nhardware: {name: H100}\n")
	v, err := scenario.Compare(slow, fast)
	require.NoError(t, err)
	require.Contains(t, v.Blocks[0].Notes[0], "times as fast; memory bandwidth binds both")
	same, err := scenario.Compare(slow, slow)
	require.NoError(t, err)
	require.Contains(t, same.Blocks[0].Notes[0], "as fast")
}

// worked is the result that a card's derivation leads to.
func worked(c scenario.Scorecard) any {
	switch c.Mode {
	case scenario.Train:
		return c.Step
	case scenario.Serve:
		return c.Request
	default:
		return c.Pass
	}
}

// What the lighthouses must show, of solvers.md 4.2.
func TestLighthouses(t *testing.T) {
	verdicts := map[string][3]show.Status{
		"doorbell": {show.Pass, show.Pass, show.Fail}, "chime": {show.Pass, show.Fail, show.Fail}, "sensor": {show.Pass, show.Pass, show.Fail},
		"keywords": {show.Pass, show.Pass, show.Fail}, "vehicle": {show.Pass, show.Pass, show.Pass}, "waymo": {show.Pass, show.Pass, show.Info},
		"health": {show.Pass, show.Pass, show.Info}, "chatbot": {show.Pass, show.Pass, show.Info}, "frontier": {show.Pass, show.Pass, show.Info},
	}
	for _, name := range scenario.Names() {
		p, err := scenario.Find(name)
		require.NoError(t, err)
		r, err := p.Solve()
		require.NoError(t, err, name)
		c := r.Cards[0]
		require.NoError(t, c.Explain().Verify(worked(c)), name)
		if want, ok := verdicts[name]; ok {
			require.Equal(t, want, [3]show.Status{c.Feasibility, c.Performance, c.Macro}, name)
		}
	}
	_, err := scenario.Find("SmartDoorbell")
	require.NoError(t, err)
	_, err = scenario.Find("dorbell")
	require.ErrorContains(t, err, "did you mean doorbell")
}
