package show

// A Chart is one picture, described by its data: kernelext/chart draws it
// interactively and as a static SVG from this same value.
type Chart struct {
	Title  string
	Note   string // one sentence: what to see
	X, Y   Axis
	Series []Series
	Marks  []Mark
}

// An Axis has its unit in SI; printers choose the prefix.
type Axis struct {
	Label string
	Unit  string // B/s, FLOP/s, s, tokens/s or empty for a plain number
	Log   bool
}

// A Series is a line or a cloud of points.
type Series struct {
	Name   string
	Points []Point
	Line   bool // joined by a line; otherwise drawn as labelled points
	Dashed bool // a softer limit beside a hard one, such as what is achievable below a peak
}

// A Point is one datum. Muted points are infeasible; Why says so on hover.
type Point struct {
	X, Y  float64
	Label string
	Muted bool
	Why   string
}

// A Mark is a straight reference line with a label: a limit, a ridge, an SLA.
type Mark struct {
	Vertical bool
	At       float64
	Label    string
}
