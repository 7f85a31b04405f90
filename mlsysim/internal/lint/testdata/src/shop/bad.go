// Package shop is what dim must report, and what it must let pass.
package shop

import "mlsysim/units"

const limit = 40e9

type order struct{ Size, Other units.Bytes }

func products(x, y units.Bytes, o order) {
	_ = x * y                   // want `Bytes \* Bytes is no Bytes`
	_ = x * units.GB            // want `Bytes \* Bytes is no Bytes`
	_ = units.GB * units.GB     // want `Bytes \* Bytes is no Bytes`
	_ = (x + y) * x             // want `Bytes \* Bytes is no Bytes`
	_ = o.Size * o.Other        // want `Bytes \* Bytes is no Bytes`
	_ = units.Bytes(3) * 2 * x  // a number times a number times a quantity
	_ = x / y                   // want `a quotient by Bytes is no Bytes`
	_ = 1 / x                   // want `a quotient by Bytes is no Bytes`
	_ = x / units.GB            // want `a quotient by Bytes is no Bytes`
	_ = units.GiB / units.GB    // want `a quotient by Bytes is no Bytes`
	_ = 2 * 3 * x / (y)         // want `a quotient by Bytes is no Bytes`
	_ = units.Bytes(float64(x)) // same kind
}

func assigned(x, y units.Bytes) units.Bytes {
	x *= y        // want `Bytes \* Bytes is no Bytes`
	x /= y        // want `a quotient by Bytes is no Bytes`
	x *= units.GB // want `Bytes \* Bytes is no Bytes`
	x += 5e-6     // want `bare number 5e-6 beside Bytes`
	x -= limit    // want `bare number limit beside Bytes`
	return x
}

func relabelled(x units.Bytes, s units.Seconds) {
	_ = units.Seconds(x)          // want `conversion relabels Bytes as Seconds`
	_ = units.Alias(x)            // want `conversion relabels Bytes as Seconds`
	_ = units.Seconds(float64(x)) // want `conversion relabels Bytes as Seconds`
	_ = units.Seconds(units.GB)   // want `conversion relabels Bytes as Seconds`
	_ = units.Bytes((s))          // want `conversion relabels Seconds as Bytes`
}

func numbers(x units.Bytes, s units.Seconds) bool {
	_ = s + 5e-6                // want `bare number 5e-6 beside Seconds`
	_ = 3 + s                   // want `bare number 3 beside Seconds`
	_ = s + units.Seconds(5e-6) // want `bare number units.Seconds\(5e-6\) beside Seconds`
	_ = max(s, 5e-6)            // want `bare number 5e-6 beside Seconds`
	_ = min(s, 0)
	_ = x > limit             // want `bare number limit beside Bytes`
	_ = x > 40*units.Giga     // want `bare number 40 \* units.Giga beside Bytes`
	_ = s + 7                 // dim: the fixture of an exempt line
	_ = s + 8                 /* dim: not this form */ // want `bare number 8 beside Seconds`
	return x < 40e9 || -1 < s // want `bare number 40e9 beside Bytes` `bare number -1 beside Seconds`
}
