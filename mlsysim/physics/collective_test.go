package physics_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// drawTiers is a group over links that are faster inside the node.
func drawTiers(t *rapid.T) (units.Bytes, physics.Tiers) {
	g := rapid.IntRange(1, 16).Draw(t, "per node")
	tiers := physics.Tiers{
		Ranks: g * rapid.IntRange(1, 512).Draw(t, "nodes"), PerNode: g,
		Inter:        units.ByteRate(rapid.Float64Range(1e9, 1e11).Draw(t, "inter")),
		InterLatency: units.Seconds(rapid.Float64Range(1e-7, 1e-4).Draw(t, "latency")),
		NodeSwitch:   rapid.Bool().Draw(t, "node switch"), FabricSwitch: rapid.Bool().Draw(t, "fabric switch"),
	}
	tiers.Intra = tiers.Inter.Times(rapid.Float64Range(1, 20).Draw(t, "faster"))
	tiers.IntraLatency = tiers.InterLatency.Times(rapid.Float64Range(0, 1).Draw(t, "nearer"))
	return units.Bytes(rapid.Float64Range(1, 1e11).Draw(t, "message")), tiers
}

// I-14, except that the switches of an in-switch all-reduce halve the bytes.
func TestNoAllReduceBeatsItsBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, tiers := drawTiers(t)
		if tiers.Ranks == 1 {
			return
		}
		n := float64(tiers.Ranks)
		link, _ := tiers.Flat()
		for _, a := range []physics.Algorithm{physics.Ring, physics.Tree} {
			require.GreaterOrEqual(t, float64(tiers.AllReduce(m, a)), float64(m.Times(2*(n-1)/n).Over(link))*(1-1e-12))
		}
		require.GreaterOrEqual(t, float64(tiers.AllReduce(m, physics.InSwitch)), float64(m.Over(link)))
		if tiers.Allows(physics.Hierarchical) {
			require.GreaterOrEqual(t, float64(tiers.AllReduce(m, physics.Hierarchical)), float64(m.Times(2*(n-1)/n).Over(tiers.Intra))*(1-1e-12))
		}
	})
}

func TestHierarchyBeatsTheFlatRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, tiers := drawTiers(t)
		flat := physics.RingAllReduce(m, tiers.Ranks, tiers.Inter, tiers.InterLatency)
		require.LessOrEqual(t, float64(physics.HierarchicalAllReduce(m, tiers)), float64(flat)*(1+1e-12))
	})
}

func TestCheapestIsTheLeastOfThoseAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, tiers := drawTiers(t)
		least, best := tiers.Cheapest(m)
		require.True(t, tiers.Allows(best), best)
		require.Equal(t, tiers.AllReduce(m, best), least)
		for a := physics.Ring; a < physics.NumAlgorithms; a++ {
			if tiers.Allows(a) {
				require.LessOrEqual(t, float64(least), float64(tiers.AllReduce(m, a)), a)
			}
		}
	})
}

func TestRingAllReduceIsScatterThenGather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, tiers := drawTiers(t)
		n, link, a := tiers.Ranks, tiers.Inter, tiers.InterLatency
		both := physics.ReduceScatter(m, n, link, a) + physics.AllGather(m, n, link, a)
		require.InDelta(t, float64(physics.RingAllReduce(m, n, link, a)), float64(both), 1e-12*float64(both))
	})
}

func TestRingAndTreeMeetAtTheCrossover(t *testing.T) {
	link, latency := 50*units.GBps, 5*units.Microsecond
	for _, n := range []int{3, 8, 64, 1000} {
		m := physics.Crossover(n, link, latency)
		require.InEpsilon(t, float64(physics.RingAllReduce(m, n, link, latency)), float64(physics.TreeAllReduce(m, n, link, latency)), 1e-12)
		require.Less(t, float64(physics.TreeAllReduce(m.Times(0.5), n, link, latency)), float64(physics.RingAllReduce(m.Times(0.5), n, link, latency)))
		require.Greater(t, float64(physics.TreeAllReduce(m.Times(2), n, link, latency)), float64(physics.RingAllReduce(m.Times(2), n, link, latency)))
	}
	require.Zero(t, physics.Crossover(2, link, latency))
}

// By hand: 14 GB over 4 nodes of 8. The third phase carries V/G = 1.75 GB.
func TestHierarchicalPhasesByHand(t *testing.T) {
	tiers := physics.Tiers{
		Ranks: 32, PerNode: 8, Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond,
		Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
	}
	scatter, exchange, gather := tiers.Phases(14 * units.GB)
	require.InEpsilon(t, 0.875*14e9/450e9+7*0.5e-6, float64(scatter), 1e-12)
	require.InEpsilon(t, 2*0.75*1.75e9/50e9+6*5e-6, float64(exchange), 1e-12)
	require.Equal(t, scatter, gather)
	require.InEpsilon(t, 0.10698144444444443, float64(scatter+exchange+gather), 1e-12)
}

func TestInSwitchByHand(t *testing.T) {
	require.InEpsilon(t, 1e9*1.125/450e9+1e-6, float64(physics.InSwitchAllReduce(units.GB, 8, 450*units.GBps, 0.5*units.Microsecond)), 1e-12)
	require.Zero(t, physics.InSwitchAllReduce(units.GB, 1, 450*units.GBps, units.Microsecond))
	require.Zero(t, physics.AllToAll(units.GB, 1, 450*units.GBps, units.Microsecond))
}

func TestAlgorithmText(t *testing.T) {
	for a := physics.AutoAlgorithm; a < physics.NumAlgorithms; a++ {
		text, err := a.MarshalText()
		require.NoError(t, err)
		var back physics.Algorithm
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, a, back)
	}
	var a physics.Algorithm
	require.ErrorContains(t, a.UnmarshalText([]byte("rign")), "did you mean ring?")
}

// Dally, Towles 2003: an 8-ary 2-cube has 16 links each way across its middle.
func TestCubesByHand(t *testing.T) {
	require.InEpsilon(t, 16, physics.CubeLinks(64, 2), 1e-12)
	require.InEpsilon(t, 4, physics.CubeHops(64, 2), 1e-12)
	require.InEpsilon(t, 2, physics.CubeLinks(64, 1), 1e-12)
	require.InEpsilon(t, 32, physics.CubeLinks(64, 3), 1e-12)
	require.InEpsilon(t, 5, physics.TreeHops(3), 1e-12)
}

// A third phase that carried the whole message, or two whole all-reduces inside
// the node, would break the invariants above.
func TestWrongHierarchiesAreCaught(t *testing.T) {
	m := 14 * units.GB
	tiers := physics.Tiers{Ranks: 32, PerNode: 8, Intra: 90 * units.GBps, Inter: 50 * units.GBps}
	flat := physics.RingAllReduce(m, tiers.Ranks, tiers.Inter, 0)
	scatter, _, gather := tiers.Phases(m)
	whole := scatter + physics.RingAllReduce(m, tiers.Nodes(), tiers.Inter, 0) + gather
	require.Greater(t, float64(whole), float64(flat))
	twice := 2*physics.RingAllReduce(m, 8, tiers.Intra, 0) + physics.RingAllReduce(m.Times(1.0/8), 4, tiers.Inter, 0)
	require.Greater(t, float64(twice), float64(flat))
	require.Less(t, float64(physics.HierarchicalAllReduce(m, tiers)), float64(flat))
}
