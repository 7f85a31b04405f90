package parallel

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// ranks are the devices that each kind of parallelism takes. Those of one tensor
// block lie closest to one another, then parts of a sequence, experts, stages
// and replicas.
type ranks struct{ tp, cp, ep, pp, dp int }

// replica is the number of devices that hold the network once.
func (n *ranks) replica() int { return n.tp * n.cp * n.ep * n.pp }

// sharers is how many ranks of a server hold the same parameters: the first so
// many from the order above, and what further replicas the server has room for.
func (n *ranks) sharers(first, server int) int {
	return max(1, min(server/n.tp, first*max(1, server/n.replica())))
}

// links are what carries messages between the devices of a cluster.
type links struct {
	server                    int // devices in one
	intra, port               units.ByteRate
	intraLatency, portLatency units.Seconds
	nodeSwitch, fabricSwitch  bool
	algorithm                 physics.Algorithm
}

// shared is the rate to other servers of a device whose neighbours send too.
func shared(fabric units.ByteRate, ports, server int, oversubscription float64) units.ByteRate {
	if ports == 0 {
		ports = server
	}
	return fabric.Times(min(1, float64(ports)/float64(server)) / oversubscription)
}

// group is the links of a group of ranks of which so many lie in each server.
func (l *links) group(size, local int) physics.Tiers {
	return physics.Tiers{
		Ranks: size, PerNode: max(1, local), Intra: l.intra, IntraLatency: l.intraLatency,
		Inter: l.port, InterLatency: l.portLatency, NodeSwitch: l.nodeSwitch, FabricSwitch: l.fabricSwitch,
	}
}

// allReduce is the time of an all-reduce by the algorithm of the input.
func (l *links) allReduce(message units.Bytes, t *physics.Tiers) units.Seconds {
	if t.Ranks == 1 {
		return 0
	}
	return t.AllReduce(message, l.reducing(message, t))
}

// reducing is the algorithm of an all-reduce.
func (l *links) reducing(message units.Bytes, t *physics.Tiers) physics.Algorithm {
	switch {
	case l.algorithm == physics.AutoAlgorithm:
		_, best := t.Cheapest(message)
		return best
	case t.Allows(l.algorithm):
		return l.algorithm
	case l.algorithm == physics.Hierarchical && t.Crosses():
		return l.algorithm
	default:
		return physics.Ring
	}
}

// half is the time of a reduce-scatter or an all-gather. Every rank has to send
// or receive the whole buffer, so switches that add save nothing.
func (l *links) half(message units.Bytes, t *physics.Tiers) units.Seconds {
	if t.Ranks == 1 {
		return 0
	}
	link, latency := t.Flat()
	ring := physics.ReduceScatter(message, t.Ranks, link, latency)
	tiered := t.Crosses() && l.algorithm == physics.Hierarchical
	if !tiered && (l.algorithm != physics.AutoAlgorithm || !t.Allows(physics.Hierarchical)) {
		return ring
	}
	local, exchange := t.HalfPhases(message)
	if tiered {
		return local + exchange
	}
	return min(ring, local+exchange)
}

// hop is the link to the neighbour in a group of so many devices side by side.
func (l *links) hop(devices int) (units.ByteRate, units.Seconds) {
	if devices > l.server {
		return l.port, l.portLatency
	}
	return l.intra, l.intraLatency
}
