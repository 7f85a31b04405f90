package l18

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Limits of question 3.
const (
	pace  = 12 * units.Millisecond
	start = 1 * units.Second
)

// least is question 3: the least hardware that keeps the limits.
func least() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What hardware do the limits need?", Points: 15,
		Kinds:   []check.Kind{check.WIT, check.UNIT},
		Claims:  []string{"q3.memory", "q3.bandwidth", "q3.rate"},
		Predict: `// Predict("q3", ...*GBps) // the memory bandwidth for a token every 12 ms`,
		Explore: `Show(Sweep(chat, "Hardware.Bandwidth", Steps(2e12, 8e12, 500e9)).Chart("Hardware.Bandwidth", "ITL"))`,
		Blank: `// Answer("q3.memory", ...*GB)      // least memory of each accelerator in which chat fits
// Answer("q3.bandwidth", ...*GBps) // least bandwidth for an ITL of at most 12 ms
// Answer("q3.rate", ...*TFLOPS)    // least fp16 rate for a TTFT of at most 1 s`,
		Worked: `Predict("q3", 3000*GBps)
Answer("q3.memory", Needed{Solver: chat, Metric: "ITL", Target: 12 * Millisecond}.Run().Capacity)
Answer("q3.bandwidth", Needed{Solver: chat, Metric: "ITL", Target: 12 * Millisecond}.Run().Bandwidth)
Answer("q3.rate", Needed{Solver: chat, Metric: "TTFT", Target: Second}.Run().Rate)`,
		Right: func(d spec.Draw) spec.Values {
			m, _ := memory(d).Find()
			b, _ := bandwidth(d).Find()
			r, _ := rate(d).Find()
			return spec.Values{"q3.memory": units.Bytes(m), "q3.bandwidth": units.ByteRate(b), "q3.rate": units.FLOPRate(r)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(memory(d).Check, bandwidth(d).Check, rate(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the weights are all that is read", Says: "you divided the weights by the limit: caches are read too, and launches and all-reduces take a part of the time", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.bandwidth": chat(d).Run().Weights.Per(pace)}
			}},
			{Name: "the weights are all that is kept", Says: "this holds the weights: each request of the batch brings its cache", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.memory": chat(d).Run().Weights}
			}},
			{Name: "arithmetic runs at the peak", Says: "this much arithmetic has to be done each second: the datasheet's rate must be higher, for kernels reach a part of it", Wrong: func(d spec.Draw) spec.Values {
				r, _ := rate(d).Find()
				return spec.Values{"q3.rate": units.FLOPRate(r / 2)}
			}},
		},
	}
}

// chat is one batch of requests on half a node.
func chat(d spec.Draw) serving.Serving {
	return serving.Serving{Model: models.Llama3_70B, Hardware: d.Device("device"), TP: 4, Prompt: d.Int("prompt"), Output: d.Int("output"), Batch: 32}
}

// turned is the boundary of one figure of the device.
func turned(d spec.Draw, id, what string, as any, lo, hi float64, set func(*serving.Serving, float64), keeps func(serving.Result) bool) check.Boundary {
	return check.Boundary{
		ID: id, What: what, Yes: "keeps the limit", No: "breaks the limit", Cites: "serving.Serving",
		First: true, Low: lo, High: hi, Slack: 0.002, As: check.Quantity(as),
		Holds: func(x float64) bool {
			s := chat(d)
			set(&s, x)
			return keeps(s.Run())
		},
	}
}

func memory(d spec.Draw) check.Boundary {
	return turned(d, "q3.memory", "memory", units.GB, 1e9, 1e12,
		func(s *serving.Serving, x float64) { s.Hardware.Memory = units.Bytes(x) },
		func(r serving.Result) bool { return r.Fits })
}

func bandwidth(d spec.Draw) check.Boundary {
	return turned(d, "q3.bandwidth", "bandwidth", units.GBps, 100e9, 100e12,
		func(s *serving.Serving, x float64) { s.Hardware.Bandwidth = units.ByteRate(x) },
		func(r serving.Result) bool { return r.ITL <= pace })
}

func rate(d spec.Draw) check.Boundary {
	return turned(d, "q3.rate", "fp16 rate", units.TFLOPS, 10e12, 1e17,
		func(s *serving.Serving, x float64) { s.Hardware.Rates.FP16 = units.FLOPRate(x) },
		func(r serving.Result) bool { return r.TTFT <= start })
}

// front is question 4: the designs that no other beats.
func front() spec.Question {
	return spec.Question{
		ID: "q4", Title: "Which designs does no other beat?", Points: 15,
		Kinds:   []check.Kind{check.FEAS, check.OPT},
		Claims:  []string{"q4"},
		Predict: `// Predict("q4", ...) // such as "2x16, 8x64": TP and batch`,
		Explore: `Show(Sweep(draft, "TP", []float64{2, 4, 8}).Chart("ITL", "Devices"))`,
		Blank:   `// Answer("q4", ...) // all of "2x16", "2x64", "4x16", "4x64", "8x16", "8x64" that are not beaten, with commas`,
		Worked: `Predict("q4", "8x16")
var names []string
var all []Capacity
for _, tp := range []int{2, 4, 8} {
	for _, batch := range []int{16, 64} {
		one := draft
		one.TP, one.Batch, one.Precision, one.SLA = tp, batch, FP8, Minute
		names, all = append(names, fmt.Sprint(tp, "x", batch)), append(all, one)
	}
}
unbeaten := ""
for i, a := range all {
	beaten := false
	for _, b := range all {
		x, y := a.Run(), b.Run()
		if y.Devices <= x.Devices && y.ITL <= x.ITL && y.TTFT <= x.TTFT && (y.Devices < x.Devices || y.ITL < x.ITL || y.TTFT < x.TTFT) {
			beaten = true
		}
	}
	if !beaten {
		unbeaten += ", " + names[i]
	}
}
Answer("q4", unbeaten[2:])`,
		Right:   func(d spec.Draw) spec.Values { return spec.Values{"q4": strings.Join(grid(d).Right(), ", ")} },
		Options: map[string][]string{"q4": {"2x16", "8x16", "2x64, 8x16", "2x16, 2x64", "4x16, 8x16"}},
		Answer:  func(d spec.Draw, c check.Claims) check.Verdict { return grid(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "one number decides", Says: "this is the best in one of the three: others are better in another, and no design is the best", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4": "2x64"}
			}},
			{Name: "everything is a trade-off", Says: "one of these is worse than another in all three: look for it", Wrong: func(d spec.Draw) spec.Values {
				if len(grid(d).Right()) == 6 {
					return nil
				}
				return spec.Values{"q4": "2x16, 2x64, 4x16, 4x64, 8x16, 8x64"}
			}},
		},
	}
}

// grid are the six designs of question 4 in fp8, without a limit on the tail.
func grid(d spec.Draw) check.Front {
	f := check.Front{ID: "q4", What: "designs", Slack: 1e-12, Cites: "serving.Capacity"}
	for _, tp := range []int{2, 4, 8} {
		for _, batch := range []int{16, 64} {
			s := draft(d)
			s.TP, s.Batch, s.Precision, s.SLA = tp, batch, physics.FP8, units.Minute
			r := s.Run()
			f.Places = append(f.Places, check.Place{Name: fmt.Sprintf("%dx%d", tp, batch), Costs: []float64{float64(r.Devices), float64(r.ITL), float64(r.TTFT)}})
		}
	}
	return f
}
