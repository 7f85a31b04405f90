package t0

import (
	"fmt"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// exact is the tolerance of a time: three digits copied by hand pass.
const exact = 0.005

// split is question 1.
func split() spec.Question {
	return spec.Question{
		ID: "q1", Title: "Where does the time go?", Points: 10,
		Claims:  []string{"q1.compute", "q1.memory", "q1.overhead", "q1.latency"},
		Predict: "// Predict(\"q1\", ...*Millisecond) // the latency of your scenario",
		Explore: "Show(Evaluation{Model: Llama3_8B, Hardware: H100, Batch: batch, Context: tokens}.Run())\nShow(node.Run().Explain())",
		Blank: "// Answer(\"q1.compute\", ...*Microsecond)\n// Answer(\"q1.memory\", ...*Millisecond)\n" +
			"// Answer(\"q1.overhead\", ...*Microsecond)\n// Answer(\"q1.latency\", ...*Millisecond)",
		Worked: "Predict(\"q1\", 10*Millisecond)\nr := node.Run()\nAnswer(\"q1.compute\", r.Compute)\nAnswer(\"q1.memory\", r.Memory)\n" +
			"Answer(\"q1.overhead\", r.Overhead)\nAnswer(\"q1.latency\", max(r.Compute, r.Memory)+r.Overhead)",
		Answer: judgeSplit,
	}
}

// judgeSplit wants the four times of the scenario, and that they recombine.
func judgeSplit(d spec.Draw, c check.Claims) check.Verdict {
	r := solve(node(d))
	parts := check.All(
		timeOf(d, "q1.compute", "compute time", func(r compute.Result) units.Seconds { return r.Compute }),
		timeOf(d, "q1.memory", "memory time", func(r compute.Result) units.Seconds { return r.Memory }),
		timeOf(d, "q1.overhead", "overhead", func(r compute.Result) units.Seconds { return r.Overhead }),
		timeOf(d, "q1.latency", "latency", func(r compute.Result) units.Seconds { return r.Latency }),
	)
	sum := check.Split{Compute: "q1.compute", Memory: "q1.memory", Overhead: "q1.overhead", Latency: "q1.latency", Tolerance: exact}
	v := parts(c)
	if s := sum.Check(c); !s.OK {
		s.Score = v.Score / 2 // parts that are right on their own keep half
		return s
	}
	if v.OK {
		v.Invariant, v.Message = "SUM and ID: the parts are those of compute.SingleNode and recombine to its latency", "the four times are right: "+r.Binding.String()+" sets the pace"
		return v
	}
	// The overhead is the same for everyone, so alone it earns nothing.
	if v.Score <= 0.25 {
		v.Score = 0
	}
	return v
}

// timeOf compares one time with the solver's and knows the usual wrong ones.
func timeOf(d spec.Draw, id, what string, field func(compute.Result) units.Seconds) check.Check {
	s := node(d)
	single, bare, full := s, s, s
	single.Batch, bare.Context, full.Efficiency = 1, 0, 1
	mistakes := []check.Mistake{
		{Value: float64(field(solve(single))), Says: "this is the " + what + " at batch 1: use the batch of your scenario"},
		{Value: float64(field(solve(bare))), Says: "this is the " + what + " with an empty cache: use the context of your scenario"},
		{Value: float64(field(solve(full))), Says: "this is the " + what + " at full peak rate: the solver's efficiency is 0.5"},
	}
	for _, o := range otherNodes(d) {
		mistakes = append(mistakes, check.Mistake{Value: float64(field(solve(o))), Says: "this is the " + what + " of another scenario: is your own id in Open?"})
	}
	return check.Equal{
		ID: id, What: what, Want: check.Seconds(field(solve(s))), Tolerance: exact, Cites: "compute.SingleNode", Mistakes: mistakes,
	}.Check
}

// binding is question 2.
func binding() spec.Question {
	return spec.Question{
		ID: "q2", Title: "What would you buy more of?", Points: 10,
		Claims:  []string{"q2.latency"},
		Predict: "// Predict(\"q2\", ...) // Compute, MemoryBandwidth or Overhead",
		Explore: "more := node\nmore.Hardware.Rates.FP16 = node.Hardware.Rates.FP16.Times(1.1)\nShow(more.Run().Latency)",
		Blank:   "// Answer(\"q2.latency\", ...*Millisecond)",
		Because: "// Because(\"q2\", ...)",
		Worked: "Predict(\"q2\", Compute)\nwide := node\nwide.Hardware.Bandwidth = node.Hardware.Bandwidth.Times(1.1)\nAnswer(\"q2.latency\", wide.Run().Latency)\n" +
			"Because(\"q2\", MemoryBandwidth)",
		Answer:      judgeFaster,
		Attribution: judgeBinding,
	}
}

// closer is the tolerance of question 2: a tenth more of the wrong resource
// must not pass for the right one.
const closer = 0.001

// judgeFaster wants the latency with ten per cent more of what binds.
func judgeFaster(d spec.Draw, c check.Claims) check.Verdict {
	s := node(d)
	b := check.Binding{ID: "q2", Node: s}
	right, err := b.Right()
	if err != nil || len(right) == 0 {
		return check.Verdict{Message: "the scenario cannot be solved"}
	}
	var v check.Verdict
	for _, r := range right { // two near the ridge, otherwise one
		v = check.Equal{
			ID: "q2.latency", What: "latency with 10 % more of the binding resource", Cites: "compute.SingleNode",
			Want: check.Seconds(solve(check.Faster(s, r, 1.1)).Latency), Tolerance: closer, Mistakes: append(slips(s, r), copied(d, r)...),
		}.Check(c)
		if v.OK {
			break
		}
	}
	return v
}

// slips are the wrong latencies that question 2 knows.
func slips(s compute.SingleNode, right walls.Resource) []check.Mistake {
	base := solve(s)
	out := []check.Mistake{
		{Value: float64(base.Latency), Says: "this is the latency as it was: you made something faster that does not bind, or nothing"},
		{Value: float64(base.Latency) / 1.1, Says: "you divided the whole latency by 1.1: the overhead does not shrink with the binding resource"},
		{Value: float64(base.Latency) * 0.9, Says: "ten per cent more of a resource is not ten per cent less time: time goes with 1/1.1, and the overhead stays"},
		{Value: float64(solve(check.Faster(s, right, 1/1.1)).Latency), Says: "this is slower than before: you made the resource smaller"},
		{Value: float64(solve(check.Faster(s, right, 2)).Latency), Says: "this is the latency with twice the resource, not ten per cent more"},
	}
	for _, r := range check.Candidates() {
		if r != right {
			out = append(out, check.Mistake{Value: float64(solve(check.Faster(s, r, 1.1)).Latency), Says: "this is the latency with 10 % more " + r.String() + ", which is not what binds"})
		}
	}
	return out
}

// copied are the right answers of question 2 at every other scenario.
func copied(d spec.Draw, r walls.Resource) []check.Mistake {
	var out []check.Mistake
	for _, o := range otherNodes(d) {
		out = append(out, check.Mistake{Value: float64(solve(check.Faster(o, r, 1.1)).Latency), Says: "this is the latency of another scenario: is your own id in Open?"})
	}
	return out
}

// judgeBinding adds what the scorecard says about the wrong resources.
func judgeBinding(d spec.Draw, c check.Claims) check.Verdict {
	s := node(d)
	v := check.Binding{ID: "q2", Node: s}.Check(c)
	if v.OK {
		return v
	}
	switch c["q2"].Text {
	case walls.Compute.String():
		v.Message += fmt.Sprintf("; MFU is %s %% because the arithmetic units wait for data, which is no sign of a broken tool", units.Number(100*solve(s).MFU))
	case walls.Overhead.String():
		v.Message += "; the overhead is a small part of this pass"
	case walls.MemoryCapacity.String():
		v.Message += "; the design fits, so more capacity would stay empty"
	}
	return v
}
