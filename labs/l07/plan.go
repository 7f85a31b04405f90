package l07

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// The knobs of question 3.
var (
	stages = []int{0, 1, 2, 3}
	modes  = []physics.Recompute{physics.KeepAll, physics.Selective, physics.Full}
)

// plan is question 3: the fastest step that fits.
func plan() spec.Question {
	return spec.Question{
		ID: "q3", Title: "Which knobs make it fit?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.FEAS},
		Claims:  []string{"q3"},
		Predict: `// Predict("q3", ...) // "keep", "selective" or "full"`,
		Explore: `Show(Sweep(step, "ZeRO", Steps(0, 3, 1))) // with Selective, the default`,
		Blank: `// best := step // set best.ZeRO to 0, 1, 2 or 3, and best.Checkpointing to KeepAll, Selective or Full
// Answer("q3", best)`,
		Worked: `Predict("q3", "full")
best := step
best.ZeRO, best.Checkpointing = 3, Full
for zero := 0; zero <= 3; zero++ {
	try := step
	try.ZeRO = zero
	try.Checkpointing = KeepAll
	if try.Run().Fits && try.Run().Step < best.Run().Step {
		best = try
	}
	try.Checkpointing = Selective
	if try.Run().Fits && try.Run().Step < best.Run().Step {
		best = try
	}
	try.Checkpointing = Full
	if try.Run().Fits && try.Run().Step < best.Run().Step {
		best = try
	}
}
Answer("q3", best)`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q3": fastest(d)} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return plans(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "turn every knob", Says: "this fits, but it computes more again, or sends more, than it has to", Wrong: func(d spec.Draw) spec.Values {
				if o := option(d, 3, physics.Full); plans(d).Regret(o) <= planEps {
					return nil
				}
				return spec.Values{"q3": with(d, 3, physics.Full)}
			}},
			{Name: "turn no knob", Says: "nothing is sharded and everything is kept: the step looks slow because a part of the memory lies behind the host link", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3": with(d, 0, physics.KeepAll)}
			}},
		},
	}
}

// step is an optimizer step on the box.
func step(d spec.Draw) parallel.Training {
	return parallel.Training{Model: d.Model("network"), Hardware: d.Device("device"), Batch: d.Int("batch"), Sequence: d.Int("sequence")}
}

func with(d spec.Draw, zero int, keep physics.Recompute) parallel.Training {
	s := step(d)
	s.ZeRO, s.Checkpointing = zero, keep
	return s
}

// option is a plan as the solver sees it.
func option(d spec.Draw, zero int, keep physics.Recompute) check.Option {
	r := with(d, zero, keep).Run()
	return check.Option{Value: float64(r.Step), Fits: r.Fits, Why: "each device is short of " + r.Short.String()}
}

// planEps is how much slower than the fastest plan still counts.
const planEps = 0.005

// plans solves every combination of the knobs.
func plans(d spec.Draw) check.Best {
	out := check.Best{ID: "q3", What: "plan", Objective: "step", Lower: true, Eps: planEps, Cites: "parallel.Training"}
	for _, zero := range stages {
		for _, keep := range modes {
			o := option(d, zero, keep)
			o.Name = "with another sharding or recomputation"
			out.Options = append(out.Options, o)
		}
	}
	out.Judge = func(claim check.Claim) (check.Option, error) {
		var s parallel.Training
		if err := check.Read(check.Claims{"q3": claim}, "q3", &s); err != nil {
			return check.Option{}, err
		}
		own := with(d, s.ZeRO, s.Checkpointing)
		if s.Hardware != own.Hardware || s.Model.Name != own.Model.Name || s.Batch != own.Batch || s.Sequence != own.Sequence {
			return check.Option{Why: "this is another run: copy step and change ZeRO and Checkpointing"}, nil
		}
		return option(d, s.ZeRO, s.Checkpointing), nil
	}
	return out
}

// fastest is the fastest plan that fits; the first of equals after the last
// resort, which always fits.
func fastest(d spec.Draw) parallel.Training {
	best := with(d, 3, physics.Full)
	least := best.Run().Step
	for _, zero := range stages {
		for _, keep := range modes {
			if r := with(d, zero, keep).Run(); r.Fits && r.Step < least {
				best, least = with(d, zero, keep), r.Step
			}
		}
	}
	return best
}
