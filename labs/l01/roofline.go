package l01

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// ridge is question 1: the ridge point.
func ridge() spec.Question {
	return spec.Question{
		ID: "q1", Title: "Where is the ridge of your device?", Points: 10,
		Kinds:   []check.Kind{check.ID, check.UNIT},
		Claims:  []string{"q1"},
		Predict: `// Predict("q1", ...*FLOPPerByte)`,
		Explore: `Show(fmt.Sprint(gpu.Rates.FP16, " of dense fp16 arithmetic, ", gpu.Bandwidth, " of memory bandwidth"))`,
		Blank:   `// Answer("q1", ...*FLOPPerByte)`,
		Worked: `Predict("q1", 200*FLOPPerByte)
Answer("q1", gpu.Rates.FP16.PerByteRate(gpu.Bandwidth))`,
		Right: func(d spec.Draw) spec.Values { return spec.Values{"q1": chat(d).Run().Ridge} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Equal{ID: "q1", What: "ridge point", Want: check.Quantity(chat(d).Run().Ridge), Tolerance: check.Digits(3), Cites: "compute.SingleNode"}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a multiply-add is one operation", Says: "this counts a multiply-add as one operation: datasheets count two, and so do the FLOP of a workload here", Wrong: ridgeTimes(0.5)},
			{Name: "the sparse rate is the peak", Says: "this is the ridge of the 2:4 sparse rate: dense weights reach half of it", Wrong: ridgeTimes(2)},
			{Name: "bandwidth counts bits", Says: "this is arithmetic per bit: bandwidth here is in bytes per second", Wrong: ridgeTimes(1.0 / 8)},
			{Name: "the ridge belongs to the workload", Says: "this is the intensity of the chat step: the ridge is a property of the device alone", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": chat(d).Run().Intensity}
			}},
		},
	}
}

func ridgeTimes(factor float64) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values { return spec.Values{"q1": chat(d).Run().Ridge.Times(factor)} }
}

// labels is question 2: what binds each of the three workloads.
func labels() spec.Question {
	return spec.Question{
		ID: "q2", Title: "Which wall does each workload hit?", Points: 15, Shared: true,
		Kinds:   []check.Kind{check.BIND},
		Claims:  []string{"q2.chat", "q2.read", "q2.look"},
		Predict: `// Predict("q2", ...) // what binds the four images: Compute, MemoryBandwidth or Overhead`,
		Explore: `more := chat
more.Hardware.Rates.FP16 = gpu.Rates.FP16.Times(1.1)
Show(more.Run().Latency.Ratio(chat.Run().Latency)) // 10 % more arithmetic: the time as a share of before`,
		Blank: `// Answer("q2.chat", ...) // Compute, MemoryBandwidth or Overhead
// Answer("q2.read", ...)
// Answer("q2.look", ...)`,
		Worked: `Predict("q2", Compute)
Answer("q2.chat", MemoryBandwidth)
Answer("q2.read", Compute)
Answer("q2.look", Overhead)`,
		Right: func(spec.Draw) spec.Values {
			return spec.Values{"q2.chat": walls.MemoryBandwidth, "q2.read": walls.Compute, "q2.look": walls.Overhead}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(check.Pass("q2.chat", chat(d)).Check, check.Pass("q2.read", read(d)).Check, check.Pass("q2.look", look(d)).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "more FLOP/s is faster", Says: "a step of one conversation reads every weight for two operations each: the arithmetic units wait", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.chat": walls.Compute}
			}},
			{Name: "language models are memory-bound", Says: "a prompt runs through the weights with all its tokens at once: look at its intensity", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.read": walls.MemoryBandwidth}
			}},
			{Name: "a pass is either arithmetic or memory", Says: "a small network is over before its launches are: look at the third time of the pass", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.look": walls.Compute}
			}},
		},
	}
}

// flipping is the largest batch that question 3 asks about.
const flipping = 512

// flip is question 3: the batch at which decoding turns compute-bound.
func flip() spec.Question {
	return spec.Question{
		ID: "q3", Title: "At which batch does chat change sides?", Points: 15,
		Kinds:   []check.Kind{check.WIT, check.BIND},
		Claims:  []string{"q3"},
		Predict: `// Predict("q3", ...) // conversations, or "none"`,
		Explore: `Show(Sweep(chat, "Batch", Pow2(1, 512)).Chart("Batch", "Intensity"))`,
		Blank:   `// Answer("q3", ...) // the first batch of 1 to 512 whose compute time is longer, or "none"`,
		Because: `// Because("q3", ...) // what binds a batch of 512: Compute or MemoryBandwidth`,
		Worked: `Predict("q3", 300)
crowd := chat
for crowd.Batch = 1; crowd.Batch <= 512 && crowd.Run().Compute <= crowd.Run().Memory; crowd.Batch++ {
}
if crowd.Batch <= 512 {
	Answer("q3", crowd.Batch)
	Because("q3", Compute)
} else {
	Answer("q3", "none")
	Because("q3", MemoryBandwidth)
}`,
		Right: func(d spec.Draw) spec.Values {
			if x, ok := turn(d).Find(); ok {
				return spec.Values{"q3": int(x)}
			}
			return spec.Values{"q3": check.None}
		},
		Binds: func(d spec.Draw) walls.Resource {
			if turn(d).Exists() {
				return walls.Compute
			}
			return walls.MemoryBandwidth
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return turn(d).Check(c) },
		Attribution: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Pass("q3", crowd(d, flipping)).Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the batch is the intensity", Says: "this is the ridge in FLOP per byte: each conversation also reads its own cache, so the intensity grows more slowly than the batch", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3": int(chat(d).Run().Ridge.Ratio(units.FLOPPerByte))}
			}},
			{Name: "a large enough batch is always compute-bound", Says: "the cache grows with the batch too: at your context the intensity levels off below the ridge", Wrong: func(d spec.Draw) spec.Values {
				if turn(d).Exists() {
					return nil
				}
				return spec.Values{"q3": flipping}
			}},
			{Name: "there is no batch", Says: "at your context the cache is small beside the weights: go on with the sweep", Wrong: func(d spec.Draw) spec.Values {
				if !turn(d).Exists() {
					return nil
				}
				return spec.Values{"q3": check.None}
			}},
		},
	}
}

func crowd(d spec.Draw, batch int) compute.SingleNode {
	s := chat(d)
	s.Batch = batch
	return s
}

// turn is the boundary between the two regimes.
func turn(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q3", What: "batch", Yes: "is compute-bound", No: "is still memory-bound", Cites: "compute.SingleNode",
		First: true, Low: 1, High: flipping, Step: 1,
		Holds: func(x float64) bool {
			r := crowd(d, int(x)).Run()
			return r.Compute > r.Memory
		},
	}
}
