package physics

import "github.com/mlsysim/golab/mlsysim/units"

// ReduceScatter is the time after which each rank of a ring holds the sum of its
// share of the message.
//
//	(n−1)/n·M/β + (n−1)·α
//
// An all-gather is the same steps backwards and takes as long; the two after one
// another are the ring all-reduce. Thakur, Rabenseifner, Gropp 2005.
func ReduceScatter(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	if ranks <= 1 {
		return 0
	}
	n := float64(ranks)
	return message.Times((n-1)/n).Over(link) + latency.Times(n-1)
}

// AllGather is the time after which each rank of a ring holds the shares of all.
// The message is the whole of what each rank ends up with.
//
//	(n−1)/n·M/β + (n−1)·α
func AllGather(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	return ReduceScatter(message, ranks, link, latency)
}

// AllToAll is the time in which each rank sends an equal part of its message to
// every other one, pair by pair.
//
//	(n−1)/n·M/β + (n−1)·α
//
// It leaves out links that several pairs share. Thakur, Rabenseifner, Gropp 2005.
func AllToAll(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	return ReduceScatter(message, ranks, link, latency)
}

// InSwitchAllReduce is the time of an all-reduce whose sums the switches form:
// each rank sends its message once and reads the result.
//
//	M·(1 + 1/n)/β + 2·α
//
// Graham 2016, "Scalable hierarchical aggregation protocol (SHARP)".
func InSwitchAllReduce(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	if ranks <= 1 {
		return 0
	}
	return message.Times(1+1/float64(ranks)).Over(link) + latency.Times(2)
}

// HierarchicalAllReduce reduces inside each node first, so that every rank
// carries only 1/g of the message to the other nodes, and gathers at the end.
//
//	2·((g−1)/g·M/β_i + (g−1)·α_i) + ring(M/g, nodes, β_e, α_e)
//
// β_e is the link of one rank to other nodes. Thakur, Rabenseifner, Gropp 2005;
// Jeaugey 2019, "Massively scale your deep learning training with NCCL 2.4".
func HierarchicalAllReduce(message units.Bytes, t Tiers) units.Seconds {
	scatter, exchange, gather := t.Phases(message)
	return scatter + exchange + gather
}

// Tiers are the links of a group of ranks: those inside a node and those between
// nodes, both per rank and one way.
type Tiers struct {
	Ranks        int // in the whole group
	PerNode      int // of them in each node; at least 1
	Intra        units.ByteRate
	IntraLatency units.Seconds
	Inter        units.ByteRate
	InterLatency units.Seconds
	NodeSwitch   bool // switches inside the node can add
	FabricSwitch bool // switches between the nodes can add
}

// Crosses reports whether the group spans nodes.
func (t *Tiers) Crosses() bool { return t.Ranks > t.PerNode }

// Even reports whether every node holds as many ranks of the group.
func (t *Tiers) Even() bool { return !t.Crosses() || t.Ranks%t.PerNode == 0 }

// Nodes returns the nodes that the group spans.
func (t *Tiers) Nodes() int { return (t.Ranks + t.PerNode - 1) / t.PerNode }

// Local returns the ranks of the group in each node.
func (t *Tiers) Local() int { return min(t.Ranks, t.PerNode) }

// Flat returns the link and latency of an algorithm that does not tell the tiers
// apart: the worse of both as soon as the group spans two nodes.
func (t *Tiers) Flat() (units.ByteRate, units.Seconds) {
	switch {
	case !t.Crosses():
		return t.Intra, t.IntraLatency
	case t.PerNode == 1 || t.Intra == 0:
		return t.Inter, t.InterLatency
	default:
		return min(t.Intra, t.Inter), max(t.IntraLatency, t.InterLatency)
	}
}

// Phases returns the three times of a hierarchical all-reduce: reduce-scatter in
// the node, ring of a share of the message between nodes, all-gather in the node.
func (t *Tiers) Phases(message units.Bytes) (scatter, exchange, gather units.Seconds) {
	g := t.Local()
	scatter = ReduceScatter(message, g, t.Intra, t.IntraLatency)
	exchange = RingAllReduce(message.Times(1/float64(g)), t.Nodes(), t.Inter, t.InterLatency)
	gather = AllGather(message, g, t.Intra, t.IntraLatency)
	return scatter, exchange, gather
}

// HalfPhases returns the two times of a hierarchical reduce-scatter, or in the
// opposite order of an all-gather: in the node, then with a share of the message
// between nodes.
//
//	(g−1)/g·M/β_i + (g−1)·α_i + (m−1)/m·(M/g)/β_e + (m−1)·α_e, m nodes
func (t *Tiers) HalfPhases(message units.Bytes) (local, exchange units.Seconds) {
	g := t.Local()
	local = ReduceScatter(message, g, t.Intra, t.IntraLatency)
	exchange = ReduceScatter(message.Times(1/float64(g)), t.Nodes(), t.Inter, t.InterLatency)
	return local, exchange
}

// Allows reports whether an all-reduce can run by an algorithm on these links.
func (t *Tiers) Allows(a Algorithm) bool {
	switch a {
	case Ring, Tree:
		return true
	case InSwitch:
		return t.Crosses() && t.FabricSwitch || !t.Crosses() && t.NodeSwitch
	case Hierarchical:
		return t.Crosses() && t.Even() && (t.Intra > 0 || t.PerNode == 1)
	default:
		return false
	}
}

// AllReduce is the time of an all-reduce by one algorithm that the links allow.
func (t *Tiers) AllReduce(message units.Bytes, a Algorithm) units.Seconds {
	link, latency := t.Flat()
	switch a {
	case Tree:
		return TreeAllReduce(message, t.Ranks, link, latency)
	case InSwitch:
		return InSwitchAllReduce(message, t.Ranks, link, latency)
	case Hierarchical:
		return HierarchicalAllReduce(message, *t)
	default:
		return RingAllReduce(message, t.Ranks, link, latency)
	}
}

// Cheapest is the least time of an all-reduce over the algorithms that the links
// allow, and the first algorithm that reaches it. Bandwidth decides for large
// messages, the number of latencies for small ones.
func (t *Tiers) Cheapest(message units.Bytes) (units.Seconds, Algorithm) {
	least, best := t.AllReduce(message, Ring), Ring
	for a := Tree; a < NumAlgorithms; a++ {
		if !t.Allows(a) {
			continue
		}
		if time := t.AllReduce(message, a); time < least {
			least, best = time, a
		}
	}
	return least, best
}

// Crossover is the message at which ring and tree take equally long: the tree
// has fewer latencies below it, the ring fewer bytes above.
//
//	M = n·β·α·(n − 1 − log2 n)
func Crossover(ranks int, link units.ByteRate, latency units.Seconds) units.Bytes {
	if ranks <= 2 {
		return 0
	}
	n := float64(ranks)
	return link.For(latency).Times(n * (n - 1 - treeDepth(ranks)))
}
