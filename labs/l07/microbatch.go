package l07

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/training"
)

// microbatch is question 4: the largest microbatch of a sharded run.
func microbatch() spec.Question {
	return spec.Question{
		ID: "q4", Title: "How large may a microbatch be?", Points: 10,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q4"},
		Predict: `// Predict("q4", ...) // sequences on each device`,
		Explore: `Interact(func(v Values) any {
	return TrainingMemory{Model: model, Hardware: gpu, Batch: 8 * v.Int("microbatch"), Sequence: sequence, DP: 8, ZeRO: v.Int("ZeRO"), Checkpointing: Full}.Run()
}, SliderOver("microbatch", Pow2(1, 256), 1), Slider("ZeRO", 0, 3, 2))`,
		Blank: `// Answer("q4", ...) // the most sequences on each device with ZeRO: 2 and Checkpointing: Full`,
		Worked: `Predict("q4", 10)
most := box
most.ZeRO, most.Checkpointing = 2, Full
for most.Batch = 8; most.Run().Fits; most.Batch += 8 {
}
Answer("q4", most.Batch/8-1)`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := fits(d).Find()
			return spec.Values{"q4": int(x)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return fits(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "beside the weights all is free", Says: "only the weights are taken off: what is left of gradients and optimizer lies there too", Wrong: func(d spec.Draw) spec.Values {
				r := sharded(d, 1).Run()
				return spec.Values{"q4": int((r.Capacity - r.Weights).Ratio(r.Activations))}
			}},
			{Name: "a microbatch is the batch of the box", Says: "this is the batch of all eight devices", Wrong: func(d spec.Draw) spec.Values {
				x, _ := fits(d).Find()
				return spec.Values{"q4": devices * int(x)}
			}},
			{Name: "without sharding", Says: "this is the microbatch when each device keeps a whole copy of gradients and optimizer", Wrong: func(d spec.Draw) spec.Values {
				s := sharded(d, 1)
				s.ZeRO = 0
				r := s.Run()
				return spec.Values{"q4": max(0, int((r.Capacity - r.Memory + r.Activations).Ratio(r.Activations)))}
			}},
		},
	}
}

// sharded is the box with gradients and optimizer sharded, every layer computed
// again, and n sequences on each device.
func sharded(d spec.Draw, n int) training.Memory {
	s := box(d)
	s.ZeRO, s.Checkpointing, s.Batch = 2, physics.Full, n*devices
	return s
}

// fits is the boundary of the microbatch.
func fits(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q4", What: "microbatch", Yes: "fits", No: "does not fit", Cites: "training.Memory",
		Low: 1, High: 500, Step: 1,
		Holds: func(x float64) bool { return sharded(d, int(x)).Run().Fits },
	}
}
