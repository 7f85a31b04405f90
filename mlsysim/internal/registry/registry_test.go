package registry_test

import (
	"encoding"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
)

func TestEveryEntry(t *testing.T) {
	t.Run("hardware", func(t *testing.T) { checkAll(t, hardware.Entries(), 150) })
	t.Run("models", func(t *testing.T) { checkAll(t, models.Entries(), 10) })
	t.Run("grids", func(t *testing.T) { checkAll(t, infra.Grids(), 150) })
	t.Run("facilities", func(t *testing.T) { checkAll(t, infra.Facilities(), 15) })
	t.Run("coolings", func(t *testing.T) { checkAll(t, infra.Coolings(), 6) })
	t.Run("racks", func(t *testing.T) { checkAll(t, infra.Racks(), 3) })
	t.Run("tariffs", func(t *testing.T) { checkAll(t, infra.Tariffs(), 12) })
	t.Run("instances", func(t *testing.T) { checkAll(t, infra.Instances(), 43) })
	t.Run("stacks", func(t *testing.T) { checkAll(t, systems.Entries(), 2) })
	t.Run("nodes", func(t *testing.T) { checkAll(t, systems.Nodes(), 20) })
	t.Run("fabrics", func(t *testing.T) { checkAll(t, systems.Fabrics(), 63) })
	t.Run("clusters", func(t *testing.T) { checkAll(t, systems.Clusters(), 18) })
	t.Run("pods", func(t *testing.T) { checkAll(t, systems.Pods(), 2) })
	t.Run("storage", func(t *testing.T) { checkAll(t, systems.StorageTiers(), 15) })
	t.Run("failures", func(t *testing.T) { checkAll(t, systems.Failures(), 9) })
	t.Run("platforms", func(t *testing.T) { checkAll(t, systems.Platforms(), 4) })
}

// checkAll holds what is true of every registry entry.
func checkAll[T any](t *testing.T, entries []registry.Entry[T], least int) {
	t.Helper()
	require.GreaterOrEqual(t, len(entries), least)
	for i := range entries {
		e := &entries[i]
		copied := *e.Value
		require.NoError(t, describe.Check(&copied), e.Path)
		require.Equal(t, *e.Value, copied, "%s: a default filled a field of a registry value", e.Path)
		checkFacts(t, e)
		checkNames(t, entries, e)
	}
}

// checkFacts holds that every number has a source and every source a number.
func checkFacts[T any](t *testing.T, e *registry.Entry[T]) {
	t.Helper()
	require.True(t, sort.SliceIsSorted(e.Facts, func(i, j int) bool { return e.Facts[i].Field < e.Facts[j].Field }), e.Path)
	v := reflect.ValueOf(e.Value).Elem()
	sourced := map[string]bool{}
	for _, f := range e.Facts {
		_, ok := source.Lookup(f.Document)
		require.True(t, ok, "%s: %s: no document %s", e.Path, f.Field, f.Document)
		require.False(t, sourced[f.Field], "%s: %s has two facts", e.Path, f.Field)
		sourced[f.Field] = true
		requireSaid(t, e.Path, numberAt(v, f.Field), f)
	}
	eachNumber(v, "", func(name string, x reflect.Value) {
		if !x.IsZero() {
			require.True(t, sourced[name], "%s: %s has no source", e.Path, name)
		}
	})
}

// requireSaid parses the text of a fact again and compares it with the value.
func requireSaid(t *testing.T, path string, v reflect.Value, f source.Fact) {
	t.Helper()
	again := reflect.New(v.Type())
	if u, ok := again.Interface().(interface{ Set(string) error }); ok {
		require.NoError(t, u.Set(f.Text), "%s: %s", path, f.Field)
		require.Equal(t, v.Interface(), again.Elem().Interface(), "%s: %s", path, f.Field)
		return
	}
	require.Equal(t, f.Text, plainText(v), "%s: %s", path, f.Field)
}

// checkNames finds the entry by everything it is called.
func checkNames[T any](t *testing.T, entries []registry.Entry[T], e *registry.Entry[T]) {
	t.Helper()
	short := e.Path[strings.Index(e.Path, ".")+1:]
	for _, name := range append([]string{e.Path, short, e.Key}, e.Aliases...) {
		for _, form := range []string{name, strings.ToLower(name), strings.ToUpper(name), strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "_", " ")} {
			got, err := registry.Find(entries, "entry", form)
			require.NoError(t, err, form)
			require.Equal(t, e.Path, got.Path, form)
		}
	}
	if m, ok := any(e.Value).(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		require.NoError(t, err)
		again := new(T)
		require.NoError(t, any(again).(encoding.TextUnmarshaler).UnmarshalText(text), e.Path)
		require.Equal(t, *e.Value, *again, "%s does not read back from %q", e.Path, text)
	}
}

func TestKnownNames(t *testing.T) {
	data, err := os.ReadFile("testdata/names.txt")
	require.NoError(t, err)
	seen := 0
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		name, want, ok := strings.Cut(line, " -> ")
		if !ok {
			continue
		}
		seen++
		require.Equal(t, want, pathOf(t, name, want), name)
	}
	require.GreaterOrEqual(t, seen, 30)
}

// pathOf looks a name up in the registry that its target is in.
func pathOf(t *testing.T, name, target string) string {
	t.Helper()
	switch kind, _, _ := strings.Cut(target, "."); kind {
	case "hardware":
		e, err := hardware.Lookup(name)
		require.NoError(t, err)
		return e.Path
	case "models":
		e, err := models.Lookup(name)
		require.NoError(t, err)
		return e.Path
	default:
		e, err := registry.Find(infra.Grids(), "region", name)
		require.NoError(t, err)
		return e.Path
	}
}

func TestUnknownNameSuggests(t *testing.T) {
	_, err := hardware.Find("H10O")
	require.EqualError(t, err, `unknown hardware "H10O": did you mean H100, H20, H200?`)
	_, err = models.Find("Lama3-8B")
	require.ErrorContains(t, err, "did you mean Llama3_8B")
	_, err = infra.FindGrid("Quebek")
	require.ErrorContains(t, err, "did you mean Quebec")
	_, err = hardware.Find("zzzzzz")
	require.EqualError(t, err, `unknown hardware "zzzzzz": list the known ones with "mlsysim zoo hardware"`)
	_, err = hardware.Find("")
	require.Error(t, err)
}
