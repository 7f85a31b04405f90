package show

// A Chart is one picture, described by its data: kernelext/chart draws it
// interactively and as a static SVG from this same value.
type Chart struct {
	Kind   ChartKind // what it is about, which settles what Alt says
	Title  string    // the question
	Note   string    // one sentence on how to read it; what it shows, Alt says
	X, Y   Axis
	Z      Axis // of the values of cells
	Series []Series
	Marks  []Mark
}

// An Axis has its unit in SI; printers choose the prefix.
type Axis struct {
	Label string
	Unit  string // B/s, FLOP/s, s, tokens/s or empty for a plain number
	Log   bool
	Names []string // of rows or columns; values are their numbers from 0
}

// A Series is a line, a cloud of points, or what its form says.
type Series struct {
	Name   string
	Points []Point
	Line   bool // joined by a line; otherwise drawn as labelled points
	Dashed bool // a softer limit beside a hard one, such as what is achievable below a peak
	Form   Form
	Tone   int // colour and shape by number from 1, so that series can share them; 0 is the next
}

// A Form is how the points of a series are drawn.
type Form uint8

var formNames = [...]string{"", "bars", "cells", "band"}

// MarshalText writes the name.
func (f Form) MarshalText() ([]byte, error) {
	return []byte(formNames[min(int(f), len(formNames)-1)]), nil
}

// The forms.
const (
	Plain Form = iota // points, or a line
	Bars              // rectangles from Lo to Hi along X in row Y: bars, parts of bars, spans of time
	Cells             // coloured fields of a table of columns X and rows Y, by Z
	Band              // the area from Lo to Hi over X
)

// A Point is one datum. Muted points are infeasible; Why says so on hover.
type Point struct {
	X, Y   float64
	Z      float64 // the value of a cell
	Lo, Hi float64 // what bars and bands reach from and to; of others the error around Y, none if equal
	Label  string
	Muted  bool // of bars: idle or lost
	Why    string
}

// A Mark is a straight reference line with a label: a limit, a ridge, an SLA.
type Mark struct {
	Vertical bool
	At       float64
	Label    string
	Out      Side // the side that is out of bounds: shaded
}

// A Side is one side of a mark.
type Side uint8

var sideNames = [...]string{"", "above", "below"}

// MarshalText writes the name.
func (s Side) MarshalText() ([]byte, error) {
	return []byte(sideNames[min(int(s), len(sideNames)-1)]), nil
}

// The sides.
const (
	NoSide Side = iota
	Above       // greater values
	Below       // smaller values
)

// A ChartKind is what a chart is about.
type ChartKind uint8

// The kinds. A Plot is one quantity against another.
const (
	Plot ChartKind = iota
	Roofline
	Breakdown
	Stages
	Frontier
	HeatMap
	ScalingCurve
	Schedule
	Crossover
	QueueTail
	Tornado
	Pareto
	Ranking
	Waste
	Parity
)

var kindNames = [...]string{
	"plot", "roofline", "breakdown", "stages", "frontier", "heat map", "scaling curve", "schedule", "crossover", "queue tail", "tornado", "pareto",
	"ranking", "waste", "parity",
}

// MarshalText writes the name.
func (k ChartKind) MarshalText() ([]byte, error) {
	return []byte(kindNames[min(int(k), len(kindNames)-1)]), nil
}
