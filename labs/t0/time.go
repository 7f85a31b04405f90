package t0

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// split is question 1.
func split() spec.Question {
	return spec.Question{
		ID: "q1", Title: "Where does the time go?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.SUM, check.ID},
		Claims:  []string{"q1.compute", "q1.memory", "q1.overhead", "q1.latency"},
		Predict: "// Predict(\"q1\", ...*Millisecond) // the latency of your scenario",
		Explore: "Show(Evaluation{Model: Llama3_8B, Hardware: H100, Batch: batch, Context: tokens}.Run())\nShow(node.Run().Explain())",
		Blank: "// Answer(\"q1.compute\", ...*Microsecond)\n// Answer(\"q1.memory\", ...*Millisecond)\n" +
			"// Answer(\"q1.overhead\", ...*Microsecond)\n// Answer(\"q1.latency\", ...*Millisecond)",
		Worked: "Predict(\"q1\", 10*Millisecond)\nr := node.Run()\nAnswer(\"q1.compute\", r.Compute)\nAnswer(\"q1.memory\", r.Memory)\n" +
			"Answer(\"q1.overhead\", r.Overhead)\nAnswer(\"q1.latency\", max(r.Compute, r.Memory)+r.Overhead)",
		Right:  func(d spec.Draw) spec.Values { return times(node(d)) },
		Answer: judgeSplit,
		Misconceptions: []spec.Misconception{
			{Name: "compute and memory add up", Says: "you added compute and memory: they overlap, so only the longer one counts", Wrong: latency(func(r compute.Result) units.Seconds { return r.Serial })},
			{Name: "the shorter part counts", Says: "you took the shorter of compute and memory: the pass ends when the longer one does", Wrong: latency(func(r compute.Result) units.Seconds { return min(r.Compute, r.Memory) + r.Overhead })},
			{Name: "overhead overlaps too", Says: "the overhead is missing: it comes on top of the longer part", Wrong: latency(func(r compute.Result) units.Seconds { return max(r.Compute, r.Memory) })},
			{Name: "the scorecard's batch of one", Says: "these are the times at batch 1: use the batch of your scenario", Wrong: otherNode(func(s *compute.SingleNode) { s.Batch = 1 })},
			{Name: "an empty cache", Says: "these are the times with an empty cache: use the context of your scenario", Wrong: otherNode(func(s *compute.SingleNode) { s.Context = 0 })},
			{Name: "arithmetic at the peak rate", Says: "this is the time at the full peak rate: the solver's efficiency is 0.5", Wrong: func(d spec.Draw) spec.Values {
				s := node(d)
				s.Efficiency = 1
				return spec.Values{"q1.compute": s.Run().Compute}
			}},
		},
	}
}

// times are the four answers at a pass.
func times(s compute.SingleNode) spec.Values {
	r := s.Run()
	return spec.Values{"q1.compute": r.Compute, "q1.memory": r.Memory, "q1.overhead": r.Overhead, "q1.latency": r.Latency}
}

// latency puts the parts together in another way.
func latency(of func(compute.Result) units.Seconds) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values { return spec.Values{"q1.latency": of(node(d).Run())} }
}

// otherNode answers for another pass.
func otherNode(change func(*compute.SingleNode)) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values {
		s := node(d)
		change(&s)
		return times(s)
	}
}

// judgeSplit wants the four times of the scenario, and that they recombine.
func judgeSplit(d spec.Draw, c check.Claims) check.Verdict {
	r := node(d).Run()
	time := func(id, what string, want units.Seconds) check.Check {
		return check.Equal{ID: id, What: what, Want: check.Seconds(want), Tolerance: check.Digits(3), Cites: "compute.SingleNode"}.Check
	}
	parts := check.All(
		time("q1.compute", "compute time", r.Compute), time("q1.memory", "memory time", r.Memory),
		time("q1.overhead", "overhead", r.Overhead), time("q1.latency", "latency", r.Latency),
	)
	sum := check.Split{Compute: "q1.compute", Memory: "q1.memory", Overhead: "q1.overhead", Latency: "q1.latency", Tolerance: check.Digits(3)}
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

// binding is question 2.
func binding() spec.Question {
	return spec.Question{
		ID: "q2", Title: "What would you buy more of?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.CF, check.BIND},
		Claims:  []string{"q2.latency"},
		Predict: "// Predict(\"q2\", ...) // Compute, MemoryBandwidth or Overhead",
		Locked:  true,
		Explore: "more := node\nmore.Hardware.Rates.FP16 = node.Hardware.Rates.FP16.Times(1.1)\nShow(more.Run().Latency)",
		Blank:   "// Answer(\"q2.latency\", ...*Millisecond)",
		Because: "// Because(\"q2\", ...)",
		Worked: "Predict(\"q2\", Compute)\nwide := node\nwide.Hardware.Bandwidth = node.Hardware.Bandwidth.Times(1.1)\nAnswer(\"q2.latency\", wide.Run().Latency)\n" +
			"Because(\"q2\", MemoryBandwidth)",
		Right:  faster(walls.MemoryBandwidth, 1.1),
		Binds:  func(spec.Draw) walls.Resource { return walls.MemoryBandwidth },
		Answer: judgeFaster,
		Attribution: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Pass("q2", node(d)).Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a small MFU is a broken tool", Binds: walls.Compute, Says: "MFU is small because the arithmetic units wait for data, which is no sign of a broken tool"},
			{Name: "overhead dominates", Binds: walls.Overhead, Says: "the overhead is a small part of this pass"},
			{Name: "more capacity is faster", Binds: walls.MemoryCapacity, Says: "the design fits, so more capacity would stay empty"},
			{Name: "more FLOP/s is faster", Wrong: faster(walls.Compute, 1.1), Says: "the latency is as it was: you made something faster that does not bind, or nothing"},
			{Name: "less overhead is as good", Wrong: faster(walls.Overhead, 1.1), Says: "this is the latency with ten per cent less overhead, which is not what binds"},
			{Name: "everything shrinks by the factor", Wrong: scaled(1 / 1.1), Says: "you divided the whole latency by 1.1: the overhead does not shrink with the binding resource"},
			{Name: "ten per cent more is ten per cent less time", Wrong: scaled(0.9), Says: "ten per cent more of a resource is not ten per cent less time: time goes with 1/1.1, and the overhead stays"},
			{Name: "the resource made smaller", Wrong: faster(walls.MemoryBandwidth, 1/1.1), Says: "this is slower than before: you made the resource smaller"},
			{Name: "twice the resource", Wrong: faster(walls.MemoryBandwidth, 2), Says: "this is the latency with twice the resource, not ten per cent more"},
		},
	}
}

// faster answers with the latency at factor times a resource.
func faster(r walls.Resource, factor float64) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values {
		return spec.Values{"q2.latency": check.Faster(node(d), r, factor).Run().Latency}
	}
}

// scaled answers with a part of the latency as it was.
func scaled(factor float64) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values { return spec.Values{"q2.latency": node(d).Run().Latency.Times(factor)} }
}

// closer is the tolerance of question 2: a tenth more of the wrong resource
// must not pass for the right one.
const closer = 0.001

// judgeFaster wants the latency with ten per cent more of what binds: of either
// resource near the ridge.
func judgeFaster(d spec.Draw, c check.Claims) check.Verdict {
	right, err := check.Pass("q2", node(d)).Right()
	if err != nil {
		return check.Verdict{Message: "the scenario cannot be solved"}
	}
	var any []check.Check
	for _, r := range right {
		any = append(any, check.Equal{
			ID: "q2.latency", What: "latency with 10 % more of the binding resource", Cites: "compute.SingleNode",
			Want: check.Seconds(check.Faster(node(d), r, 1.1).Run().Latency), Tolerance: closer,
		}.Check)
	}
	return check.Any(any...)(c)
}
