package datafile_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/datafile"
	"github.com/mlsysim/golab/mlsysim/units"
)

// newReader reads hardware entries with one known document.
func newReader(t *testing.T) *datafile.Reader {
	t.Helper()
	fields, err := datafile.Reflect(reflect.TypeFor[hardware.Device]())
	require.NoError(t, err)
	device := &datafile.Type{Name: "Device", Fields: fields}
	groups := map[string]*datafile.Type{"Cloud": device, "Edge": device, "Mobile": device, "Tiny": device, "Workstation": device}
	return datafile.NewReader("hardware", groups, []datafile.Document{{ID: "ds"}})
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
	require.NoError(t, r.File("data/x.yaml", []byte(good)))
	require.Len(t, r.Entries, 1)
	e := r.Entries[0]
	require.Equal(t, "hardware.Cloud.X1", e.Path)
	require.Equal(t, []string{"x-one", "Example X1"}, e.Aliases)
	require.Equal(t, datafile.Fact{Field: "Memory", Text: "80 GiB", Document: "ds", Confidence: "medium", Note: "usable"}, e.Facts[0])
	require.Equal(t, "80 GiB", e.Written("Memory"))
	require.Equal(t, "85.9 GB", e.Shown("Memory"))

	var d hardware.Device
	e.Set(reflect.ValueOf(&d).Elem())
	require.Equal(t, hardware.Device{
		Name: "Example X1", Year: 2026, Rates: hardware.Rates{FP16: 100 * units.TFLOPS},
		Memory: 80 * units.GiB, Price: 1000, StreamFraction: 0.9,
	}, d)
}

func TestEntryAboutItself(t *testing.T) {
	r := newReader(t)
	require.NoError(t, r.File("x.yaml", []byte(good+"    renamed: [Old One]\n    note: not for sale\n    status: announced\n")))
	require.Equal(t, []string{"Old One"}, r.Entries[0].Renamed)
	require.Equal(t, "not for sale", r.Entries[0].Note)
	require.Equal(t, "announced", r.Entries[0].Shown("Status"))
}

// All mistakes of a file come at once, in the order of its lines.
func TestAllMistakesAtOnce(t *testing.T) {
	text := strings.NewReplacer("tier: cloud", "tier: sky", "80 GiB, source: ds", "80 GB/s, source: dx", "confidence: medium", "confidence: some", "0.9", "1.9", "fp16", "fp61").Replace(good)
	err := newReader(t).File("x.yaml", []byte(text))
	require.ErrorContains(t, err, "\n")
	var got []string
	for _, line := range strings.Split(err.Error(), "\n") {
		got = append(got, strings.Join(strings.SplitN(line, ":", 4)[:3], ":"))
	}
	require.Equal(t, []string{"x.yaml:5:11", "x.yaml:8:7", "x.yaml:9:21", "x.yaml:9:38", "x.yaml:9:54", "x.yaml:11:30"}, got)
}

func TestReservedNames(t *testing.T) {
	r := newReader(t)
	r.Reserve("hardware.Cloud.Y", "X 1")
	require.ErrorContains(t, r.File("x.yaml", []byte(good)), `x.yaml:2:3: hardware.Cloud.X1: name "X1" is already a name of hardware.Cloud.Y`)
}

func TestOwnDocuments(t *testing.T) {
	const mine = "documents:\n  mine: {title: My notes, date: \"2026\"}\n"
	r := newReader(t)
	require.ErrorContains(t, r.File("x.yaml", []byte(mine+good)), "group documents: want one of Cloud")

	var own []datafile.Document
	r = newReader(t)
	r.OwnDocuments(&own)
	require.NoError(t, r.File("x.yaml", []byte(strings.ReplaceAll(good, "source: ds", "source: mine")+mine)))
	require.Equal(t, []datafile.Document{{ID: "mine", Title: "My notes", Date: "2026"}}, own)
	require.ErrorContains(t, r.File("y.yaml", []byte(mine)), "y.yaml:1:1: documents: mine is a document already")
}

func TestReflectRefusesOtherTypes(t *testing.T) {
	_, err := datafile.Reflect(reflect.TypeFor[int]())
	require.ErrorContains(t, err, "want a struct")
	_, err = datafile.Reflect(reflect.TypeFor[struct{ Rate units.TokenRate }]())
	require.ErrorContains(t, err, "field Rate: type TokenRate is not a known unit")
	_, err = datafile.Reflect(reflect.TypeFor[struct{ Inner struct{ List []string } }]())
	require.ErrorContains(t, err, "want a struct")
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
			err := newReader(t).File("data/x.yaml", []byte(good[:i]+c.to+good[i+len(c.from):]))
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
			_, err := datafile.ParseLibrary("documents.yaml", []byte(c.text))
			require.ErrorContains(t, err, "documents.yaml"+c.want)
		})
	}
}
