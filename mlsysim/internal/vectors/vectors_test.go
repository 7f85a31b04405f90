package vectors

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/internal/golden"
)

var (
	update = flag.Bool("update", false, "write the page of the vectors anew")
	other  = flag.String("vectors", "", "a file of further cases for TestTable")
)

// Every case of the vectors: what has to be equal is, within 1e-9; what has to be
// refused is, in our words; and every input and output is accounted for.
func TestTable(t *testing.T) {
	all, err := golden.All()
	if *other != "" {
		var file []byte
		file, err = os.ReadFile(*other)
		require.NoError(t, err)
		all, err = golden.Parse(file)
	}
	require.NoError(t, err)
	require.NotEmpty(t, all)
	for _, c := range all {
		t.Run(c.ID, func(t *testing.T) {
			o := solve(c, nil)
			require.Empty(t, o.mistakes)
		})
	}
}

// What the table compares. The page has it solver by solver; a figure here moves
// only with adapters, vectors or physics, and then on purpose.
func TestCounts(t *testing.T) {
	all, err := golden.All()
	require.NoError(t, err)
	var sum tally
	for _, c := range all {
		sum.add(count([]outcome{solve(c, nil)}))
	}
	require.Equal(t, tally{cases: 438, refused: 40, bound: 2376, same: 3153, differs: 1288, missing: 454}, sum)
}

// A case that is changed in one place has to fail in that place.
func TestMistakesAreCaught(t *testing.T) {
	cases := map[string]golden.Case{}
	all, err := golden.All()
	require.NoError(t, err)
	for _, c := range all {
		cases[c.ID] = c
	}
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for want, c := range map[string]struct {
		id     string
		change func(*golden.Case)
	}{
		"unknown input tempo":             {"DataModel-001", func(c *golden.Case) { c.Inputs["tempo"] = raw("1") }},
		"unknown input model.colour":      {"ServingModel-001", func(c *golden.Case) { c.Inputs["model"] = raw(`{"name":"x","class":"CNNWorkload","colour":1}`) }},
		"unknown setting ctx9":            {"DataModel-001", func(c *golden.Case) { c.With = []string{"ctx9"} }},
		"input num_replicas is not":       {"TailLatencyModel-003", func(c *golden.Case) { c.Inputs["num_replicas"] = raw(`"many"`) }},
		"colour = no counterpart, want 1": {"DataModel-001", func(c *golden.Case) { c.Outputs["colour"] = raw("1") }},
		"want 0.1428571 B":                {"DataModel-001", func(c *golden.Case) { c.Outputs["utilization"] = raw(`{"value":0.1428571,"unit":"byte"}`) }},
		"bottleneck = Storage, want Disk": {"DataModel-001", func(c *golden.Case) { c.Outputs["bottleneck"] = raw(`"Disk"`) }},
		"margin = left out: ":             {"DataModel-006", func(c *golden.Case) { c.Keep = []string{"margin"} }},
		"feasible = yes, want no":         {"TrainingMemoryModel-006", func(c *golden.Case) { c.Outputs["feasible"] = raw("false") }},
		"parallelism.dp = 8, want 9":      {"TrainingMemoryModel-006", func(c *golden.Case) { c.Outputs["parallelism"] = raw(`{"dp":9}`) }},
		"not refused":                     {"TailLatencyModel-062", func(c *golden.Case) { c.Inputs["num_replicas"] = raw("2") }},
		"refused: serving.Tail: Replicas": {"TailLatencyModel-003", func(c *golden.Case) { c.Inputs["num_replicas"] = raw("0") }},
		"that does not fit is wanted":     {"SingleNodeModel-070", func(c *golden.Case) { c.Inputs["precision"] = raw(`"int4"`) }},
		"p.status = FAIL, want PASS":      {"Scenario-001", func(c *golden.Case) { c.Inputs["sla_latency"] = raw(`{"value":0.1,"unit":"s"}`) }},
		`unknown scenario "SmartDoor"`:    {"Scenario-001", func(c *golden.Case) { c.Inputs["scenario"] = raw(`"SmartDoor"`) }},
		"32 nodes of a fleet of 64":       {"SystemEvaluator-005", func(c *golden.Case) { c.Inputs["nodes"] = raw("32") }},
		"no adapter for Oracle":           {"DataModel-001", func(c *golden.Case) { c.Solver = "Oracle" }},
	} {
		require.Contains(t, cases, c.id)
		changed := copied(cases[c.id])
		c.change(&changed)
		require.Contains(t, strings.Join(solve(changed, nil).mistakes, "; "), want)
	}
}

// copied is a case that can be changed without harm to the other tests.
func copied(c golden.Case) golden.Case {
	out := c
	out.Inputs, out.Outputs = map[string]json.RawMessage{}, golden.Outputs{}
	for key, raw := range c.Inputs {
		out.Inputs[key] = raw
	}
	for key, raw := range c.Outputs {
		out.Outputs[key] = raw
	}
	return out
}

// A figure that is equal to eight digits is not equal.
func TestTolerance(t *testing.T) {
	require.True(t, same(num(1+9e-10), num(1)))
	require.False(t, same(num(1+2e-9), num(1)))
	require.False(t, same(num(1e-14), num(0)))
	require.False(t, same(num(0), nothing("")))
}
