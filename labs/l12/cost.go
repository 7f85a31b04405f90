package l12

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/units"
)

// link is question 3: the link from which tensor parallelism beats stages.
func link() spec.Question {
	return spec.Question{
		ID: "q3", Title: "When does TP beat PP?", Points: 15,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q3"},
		Predict: `// Predict("q3", ...*GBps)`,
		Explore: `Show(Sweep(TrainingStep{Model: net, Hardware: gpu, Nodes: servers, Fabric: port, Batch: batch, Sequence: 4096, ZeRO: 1, Checkpointing: Selective, TP: 8, PP: 2, Microbatches: 2 * batch / servers}, "IntraLink", Steps(50e9, 900e9, 50e9)).Chart("IntraLink", "Step"))`,
		Blank:   `// Answer("q3", ...*GBps) // the slowest link inside the servers with which TP 8 and PP 2 take no longer than TP 2 and PP 8`,
		Worked: `Predict("q3", 200*GBps)
wide, deep := base, base
wide.TP, wide.PP, wide.Microbatches = 8, 2, 2*batch/servers
deep.TP, deep.PP, deep.Microbatches = 2, 8, 2*batch/servers
slow, fast := 1*GBps, 10000*GBps
for i := 0; i < 60; i++ {
	wide.IntraLink = (slow + fast).Times(0.5)
	deep.IntraLink = wide.IntraLink
	if wide.Run().Step <= deep.Run().Step {
		fast = wide.IntraLink
	} else {
		slow = wide.IntraLink
	}
}
Answer("q3", fast)`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := enough(d).Find()
			return spec.Values{"q3": units.ByteRate(x)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return enough(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "tensor parallelism needs the link of the datasheet", Says: "this is the link that the device has: the question is how slow it could be", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3": d.Device("device").ScaleUp}
			}},
			{Name: "the fabric would do", Says: "this is a port of the fabric: tensor parallelism sends the activations of every layer, forward and backward", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3": units.ByteRate(d.Number("port"))}
			}},
		},
	}
}

// enough is the boundary of the link inside the servers.
func enough(d spec.Draw) check.Boundary {
	wide, deep := own(d, 8, 2), own(d, 2, 8)
	return check.Boundary{
		ID: "q3", What: "link", Yes: "is fast enough for TP", No: "is too slow for TP", Cites: "parallel.Training",
		First: true, Low: 1e9, High: 10e12, Slack: 0.002, As: check.Quantity(units.GBps),
		Holds: func(x float64) bool {
			wide.IntraLink, deep.IntraLink = units.ByteRate(x), units.ByteRate(x)
			return wide.Run().Step <= deep.Run().Step
		},
	}
}

// bubble is question 4: the idle time of a pipeline.
func bubble() spec.Question {
	return spec.Question{
		ID: "q4", Title: "How large is the bubble?", Points: 15,
		Kinds:   []check.Kind{check.LAW, check.WIT},
		Claims:  []string{"q4.microbatches", "q4.bubble", "q4.enough"},
		Predict: `// Predict("q4", ...) // microbatches for a bubble below 5 %`,
		Explore: `Show(Sweep(TrainingStep{Model: net, Hardware: gpu, Nodes: stages, Fabric: port, Batch: 512, Sequence: 4096, TP: 8, PP: stages}, "Microbatches", Pow2(1, 512)).Chart("Microbatches", "BubbleShare"))`,
		Blank: `// Answer("q4.microbatches", ...) // from 2 to 100, your own choice
// Answer("q4.bubble", ...)       // the share of the pipeline's time that your stages idle with them
// Answer("q4.enough", ...)       // the fewest microbatches with a share below 0.05`,
		Worked: `Predict("q4", 50)
pipe := TrainingStep{Model: net, Hardware: gpu, Nodes: stages, Fabric: port, Sequence: 4096, TP: 8, PP: stages, Batch: 10, Microbatches: 10}
Answer("q4.microbatches", 10)
Answer("q4.bubble", pipe.Run().BubbleShare)
Answer("q4.enough", 19*(stages-1)+1) // from (p-1)/(p-1+m) < 1/20`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := filled(d, -rounding).Find()
			return spec.Values{"q4.microbatches": picked, "q4.bubble": pipe(d, picked).Run().BubbleShare, "q4.enough": int(x)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(law(d).Check, check.Any(filled(d, -rounding).Check, filled(d, rounding).Check))(c)
		},
		Survivors: map[string]string{"q4.enough -1": "19 microbatches for each stage but one are 5 % exactly: rounding decides"},
		Misconceptions: []spec.Misconception{
			{Name: "every stage idles once", Says: "this is (p-1)/m, the bubble in relation to the work: the share is of the whole time, the bubble included", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.bubble": float64(d.Int("stages")-1) / picked}
			}},
			{Name: "the first stage idles too", Says: "this counts all stages: while the first works, only the others wait", Wrong: func(d spec.Draw) spec.Values {
				p := float64(d.Int("stages"))
				return spec.Values{"q4.bubble": p / (p + picked)}
			}},
			{Name: "as many microbatches as stages", Says: "with as many microbatches as stages the pipeline is never full: nearly half of it is bubble", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.enough": d.Int("stages")}
			}},
		},
	}
}

const picked = 10 // the microbatches that the worked answer picks

// pipe is a pipeline of one server for each stage.
func pipe(d spec.Draw, microbatches int) parallel.Training {
	return parallel.Training{
		Model: d.Model("network"), Hardware: d.Device("device"), Nodes: d.Int("stages"), Fabric: units.ByteRate(d.Number("port")),
		Sequence: 4096, TP: perNode, PP: d.Int("stages"), Batch: microbatches, Microbatches: microbatches,
	}
}

// law is the bubble at the student's own number of microbatches.
func law(d spec.Draw) check.Law {
	return check.Law{
		ID: "q4.bubble", What: "bubble", Law: "(p-1)/(p-1+m)", Cites: "parallel.Training", Tolerance: check.Digits(3),
		Inputs: []check.Input{{ID: "q4.microbatches", As: check.Plain(0), Min: 2, Max: 100}},
		Want: func(in []float64) (check.Number, error) {
			if in[0] != math.Trunc(in[0]) {
				return check.Number{}, fmt.Errorf("%v microbatches: want a whole number", in[0])
			}
			r, err := pipe(d, int(in[0])).Solve()
			return check.Plain(r.BubbleShare), err
		},
	}
}

// rounding is what the share may be off: 19 microbatches for each stage but one are
// five per cent exactly, and count either way.
const rounding = 1e-9

// filled is the boundary of the microbatches.
func filled(d spec.Draw, slack float64) check.Boundary {
	return check.Boundary{
		ID: "q4.enough", What: "number of microbatches", Yes: "keeps the bubble below 5 %", No: "leaves a larger bubble", Cites: "parallel.Training",
		First: true, Low: 1, High: 5000, Step: 1,
		Holds: func(x float64) bool { return pipe(d, int(x)).Run().BubbleShare < 0.05+slack },
	}
}

// across is question 5: tensor parallelism over the fabric.
func across() spec.Question {
	return spec.Question{
		ID: "q5", Title: "What if TP leaves the server?", Points: 10,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q5.tensor", "q5.step"},
		Predict: `// Predict("q5", ...) // times as long a step`,
		Explore: `Show(fmt.Sprint("inside the server ", gpu.ScaleUp, ", a port of the fabric ", port))`,
		Blank: `// Answer("q5.tensor", ...) // TP 8 and PP 2 with the links inside the server as slow as a port: times as long for the all-reduces of tensor parallelism
// Answer("q5.step", ...)   // times as long for the step`,
		Worked: `Predict("q5", 5)
near := base
near.TP, near.PP, near.Microbatches = 8, 2, 2*batch/servers
far := near
far.IntraLink = port
Answer("q5.tensor", far.Run().TensorPar.Ratio(near.Run().TensorPar))
Answer("q5.step", far.Run().Step.Ratio(near.Run().Step))`,
		Right: func(d spec.Draw) spec.Values {
			tensor, step := damage(d)
			return spec.Values{"q5.tensor": tensor.Right().Value, "q5.step": step.Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			tensor, step := damage(d)
			return check.All(tensor.Check, step.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the step slows down as the link", Says: "this is the ratio of the links: the arithmetic of the step does not wait for a link", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5.step": d.Device("device").ScaleUp.Ratio(units.ByteRate(d.Number("port")))}
			}},
			{Name: "a little slower", Says: "the all-reduces of every layer run at the slow link: look at TensorPar", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q5.step": 1}
			}},
		},
	}
}

// damage is what the slow link does to the all-reduces and to the step.
func damage(d spec.Draw) (tensor, step check.Change) {
	near, far := own(d, 8, 2), own(d, 8, 2)
	far.IntraLink = units.ByteRate(d.Number("port"))
	was, is := near.Run(), far.Run()
	change := func(id, what string, before, after units.Seconds) check.Change {
		return check.Change{ID: id, What: what, As: check.Ratio, Cites: "parallel.Training", Tolerance: check.Digits(3), Before: check.Seconds(before), After: check.Seconds(after)}
	}
	return change("q5.tensor", "change of the all-reduces", was.TensorPar, is.TensorPar), change("q5.step", "change of the step", was.Step, is.Step)
}
