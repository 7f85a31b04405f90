package zoo_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// The groups of a file say which registry it is of. Tiny is a group of two: the
// fields of its entries tell.
func TestAddFindsTheRegistry(t *testing.T) {
	var z zoo.Zoo
	for _, name := range []string{"hardware.yaml", "models.yaml", "infra.yaml", "systems.yaml"} {
		require.NoError(t, z.Add(name, read(t, name)), name)
	}
	require.Len(t, z.Hardware, 2)
	require.Len(t, z.Models, 1)
	require.Len(t, z.Grids, 1)
	require.Len(t, z.Facilities, 1)
	require.Len(t, z.Nodes, 1)
	require.Len(t, z.Fabrics, 1)
	require.Len(t, z.Own(), 7)

	const tail = "\n    year: {value: 2025, source: nvidia-dgx, confidence: high}\n"
	require.NoError(t, z.Add("board.yaml", []byte("Tiny:\n  B1:\n    name: Board one\n    tier: tiny"+tail)))
	require.NoError(t, z.Add("net.yaml", []byte("Tiny:\n  N1:\n    name: Net one\n    family: tinyml"+tail)))
	require.Len(t, z.Hardware, 3)
	require.Len(t, z.Models, 2)
}

// All mistakes of a file come at once, and a group that nobody has is answered
// with those of every registry.
func TestAddMistakes(t *testing.T) {
	var z zoo.Zoo
	err := z.Add("m.yaml", read(t, "broken/hardware-six-mistakes.yaml"))
	require.Len(t, zoo.Mistakes(err), 6)
	err = z.Add("m.yaml", []byte("Clowd: {X1: {name: X1}}"))
	require.ErrorContains(t, err, "m.yaml:1:1: group Clowd: want one of Cloud, Clusters, Coolings, Edge")
	require.ErrorContains(t, z.Add("m.yaml", nil), "m.yaml:1:1: ")
	require.ErrorContains(t, z.Add("m.yaml", []byte("Cloud: {H100: {name: Mine}}")), `name "H100" is already a name of hardware.Cloud.H100`)
	require.Empty(t, z.Own())
}

// The names of the user reach every way in which text becomes a registry value.
func TestNamesInInputs(t *testing.T) {
	var z zoo.Zoo
	require.NoError(t, z.Add("hardware.yaml", read(t, "hardware.yaml")))
	require.NoError(t, z.Add("infra.yaml", read(t, "infra.yaml")))
	var in struct {
		Hardware hardware.Device
		Model    models.Model
		Regions  []infra.Grid
		Batch    int
	}
	text := `{"hardware": "my-chip", "model": "Llama3_8B", "regions": ["Campus", "infrastructure.Grids.Quebec"], "batch": 2}`
	require.ErrorContains(t, describe.Decode([]byte(text), &in), `unknown hardware "my-chip"`)
	require.NoError(t, describe.DecodeNamed([]byte(text), &in, z.Name))
	require.Equal(t, 96*units.GiB, in.Hardware.Memory)
	require.Equal(t, models.Llama3_8B, in.Model)
	require.Equal(t, "Our campus", in.Regions[0].Name)
	require.Equal(t, infra.Quebec, in.Regions[1])

	for _, f := range describe.Flags(&in) {
		f.Names = z.Name
		if f.Name == "hardware" {
			require.NoError(t, f.Set("OldChip"))
			require.ErrorContains(t, f.Set("MyChop"), "did you mean MyChip")
		}
	}
	ok, err := z.Name(new(int), "3")
	require.False(t, ok)
	require.NoError(t, err)
}

// Every entry is found by its path, that of the user first.
func TestLookup(t *testing.T) {
	var z zoo.Zoo
	require.NoError(t, z.Add("hardware.yaml", read(t, "hardware.yaml")))
	for _, kind := range zoo.Kinds() {
		for _, e := range z.Entries(kind) {
			found, err := z.Lookup(e.Path)
			require.NoError(t, err)
			require.Equal(t, e.Path, found.Path)
		}
	}
	e, err := z.Lookup("mychip")
	require.NoError(t, err)
	require.Equal(t, "hardware.Cloud.MyChip", e.Path)
	e, err = z.Lookup("DGX H100")
	require.NoError(t, err)
	require.IsType(t, systems.Node{}, *e.Value)
	_, err = z.Lookup("nothing of ours")
	require.ErrorIs(t, err, zoo.ErrUnknown)
}

// No file adds an entry that cannot be found afterwards.
func TestBrokenFilesAddNothing(t *testing.T) {
	paths, err := filepath.Glob("testdata/broken/*.yaml")
	require.NoError(t, err)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var z zoo.Zoo
		require.Error(t, z.Add(path, data), path)
		require.Empty(t, z.Own())
		require.Empty(t, z.Documents)
	}
}
