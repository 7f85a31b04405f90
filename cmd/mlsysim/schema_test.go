package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/catalog"
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
