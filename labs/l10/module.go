package l10

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The modules of question 5.
const (
	nano = "Orin Nano Super"
	agx  = "AGX Orin"
	thor = "Thor T4000"
)

// offers are the modules by name, the cheapest first.
func offers() ([]string, map[string]hardware.Device) {
	return []string{nano, agx, thor}, map[string]hardware.Device{nano: hardware.JetsonOrinNanoSuper, agx: hardware.JetsonAGXOrin, thor: hardware.JetsonThor_T4000}
}

// module is question 5: the cheapest module that keeps every limit.
func module() spec.Question {
	return spec.Question{
		ID: "q5", Title: "Which module for the next car?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.FEAS},
		Claims:  []string{"q5"},
		Predict: `// Predict("q5", ...) // "Orin Nano Super", "AGX Orin" or "Thor T4000"`,
		Explore: `Show(Evaluation{Model: YOLOv8_Medium, Hardware: JetsonAGXOrin, Batch: cams, Interval: Second.Times(1 / float64(fps))}.Run())`,
		Blank:   `// Answer("q5", ...) // the cheapest that keeps time, plug and temperature: "Orin Nano Super", "AGX Orin", "Thor T4000", or "none"`,
		Worked: `Predict("q5", "AGX Orin")
best, price := "none", 1000000*Dollar
for name, h := range map[string]Device{"Orin Nano Super": JetsonOrinNanoSuper, "AGX Orin": JetsonAGXOrin, "Thor T4000": JetsonThor_T4000} {
	car := Evaluation{Model: YOLOv8_Medium, Hardware: h, Batch: cams, Interval: Second.Times(1 / float64(fps))}.Run()
	inTime := car.Latency <= Second.Times(1/float64(fps)) && capture+car.Latency+plan <= deadline
	cool := 50+1.2*car.Power.Ratio(Watt) <= 82
	if inTime && cool && car.Pass.Power <= supply && h.Price < price {
		best, price = name, h.Price
	}
}
Answer("q5", best)`,
		Right: func(d spec.Draw) spec.Values {
			if best, ok := choice(d).Right(); ok {
				return spec.Values{"q5": best.Name}
			}
			return spec.Values{"q5": check.None}
		},
		Options: map[string][]string{"q5": {nano, agx, thor}},
		Answer:  func(d spec.Draw, c check.Claims) check.Verdict { return choice(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "the cheapest will do", Says: "this one misses the time: look at its pass over all your cameras", Wrong: named(nano)},
			{Name: "the most FLOP/s will do", Says: "look at its price, and at its power during a pass", Wrong: named(thor)},
			{Name: "the rated power must fit the plug", Says: "a module draws its rated power only at its full rate: ask for the power of a pass, and for the mean", Wrong: func(d spec.Draw) spec.Values {
				if best, _ := choice(d).Right(); best.Name != agx && best.Name != thor {
					return nil
				}
				return spec.Values{"q5": check.None}
			}},
		},
	}
}

// named answers with a module where it is wrong.
func named(name string) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values {
		if best, _ := choice(d).Right(); best.Name == name {
			return nil
		}
		return spec.Values{"q5": name}
	}
}

// choice is the choice of the module.
func choice(d spec.Draw) check.Best {
	b := check.Best{ID: "q5", What: "module", Objective: "price", Lower: true, Cites: "scenario.Evaluation"}
	names, devices := offers()
	for _, name := range names {
		h := devices[name]
		why := refused(d, h)
		b.Options = append(b.Options, check.Option{Name: name, Value: float64(h.Price), Fits: why == "", Why: why})
	}
	return b
}

// The way of the heat, in question 5.
const (
	cabin      = 50.0 // degrees Celsius
	resistance = 1.2  // kelvin per watt, from the chip to the cabin
	hottest    = 82.0 // that the chip may have
)

// refused says which limit a module breaks, or nothing.
func refused(d spec.Draw, h hardware.Device) string {
	r := scenario.Evaluation{Model: models.YOLOv8_Medium, Hardware: h, Batch: d.Int("cameras"), Interval: interval(d)}.Run()
	switch {
	case r.Latency > interval(d):
		return "its pass takes longer than a frame"
	case capture+r.Latency+plan > deadline(d):
		return "its command comes after the deadline"
	case r.Pass.Power > supply:
		return "it draws more than the plug gives during a pass"
	case cabin+resistance*r.Power.Ratio(units.Watt) > hottest:
		return "it gets too hot"
	}
	return ""
}
