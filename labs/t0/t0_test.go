package t0

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// What labs_test holds for every lab is not repeated here.

func TestEveryScenarioFits(t *testing.T) {
	draws := Lab().Draws()
	require.Len(t, draws, 64)
	for _, d := range draws {
		require.True(t, node(d).Run().Fits, "%s", d)
	}
}

// Batches times contexts are all different, so nobody's footprint is another's.
func TestCopiedFootprintsFail(t *testing.T) {
	draws := Lab().Draws()
	right := size(footprint)
	for _, d := range draws {
		for _, o := range draws {
			if d.String() != o.String() {
				require.False(t, judgeMemory(d, right(o).Claims()).OK, "the footprint of %s passes at %s", o, d)
			}
		}
	}
}

func TestTheOverheadAloneIsNoAnswer(t *testing.T) {
	d, o := Lab().Draw("ada"), Lab().Draw("bob")
	v := judgeSplit(d, times(node(o)).Claims())
	require.False(t, v.OK)
	require.Zero(t, v.Score)
}

func TestMemoryUnitsAreNamed(t *testing.T) {
	d := Lab().Draw("ada")
	r := node(d).Run()
	for _, c := range []struct {
		name string
		gib  any
		says string
	}{
		{"GB for GiB", r.Footprint.Ratio(units.GB), "this is the number in GB, not in GiB"},
		{"bits", float64(r.Footprint) * 8, "number in bits"},
		{"bytes", float64(r.Footprint), "number in bytes"},
		{"MiB", r.Footprint.Ratio(units.MiB), "number in MiB"},
		{"gigabits", 8 * r.Footprint.Ratio(units.GB), "gigabits"},
		{"wrong way", r.Footprint.Ratio(units.GB) * 1.073741824, "wrong way"},
		{"anything", 1234, "nor in another unit"},
		{"a quantity", r.Footprint, "want a plain number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := judgeMemory(d, inBoth(r.Footprint).With(spec.Values{"q3.gib": c.gib}).Claims())
			require.False(t, v.OK)
			require.InDelta(t, 0.5, v.Score, 1e-12, "the other number is right")
			require.Contains(t, v.Message, c.says)
		})
	}
}

func TestBandwidthBindsEverywhere(t *testing.T) {
	q, ok := Lab().Find("q2")
	require.True(t, ok)
	for _, d := range Lab().Draws() {
		require.Equal(t, walls.MemoryBandwidth, q.Binds(d))
		require.Equal(t, walls.MemoryBandwidth, node(d).Run().Binding, "%s", d)
	}
}

func TestBlocks(t *testing.T) {
	for _, name := range []string{"intro", "scorecard", "q1", "q2", "q3", "end"} {
		require.NotEmpty(t, Lab().Block(name), name)
	}
	require.Empty(t, Lab().Block("q9"))
}
