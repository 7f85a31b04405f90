package hardware_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
)

// Every name of mlsysim 0.1.1, of its README and of 0.3.0 that denotes a device
// finds it; the names of models, grids and the rest find none.
func TestNamesOfUpstream(t *testing.T) {
	devices, others := 0, 0
	for _, f := range lines(t, "names.txt") {
		name, target, ok := strings.Cut(strings.Join(f, " "), " -> ")
		require.True(t, ok, f)
		e, err := hardware.Lookup(name)
		if !strings.HasPrefix(target, "hardware.") {
			others++
			require.Error(t, err, "%s is no device", name)
			continue
		}
		devices++
		require.NoError(t, err, name)
		require.Equal(t, target, e.Path, name)
		requireRenameNoted(t, e, name)
	}
	require.Greater(t, devices, 120)
	require.Greater(t, others, 60)
}

// A name that is neither the key nor the path of the entry is listed with it.
func requireRenameNoted(t *testing.T, e *hardware.Entry, name string) {
	t.Helper()
	last := name[strings.LastIndex(name, ".")+1:]
	if strings.EqualFold(strings.ReplaceAll(last, " ", ""), e.Key) && !strings.Contains(name, ".Embodied.") && !strings.HasPrefix(e.Path, "hardware.Reference.") {
		return
	}
	short := strings.TrimPrefix(name, "Hardware.")
	for _, known := range append(append([]string{}, e.Renamed...), append(e.Aliases, e.Key)...) {
		fold := func(s string) string {
			return strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "", ".", "").Replace(s))
		}
		if fold(known) == fold(name) || fold(known) == fold(short) {
			return
		}
	}
	require.Failf(t, "rename not noted", "%s finds %s", name, e.Path)
}

func TestFormerNames(t *testing.T) {
	for query, key := range map[string]string{"Jetson": "JetsonOrinNX", "Hardware.Edge.Generic_Phone": "iPhone15Pro", "esp32": "ESP32_S3", "Systems.Cloud": "H100"} {
		e, err := hardware.Lookup(query)
		require.NoError(t, err, query)
		require.Equal(t, key, e.Key)
		_, former := e.Former(query)
		require.True(t, former, query)
	}
	_, former := entry(t, "H100").Former("H100")
	require.False(t, former)
}

// Each name belongs to one device only.
func TestNamesAreUnique(t *testing.T) {
	owner := map[string]string{}
	for _, e := range hardware.Entries() {
		for _, name := range append(append([]string{e.Key, e.Path, e.Value.Name}, e.Aliases...), e.Renamed...) {
			folded := strings.ToLower(strings.Map(func(r rune) rune {
				if strings.ContainsRune(" _-.()+", r) {
					return -1
				}
				return r
			}, name))
			if other, taken := owner[folded]; taken {
				require.Equal(t, other, e.Path, name)
			}
			owner[folded] = e.Path
			found, err := hardware.Lookup(name)
			require.NoError(t, err, name)
			require.Equal(t, e.Path, found.Path, name)
		}
	}
}

var sink float64

// Using a device looks nothing up and allocates nothing.
func BenchmarkVariable(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		h := hardware.H100
		sink += float64(h.Bandwidth)
	}
}

func BenchmarkFindKey(b *testing.B)   { benchmarkFind(b, "H100") }
func BenchmarkFindAlias(b *testing.B) { benchmarkFind(b, "nvidia-h100") }
func BenchmarkFindLast(b *testing.B)  { benchmarkFind(b, "strix halo") }

func benchmarkFind(b *testing.B, name string) {
	b.ReportAllocs()
	for range b.N {
		h, err := hardware.Find(name)
		if err != nil {
			b.Fatal(err)
		}
		sink += float64(h.Bandwidth)
	}
}

func TestUseAllocatesNothing(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() {
		h := hardware.H100
		sink += float64(h.Rates.FP16) + float64(h.MainBandwidth())
	}))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		h, _ := hardware.Find("H100")
		sink += float64(h.Bandwidth)
	}))
}
