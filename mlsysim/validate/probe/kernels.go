package probe

// lanes are the accumulators of the arithmetic kernel: as many as the registers
// of a 64-bit processor hold, so that nothing waits for the result before it.
const lanes = 12

// chain multiplies and adds in registers n times: c = c·s + t in every lane.
func chain(n int, s, t float32, c *[lanes]float32) {
	c0, c1, c2, c3 := c[0], c[1], c[2], c[3]
	c4, c5, c6, c7 := c[4], c[5], c[6], c[7]
	c8, c9, ca, cb := c[8], c[9], c[10], c[11]
	for range n {
		c0, c1, c2, c3 = c0*s+t, c1*s+t, c2*s+t, c3*s+t
		c4, c5, c6, c7 = c4*s+t, c5*s+t, c6*s+t, c7*s+t
		c8, c9, ca, cb = c8*s+t, c9*s+t, ca*s+t, cb*s+t
	}
	*c = [lanes]float32{c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb}
}

// triad is that of STREAM: a = b + s·c.
func triad(a, b, c []float64, s float64) {
	b, c = b[:len(a)], c[:len(a)]
	for i := range a {
		a[i] = b[i] + s*c[i]
	}
}
