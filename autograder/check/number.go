package check

import (
	"math"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Number is a value with the unit it is claimed in; an empty symbol is a
// plain number.
type Number struct {
	Value  float64
	Symbol string
	Noun   string // a time, a size: what the quantity is in words
	like   any    // a quantity of the type, which prints others
}

// Seconds is the number of a time.
func Seconds(t units.Seconds) Number {
	return Number{float64(t), t.Symbol(), "a time, such as 3*Millisecond", t}
}

// Bytes is the number of an amount of data.
func Bytes(b units.Bytes) Number {
	return Number{float64(b), b.Symbol(), "a size, such as 3*GB", b}
}

// Plain is a number without a unit.
func Plain(v float64) Number { return Number{v, "", "a plain number", nil} }

// Quantity is the number of any quantity of package units, an int or a float64.
func Quantity(v any) Number {
	switch x := v.(type) {
	case units.Seconds:
		return Seconds(x)
	case units.Bytes:
		return Bytes(x)
	case describe.Unit:
		t := reflect.TypeOf(v).Name()
		return Number{reflect.ValueOf(v).Float(), x.Symbol(), "a quantity of type " + t + ", in " + x.Symbol(), v}
	}
	rv := reflect.ValueOf(v)
	if rv.CanInt() {
		return Plain(float64(rv.Int()))
	}
	if rv.CanFloat() {
		return Plain(rv.Float())
	}
	return Number{Value: math.NaN(), Noun: "a number"}
}

// text prints another value of the same unit for people.
func (n Number) text(v float64) string {
	if n.like == nil {
		return units.Number(v)
	}
	return describe.Text(reflect.ValueOf(v).Convert(reflect.TypeOf(n.like)).Interface())
}

// Digits is the relative tolerance of a value asked for with n significant
// digits: half a unit in the last.
func Digits(n int) float64 { return 0.5 * math.Pow(10, float64(1-n)) }

// near compares with a relative tolerance; zero equals only zero.
func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*math.Abs(want)
}

// factors are the slips that a wrong number is recognised by.
var factors = []struct {
	factor float64
	says   string
}{
	{8, "8 times too large: are these bits?"},
	{1. / 8, "8 times too small: bytes need no dividing by 8"},
	{1e3, "a thousand times too large: look at the prefix"},
	{1e-3, "a thousand times too small: look at the prefix"},
	{1e6, "a million times too large: look at the prefix"},
	{1e-6, "a million times too small: look at the prefix"},
	{1e9, "a thousand million times too large: look at the prefix"},
	{1e-9, "a thousand million times too small: look at the prefix"},
	{1.024, "off by 1.024, which is KiB against KB"},
	{1 / 1.024, "off by 1.024, which is KiB against KB"},
	{1.048576, "off by 1.049, which is MiB against MB"},
	{1 / 1.048576, "off by 1.049, which is MiB against MB"},
	{1.073741824, "off by 1.074, which is GiB against GB"},
	{1 / 1.073741824, "off by 1.074, which is GiB against GB"},
	{100, "a hundred times too large: per cent are hundredths"},
	{1. / 100, "a hundred times too small: per cent are hundredths"},
	{60, "60 times too large: seconds for minutes, or minutes for hours"},
	{1. / 60, "60 times too small: minutes for seconds, or hours for minutes"},
	{3600, "3600 times too large: seconds for hours"},
	{1. / 3600, "3600 times too small: hours for seconds"},
	{2, "twice too large: something is counted two times"},
	{0.5, "half of it: something that comes in pairs is counted once"},
	{-1, "of the wrong sign"},
}

// slip names the factor by which a value is off, or nothing.
func slip(got, want, tolerance float64) string {
	if want == 0 {
		return ""
	}
	for _, f := range factors {
		if near(got, want*f.factor, min(tolerance, 1e-3)) {
			return f.says
		}
	}
	return ""
}
