// Package network models what carries messages between devices: the time of one
// collective operation, and the bandwidth and distance that a topology leaves to
// each of its endpoints. It leaves out congestion by other jobs, routing and
// packet loss.
//
//	r, err := network.Collective{Message: 14 * units.GB, Ranks: 32, Intra: 450 * units.GBps, Inter: 50 * units.GBps}.Solve()
package network

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Collective is one operation of a group of ranks that hold a message each (wall
// 14). An all-reduce runs by the cheapest algorithm that the links allow, unless
// one is fixed.
//
//	ring          2·(n−1)/n·M/β + 2·(n−1)·α
//	tree          2·M/β + 2·log2(n)·α
//	in-switch     M·(1 + 1/n)/β + 2·α
//	hierarchical  2·((g−1)/g·M/β_i + (g−1)·α_i) + ring(M/g, n/g, β_e, α_e)
//	the others    (n−1)/n·M/β + (n−1)·α, ring or pair by pair
//
// A flat algorithm runs at the slower of the two links as soon as the group spans
// nodes. It leaves out the arithmetic of the sums, and links shared with others.
//
// Hockney 1994; Thakur 2005; Patarasuk, Yuan 2009; Sanders 2009; Graham 2016.
type Collective struct {
	Operation    Operation         `help:"what the group does"`
	Message      units.Bytes       `help:"whole buffer of each rank" min:"0"`
	Ranks        int               `help:"devices in the group" min:"1"`
	PerNode      int               `help:"devices of the group in one node; 8 as in an HGX server" min:"1" default:"8"`
	Intra        units.ByteRate    `help:"link of a rank inside the node, one way" min:"0"`
	IntraLatency units.Seconds     `help:"latency of one step on it" min:"0"`
	Inter        units.ByteRate    `help:"link of a rank to other nodes, one way" min:"0"`
	InterLatency units.Seconds     `help:"latency of one step on it" min:"0"`
	NodeSwitch   bool              `help:"switches inside the node can add (NVLink SHARP)"`
	FabricSwitch bool              `help:"switches between the nodes can add (InfiniBand SHARP)"`
	Algorithm    physics.Algorithm `help:"how; auto is the cheapest that the links allow"`
}

// CollectiveResult is the cost of one operation.
type CollectiveResult struct {
	Time      units.Seconds     `help:"time of the operation" better:"lower"`
	Algorithm physics.Algorithm `help:"algorithm that it runs by"`
	Transfer  units.Seconds     `help:"part of the time that grows with the message" better:"lower"`
	Latency   units.Seconds     `help:"part of the time that does not" better:"lower"`

	BusBandwidth units.ByteRate `help:"rate at which the busiest link would have to run without latency" better:"higher" known:"BusKnown"`
	BusKnown     bool           `help:"the operation takes time"`

	Phases    int           `help:"phases one after another: a hierarchical all-reduce has three"`
	Scatter   units.Seconds `help:"reduce-scatter inside the node" better:"lower"`
	Exchange  units.Seconds `help:"between nodes, or the whole of a flat algorithm" better:"lower"`
	Gather    units.Seconds `help:"all-gather inside the node" better:"lower"`
	Exchanged units.Bytes   `help:"message of each rank in the exchange: the share of a device, if hierarchical" better:"lower"`

	Ring         units.Seconds `help:"time by ring, or pair by pair" better:"lower"`
	Tree         units.Seconds `help:"time by tree" better:"lower" known:"TreeKnown"`
	InSwitch     units.Seconds `help:"time if the switches add" better:"lower" known:"InSwitchKnown"`
	Hierarchical units.Seconds `help:"time in three phases" better:"lower" known:"HierarchicalKnown"`
	Crossover    units.Bytes   `help:"message above which the ring beats the tree" known:"TreeKnown"`

	TreeKnown         bool `help:"the operation can run by tree"`
	InSwitchKnown     bool `help:"the switches can do it"`
	HierarchicalKnown bool `help:"the group fills several nodes evenly"`

	Nodes int `help:"nodes that the group spans"`
	walls.Notes

	in Collective // with its defaults and its algorithm settled, for Explain
}

const collectiveName = "network.Collective"

// Solve fails only if a field is out of range.
func (c Collective) Solve() (CollectiveResult, error) {
	if err := describe.Check(&c); err != nil {
		return CollectiveResult{}, err
	}
	tiers := c.tiers()
	if err := c.refuse(&tiers); err != nil {
		return CollectiveResult{}, err
	}
	c.settle(&tiers)
	r := CollectiveResult{Algorithm: c.Algorithm, Nodes: tiers.Nodes()}
	r.Time = c.time(&tiers, c.Message, c.Algorithm)
	r.Latency = c.time(&tiers, 0, c.Algorithm)
	r.Transfer = c.transfer(&tiers)
	c.phases(&r, &tiers)
	c.alternatives(&r, &tiers)
	if r.BusKnown = r.Time > 0; r.BusKnown {
		r.BusBandwidth = c.Message.Times(c.passes()).Per(r.Time)
	}
	c.note(&r, &tiers)
	r.in = c
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (c Collective) Run() CollectiveResult { return walls.Must(c.Solve()) }

func (c *Collective) tiers() physics.Tiers {
	return physics.Tiers{
		Ranks: c.Ranks, PerNode: c.PerNode, Intra: c.Intra, IntraLatency: c.IntraLatency,
		Inter: c.Inter, InterLatency: c.InterLatency, NodeSwitch: c.NodeSwitch, FabricSwitch: c.FabricSwitch,
	}
}

// refuse applies the rules between fields.
func (c *Collective) refuse(t *physics.Tiers) error {
	fixed := c.Algorithm
	switch {
	case t.Crosses() && c.Inter == 0:
		return describe.Refuse(collectiveName, "Inter", c.Inter, "above 0 B/s: the group spans nodes")
	case !t.Crosses() && c.Ranks > 1 && c.Intra == 0:
		return describe.Refuse(collectiveName, "Intra", c.Intra, "above 0 B/s: the group lies inside a node")
	case fixed == physics.Hierarchical && t.Crosses() && !t.Even():
		return describe.Refuse(collectiveName, "Algorithm", fixed, "another one: the ranks do not fill their nodes evenly")
	case fixed == physics.Hierarchical && t.Crosses() && !t.Allows(fixed):
		return describe.Refuse(collectiveName, "Intra", c.Intra, "above 0 B/s: its phases inside the node need the link")
	case c.Operation == AllReduce && fixed == physics.InSwitch && !t.Allows(fixed):
		return describe.Refuse(collectiveName, "Algorithm", fixed, "another one: the switches cannot add (NodeSwitch inside a node, FabricSwitch between nodes)")
	case !c.runs(fixed):
		return describe.Refuse(collectiveName, "Algorithm", fixed, "one that "+c.Operation.String()+" has: "+algorithmsOf[c.Operation])
	}
	return nil
}

var algorithmsOf = [...]string{"auto, ring, tree, in-switch, hierarchical", "auto, ring, hierarchical", "auto, ring, hierarchical", "auto, pairwise"}

// runs reports whether the operation has the algorithm at all.
func (c *Collective) runs(a physics.Algorithm) bool {
	switch a {
	case physics.AutoAlgorithm:
		return true
	case physics.Ring, physics.Hierarchical:
		return c.Operation != AllToAll
	case physics.Pairwise:
		return c.Operation == AllToAll
	default:
		return c.Operation == AllReduce
	}
}

// settle replaces auto by the cheapest algorithm; in one node the hierarchical
// one is the ring, and a lone rank needs none.
func (c *Collective) settle(t *physics.Tiers) {
	switch {
	case c.Operation == AllToAll:
		c.Algorithm = physics.Pairwise
	case c.Ranks == 1, c.Algorithm == physics.Hierarchical && !t.Crosses():
		c.Algorithm = physics.Ring
	case c.Algorithm != physics.AutoAlgorithm:
	case c.Operation == AllReduce:
		_, c.Algorithm = t.Cheapest(c.Message)
	default:
		c.Algorithm = physics.Ring
		if t.Allows(physics.Hierarchical) && c.time(t, c.Message, physics.Hierarchical) < c.time(t, c.Message, physics.Ring) {
			c.Algorithm = physics.Hierarchical
		}
	}
}

// time is the time of the operation on a message by one algorithm.
func (c *Collective) time(t *physics.Tiers, message units.Bytes, a physics.Algorithm) units.Seconds {
	if c.Operation == AllReduce {
		return t.AllReduce(message, a)
	}
	if a == physics.Hierarchical {
		local, exchange := t.HalfPhases(message)
		return local + exchange
	}
	link, latency := t.Flat()
	return physics.ReduceScatter(message, t.Ranks, link, latency)
}

// transfer is the time of the operation if every latency were nought.
func (c *Collective) transfer(t *physics.Tiers) units.Seconds {
	bare := *t
	bare.IntraLatency, bare.InterLatency = 0, 0
	return c.time(&bare, c.Message, c.Algorithm)
}

// passes is how often the message crosses the busiest link: twice but for one
// share in an all-reduce, once but for one share in the others.
func (c *Collective) passes() float64 {
	n := float64(c.Ranks)
	if c.Operation == AllReduce {
		return 2 * (n - 1) / n
	}
	return (n - 1) / n
}

// phases fills in what happens one after another.
func (c *Collective) phases(r *CollectiveResult, t *physics.Tiers) {
	r.Phases, r.Exchange, r.Exchanged = 1, r.Time, c.Message
	if c.Algorithm != physics.Hierarchical {
		return
	}
	r.Exchanged = c.Message.Times(1 / float64(t.Local()))
	if c.Operation == AllReduce {
		r.Phases = 3
		r.Scatter, r.Exchange, r.Gather = t.Phases(c.Message)
		return
	}
	r.Phases = 2
	local, exchange := t.HalfPhases(c.Message)
	r.Exchange = exchange
	if c.Operation == AllGather {
		r.Gather = local
		return
	}
	r.Scatter = local
}

// alternatives fills in the time of every algorithm that could have been taken.
func (c *Collective) alternatives(r *CollectiveResult, t *physics.Tiers) {
	r.Ring = c.time(t, c.Message, physics.Ring)
	if r.HierarchicalKnown = c.Operation != AllToAll && t.Allows(physics.Hierarchical); r.HierarchicalKnown {
		r.Hierarchical = c.time(t, c.Message, physics.Hierarchical)
	}
	if c.Operation != AllReduce {
		return
	}
	link, latency := t.Flat()
	r.Tree, r.TreeKnown = c.time(t, c.Message, physics.Tree), true
	r.Crossover = physics.Crossover(c.Ranks, link, latency)
	if r.InSwitchKnown = t.Allows(physics.InSwitch); r.InSwitchKnown {
		r.InSwitch = c.time(t, c.Message, physics.InSwitch)
	}
}

// note fills in what binds and what a reader should know.
func (c *Collective) note(r *CollectiveResult, t *physics.Tiers) {
	switch {
	case c.Ranks == 1:
		r.Binding = walls.Nothing
	case r.Latency > r.Transfer:
		r.Binding = walls.Overhead
	default:
		r.Binding = walls.Network
	}
	if t.Crosses() {
		r.Warnings |= walls.CrossesNodes
	}
}
