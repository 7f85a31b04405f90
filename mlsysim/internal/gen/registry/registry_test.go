package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/datafile"
	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
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

// readText reads hardware entries with one known document.
func readText(t *testing.T, text string) []*entry {
	t.Helper()
	r, err := newReader(root, kinds[0], []datafile.Document{{ID: "ds"}})
	require.NoError(t, err)
	require.NoError(t, r.File("data/x.yaml", []byte(text)))
	return kinds[0].entries(r)
}

const good = `Cloud:
  X1:
    name: Example X1
    aliases: [x-one]
    renamed: [x-nought]
    note: a made-up device
    tier: cloud
    status: announced
    year: {value: 2026, source: ds, confidence: high}
    rates:
      fp16: {value: 100 TFLOP/s, source: ds, confidence: high}
    memory: {value: 80 GiB, source: ds, confidence: medium, note: usable}
    bandwidth: {value: 2 TB/s, source: ds, confidence: high}
    tdp: {value: 700 W, source: ds, confidence: high}
    stream_fraction: {value: 0.9, source: ds, confidence: high}
`

func TestEntryAsGo(t *testing.T) {
	entries := readText(t, good)
	require.Len(t, entries, 1)
	e := entries[0]
	require.Equal(t, "the Example X1 (2026, announced): 100 TFLOP/s fp16, 80 GiB at 2 TB/s, 700 W.", e.About())
	require.Contains(t, e.Literal(), "Tier: Cloud,\nStatus: Announced,\n")
	require.Contains(t, e.Literal(), "Rates: Rates{\nFP16: 1e+14,\n},\nMemory: 8.589934592e+10,\n")
	made, err := renderKind(kinds[0], entries)
	require.NoError(t, err)
	require.Contains(t, string(made), `Renamed: []string{"x-nought"},`)
	require.Contains(t, string(made), `"a made-up device",`)
}

func TestMicrocontrollerAsGo(t *testing.T) {
	text := strings.ReplaceAll(good, "fp16: {value: 100 TFLOP/s", "int8: {value: 1 GOP/s")
	text = strings.ReplaceAll(text, "memory: {value: 80 GiB", "sram: {value: 512 KiB")
	text = strings.ReplaceAll(text, "bandwidth: {value: 2 TB/s", "flash: {value: 2 MiB")
	require.Equal(t, "the Example X1 (2026, announced): 1 GOP/s int8, 512 KiB SRAM, 2 MiB flash, 700 W.", readText(t, text)[0].About())
}

// An enum word is written without the name of its type.
func TestWordsOfAnEnum(t *testing.T) {
	require.Equal(t, "unknown", word("Style", "StyleUnknown"))
	require.Equal(t, "gpt2", word("Style", "StyleGPT2"))
	require.Equal(t, "dense", word("Family", "Dense"))
}

// The stamp follows what the registry says and not how the file is laid out.
func TestStamp(t *testing.T) {
	stampOf := func(text string) string {
		return stamp(datafile.Library{}, map[string][]*entry{"hardware": readText(t, text)})
	}
	require.Len(t, stampOf(good), 12)
	require.Equal(t, stampOf(good), stampOf("# a comment\n"+strings.ReplaceAll(good, "value: 0.9, source: ds", "source: ds,  value: 0.9")))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "0.9", "0.8", 1)))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "usable", "physical", 1)))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "x-one", "x-1st", 1)))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "x-nought", "x-0", 1)))
	require.NotEqual(t, stampOf(good), stampOf(strings.Replace(good, "made-up", "real", 1)))
}

// The hash in the programs is that of the data, computed again here.
func TestHashIsThatOfTheData(t *testing.T) {
	lib, err := readLibrary(root)
	require.NoError(t, err)
	all := map[string][]*entry{}
	for _, k := range kinds {
		all[k.name], err = readKind(root, k, lib.Documents)
		require.NoError(t, err)
	}
	require.Equal(t, source.Hash, stamp(lib, all))
	require.Equal(t, source.Version, lib.Version)
	require.Equal(t, lib.Version+"+"+stamp(lib, all), mlsysim.RegistryVersion())
}

// The generator reads the registry types as syntax, package zoo by reflection;
// both must see the same fields, or a user's file would obey other rules.
func TestSyntaxAndReflectionAgree(t *testing.T) {
	for name, typ := range map[string]reflect.Type{
		"hardware.Device": reflect.TypeFor[hardware.Device](), "models.Model": reflect.TypeFor[models.Model](),
		"infra.Grid": reflect.TypeFor[infra.Grid](), "infra.Facility": reflect.TypeFor[infra.Facility](),
		"systems.Stack": reflect.TypeFor[systems.Stack](), "systems.Fabric": reflect.TypeFor[systems.Fabric](),
	} {
		dir, local, _ := strings.Cut(name, ".")
		pkg, err := readPackage(filepath.Join(root, dir))
		require.NoError(t, err)
		want, err := pkg.fields(local)
		require.NoError(t, err)
		got, err := datafile.Reflect(typ)
		require.NoError(t, err)
		require.Equal(t, folded(want), folded(got), name)
	}
}

// folded removes the spelling of enum values, which are constants in syntax and
// lower-case names by reflection.
func folded(fields []datafile.Field) []datafile.Field {
	for i := range fields {
		fields[i].Consts = nil
		for j, n := range fields[i].Names {
			fields[i].Names[j] = nearest.Fold(n)
		}
		folded(fields[i].Fields)
	}
	return fields
}
