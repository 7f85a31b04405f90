package physics

import "math"

// Radix is the number of endpoints along one dimension of a cube of n.
//
//	k = n^(1/d)
//
// It is a real number where n is no such power.
func Radix(endpoints, dimensions int) float64 {
	return math.Pow(float64(endpoints), 1/float64(dimensions))
}

// CubeLinks is the number of links one way that cross the middle of a k-ary
// d-cube, a torus of d dimensions; never more than half of the endpoints can use.
//
//	min(2·k^(d−1), n/2)
//
// It is exact for an even k. Dally, Towles 2003, "Principles and practices of
// interconnection networks".
func CubeLinks(endpoints, dimensions int) float64 {
	k := Radix(endpoints, dimensions)
	return min(2*float64(endpoints)/k, float64(endpoints)/2)
}

// CubeHops is the mean number of links between two endpoints of a k-ary d-cube
// with wrap-around links.
//
//	d·k/4
//
// Dally, Towles 2003.
func CubeHops(endpoints, dimensions int) float64 {
	return float64(dimensions) * Radix(endpoints, dimensions) / 4
}

// TreeHops is the number of switches between two endpoints of a fat tree whose
// path goes up to a tier: 1 under one leaf, 3 below one aggregation switch.
//
//	2·tiers − 1
//
// Leiserson 1985, "Fat-trees".
func TreeHops(tiers int) float64 { return float64(2*tiers - 1) }
