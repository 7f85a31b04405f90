package l02

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// faster is question 3: half as much arithmetic again.
func faster() spec.Question {
	return spec.Question{
		ID: "q3", Title: "Who notices faster arithmetic?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q3.ttft", "q3.itl"},
		Predict: `// Predict("q3", ...) // how many times shorter the TTFT gets`,
		Explore: `Show(Sweep(chat, "Hardware.Rates.FP16", []float64{200e12, 400e12, 800e12, 1600e12}))`,
		Blank: `// Answer("q3.ttft", ...) // TTFT before, divided by TTFT with 1.5 times the fp16 rate
// Answer("q3.itl", ...)  // ITL before, divided by ITL after`,
		Worked: `Predict("q3", 1.5)
fast := chat
fast.Hardware.Rates.FP16 = gpu.Rates.FP16.Times(1.5)
Answer("q3.ttft", chat.Run().TTFT.Ratio(fast.Run().TTFT))
Answer("q3.itl", chat.Run().ITL.Ratio(fast.Run().ITL))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q3.ttft": gain(d, "q3.ttft", ttft).Right().Value, "q3.itl": gain(d, "q3.itl", itl).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(gain(d, "q3.ttft", ttft).Check, gain(d, "q3.itl", itl).Check)(c)
		},
		Survivors: map[string]string{"1.5 times the FLOP/s is 1.5 times as fast": "with a long prompt on a slow device the overhead is below 0.1 %"},
		Misconceptions: []spec.Misconception{
			{Name: "1.5 times the FLOP/s is 1.5 times as fast", Says: "the prefill pays for its launches too, which do not get faster", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.ttft": 1.5}
			}},
			{Name: "decode is arithmetic", Says: "the step waits for the weights: faster arithmetic only waits longer", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.itl": gain(d, "q3.ttft", ttft).Right().Value}
			}},
		},
	}
}

// gain is the speed-up of one metric with 1.5 times the arithmetic.
func gain(d spec.Draw, id string, metric func(serving.Result) units.Seconds) check.Change {
	after := check.Faster(own(d), walls.Compute, 1.5)
	return check.Change{
		ID: id, What: "speed-up", As: check.SpeedUp, Cites: "serving.Serving", Low: 1, High: 1.5, Tolerance: 0.001,
		Before: check.Seconds(metric(own(d).Run())), After: check.Seconds(metric(after.Run())),
	}
}

// inverse is question 4: the bandwidth that a target needs.
func inverse() spec.Question {
	return spec.Question{
		ID: "q4", Title: "What bandwidth does the target need?", Points: 15,
		Kinds:   []check.Kind{check.WIT, check.UNIT},
		Claims:  []string{"q4"},
		Predict: `// Predict("q4", ...*GBps)`,
		Explore: `Show(Sweep(chat, "Hardware.Bandwidth", Steps(1e12, 8e12, 1e12)).Chart("Hardware.Bandwidth", "ITL"))`,
		Blank:   `// Answer("q4", ...*GBps) // the least bandwidth whose ITL is at most target`,
		Worked: `Predict("q4", 3000*GBps)
Answer("q4", Needed{Solver: chat, Metric: "ITL", Target: target}.Run().Bandwidth)`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := enough(d).Find()
			return spec.Values{"q4": units.ByteRate(x)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return enough(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "only the weights are read", Says: "the step also reads the cache of the prompt, and its overhead takes a part of the target", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4": own(d).Run().Weights.Per(target(d))}
			}},
			{Name: "the overhead is part of the transfer", Says: "you scaled the bandwidth of your device with the whole latency: the overhead does not shrink with bandwidth", Wrong: func(d spec.Draw) spec.Values {
				r := own(d).Run()
				return spec.Values{"q4": d.Device("device").Bandwidth.Times(r.ITL.Ratio(target(d)))}
			}},
		},
	}
}

func target(d spec.Draw) units.Seconds { return units.Seconds(d.Number("ITL target")) }

// enough is the boundary of the bandwidth.
func enough(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q4", What: "bandwidth", Yes: "keeps the target", No: "breaks the target", Cites: "serving.Serving",
		First: true, Low: 100e9, High: 50e12, Slack: 0.001, As: check.Quantity(units.GBps),
		Holds: func(x float64) bool {
			s := own(d)
			s.Hardware.Bandwidth = units.ByteRate(x)
			return s.Run().ITL <= target(d)
		},
	}
}
