package l07

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
)

// part is one kind of training state.
type part struct {
	name  string
	bytes func(training.MemoryResult) units.Bytes
}

// parts are all kinds, in the order in which people think of them.
var parts = []part{
	{"weights", func(r training.MemoryResult) units.Bytes { return r.Weights }},
	{"gradients", func(r training.MemoryResult) units.Bytes { return r.Gradients }},
	{"optimizer", func(r training.MemoryResult) units.Bytes { return r.Optimizer }},
	{"activations", func(r training.MemoryResult) units.Bytes { return r.Activations }},
	{"buffers", func(r training.MemoryResult) units.Bytes { return r.Buffers }},
}

// breakdown is question 1: every part, and their sum.
func breakdown() spec.Question {
	return spec.Question{
		ID: "q1", Title: "Where do the bytes go?", Points: 15,
		Kinds:   []check.Kind{check.SUM, check.ID},
		Claims:  []string{"q1.weights", "q1.gradients", "q1.optimizer", "q1.activations", "q1.buffers", "q1.memory"},
		Predict: `// Predict("q1", ...*GB) // what one device must hold`,
		Explore: `Show(Sweep(box, "Batch", []float64{8, 16, 32, 64}).Chart("Batch", "Activations"))`,
		Blank: `// Answer("q1.weights", ...*GB)
// Answer("q1.gradients", ...*GB)
// Answer("q1.optimizer", ...*GB)
// Answer("q1.activations", ...*GB)
// Answer("q1.buffers", ...*GB)
// Answer("q1.memory", ...*GB) // all of it`,
		Worked: `Predict("q1", 14*GB)
held := box.Run()
Answer("q1.weights", held.Weights)
Answer("q1.gradients", held.Gradients)
Answer("q1.optimizer", held.Optimizer)
Answer("q1.activations", held.Activations)
Answer("q1.buffers", held.Buffers)
Answer("q1.memory", held.Memory)`,
		Right: func(d spec.Draw) spec.Values {
			r := box(d).Run()
			out := spec.Values{"q1.memory": r.Memory}
			for _, p := range parts {
				out["q1."+p.name] = p.bytes(r)
			}
			return out
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return judgeParts(box(d).Run(), c) },
		Misconceptions: []spec.Misconception{
			{Name: "a 7B model needs 14 GB to train", Says: "these are the weights: training also keeps a gradient and the state of the optimizer for each, and activations", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.memory": box(d).Run().Weights}
			}},
			{Name: "Adam keeps two numbers of the weights' format", Says: "Adam's two averages are kept in fp32, and so is a copy of the weights that the small steps are added to", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.optimizer": box(d).Run().Weights.Times(2)}
			}},
			{Name: "the state is all", Says: "this leaves out the activations: they grow with the batch, and nothing of the state does", Wrong: func(d spec.Draw) spec.Values {
				r := box(d).Run()
				return spec.Values{"q1.memory": r.Memory - r.Activations}
			}},
			{Name: "each device holds the whole batch", Says: "these are the activations of the whole batch: each of the eight devices has its share", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.activations": box(d).Run().Activations.Times(devices)}
			}},
		},
	}
}

// judgeParts wants every part right, and the parts to add up.
func judgeParts(r training.MemoryResult, c check.Claims) check.Verdict {
	const tolerance = 0.005 // three digits
	equal := func(name string, want units.Bytes) check.Check {
		return check.Equal{ID: "q1." + name, What: name, Want: check.Bytes(want), Tolerance: tolerance, Cites: "training.Memory"}.Check
	}
	sum := check.Sum{Whole: "q1.memory", Total: check.Bytes(r.Memory), What: "memory", Tolerance: tolerance, Cites: "training.Memory"}
	var all []check.Check
	for _, p := range parts {
		sum.Parts = append(sum.Parts, "q1."+p.name)
		all = append(all, equal(p.name, p.bytes(r)))
	}
	all = append(all, equal("memory", r.Memory), sum.Check)
	return check.All(all...)(c)
}

// largest is question 2: the part whose removal frees most.
func largest() spec.Question {
	names := []string{"weights", "gradients", "optimizer", "activations", "buffers"}
	return spec.Question{
		ID: "q2", Title: "What would you remove first?", Points: 10,
		Kinds:   []check.Kind{check.BIND, check.CF},
		Claims:  []string{"q2.now", "q2.after", "q2.saved"},
		Options: map[string][]string{"q2.now": names, "q2.after": names},
		Predict: `// Predict("q2", ...) // "weights", "gradients", "optimizer", "activations" or "buffers"`,
		Explore: `Show(Sweep(TrainingMemory{Model: model, Hardware: gpu, Batch: batch, Sequence: sequence, DP: 8, Checkpointing: Full}, "Batch", []float64{8, 16, 32, 64}).Chart("Batch", "Activations"))`,
		Blank: `// Answer("q2.now", "...")   // the part without which most memory would be free
// Answer("q2.after", "...") // the same with Checkpointing: Full
// Answer("q2.saved", ...*GB) // what Full saves on each device`,
		Worked: `Predict("q2", "weights")
if box.Run().Activations > box.Run().Optimizer {
	Answer("q2.now", "activations")
} else {
	Answer("q2.now", "optimizer")
}
redone := box
redone.Checkpointing = Full
if redone.Run().Activations > redone.Run().Optimizer {
	Answer("q2.after", "activations")
} else {
	Answer("q2.after", "optimizer")
}
Answer("q2.saved", box.Run().Memory-redone.Run().Memory)`,
		Right: func(d spec.Draw) spec.Values {
			now, _ := removal(d, "q2.now", physics.KeepAll).Right()
			after, _ := removal(d, "q2.after", physics.Full).Right()
			return spec.Values{"q2.now": now.Name, "q2.after": after.Name, "q2.saved": units.Bytes(saved(d).Right().Value)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(removal(d, "q2.now", physics.KeepAll).Check, removal(d, "q2.after", physics.Full).Check, saved(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "memory is mostly weights", Says: "the weights are one sixth of what Adam keeps: compare all parts", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.now": "weights"}
			}},
			{Name: "activations always dominate", Says: "once activations are computed again, hardly any are kept", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.after": "activations"}
			}},
			{Name: "checkpointing keeps nothing", Says: "these are all the activations: the input of each layer is still kept, for something has to be computed from", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.saved": box(d).Run().Activations}
			}},
		},
	}
}

// removal lists what is free without each part.
func removal(d spec.Draw, id string, keep physics.Recompute) check.Best {
	s := box(d)
	s.Checkpointing = keep
	r := s.Run()
	out := check.Best{ID: id, What: "part", Objective: "saving when it is removed", Cites: "training.Memory"}
	for _, p := range parts {
		out.Options = append(out.Options, check.Option{Name: p.name, Value: float64(p.bytes(r)), Fits: true})
	}
	return out
}

// saved is what full recomputation saves on each device.
func saved(d spec.Draw) check.Change {
	s := box(d)
	s.Checkpointing = physics.Full
	return check.Change{
		ID: "q2.saved", What: "memory that recomputation saves", As: check.Difference, Tolerance: 0.005, Cites: "training.Memory",
		Before: check.Bytes(s.Run().Memory), After: check.Bytes(box(d).Run().Memory),
	}
}
