package physics

import "math"

// RenyiCumulant is (a − 1)·ρ(a), where ρ(a) is the Rényi divergence of integer
// order a that one step of the subsampled Gaussian mechanism spends: rate q,
// noise σ in multiples of the clipping norm.
//
//	K(a) = ln Σ_k C(a,k)·(1 − q)^(a−k)·q^k·e^(k(k−1)/(2σ²))
//	     = ln(1 + e^s), s = ln Σ_{k≥2} C(a,k)·(1 − q)^(a−k)·q^k·(e^(k(k−1)/(2σ²)) − 1)
//
// The second form, since the binomial terms sum to one, loses no digits when
// the noise is large; RenyiSum returns s.
//
// Mironov 2019, "Rényi differential privacy of the sampled Gaussian mechanism".
func RenyiCumulant(q, sigma float64, order int) float64 {
	s := RenyiSum(q, sigma, order)
	return max(s, 0) + math.Log1p(math.Exp(-math.Abs(s)))
}

// RenyiSum is the logarithm s of the sum in RenyiCumulant.
func RenyiSum(q, sigma float64, order int) float64 {
	a := float64(order)
	growth := func(k float64) float64 { return logExpm1(k * (k - 1) / 2 / sigma / sigma) }
	if q == 1 {
		return growth(a)
	}
	in, out := math.Log(q), math.Log1p(-q)
	choose := math.Log(a) // ln C(a, 1)
	peak, sum := math.Inf(-1), 0.0
	for k := 2.0; k <= a; k++ {
		choose += math.Log((a - k + 1) / k)
		term := choose + (a-k)*out + k*in + growth(k)
		if term <= peak {
			sum += math.Exp(term - peak)
			continue
		}
		sum = sum*math.Exp(peak-term) + 1
		peak = term
	}
	return peak + math.Log(sum)
}

// logExpm1 is ln(e^x − 1) for x > 0.
func logExpm1(x float64) float64 {
	if x > 40 {
		return x
	}
	return math.Log(math.Expm1(x))
}

// PrivacyLoss is the ε that a number of steps spends at δ, and the order that
// shows it.
//
//	ε = min over a of (T·K(a) + ln(1/δ))/(a − 1), 2 ≤ a ≤ orders
//
// K is convex with K(1) = 0, so the bound falls and then rises with a and is
// searched by halving. Conversions tighter than Mironov 2017 are left out.
//
// Abadi 2016, "Deep learning with differential privacy"; Mironov 2017, "Rényi
// differential privacy".
func PrivacyLoss(q, sigma float64, steps int, delta float64, orders int) (epsilon float64, order int) {
	at := func(a int) float64 {
		return (float64(steps)*RenyiCumulant(q, sigma, a) - math.Log(delta)) / float64(a-1)
	}
	rises := func(a int) bool { return a >= orders || at(a+1) >= at(a) }
	lo, hi := 1, 2 // the bound does not rise at lo, unless lo is 1
	for !rises(hi) {
		lo, hi = hi, min(2*hi, orders)
	}
	for hi-lo > 1 {
		middle := (lo + hi) / 2
		if rises(middle) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return at(hi), hi
}

// NoiseFor is the least noise, in multiples of the clipping norm, whose privacy
// loss is at most ε, by bisection: the loss falls as the noise grows. It reports
// false if no noise shows so small an ε at these orders, which happens from
// ln(1/δ)/(orders − 1) down.
func NoiseFor(epsilon, q float64, steps int, delta float64, orders int) (sigma float64, ok bool) {
	private := func(sigma float64) bool {
		spent, _ := PrivacyLoss(q, sigma, steps, delta, orders)
		return spent <= epsilon
	}
	lo, hi := 0.5, 1.0
	for ; hi < mostNoise && !private(hi); hi *= 2 {
		lo = hi
	}
	for ; lo > 1/mostNoise && private(lo); lo /= 2 {
		hi = lo
	}
	if hi >= mostNoise {
		return 0, false
	}
	for range bisections {
		middle := (lo + hi) / 2
		if private(middle) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return hi, true
}

// mostNoise bounds the search: more than any number of steps can ask for.
const mostNoise = 1e15
