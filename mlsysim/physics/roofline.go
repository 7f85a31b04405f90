// Package physics holds the closed-form laws as plain functions on units. Each
// cites its paper; none knows a device or a model. Solvers compose them and add
// nothing of their own.
//
//	t := physics.StreamTime(16*units.GB, 3.35*units.TBps, 1) // 4.776 ms
package physics

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// ComputeTime is the time of arithmetic at a share of the peak rate.
//
//	T_c = F / (P·η)
//
// Williams, Waterman, Patterson 2009, "Roofline".
func ComputeTime(work units.FLOP, peak units.FLOPRate, efficiency float64) units.Seconds {
	return work.Over(peak.Times(efficiency))
}

// StreamTime is the time of moving data at a share of the bandwidth.
//
//	T_m = Q / (BW·η_m)
//
// Williams, Waterman, Patterson 2009, "Roofline".
func StreamTime(traffic units.Bytes, bandwidth units.ByteRate, efficiency float64) units.Seconds {
	return traffic.Over(bandwidth.Times(efficiency))
}

// Draw is the power of a device at a utilisation between 0 and 1: linear from
// idle to its thermal design power.
//
//	W(u) = W_idle + (TDP − W_idle)·u
//
// Barroso, Hölzle 2007, "The case for energy-proportional computing". It leaves
// out host, network and conversion losses.
func Draw(idle, tdp units.Watts, utilization float64) units.Watts {
	return idle + (tdp - idle).Times(utilization)
}

// FitTolerance is the relative slack of a capacity test: required equal to
// capacity fits in spite of rounding.
const FitTolerance = 1e-12

// Fits reports whether what is needed fits into the capacity, and what is missing.
func Fits(need, capacity units.Bytes) (fits bool, short units.Bytes) {
	if need <= capacity.Times(1+FitTolerance) {
		return true, 0
	}
	return false, need - capacity
}

// ExpectedExperts is the expected number of distinct experts that a number of
// tokens touches when each picks top-k of E uniformly.
//
//	E·(1 − (1 − k/E)^T)
//
// It is k for one token and tends to E. Routing imbalance is left out.
func ExpectedExperts(experts, topK int, tokens float64) float64 {
	if experts == 0 {
		return 0
	}
	miss := 1 - float64(topK)/float64(experts)
	return float64(experts) * (1 - math.Pow(miss, tokens))
}
