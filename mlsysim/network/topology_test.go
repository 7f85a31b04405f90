package network_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func drawTopology(t *rapid.T) network.Topology {
	s := network.Topology{
		Kind:  network.Kind(rapid.IntRange(0, int(network.RailOptimised)).Draw(t, "kind")),
		Nodes: rapid.IntRange(2, 100_000).Draw(t, "nodes"), Link: units.ByteRate(rapid.Float64Range(1e9, 1e12).Draw(t, "link")),
		Oversubscription: rapid.Float64Range(1, 8).Draw(t, "oversubscription"),
		Tiers:            rapid.IntRange(2, 5).Draw(t, "tiers"), Dimensions: rapid.IntRange(1, 6).Draw(t, "dimensions"),
		GlobalFraction: rapid.Float64Range(0.1, 1).Draw(t, "global"),
	}
	switch s.Kind {
	case network.FatTree, network.Dragonfly, network.RailOptimised:
		s.Local = float64(rapid.IntRange(0, 64).Draw(t, "local")) / 64
	}
	if s.Kind == network.FatTree && s.Tiers >= 3 {
		s.CoreOversubscription = rapid.Float64Range(1, 8).Draw(t, "core")
		s.InPod = (1 - s.Local) * float64(rapid.IntRange(0, 64).Draw(t, "pod")) / 64
	}
	return s
}

func lay(t require.TestingT, s network.Topology) network.TopologyResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// D-43: no fabric has more links across its middle than endpoints on one side.
func TestNoEndpointExceedsItsLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTopology(t)
		r := lay(t, s)
		require.Greater(t, r.Fraction, 0.0)
		require.LessOrEqual(t, r.Fraction, 1+1e-12)
		require.LessOrEqual(t, float64(r.Effective), float64(s.Link))
		require.LessOrEqual(t, float64(r.Bisection), float64(s.Link)*float64(s.Nodes)/2*(1+1e-12))
		require.NoError(t, r.Explain().Verify(r))
	})
}

// P-14: the more traffic stays low in the tree, the less it pays and the nearer it is.
func TestLocalTrafficPaysForNoUplink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTopology(t)
		s.Kind = rapid.SampledFrom([]network.Kind{network.FatTree, network.Dragonfly, network.RailOptimised}).Draw(t, "switched")
		s.InPod, s.CoreOversubscription, s.Tiers = 0, 1, 3
		low, high := s, s
		low.Local, high.Local = 0.2, 0.7
		a, b := lay(t, low), lay(t, high)
		require.LessOrEqual(t, float64(a.Effective), float64(b.Effective))
		require.Greater(t, a.Hops, b.Hops)
		require.Equal(t, a.Bisection, b.Bisection)
		s.Local = 1
		require.Equal(t, s.Link, lay(t, s).Effective)
	})
}

func TestTighterUplinksNeverHelp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTopology(t)
		tight := s
		tight.Oversubscription *= 2
		require.LessOrEqual(t, float64(lay(t, tight).Effective), float64(lay(t, s).Effective)*(1+1e-12))
		require.InEpsilon(t, float64(lay(t, s).Bisection), 2*float64(lay(t, tight).Bisection), 1e-12)
	})
}

// By hand: half of the traffic leaves the leaf at 2:1, a quarter reaches a core at 2·3:1.
func TestTiersPayForThemselves(t *testing.T) {
	s := network.Topology{Nodes: 64, Link: 50 * units.GBps, Oversubscription: 2, CoreOversubscription: 3, Local: 0.5, InPod: 0.25}
	r := lay(t, s)
	require.InEpsilon(t, 50e9/1.5, float64(r.Effective), 1e-12)
	require.InEpsilon(t, 50e9*32/6, float64(r.Bisection), 1e-12)
	require.InEpsilon(t, 0.5*1+0.25*3+0.25*5, r.Hops, 1e-12)
	s.InPod = 0.5
	require.Equal(t, s.Link, lay(t, s).Effective) // 2 · 0.5 = 1: the leaf uplinks just carry it
	require.Equal(t, walls.Nothing, lay(t, s).Binding)
}

// By hand: a collective that keeps to its rails does not see the 4:1 spine.
func TestOnlyCrossRailTrafficPays(t *testing.T) {
	s := network.Topology{Kind: network.RailOptimised, Nodes: 512, Link: 50 * units.GBps, Oversubscription: 4, Local: 0.9}
	r := lay(t, s)
	require.Equal(t, s.Link, r.Effective)
	require.InEpsilon(t, 0.9*1+0.1*3, r.Hops, 1e-12)
	s.Local = 0.5
	require.InEpsilon(t, 25e9, float64(lay(t, s).Effective), 1e-12)
}

// solvers.md 3.16.
func TestWorkedTopologies(t *testing.T) {
	r := lay(t, network.Topology{Kind: network.Torus3D, Nodes: 64, Link: 50 * units.GBps})
	require.InEpsilon(t, 1.0, r.Fraction, 1e-12)
	require.InEpsilon(t, 50e9, float64(r.Effective), 1e-12)
	require.InEpsilon(t, 1600e9, float64(r.Bisection), 1e-12)
	require.InEpsilon(t, 3.0, r.Hops, 1e-12)
	r = lay(t, network.Topology{Nodes: 64, Link: 50 * units.GBps, Oversubscription: 2})
	require.InEpsilon(t, 25e9, float64(r.Effective), 1e-12)
	require.InEpsilon(t, 800e9, float64(r.Bisection), 1e-12)
	require.InEpsilon(t, 5.0, r.Hops, 1e-12)
	// A torus of 1000 has 2·10² links for its 500 pairs.
	r = lay(t, network.Topology{Kind: network.Torus3D, Nodes: 1000, Link: 50 * units.GBps})
	require.InEpsilon(t, 0.4, r.Fraction, 1e-12)
	// A ring has two, a cube of one dimension is a ring.
	r = lay(t, network.Topology{Kind: network.Ring, Nodes: 64, Link: 50 * units.GBps})
	require.InEpsilon(t, 100e9, float64(r.Bisection), 1e-12)
	same := lay(t, network.Topology{Kind: network.Cube, Dimensions: 1, Nodes: 64, Link: 50 * units.GBps})
	require.Equal(t, r.Bisection, same.Bisection)
}

// D-43: an unknown name is refused with a suggestion; punctuation does not matter.
func TestUnknownTopologies(t *testing.T) {
	var k network.Kind
	require.NoError(t, k.UnmarshalText([]byte("Fat-Tree")))
	require.Equal(t, network.FatTree, k)
	require.ErrorContains(t, k.UnmarshalText([]byte("dragonfli")), "did you mean dragonfly?")
	require.ErrorContains(t, k.UnmarshalText([]byte("moebius")), "want one of fat_tree, torus_3d")
}

func TestTopologyRefusals(t *testing.T) {
	for want, change := range map[string]func(*network.Topology){
		"network.Topology: Nodes = -8: want at least 2":          func(s *network.Topology) { s.Nodes = -8 },
		"Nodes = 1: want at least 2":                             func(s *network.Topology) { s.Nodes = 1 },
		"Link = 0 B/s: want above 0":                             func(s *network.Topology) { s.Link = 0 },
		"Oversubscription = -2: want at least 1":                 func(s *network.Topology) { s.Oversubscription = -2 },
		"Oversubscription = 0.5: want at least 1":                func(s *network.Topology) { s.Oversubscription = 0.5 },
		"Oversubscription = 2: want 1: a single tier":            func(s *network.Topology) { s.Oversubscription, s.Tiers = 2, 1 },
		"Local = 0.5: want 0: no switches":                       func(s *network.Topology) { s.Local, s.Kind = 0.5, network.Ring },
		"InPod = 0.5: want 0: only a fat tree":                   func(s *network.Topology) { s.InPod, s.Tiers = 0.5, 2 },
		"InPod = 0.6: want at most what Local leaves":            func(s *network.Topology) { s.InPod, s.Local = 0.6, 0.5 },
		"CoreOversubscription = 2: want 1: only a fat tree":      func(s *network.Topology) { s.CoreOversubscription, s.Kind = 2, network.Dragonfly },
		"Kind = 9: want one of fat_tree, torus_3d, ring, cube, ": func(s *network.Topology) { s.Kind = 9 },
	} {
		s := network.Topology{Nodes: 64, Link: 50 * units.GBps}
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

func ExampleTopology() {
	r, err := network.Topology{Kind: network.FatTree, Nodes: 1024, Link: 50 * units.GBps, Oversubscription: 2, Local: 0.25}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Effective, "per endpoint,", r.Bisection, "across the middle,", r.Hops, "switches")
	// Output: 33.33 GB/s per endpoint, 12.8 TB/s across the middle, 4 switches
}

func BenchmarkTopology(b *testing.B) {
	s := network.Topology{Kind: network.Torus3D, Nodes: 4096, Link: 50 * units.GBps}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

// I-26: every input changes the result of the kind that has it.
func TestEveryTopologyInputMatters(t *testing.T) {
	tree := network.Topology{Nodes: 64, Link: 50 * units.GBps, Oversubscription: 2}
	cube, dragonfly := tree, tree
	cube.Kind, dragonfly.Kind = network.Cube, network.Dragonfly
	for name, in := range map[string]struct {
		base   network.Topology
		change func(*network.Topology)
	}{
		"Kind":                 {tree, func(s *network.Topology) { s.Kind = network.Ring }},
		"Nodes":                {tree, func(s *network.Topology) { s.Nodes = 128 }},
		"Link":                 {tree, func(s *network.Topology) { s.Link *= 2 }},
		"Tiers":                {tree, func(s *network.Topology) { s.Tiers = 4 }},
		"Local":                {tree, func(s *network.Topology) { s.Local = 0.5 }},
		"InPod":                {tree, func(s *network.Topology) { s.InPod = 0.5 }},
		"Oversubscription":     {tree, func(s *network.Topology) { s.Oversubscription = 3 }},
		"CoreOversubscription": {tree, func(s *network.Topology) { s.CoreOversubscription = 3 }},
		"Dimensions":           {cube, func(s *network.Topology) { s.Dimensions = 2 }},
		"GlobalFraction":       {dragonfly, func(s *network.Topology) { s.GlobalFraction = 0.5 }},
	} {
		before, err := json.Marshal(lay(t, in.base))
		require.NoError(t, err)
		s := in.base
		in.change(&s)
		after, err := json.Marshal(lay(t, s))
		require.NoError(t, err)
		require.NotEqual(t, string(before), string(after), name)
	}
}
