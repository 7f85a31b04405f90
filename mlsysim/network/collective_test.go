package network_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// base is the hierarchical case of solvers.md 2.10.
var base = network.Collective{
	Message: 14 * units.GB, Ranks: 32, PerNode: 8, Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond,
	Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
}

func solve(t require.TestingT, c network.Collective) network.CollectiveResult {
	r, err := c.Solve()
	require.NoError(t, err)
	return r
}

func draw(t *rapid.T) network.Collective {
	return network.Collective{
		Operation: network.Operation(rapid.IntRange(0, 3).Draw(t, "operation")),
		Message:   units.Bytes(rapid.IntRange(0, 1e11).Draw(t, "message")),
		Ranks:     rapid.IntRange(1, 4096).Draw(t, "ranks"), PerNode: rapid.IntRange(1, 16).Draw(t, "per node"),
		Intra: units.ByteRate(rapid.Float64Range(1e9, 1e12).Draw(t, "intra")), IntraLatency: units.Nanosecond.Times(float64(rapid.IntRange(0, 10_000).Draw(t, "near"))),
		Inter: units.ByteRate(rapid.Float64Range(1e9, 1e12).Draw(t, "inter")), InterLatency: units.Nanosecond.Times(float64(rapid.IntRange(0, 100_000).Draw(t, "far"))),
		NodeSwitch: rapid.Bool().Draw(t, "node switch"), FabricSwitch: rapid.Bool().Draw(t, "fabric switch"),
	}
}

func TestAutoIsAtMostEveryAlternative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := solve(t, draw(t))
		require.LessOrEqual(t, float64(r.Time), float64(r.Ring))
		if r.TreeKnown && r.Nodes > 0 && r.BusKnown {
			require.LessOrEqual(t, float64(r.Time), float64(r.Tree)*(1+1e-12))
		}
		if r.InSwitchKnown {
			require.LessOrEqual(t, float64(r.Time), float64(r.InSwitch)*(1+1e-12))
		}
		if r.HierarchicalKnown {
			require.LessOrEqual(t, float64(r.Time), float64(r.Hierarchical)*(1+1e-12))
		}
	})
}

func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		r := solve(t, c)
		require.InDelta(t, float64(r.Time), float64(r.Scatter+r.Exchange+r.Gather), 1e-12*float64(r.Time))
		require.InDelta(t, float64(r.Time), float64(r.Transfer+r.Latency), 1e-12*float64(r.Time))
		fastest := max(c.Intra, c.Inter)
		if r.BusKnown && r.Algorithm != physics.InSwitch { // switches halve the bytes
			require.LessOrEqual(t, float64(r.BusBandwidth), float64(fastest)*(1+1e-12))
		}
		require.NoError(t, r.Explain().Verify(r))
	})
}

func TestFixedAlgorithmsExplainThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		c.Algorithm = physics.Algorithm(rapid.IntRange(0, int(physics.NumAlgorithms)-1).Draw(t, "algorithm"))
		r, err := c.Solve()
		if err != nil {
			return
		}
		require.NoError(t, r.Explain().Verify(r))
		if c.Algorithm != physics.AutoAlgorithm && c.Ranks > 1 && r.Nodes > 1 {
			require.Equal(t, c.Algorithm, r.Algorithm)
		}
	})
}

func TestBetterLinksAreNeverSlower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		before := solve(t, c).Time
		better := c
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			better.Intra *= 2
		case 1:
			better.Inter *= 2
		case 2:
			better.Message /= 2
		default:
			better.NodeSwitch, better.FabricSwitch = true, true
		}
		require.LessOrEqual(t, float64(solve(t, better).Time), float64(before)*(1+1e-12))
	})
}

// solvers.md 2.10: the third phase carries the share of one device.
func TestHierarchyByHand(t *testing.T) {
	r := solve(t, base)
	require.Equal(t, physics.Hierarchical, r.Algorithm)
	require.InEpsilon(t, 0.10698144444444443, float64(r.Time), 1e-12)
	require.Equal(t, 3, r.Phases)
	require.InEpsilon(t, 1.75e9, float64(r.Exchanged), 1e-12)
	require.InEpsilon(t, 0.05253, float64(r.Exchange), 1e-12)
	require.InEpsilon(t, 2*31.0/32*14e9/0.10698144444444443, float64(r.BusBandwidth), 1e-12)
	require.Equal(t, walls.Network, r.Binding)
	require.True(t, r.Warnings.Has(walls.CrossesNodes))
}

func TestSmallMessagesTakeTheTree(t *testing.T) {
	c := network.Collective{Message: units.MB, Ranks: 64, PerNode: 1, Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond}
	r := solve(t, c)
	require.Equal(t, physics.Tree, r.Algorithm)
	require.Equal(t, walls.Overhead, r.Binding)
	require.InEpsilon(t, 0.1e-3, float64(r.Time), 1e-12)
	require.InEpsilon(t, 0.669375e-3, float64(r.Ring), 1e-12)
	c.Message = units.GB
	r = solve(t, c)
	require.Equal(t, physics.Ring, r.Algorithm)
	require.InEpsilon(t, 0.040005, float64(r.Time), 1e-12)
	require.Greater(t, float64(c.Message), float64(r.Crossover))
}

func TestSwitchesHalveTheBytes(t *testing.T) {
	c := base
	c.Ranks, c.NodeSwitch = 8, true
	r := solve(t, c)
	require.Equal(t, physics.InSwitch, r.Algorithm)
	require.InEpsilon(t, 14e9*1.125/450e9+1e-6, float64(r.Time), 1e-12)
	require.Less(t, float64(r.Time), float64(r.Ring))
}

func TestZeroTrafficIsThatOfAnAllReduce(t *testing.T) {
	all := solve(t, base)
	scatter, gather := base, base
	scatter.Operation, gather.Operation = network.ReduceScatter, network.AllGather
	a, b := solve(t, scatter), solve(t, gather)
	require.InEpsilon(t, float64(all.Time), float64(a.Time+b.Time), 1e-12)
	require.Equal(t, 2, a.Phases)
	require.Zero(t, a.Gather)
	require.Zero(t, b.Scatter)
}

func TestAllToAllGoesOverTheSlowLink(t *testing.T) {
	c := base
	c.Operation, c.Message = network.AllToAll, units.GB
	r := solve(t, c)
	require.Equal(t, physics.Pairwise, r.Algorithm)
	require.InEpsilon(t, 31.0/32*1e9/50e9+31*5e-6, float64(r.Time), 1e-12)
	require.False(t, r.TreeKnown)
}

func TestLoneRankExchangesNothing(t *testing.T) {
	r := solve(t, network.Collective{Message: units.GB, Ranks: 1})
	require.Zero(t, r.Time)
	require.False(t, r.BusKnown)
	require.Equal(t, walls.Nothing, r.Binding)
}

// Five ranks on nodes of four cannot run hierarchically, and auto does not try.
func TestUnevenGroups(t *testing.T) {
	c := base
	c.Ranks = 9
	require.False(t, solve(t, c).HierarchicalKnown)
	require.Equal(t, 2, solve(t, c).Nodes)
}

func TestCollectiveRefusals(t *testing.T) {
	for want, change := range map[string]func(*network.Collective){
		"network.Collective: Ranks = 0: want at least 1":            func(c *network.Collective) { c.Ranks = 0 },
		"Message = -1 B: want at least 0":                           func(c *network.Collective) { c.Message = -1 },
		"Inter = 0 B/s: want above 0 B/s":                           func(c *network.Collective) { c.Inter = 0 },
		"Intra = 0 B/s: want above 0 B/s":                           func(c *network.Collective) { c.Ranks, c.Intra = 8, 0 },
		"Intra = 0 B/s: want above 0 B/s: its phases":               func(c *network.Collective) { c.Algorithm, c.Intra = physics.Hierarchical, 0 },
		"Algorithm = hierarchical: want another one: the ranks":     func(c *network.Collective) { c.Algorithm, c.Ranks = physics.Hierarchical, 9 },
		"Algorithm = in-switch: want another one: the switches":     func(c *network.Collective) { c.Algorithm, c.NodeSwitch = physics.InSwitch, true },
		"Algorithm = pairwise: want one that all-reduce has":        func(c *network.Collective) { c.Algorithm = physics.Pairwise },
		"Algorithm = tree: want one that all-gather has: auto, rin": func(c *network.Collective) { c.Algorithm, c.Operation = physics.Tree, network.AllGather },
	} {
		c := base
		change(&c)
		_, err := c.Solve()
		require.ErrorContains(t, err, want)
	}
}

func TestOperationText(t *testing.T) {
	for o := network.AllReduce; o <= network.AllToAll; o++ {
		text, err := o.MarshalText()
		require.NoError(t, err)
		var back network.Operation
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, o, back)
	}
}

func ExampleCollective() {
	c := network.Collective{Ranks: 64, PerNode: 1, Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond}
	for _, c.Message = range []units.Bytes{units.MB, units.GB} {
		r, err := c.Solve()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(c.Message, "by", r.Algorithm, "in", r.Time)
	}
	// Output:
	// 1 MB by tree in 100 µs
	// 1 GB by ring in 40 ms
}

// The exchange between nodes carries the share of one device, 14 GB / 8.
func ExampleCollective_hierarchical() {
	r, err := network.Collective{
		Message: 14 * units.GB, Ranks: 32, PerNode: 8, Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond,
		Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
	}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Algorithm, "in", r.Time, "of which", r.Exchange, "for", r.Exchanged, "per device between nodes")
	// Output: hierarchical in 107 ms of which 52.53 ms for 1.75 GB per device between nodes
}

func BenchmarkCollective(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

// I-26: every input changes the result.
func TestEveryCollectiveInputMatters(t *testing.T) {
	before, err := json.Marshal(solve(t, base))
	require.NoError(t, err)
	for name, change := range map[string]func(*network.Collective){
		"Operation":    func(c *network.Collective) { c.Operation = network.AllToAll },
		"Message":      func(c *network.Collective) { c.Message *= 2 },
		"Ranks":        func(c *network.Collective) { c.Ranks = 64 },
		"PerNode":      func(c *network.Collective) { c.PerNode = 4 },
		"Intra":        func(c *network.Collective) { c.Intra *= 2 },
		"IntraLatency": func(c *network.Collective) { c.IntraLatency *= 2 },
		"Inter":        func(c *network.Collective) { c.Inter *= 2 },
		"InterLatency": func(c *network.Collective) { c.InterLatency *= 2 },
		"NodeSwitch":   func(c *network.Collective) { c.Ranks, c.NodeSwitch = 8, true },
		"FabricSwitch": func(c *network.Collective) { c.FabricSwitch = true },
		"Algorithm":    func(c *network.Collective) { c.Algorithm = physics.Tree },
	} {
		c := base
		change(&c)
		after, err := json.Marshal(solve(t, c))
		require.NoError(t, err)
		require.NotEqual(t, string(before), string(after), name)
	}
}
