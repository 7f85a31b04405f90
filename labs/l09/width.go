package l09

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
)

// width is question 5: the widest network that fits.
func width() spec.Question {
	return spec.Question{
		ID: "q5", Title: "How wide a network fits?", Points: 10,
		Kinds:   []check.Kind{check.WIT, check.FEAS},
		Claims:  []string{"q5"},
		Predict: `// Predict("q5", ...) // width multiplier`,
		Explore: `Show(fmt.Sprint("at 0.25: weights ", look.Run().Weights, " of ", flash, ", maps ", KiB.Times(216*0.25), " of ", sram))`,
		Blank:   `// Answer("q5", ...) // the largest width multiplier, in steps of 0.01`,
		Worked: `Predict("q5", 0.5)
net, widest := look, 25
for w := 25; w <= 200; w++ { // hundredths
	net.Model.Params = look.Model.Params.Times(float64(w*w) / (25 * 25))
	if net.Run().Weights <= flash && KiB.Times(216*float64(w)/100) <= sram {
		widest = w
	}
}
Answer("q5", float64(widest)/100)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q5": widest(d, holds)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return fits(d, holds).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "only the weights must fit", Says: "the weights fit, the maps between the layers do not: they are written, so they need SRAM", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5": widest(d, inFlash)}
			}},
			{Name: "only the maps must fit", Says: "the maps fit, the weights do not: they grow with the square of the width", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5": widest(d, inSRAM)}
			}},
		},
	}
}

const (
	start  = 0.25 // the width of the network in the registry
	widths = 2    // the end of the search
)

// wide is the network with a width multiplier.
func wide(d spec.Draw, width float64) compute.SingleNode {
	s := look(d)
	s.Model.Params = s.Model.Params.Times(math.Pow(width/start, 2))
	return s
}

// inFlash reports whether the weights of the network fit.
func inFlash(d spec.Draw, width float64) bool {
	return wide(d, width).Run().Weights <= units.Bytes(d.Number("flash left"))
}

// inSRAM reports whether its maps do.
func inSRAM(_ spec.Draw, width float64) bool { return maps.Times(width) <= sram }

func holds(d spec.Draw, width float64) bool { return inFlash(d, width) && inSRAM(d, width) }

// fits is the boundary of the width.
func fits(d spec.Draw, ok func(spec.Draw, float64) bool) check.Boundary {
	return check.Boundary{
		ID: "q5", What: "width", Yes: "fits", No: "does not fit", Cites: "compute.SingleNode",
		Low: start, High: widths, Step: 0.01,
		Holds: func(x float64) bool { return ok(d, x) },
	}
}

// widest is the width that some memory allows.
func widest(d spec.Draw, ok func(spec.Draw, float64) bool) float64 {
	x, _ := fits(d, ok).Find()
	return math.Round(100*x) / 100
}
