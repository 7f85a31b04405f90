// Package units is a small stand-in for the real one.
package units

type Bytes float64

type Seconds float64

type ByteRate float64

type Alias = Seconds

type Name string

const (
	Byte Bytes = 1
	GB         = 1e9 * Byte
	GiB        = 1 << 30 * Byte
	Giga       = 1e9
)

const Second Seconds = 1

// Square is allowed: the package that defines the algebra is exempt.
func Square(b Bytes) Bytes { return b * b }
