package physics

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// FailureProbability is the chance of at least one failure within a time, for
// failures with a mean time between them and a Weibull shape (1: exponential).
//
//	P = 1 − e^{−(Γ(1 + 1/k)·T/M)^k}
//
// Weibull 1951, "A statistical distribution function of wide applicability".
func FailureProbability(t, mtbf units.Seconds, shape float64) float64 {
	if shape == 1 {
		return -math.Expm1(-t.Ratio(mtbf))
	}
	return -math.Expm1(-math.Pow(math.Gamma(1+1/shape)*t.Ratio(mtbf), shape))
}

// Goodput is the share of the time that ends up as progress when work is saved
// every interval τ at a cost δ, a failure strikes every M on average, and each
// costs the recovery R and the work since the last save.
//
//	G = (τ/M)·e^{−R/M}/(e^{(τ+δ)/M} − 1)
//
// Failures are exponential and may strike during saving and recovery.
//
// Daly 2006, "A higher order estimate of the optimum checkpoint interval for
// restart dumps".
func Goodput(interval, save, recovery, mtbf units.Seconds) float64 {
	grown := math.Expm1((interval + save).Ratio(mtbf))
	return interval.Ratio(mtbf) / grown * math.Exp(-recovery.Ratio(mtbf)) // in this order no small product loses its digits
}

// CheckpointInterval is the interval τ with the largest Goodput.
//
//	τ = M·(1 + W_0(−e^{−1−δ/M}))
//
// W_0 is the principal branch of Lambert's function, so that τ/M = u solves
// (1 − u)·e^u = e^{−δ/M}. The recovery does not matter. Daly 2006.
func CheckpointInterval(save, mtbf units.Seconds) units.Seconds {
	return mtbf.Times(optimalShare(save.Ratio(mtbf)))
}

// lateShare is the δ/M from which τ/M = 1 − e^{−1−δ/M} to more than all digits.
const lateShare = 20

// optimalShare solves −u − ln(1 − u) = y by Newton's method from above: the left
// side rises and is convex, so that the steps go down to the root.
func optimalShare(y float64) float64 {
	late := -math.Expm1(-1 - y)
	if y > lateShare {
		return late
	}
	u := min(math.Sqrt(2*y), late)
	for range 60 {
		next := u - (saved(u)-y)*(1-u)/u
		if !(next < u) {
			break
		}
		u = next
	}
	return u
}

// saved is −u − ln(1 − u) = Σ_{n≥2} u^n/n, as a series where the terms cancel.
func saved(u float64) float64 {
	if u > 0.1 {
		return -u - math.Log1p(-u)
	}
	sum, power := 0.0, u
	for n := 2.0; n < 20; n++ {
		power *= u
		sum += power / n
	}
	return sum
}

// YoungInterval is the first-order optimum of the checkpoint interval, good
// while δ is far below M.
//
//	τ = √(2δM)
//
// Young 1974, "A first order approximation to the optimum checkpoint interval".
func YoungInterval(save, mtbf units.Seconds) units.Seconds {
	return mtbf.Times(math.Sqrt(2 * save.Ratio(mtbf)))
}

// StallShare is the share of the time that saving takes when training stops for
// it after every interval.
//
//	t/(interval + t)
//
// Eisenman 2022, "Check-N-Run: a checkpointing system for training deep
// learning recommendation models".
func StallShare(save, interval units.Seconds) float64 {
	return save.Ratio(interval + save)
}
