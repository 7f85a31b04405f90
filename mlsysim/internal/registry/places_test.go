package registry_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Package infra and package systems name devices of package hardware, and infra
// names servers of systems; none of them may import another. These tests read all
// three.

// device returns the device with a key, which must be its key and no alias.
func device(t *testing.T, path, key string) *hardware.Device {
	t.Helper()
	e, err := hardware.Lookup(key)
	require.NoError(t, err, path)
	require.Equal(t, key, e.Key, "%s: want the key of the device", path)
	return e.Value
}

func TestDevicesOfInstances(t *testing.T) {
	for _, e := range infra.Instances() {
		if e.Value.Device != "" {
			device(t, e.Path, e.Value.Device)
		}
	}
}

func TestDevicesOfNodes(t *testing.T) {
	for _, e := range systems.Nodes() {
		n := e.Value
		d := device(t, e.Path, n.Device)
		if n.IntraLink > 0 && d.ScaleUp > 0 {
			require.InEpsilon(t, float64(d.ScaleUp), float64(n.IntraLink), 1e-3, "%s: the link of %s, one way", e.Path, n.Device)
		}
		if n.HostPower > 0 && d.TDP > 0 {
			require.InEpsilon(t, float64(n.Power), float64(d.TDP.Times(float64(n.Devices))+n.HostPower), 1e-9, e.Path)
		}
	}
}

func TestDevicesOfPods(t *testing.T) {
	for _, e := range systems.Pods() {
		if d := device(t, e.Path, e.Value.Device); d.Memory > 0 {
			require.InEpsilon(t, float64(d.Memory.Times(float64(e.Value.Devices))), float64(e.Value.Memory), 1e-9, e.Path)
		}
	}
}

func TestNodesOfRacks(t *testing.T) {
	for _, e := range infra.Racks() {
		r := e.Value
		if r.Node == "" {
			continue
		}
		n, err := systems.FindNode(r.Node)
		require.NoError(t, err, e.Path)
		require.InEpsilon(t, float64(n.Power.Times(float64(r.Nodes))), float64(r.Power), 1e-9, e.Path)
	}
}

// A month of rent is between half a per cent and half of what the accelerator
// costs to buy.
func TestInstancePricesArePlausible(t *testing.T) {
	for _, e := range infra.Instances() {
		i := e.Value
		if i.Device == "" {
			continue
		}
		if d := device(t, e.Path, i.Device); d.Price > 0 {
			month := i.PerDevice.For(30 * units.Day).Ratio(d.Price)
			require.Greater(t, month, 0.005, e.Path)
			require.Less(t, month, 0.5, e.Path)
		}
	}
}

func TestPlaceNames(t *testing.T) {
	data, err := os.ReadFile("testdata/places.txt")
	require.NoError(t, err)
	seen := 0
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		name, want, ok := strings.Cut(line, " -> ")
		if !ok {
			continue
		}
		seen++
		want, renamed := strings.CutSuffix(want, " *")
		for _, form := range []string{name, strings.ToLower(name), strings.ReplaceAll(name, "_", "-"), strings.ReplaceAll(name, "_", " ")} {
			path, facts := placeOf(t, form, want)
			require.Equal(t, want, path, form)
			requireSaysOldName(t, renamed, path, name[strings.LastIndex(name, ".")+1:], facts)
		}
	}
	require.GreaterOrEqual(t, seen, 95)
}

// requireSaysOldName holds that a renamed entry names what it was called.
func requireSaysOldName(t *testing.T, renamed bool, path, old string, facts []source.Fact) {
	t.Helper()
	if !renamed {
		return
	}
	var notes strings.Builder
	for _, f := range facts {
		notes.WriteString(f.Note + "\n")
	}
	require.Contains(t, notes.String(), old, path)
}

// placeOf looks a name up in the package that its target is in.
func placeOf(t *testing.T, name, target string) (string, []source.Fact) {
	t.Helper()
	lookup := systems.Lookup
	if strings.HasPrefix(target, "infra.") {
		lookup = infra.Lookup
	}
	e, err := lookup(name)
	require.NoError(t, err, name)
	return e.Path, e.Facts
}

// The rows of the reference's list of errors that concern places and systems and
// change a result by more than a tenth.
func TestMajorCorrectionsOfPlaces(t *testing.T) {
	grams := func(g infra.Grid) float64 { return g.Carbon.Ratio(units.GramPerKWh) }
	for _, c := range []struct {
		what         string
		theirs, ours float64
		want         float64
	}{
		{"infrastructure.Grids.Poland carbon", 820, grams(infra.Poland), 662},
		{"infrastructure.Grids.Norway carbon", 10, grams(infra.Norway), 30},
		{"infrastructure.Grids.Iowa carbon, state", 680, grams(infra.Iowa), 288},
		{"infrastructure.Grids.Iowa carbon, around us-central1", 680, grams(infra.GCP_us_central1), 413},
		{"infrastructure.Grids.* pue: Poland over Quebec", 61, infra.Poland.Carbon.Ratio(infra.Quebec.Carbon), 19.2},
		{"systems.Nodes.Server_8x_MI300X intra_node_bw", 896, systems.Server_8x_MI300X.IntraLink.Ratio(units.GBps), 448},
	} {
		require.InEpsilon(t, c.want, c.ours, 0.005, c.what)
		require.Greater(t, max(c.theirs, c.ours)/min(c.theirs, c.ours), 1.1, c.what)
	}
}
