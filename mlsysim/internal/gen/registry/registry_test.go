package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../../.."

func TestGeneratedFilesAreCurrent(t *testing.T) {
	made, err := generate(root)
	require.NoError(t, err)
	require.Len(t, made, 5)
	for name, want := range made {
		have, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(have), "%s: run go generate in its package", name)
	}
}

// Registry data must cost nothing at start: no call, no map, no init.
func TestGeneratedFilesAreStatic(t *testing.T) {
	made, err := generate(root)
	require.NoError(t, err)
	for name, data := range made {
		f, err := parser.ParseFile(token.NewFileSet(), name, data, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.CallExpr, *ast.FuncDecl, *ast.FuncLit, *ast.MapType:
				require.Failf(t, "not static", "%s has a %T", name, n)
			}
			return true
		})
	}
}

func TestCheckFindsStaleFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "zz.go")
	require.ErrorContains(t, store(path, []byte("new"), true), "run go generate")
	require.NoError(t, store(path, []byte("new"), false))
	require.NoError(t, store(path, []byte("new"), true))
	require.ErrorContains(t, store(path, []byte("newer"), true), "run go generate")
}

func TestRunChecksTheTree(t *testing.T) {
	require.NoError(t, run(root, "hardware", true))
	require.NoError(t, run(root, "documents", true))
	require.EqualError(t, run(root, "hardwear", true), `-kind "hardwear": want hardware, models, infra, systems or documents`)
	require.ErrorIs(t, run(t.TempDir(), "hardware", true), os.ErrNotExist)
}

// newReader reads hardware entries with one known document.
func newReader(t *testing.T) *registryReader {
	t.Helper()
	pkg, err := readPackage(filepath.Join(root, "hardware"))
	require.NoError(t, err)
	fields, err := pkg.fields("Device")
	require.NoError(t, err)
	return &registryReader{kind: kinds[0], docs: map[string]bool{"ds": true}, fields: map[string][]field{"Device": fields}, names: map[string]string{}}
}

const good = `Cloud:
  X1:
    name: Example X1
    aliases: [x-one]
    tier: cloud
    year: {value: 2026, source: ds, confidence: high}
    rates:
      fp16: {value: 100 TFLOP/s, source: ds, confidence: high}
    memory: {value: 80 GiB, source: ds, confidence: medium, note: usable}
    price: {value: 1000 USD, source: ds, confidence: low, note: list price 2026}
    stream_fraction: {value: 0.9, source: ds, confidence: high}
`

func TestReadEntry(t *testing.T) {
	r := newReader(t)
	require.NoError(t, r.file("data/x.yaml", []byte(good)))
	require.Len(t, r.entries, 1)
	e := r.entries[0]
	require.Equal(t, "hardware.Cloud.X1", e.Path)
	require.Equal(t, []string{"x-one", "Example X1"}, e.Aliases)
	require.Equal(t, "the Example X1 (2026): 85.9 GB, 100 TFLOP/s fp16.", e.About())
	require.Equal(t, fact{"Memory", "80 GiB", "ds", "medium", "usable"}, e.Facts[0])
	require.Contains(t, e.Literal(), "Rates: Rates{\nFP16: 1e+14,\n},\nMemory: 8.589934592e+10,\n")
}

func TestMistakesHavePositions(t *testing.T) {
	const second = "  X2:\n    name: Other\n"
	cases := []struct{ name, from, to, want string }{
		{"unknown field", "memory:", "memroy:", `:9:5: hardware.Cloud.X1: unknown field "memroy": did you mean memory?`},
		{"unknown rate", "fp16:", "fp15:", `:8:7: hardware.Cloud.X1: unknown field "fp15": did you mean`},
		{"upper-case field", "memory:", "Memory:", `:9:5: hardware.Cloud.X1: unknown field "Memory"`},
		{"unknown group", "Cloud:", "Clowd:", `:1:1: group Clowd: want one of Cloud, Edge, Mobile, Tiny, Workstation`},
		{"wrong dimension", "80 GiB", "80 GB/s", `:9:21: hardware.Cloud.X1: memory: "80 GB/s" is ByteRate, want Bytes`},
		{"no unit", "80 GiB", "80", `:9:21: hardware.Cloud.X1: memory: "80" has no unit`},
		{"misspelt unit", "80 GiB", "80 gb", `:9:21: hardware.Cloud.X1: memory: "80 gb": unknown unit "gb": did you mean "GB"?`},
		{"no source", "source: ds, confidence: medium", "confidence: medium", `:9:5: hardware.Cloud.X1: memory: has no source`},
		{"no confidence", ", confidence: medium", "", `:9:5: hardware.Cloud.X1: memory: has no confidence`},
		{"odd confidence", "medium", "sure", `:9:53: hardware.Cloud.X1: memory: confidence = sure: want low, medium or high`},
		{"unknown document", "80 GiB, source: ds", "80 GiB, source: dd", `:9:37: hardware.Cloud.X1: memory: no document "dd"`},
		{"unknown key", "note: usable", "notes: usable", `:9:61: hardware.Cloud.X1: memory: unknown key "notes": want value, source, confidence and note`},
		{"bare number", "{value: 80 GiB, source: ds, confidence: medium, note: usable}", "80 GiB", `:9:13: hardware.Cloud.X1: memory: want a mapping`},
		{"price without year", "list price 2026", "list price", `:10:20: hardware.Cloud.X1: price: a price needs a note with its year`},
		{"low without note", ", note: list price 2026", "", `:10:5: hardware.Cloud.X1: price: low confidence needs a note that says why`},
		{"out of range", "value: 0.9", "value: 1.9", `:11:30: hardware.Cloud.X1: stream_fraction = 1.9: want at most 1`},
		{"not a number", "value: 0.9", "value: NaN", `:11:30: hardware.Cloud.X1: stream_fraction: "NaN": want a plain number`},
		{"not whole", "value: 2026,", "value: 2026.5,", `:6:19: hardware.Cloud.X1: year: "2026.5": want a whole number`},
		{"unknown tier", "tier: cloud", "tier: sky", `:5:11: hardware.Cloud.X1: tier = sky: want one of cloud, workstation, edge, mobile, tiny`},
		{"no name", "    name: Example X1\n", "", `:2:3: hardware.Cloud.X1: has no name`},
		{"empty name", "Example X1", `""`, `:3:11: name: is empty`},
		{"key twice", good[len(good)-1:], "\n    year: {value: 1, source: ds, confidence: high}\n", `:12:5: mapping key "year" already defined`},
		{"entry twice", good[len(good)-1:], "\n  x_1:\n    name: Other\n", `:12:3: hardware.Cloud.x_1: name "x_1" is already a name of hardware.Cloud.X1`},
		{"alias twice", good[len(good)-1:], "\n" + second + "    aliases: [fine, X One]\n", `:14:21: hardware.Cloud.X2: name "X One" is already a name of hardware.Cloud.X1`},
		{"product twice", good[len(good)-1:], "\n  X2:\n    name: example-x1\n", `:12:3: hardware.Cloud.X2: name "example-x1" is already a name of hardware.Cloud.X1`},
		{"alias without letters", "x-one", "--", `:4:15: hardware.Cloud.X1: name "--" has no letter or digit`},
		{"aliases not a list", "[x-one]", "x-one", `:4:14: aliases: want a list`},
		{"key no Go name", "X1:", "X-1:", `:2:3: hardware.Cloud.X-1: key "X-1" cannot be a Go name`},
		{"not YAML", "[x-one]", "[x-one", `:5:5: ',' or ']' must be specified`},
		{"anchor", "{value: 2026,", "&a {value: 2026,", `:6:11: hardware.Cloud.X1: year: want a mapping`},
		{"empty file", good, "", `:1:1: want one YAML document with a mapping`},
		{"list of groups", good, "- a\n", `:1:1: file: want a mapping`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			i := strings.LastIndex(good, c.from)
			require.GreaterOrEqual(t, i, 0, "the case changes nothing")
			err := newReader(t).file("data/x.yaml", []byte(good[:i]+c.to+good[i+len(c.from):]))
			require.ErrorContains(t, err, "data/x.yaml"+c.want)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestLibraryMistakesHavePositions(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"no version", "documents:\n  a: {title: A, date: \"2026\"}\n", ":1:1: want a version and documents"},
		{"unknown key", "versoin: 1\n", `:1:1: unknown key "versoin": want version and documents`},
		{"no date", "version: v\ndocuments:\n  a: {title: A}\n", ":3:3: a: want a title and a date with a year"},
		{"unknown part", "version: v\ndocuments:\n  a: {titel: A}\n", `:3:7: a: unknown key "titel": want title, url and date`},
		{"id twice", "version: v\ndocuments:\n  a: {title: A, date: \"2026\"}\n  a: {title: B, date: \"2026\"}\n", ":4:3: mapping key"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseLibrary("documents.yaml", []byte(c.text))
			require.ErrorContains(t, err, "documents.yaml"+c.want)
		})
	}
}

// An enum word is written without the name of its type.
func TestWordsOfAnEnum(t *testing.T) {
	f := field{Name: "Style", Type: "Style", Consts: []string{"StyleUnknown", "StyleGPT2"}}
	require.Equal(t, []string{"unknown", "gpt2"}, f.words())
	require.Equal(t, "Dense", field{Type: "Family"}.word("Dense"))
}

// The stamp follows what the registry says and not how the file is laid out.
func TestStamp(t *testing.T) {
	stampOf := func(text string) string {
		r := newReader(t)
		require.NoError(t, r.file("data/x.yaml", []byte(text)))
		return stamp(library{}, map[string][]*entry{"hardware": r.entries})
	}
	require.Len(t, stampOf(good), 12)
	require.Equal(t, stampOf(good), stampOf("# a comment\n"+strings.ReplaceAll(good, "value: 0.9, source: ds", "source: ds,  value: 0.9")))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "0.9", "0.8", 1)))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "usable", "physical", 1)))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "x-one", "x-1st", 1)))
}
