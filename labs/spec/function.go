package spec

import (
	"math"
	"math/rand/v2"
)

// A Function says how an answer that is a function is judged: by what it returns
// for inputs that the student has not seen. Half of them are drawn by Near.
//
//	func(batch int) Seconds { ... }
type Function struct {
	Signature string                           // as AnswerFunc shows it: func(int) Seconds
	Cites     string                           // the solver that Want asks
	Draw      func(d Draw, r *rand.Rand) []any // one input, anywhere; int, float64, quantities, names, bool
	Near      func(d Draw, r *rand.Rand) []any // one input within a factor of two of where another term takes over; nil: Draw
	Edges     func(d Draw) [][]any             // degenerate inputs, such as a batch of one
	Want      func(d Draw, in []any) any       // the solver's value
	Tolerance float64                          // relative
	Wrong     []WrongFunction
}

// A WrongFunction is a wrong idea in the form of a function.
type WrongFunction struct {
	Name string
	Says string // feedback; never the answer
	Func func(d Draw, in []any) any
}

// OrderOf draws from lo to hi, each power of ten as likely as another.
func OrderOf(r *rand.Rand, lo, hi float64) float64 { return logUniform(r.Float64(), lo, hi) }

// CountOf draws a whole number from lo to hi, small ones as likely as large ones.
func CountOf(r *rand.Rand, lo, hi int) int {
	return min(hi, int(logUniform(r.Float64(), float64(lo), float64(hi)+1)))
}

func logUniform(u, lo, hi float64) float64 { return lo * math.Pow(hi/lo, u) }
