package shop

import "mlsysim/units"

func allowed(x, y units.Bytes, n int, f float64, name units.Name) bool {
	_ = 80 * units.GB
	_ = units.GB * 80
	_ = units.Bytes(n) * units.GB
	_ = units.GB * units.Bytes(f)
	_ = units.Bytes(80) * units.GB
	_ = 2 * x
	_ = x / 2
	_ = -x
	_ = limit * x
	_ = x + y
	_ = x + 3*units.GB
	_ = 2 + 3*units.GB
	_ = float64(x) * float64(y)
	_ = units.Seconds(f)
	_ = units.Seconds(float64(n))
	_ = units.Second + units.Alias(f)
	_ = min(x, y, units.GB)
	x *= 2
	x /= 3
	x += y
	x++
	return x > 0 && x != 1 && name == "40" && f > 40e9 && n < 7
}

func allowedSame[T ~float64](a, b T) T { return a * b }
