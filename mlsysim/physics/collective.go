package physics

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// RingAllReduce is the time of an all-reduce of a message over a ring.
//
//	2·(n−1)/n·M/β + 2·(n−1)·α
//
// Patarasuk, Yuan 2009, "Bandwidth optimal all-reduce algorithms".
func RingAllReduce(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	if ranks <= 1 {
		return 0
	}
	n := float64(ranks)
	return message.Times(2*(n-1)/n).Over(link) + latency.Times(2*(n-1))
}

// TreeAllReduce is the time of a pipelined double binary tree.
//
//	2·M/β + 2·log2(n)·α
//
// Sanders, Speck, Träff 2009, "Two-tree algorithms for full bandwidth".
func TreeAllReduce(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	if ranks <= 1 {
		return 0
	}
	return message.Times(2).Over(link) + latency.Times(2*treeDepth(ranks))
}

// AllReduce is the cheaper of ring and tree; the tree wins for small messages.
func AllReduce(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	return min(RingAllReduce(message, ranks, link, latency), TreeAllReduce(message, ranks, link, latency))
}

func treeDepth(ranks int) float64 { return math.Log2(float64(ranks)) }
