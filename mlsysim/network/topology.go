package network

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Topology is what a fabric leaves to each endpoint when all send at once (wall
// 10): the links across its middle, tier by tier, and the distance.
//
//	fat tree  n/2 links, 2·tiers − 1 switches
//	k-ary d-cube  min(2·k^(d−1), n/2) links, d·k/4 hops (ring d = 1, torus d = 3)
//	dragonfly  β·n/2 links, 3 hops: local, global, local
//	bisection = link·links/(o_leaf·o_core)
//	effective = link·β/max(β, o_leaf·x_leaf, o_leaf·o_core·x_core), β = links/(n/2)
//
// x is the share of the traffic that reaches a tier: traffic under one leaf, or
// on one rail, pays for no uplink. It leaves out routing, collisions of flows and
// the number of switches and cables.
//
// Leiserson 1985; Dally, Towles 2003; Kim 2008 (dragonfly); Wang 2023 (rail-only).
type Topology struct {
	Kind                 Kind           `help:"family of topologies"`
	Nodes                int            `help:"endpoints" min:"2"`
	Link                 units.ByteRate `help:"link of an endpoint, one way" above:"0"`
	Tiers                int            `help:"tiers of switches of a fat tree" min:"1" max:"8" default:"3"`
	Local                float64        `help:"share of the traffic that stays under one leaf switch, on one rail or in one dragonfly group" min:"0" max:"1"`
	InPod                float64        `help:"share of the traffic that leaves the leaf but not its pod, below the core of a fat tree" min:"0" max:"1"`
	Oversubscription     float64        `help:"oversubscription of the leaf switches, endpoint to uplink bandwidth; of every link where there are no tiers" min:"1" default:"1"`
	CoreOversubscription float64        `help:"oversubscription of the switches below the core of a fat tree" min:"1" default:"1"`
	Dimensions           int            `help:"dimensions of a cube" min:"1" max:"16" default:"3"`
	GlobalFraction       float64        `help:"links across the middle of a dragonfly, per endpoint on one side; 0.85 is the framework's value" above:"0" max:"1" default:"0.85"`
}

// TopologyResult is what the fabric delivers.
type TopologyResult struct {
	Effective units.ByteRate `help:"bandwidth of each endpoint when all send at once, one way" better:"higher"`
	Bisection units.ByteRate `help:"bandwidth across the middle, one way" better:"higher"`
	Fraction  float64        `help:"links across the middle per endpoint on one side, before oversubscription" better:"higher"`
	Links     float64        `help:"links across the middle, one way" better:"higher"`
	Hops      float64        `help:"mean distance: switches of a tree, links between routers of a dragonfly, links of a cube" better:"lower"`

	Oversubscription float64 `help:"endpoint bandwidth to bandwidth across the top" better:"lower"`
	Kind             Kind    `help:"family of topologies"`
	Nodes            int     `help:"endpoints"`
	walls.Notes

	in Topology
}

const topologyName = "network.Topology"

// Solve fails only if a field is out of range.
func (s Topology) Solve() (TopologyResult, error) {
	if err := describe.Check(&s); err != nil {
		return TopologyResult{}, err
	}
	if err := s.refuse(); err != nil {
		return TopologyResult{}, err
	}
	r := TopologyResult{Kind: s.Kind, Nodes: s.Nodes, Oversubscription: s.Oversubscription * s.CoreOversubscription, in: s}
	r.Links, r.Hops = s.links(), s.hops()
	r.Fraction = r.Links / (float64(s.Nodes) / 2)
	r.Bisection = s.Link.Times(r.Links / r.Oversubscription)
	r.Effective = s.Link.Times(s.share(r.Fraction))
	if r.Effective < s.Link {
		r.Binding = walls.Network
	}
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Topology) Run() TopologyResult { return walls.Must(s.Solve()) }

// refuse applies the rules between fields.
func (s *Topology) refuse() error {
	switch {
	case s.Local > 0 && s.Kind.grid():
		return describe.Refuse(topologyName, "Local", s.Local, "0: no switches for traffic to stay under in a "+s.Kind.String())
	case s.InPod > 0 && !s.pods():
		return describe.Refuse(topologyName, "InPod", s.InPod, "0: only a fat tree of 3 or more tiers has pods")
	case s.CoreOversubscription > 1 && !s.pods():
		return describe.Refuse(topologyName, "CoreOversubscription", s.CoreOversubscription, "1: only a fat tree of 3 or more tiers has switches between leaf and core")
	case s.Oversubscription > 1 && s.Kind == FatTree && s.Tiers == 1:
		return describe.Refuse(topologyName, "Oversubscription", s.Oversubscription, "1: a single tier has no uplinks")
	case s.Local+s.InPod > 1:
		return describe.Refuse(topologyName, "InPod", s.InPod, "at most what Local leaves of 1")
	}
	return nil
}

// pods reports whether there is a tier between the leaves and the core.
func (s *Topology) pods() bool { return s.Kind == FatTree && s.Tiers >= 3 }

// dims is the number of dimensions of a grid.
func (s *Topology) dims() int {
	switch s.Kind {
	case Ring:
		return 1
	case Torus3D:
		return 3
	default:
		return s.Dimensions
	}
}

// links is the number of links across the middle, one way.
func (s *Topology) links() float64 {
	half := float64(s.Nodes) / 2
	switch {
	case s.Kind.grid():
		return physics.CubeLinks(s.Nodes, s.dims())
	case s.Kind == Dragonfly:
		return s.GlobalFraction * half
	default:
		return half
	}
}

// away and core are the shares of the traffic that leave the leaf and that
// reach the top.
func (s *Topology) away() float64 { return 1 - s.Local }
func (s *Topology) core() float64 { return max(0, 1-s.Local-s.InPod) }

// share is the part of its link that every endpoint can use at once.
func (s *Topology) share(fraction float64) float64 {
	leaf := s.Oversubscription * s.away()
	top := s.Oversubscription * s.CoreOversubscription * s.core()
	return fraction / max(fraction, leaf, top)
}

// top is the number of tiers on the way up: two where leaves have one spine above
// them, or where a dragonfly's path is local, global, local.
func (s *Topology) top() int {
	if s.Kind == FatTree {
		return s.Tiers
	}
	return 2
}

// hops is the mean distance of two endpoints under the stated traffic.
func (s *Topology) hops() float64 {
	if s.Kind.grid() {
		return physics.CubeHops(s.Nodes, s.dims())
	}
	return s.Local*physics.TreeHops(1) + s.InPod*physics.TreeHops(2) + s.core()*physics.TreeHops(s.top())
}
