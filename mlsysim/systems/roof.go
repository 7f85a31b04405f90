package systems

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Load adds the overheads of the stack to the measured ceilings of a device.
// Nothing gets faster than it was.
func (s *Stack) Load(r physics.Roof) physics.Roof {
	if s.MatmulShare > 0 {
		r.Matmul *= s.MatmulShare
	}
	if s.AttentionFraction > 0 {
		r.Attention = s.AttentionFraction
	}
	r.PerStep = s.HostPerStep
	r.PerLayer = max(r.PerLayer, s.KernelTime.Times(s.KernelsPerLayer))
	r.PerSequence = s.HostPerSequence
	return r
}

// AllReduce is the measured form of an all-reduce: a latency that grows slowly
// with the ranks, and the ring's bytes at the share of the link that is reached.
//
//	α·(1 + g·log2 n) + 2·(n−1)/n·M/(β·η_β)
//
// It is never below the ideal time.
func (s *Stack) AllReduce(message units.Bytes, ranks int, link units.ByteRate, latency units.Seconds) units.Seconds {
	ideal := physics.AllReduce(message, ranks, link, latency)
	if ranks <= 1 || s.LinkFraction == 0 {
		return ideal
	}
	hop := s.CollectiveLatency.Times(1 + s.LatencyGrowth*math.Log2(float64(ranks)))
	return max(ideal, hop+physics.RingAllReduce(message, ranks, link.Times(s.LinkFraction), 0))
}
