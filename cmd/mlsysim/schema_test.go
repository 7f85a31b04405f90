package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/scenario"
)

// call runs the command in this process.
func call(t *testing.T, stdin io.Reader, args ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	root := rootCommand()
	root.SetIn(stdin)
	root.SetOut(&out)
	root.SetArgs(args)
	require.NoError(t, root.Execute(), args)
	return out.Bytes()
}

func document(t *testing.T, text []byte) any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return doc
}

func compiled(t *testing.T, schema any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", schema))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

func TestSchemasValidateExamples(t *testing.T) {
	for _, s := range catalog.All() {
		t.Run(s.Name, func(t *testing.T) {
			both := document(t, call(t, nil, "solve", s.Name, "--schema")).(map[string]any)
			example := call(t, nil, "solve", s.Name, "--example")
			require.NoError(t, compiled(t, both["input"]).Validate(document(t, example)))

			result := call(t, bytes.NewReader(example), "solve", s.Name, "-o", "json")
			require.NoError(t, compiled(t, both["result"]).Validate(document(t, result)))

			for _, bad := range []string{
				strings.Replace(string(example), "{", `{"no_such_field": 1, `, 1),
				strings.Replace(string(example), `"batch": `, `"batch": -`, 1),
			} {
				if bad != string(example) { // not every solver has a batch
					require.Error(t, compiled(t, both["input"]).Validate(document(t, []byte(bad))))
				}
			}
			require.Error(t, compiled(t, both["result"]).Validate(document(t, example)))
		})
	}
}

// TestListingKnowsEveryField holds the catalog's JSON to the types.
func TestListingKnowsEveryField(t *testing.T) {
	list := document(t, call(t, nil, "solve", "--list", "-o", "json")).([]any)
	require.Len(t, list, len(catalog.All()))
	for i, s := range catalog.All() {
		entry := list[i].(map[string]any)
		require.Len(t, entry["inputs"], len(s.Inputs()))
		require.Len(t, entry["results"], len(s.Outputs()))
		require.NotEmpty(t, entry["walls"])
		required := map[string]bool{}
		for _, f := range entry["inputs"].([]any) {
			f := f.(map[string]any)
			required[f["key"].(string)] = f["required"].(bool)
		}
		for _, f := range s.Inputs() {
			if f.Name == "Model" || f.Name == "Hardware" || f.Name == "Batch" {
				require.True(t, required[f.Key] || f.Default != "", "%s: %s", s.Name, f.Key)
			}
			if f.Name == "Precision" || f.Name == "Stack" {
				require.False(t, required[f.Key], "%s: %s", s.Name, f.Key)
			}
		}
	}
}

// The schema of a plan accepts what the reader accepts, and refuses what a schema
// can know to be wrong.
func TestPlanSchema(t *testing.T) {
	schema := compiled(t, document(t, call(t, nil, "schema")))
	plan := func(text string) any {
		var doc any
		require.NoError(t, yaml.Unmarshal([]byte(text), &doc))
		out, err := json.Marshal(doc)
		require.NoError(t, err)
		return document(t, out)
	}
	require.NoError(t, schema.Validate(plan(scenario.Starter)))
	for _, name := range scenario.Names() {
		text, err := scenario.Text(name)
		require.NoError(t, err)
		require.NoError(t, schema.Validate(plan(text)), name)
	}
	const good = "version: '1.0'\nname: x\nworkload: {name: Llama3_70B, batch_size: 4096}\nhardware: {name: H100, nodes: 64}\nops: {region: Quebec}\nconstraints: {assert: [{metric: performance.latency, max: 50}]}\n"
	require.NoError(t, schema.Validate(plan(good)))
	for from, to := range map[string]string{
		"batch_size": "batch_sze", "4096": "-1", "performance.latency": "performance.latancy", ", max: 50": "",
		"version: '1.0'\n": "", "name: x\n": "", "'1.0'": "banana", "hardware:": "hardwear:", "nodes: 64": "fabric_bandwidth: 50", "64": "many", "max: 50": "max: big",
	} {
		require.Error(t, schema.Validate(plan(strings.Replace(good, from, to, 1))), to)
	}

	result := compiled(t, document(t, call(t, nil, "schema", "result")))
	dir := t.TempDir()
	file := filepath.Join(dir, "plan.yaml")
	require.NoError(t, os.WriteFile(file, []byte(good), 0o600))
	var out bytes.Buffer
	root := rootCommand()
	root.SetOut(&out)
	root.SetArgs([]string{"eval", file, "-o", "json"})
	require.ErrorContains(t, root.Execute(), "exit code 3") // the assertion fails
	require.NoError(t, result.Validate(document(t, out.Bytes())))
}

// Every result of eval and scenario run is one document that the schema of results
// accepts.
func TestResultsKeepTheSchema(t *testing.T) {
	result := compiled(t, document(t, call(t, nil, "schema", "result")))
	calls := [][]string{
		{"eval", "Llama3_8B", "H100"},
		{"eval", "Llama3_70B", "H100"},
		{"eval", "Llama3_70B", "H100", "--nodes", "2", "--batch", "64"},
		{"eval", "Llama3_8B", "H100", "--mode", "serve", "--nodes", "1"},
		{"eval", "MobileNetV2", "iPhone15Pro", "--max-cost", "1 USD"},
	}
	for _, name := range scenario.Names() {
		calls = append(calls, []string{"scenario", "run", name})
	}
	for _, args := range calls {
		var out bytes.Buffer
		root := rootCommand()
		root.SetOut(&out)
		root.SetErr(io.Discard)
		root.SetArgs(append(args, "-o", "json"))
		if err := root.Execute(); err != nil {
			require.ErrorContains(t, err, "exit code", args)
		}
		require.NoError(t, result.Validate(document(t, out.Bytes())), args)
	}
}
