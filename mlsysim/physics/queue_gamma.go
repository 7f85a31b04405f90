package physics

import "math"

// gammaTail is P(S > x) of a gamma distribution of shape k and mean 1, the
// regularised upper incomplete gamma function Q(k, kx): by its series below the
// mean and by its continued fraction above.
//
// Press 2007, "Numerical recipes", 6.2.
func gammaTail(k, x float64) float64 {
	z := k * x
	if z < k+1 {
		return max(1-gammaKernel(k, x)*lowerSeries(k, z), 0)
	}
	return gammaKernel(k, x) * upperFraction(k, z)
}

// gammaConvolution is the integral over u from 0 to x of f(u)·e^{−r(x−u)}, f the
// density of a gamma distribution of shape k and mean 1.
//
//	θ = k − r > 0:  e^{−rx}·(k/θ)^k·P(k, θx), P the lower incomplete gamma function
//	θ ≤ 0:          (kx)^k·e^{−kx}/Γ(k)·E[1/(k + N)], N Poisson with mean −θx
func gammaConvolution(k, r, x float64) float64 {
	z := (k - r) * x
	switch {
	case z < 0:
		return gammaKernel(k, x) * poissonMean(k, -z)
	case z < k+1:
		return gammaKernel(k, x) * lowerSeries(k, z)
	}
	scale := math.Exp(-r*x - k*math.Log1p(-r/k))
	return scale - gammaKernel(k, x)*upperFraction(k, z)
}

// gammaKernel is (kx)^k·e^{−kx}/Γ(k); a large shape takes Stirling's series, in
// which the large logarithms have cancelled.
func gammaKernel(k, x float64) float64 {
	if x == 0 {
		return 0
	}
	if k < 16 {
		gamma, _ := math.Lgamma(k)
		return math.Exp(k*math.Log(k*x) - k*x - gamma)
	}
	stirling := 1/(12*k) - 1/(360*k*k*k) + 1/(1260*k*k*k*k*k)
	return math.Sqrt(k/(2*math.Pi)) * math.Exp(-k*(x-1-math.Log1p(x-1))-stirling)
}

// lowerSeries is γ(k, z)·z^{−k}·e^z = Σ z^n/(k(k+1)…(k+n)), for 0 ≤ z < k + 1.
func lowerSeries(k, z float64) float64 {
	term := 1 / k
	sum := term
	for n := k + 1; term > sum*1e-17; n++ {
		term *= z / n
		sum += term
	}
	return sum
}

// fractionSteps bounds the continued fractions, which need about the square
// root of the shape.
const fractionSteps = 100_000

// upperFraction is Γ(k, z)·z^{−k}·e^z by Lentz's method, for z ≥ k + 1.
//
//	1/(z + 1 − k − 1(1 − k)/(z + 3 − k − 2(2 − k)/(z + 5 − k − …)))
func upperFraction(k, z float64) float64 {
	b := z + 1 - k
	c, d := 1e300, 1/b
	h := d
	for n := 1.0; n < fractionSteps; n++ {
		a := -n * (n - k)
		b += 2
		d = 1 / (a*d + b)
		c = b + a/c
		h *= c * d
		if math.Abs(c*d-1) < 1e-16 {
			break
		}
	}
	return h
}

// poissonMean is E[1/(k + N)] for N Poisson with mean z: term by term, or for a
// large mean by the continued fraction of the Charlier polynomials.
//
//	1/(k + z − z/(k + 1 + z − 2z/(k + 2 + z − …)))
func poissonMean(k, z float64) float64 {
	if z < 500 {
		term := math.Exp(-z)
		sum := term / k
		for n := 1.0; n < z || term > sum*1e-18; n++ {
			term *= z / n
			sum += term / (k + n)
		}
		return sum
	}
	b := k + z
	c, d := 1e300, 1/b
	h := d
	for n := 1.0; n < fractionSteps; n++ {
		a := -n * z
		b++
		d = 1 / (a*d + b)
		c = b + a/c
		h *= c * d
		if math.Abs(c*d-1) < 1e-16 {
			break
		}
	}
	return h
}
