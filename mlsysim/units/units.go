// Package units gives every physical quantity its own type: a named float64 in
// SI units. Adding bytes to seconds does not compile; prefixes appear only at
// the edges, in constants, Parse and String.
//
//	weights := 16 * units.GB
//	step := weights.Over(3.35 * units.TBps) // 4.776 ms
//
// Go still lets a quantity be multiplied by one of its own kind (the product
// stays Bytes); dimlint and the rescale test find those.
package units

//go:generate go run ../internal/gen/units

// Dim is the exponent of each base dimension. Counts (tokens, samples,
// requests, parameters) have none.
type Dim [NumDims]int8

// The base dimensions, as indices of Dim.
const (
	dimByte = iota
	dimFlop
	dimSecond
	dimJoule
	dimDollar
	dimKilogram
	dimLitre
	// NumDims is the number of base dimensions.
	NumDims
)

// A Quantity is a value of any type of this package.
type Quantity interface {
	Dim() Dim
	Symbol() string
	String() string
}

// The constants of each kind. Write 80 * GB, 3.35 * TBps, 5 * Millisecond.
const (
	KB  Bytes = 1e3
	MB  Bytes = 1e6
	GB  Bytes = 1e9
	TB  Bytes = 1e12
	PB  Bytes = 1e15
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
	TiB Bytes = 1 << 40
	PiB Bytes = 1 << 50

	MBps ByteRate = 1e6
	GBps ByteRate = 1e9
	TBps ByteRate = 1e12
	Gbps ByteRate = 1e9 / 8

	MFLOP FLOP = 1e6
	GFLOP FLOP = 1e9
	TFLOP FLOP = 1e12
	PFLOP FLOP = 1e15
	EFLOP FLOP = 1e18

	MFLOPS FLOPRate = 1e6
	GFLOPS FLOPRate = 1e9
	TFLOPS FLOPRate = 1e12
	PFLOPS FLOPRate = 1e15

	FLOPPerByte Intensity = 1

	Nanosecond  Seconds = 1e-9
	Microsecond Seconds = 1e-6
	Millisecond Seconds = 1e-3
	Second      Seconds = 1
	Minute      Seconds = 60
	Hour        Seconds = 3600
	Day         Seconds = 86400
	Year        Seconds = 365 * 86400

	MHz Hertz = 1e6
	GHz Hertz = 1e9

	Milliwatt Watts = 1e-3
	Watt      Watts = 1
	Kilowatt  Watts = 1e3
	Megawatt  Watts = 1e6

	Joule Joules = 1
	KWh   Joules = 3.6e6
	MWh   Joules = 3.6e9

	Dollar        USD         = 1
	DollarPerHour USDRate     = 1.0 / 3600
	DollarPerKWh  EnergyPrice = 1 / 3.6e6

	Gram       KgCO2e          = 1e-3
	Kilogram   KgCO2e          = 1
	Tonne      KgCO2e          = 1e3
	GramPerKWh CarbonIntensity = 1e-3 / 3.6e6

	DollarPerTonne CarbonPrice = 1e-3

	Litre       Litres         = 1
	LitrePerKWh WaterIntensity = 1 / 3.6e6

	Token   Tokens   = 1
	Sample  Samples  = 1
	Request Requests = 1

	Million Params = 1e6
	Billion Params = 1e9
)
