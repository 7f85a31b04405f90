package t1

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// most is the end of the loops: the largest batch that is asked about.
const most = 128

// largest is question 1: the last batch within the frame budget.
func largest() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How many images fit into the budget?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q1"},
		Predict: `// Predict("q1", ...) // images per pass`,
		Explore: `try := node
for try.Batch = 1; try.Batch <= 32; try.Batch *= 2 {
	Show(fmt.Sprint("batch ", try.Batch, ": latency ", try.Run().Latency, ", throughput ", try.Run().Throughput))
}`,
		Blank: `// for ... { } // in steps of one
// Answer("q1", ...)`,
		Worked: `Predict("q1", 8)
at := node
for at.Batch = 1; at.Run().Latency <= budget; at.Batch++ {
}
Answer("q1", at.Batch-1)`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q1": last(d)} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return within(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "latency is flat until memory is full", Says: "memory is far from full here: the latency grows long before it is", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1": most}
			}},
			{Name: "twice the batch, twice the latency", Says: "you divided the budget by the latency of one image: a pass has a fixed part, so a batch costs less than its images one by one", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": int(budget(d).Ratio(node(d, 1).Run().Latency))}
			}},
		},
	}
}

// within is the boundary that the question is about.
func within(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q1", What: "batch", Yes: "keeps the budget", No: "breaks the budget", Cites: "compute.SingleNode",
		Low: 1, High: most, Step: 1,
		Holds: func(x float64) bool { return node(d, int(x)).Run().Latency <= budget(d) },
	}
}

func last(d spec.Draw) int {
	x, _ := within(d).Find()
	return int(x)
}

// ridge is question 2: the first compute-bound batch, if there is one.
func ridge() spec.Question {
	return spec.Question{
		ID: "q2", Title: "Where does it turn compute-bound?", Points: 10,
		Kinds:   []check.Kind{check.WIT, check.BIND},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...) // a batch, or "none"`,
		Explore: `Show(Sweep(node, "Batch", Steps(1, 8, 1)).Chart("Compute", "Memory"))`,
		Blank:   `// Answer("q2", ...) // the first batch of 1 to 128 whose compute time is longer, or "none"`,
		Because: `// Because("q2", ...) // what binds at your answer to question 1: Compute, MemoryBandwidth or Overhead`,
		Worked: `Predict("q2", 4)
first := 0
for b := 128; b >= 1; b-- {
	try := node
	try.Batch = b
	if try.Run().Compute > try.Run().Memory {
		first = b
	}
}
if first > 0 {
	Answer("q2", first)
} else {
	Answer("q2", "none")
}
there := node
for there.Batch = 1; there.Run().Latency <= budget; there.Batch++ {
}
there.Batch-- // the answer to question 1
if there.Run().Compute > there.Run().Memory {
	Because("q2", Compute)
} else {
	Because("q2", MemoryBandwidth)
}`,
		Right: func(d spec.Draw) spec.Values {
			if x, ok := turn(d).Find(); ok {
				return spec.Values{"q2": int(x)}
			}
			return spec.Values{"q2": check.None}
		},
		Binds: func(d spec.Draw) walls.Resource {
			if r := node(d, last(d)).Run(); r.Compute > r.Memory {
				return walls.Compute
			}
			return walls.MemoryBandwidth
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return turn(d).Check(c) },
		Attribution: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Pass("q2", node(d, last(d))).Check(c)
		},
		Survivors: map[string]string{"because compute": "near the ridge either resource counts"},
		Misconceptions: []spec.Misconception{
			{Name: "there is always a crossover", Says: "on this device the compute time never overtakes the memory time: a search that finds nothing is an answer too", Wrong: func(d spec.Draw) spec.Values {
				if turn(d).Exists() {
					return nil
				}
				return spec.Values{"q2": most}
			}},
			{Name: "the cliff is where the budget ends", Says: "this is the last batch within the budget: the budget is yours, the ridge is the device's", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2": last(d)}
			}},
			{Name: "overhead binds", Binds: walls.Overhead, Says: "at this batch the overhead is a small part of the pass"},
		},
	}
}

// turn is the boundary between the two regimes.
func turn(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q2", What: "batch", Yes: "is compute-bound", No: "is still memory-bound", Cites: "compute.SingleNode",
		First: true, Low: 1, High: most, Step: 1,
		Holds: func(x float64) bool {
			r := node(d, int(x)).Run()
			return r.Compute > r.Memory
		},
	}
}
