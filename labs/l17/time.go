package l17

import (
	"errors"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/units"
)

// work is question 1: the operations, and the network that uses them best.
func work() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How much arithmetic, and for which network?", Points: 15,
		Kinds:   []check.Kind{check.LAW, check.OPT, check.UNIT},
		Claims:  []string{"q1.work", "q1.best"},
		Predict: `// Predict("q1", ...*Billion) // parameters that would use this arithmetic best`,
		Explore: `Show(Sweep(Scaling{Budget: 5e24, Params: 70*Billion}, "Params", []float64{20e9, 40e9, 70e9, 100e9, 150e9, 250e9, 400e9}))`,
		Blank: `// Answer("q1.work", ...*EFLOP)   // operations of the run: 6 for each parameter and token
// Answer("q1.best", ...*Billion) // parameters with the least predicted loss for that many operations`,
		Worked: `Predict("q1", 70*Billion)
Answer("q1.work", EFLOP.Times(6*float64(Llama3_70B.Params)*float64(data)/1e18))
Answer("q1.best", Scaling{Budget: EFLOP.Times(6 * float64(Llama3_70B.Params) * float64(data) / 1e18)}.Run().BestParams)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q1.work": operations(d), "q1.best": quality.Scaling{Budget: operations(d)}.Run().BestParams}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(check.Law{
				ID: "q1.work", What: "number of operations", Law: "C = 6·N·D (Kaplan 2020)", Cites: "quality.Scaling", Tolerance: check.Digits(3),
				Want: func([]float64) (check.Number, error) { return check.Quantity(operations(d)), nil },
			}.Check, isoFLOP(d).Check)(c)
		},
		Survivors: map[string]string{"q1.best x1.024 (KiB)": flat, "q1.best /1.024 (KB)": flat},
		Misconceptions: []spec.Misconception{
			{Name: "training is two operations", Says: "this counts the forward pass only: the backward pass takes twice as many", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.work": operations(d).Times(1.0 / 3)}
			}},
			{Name: "the network that we train is the best one", Says: "this is the network of the run: with this much data for it, a larger one would reach a lower loss on the same arithmetic", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1.best": models.Llama3_70B.Params}
			}},
			{Name: "twenty tokens for each parameter", Says: "this is the rule of twenty tokens: the fitted loss has its least a little elsewhere", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.best": quality.Scaling{Budget: operations(d)}.Run().Params}
			}},
		},
	}
}

const flat = "the loss is flat near its least: a few per cent of the parameters do not show"

// operations are those of the run.
func operations(d spec.Draw) units.FLOP {
	return units.EFLOP.Times(6 * float64(models.Llama3_70B.Params) * float64(data(d)) / 1e18)
}

// isoFLOP are the networks that use up the operations, by their loss.
func isoFLOP(d spec.Draw) check.Best {
	best := quality.Scaling{Budget: operations(d)}.Run()
	return check.Best{
		ID: "q1.best", What: "network", Objective: "loss for the same operations", Lower: true, Eps: 5e-6, Cites: "quality.Scaling",
		Options: []check.Option{{Name: "least", Value: best.BestLoss, Fits: true}},
		Judge: func(c check.Claim) (check.Option, error) {
			if c.Unit != units.Params(0).Symbol() || !(c.Number >= 1e6 && c.Number <= 1e16) {
				return check.Option{}, errors.New("want a number of parameters, such as 70*Billion")
			}
			r, err := quality.Scaling{Budget: operations(d), Params: units.Params(c.Number)}.Solve()
			return check.Option{Name: c.Text, Value: r.Loss, Fits: true}, err
		},
	}
}

// days is question 2: the time of the run.
func days() spec.Question {
	return spec.Question{
		ID: "q2", Title: "How many days on 8192 accelerators?", Points: 15,
		Kinds:   []check.Kind{check.ID, check.UNIT},
		Claims:  []string{"q2.mfu", "q2.days"},
		Predict: `// Predict("q2", ...*Day)`,
		Explore: `Show(step.Run())`,
		Blank: `// Answer("q2.mfu", ...)      // share of the peak that the step uses for the network
// Answer("q2.days", ...*Day) // time of the run: its number of steps, as a fraction if need be, times a step`,
		Worked: `Predict("q2", 20*Day)
Answer("q2.mfu", step.Run().MFU)
Answer("q2.days", step.Run().Step.Times(data.Ratio(Token)/float64(batch*8192)))`,
		Right: func(d spec.Draw) spec.Values {
			batch := d.Int("batch")
			return spec.Values{"q2.mfu": step(batch, lighthouse).Run().MFU, "q2.days": run(d, batch, lighthouse)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			batch := d.Int("batch")
			return check.Gate(check.Fraction("q2.mfu", "MFU").Check, check.All(
				check.Equal{ID: "q2.mfu", What: "model FLOP utilisation", Want: check.Plain(step(batch, lighthouse).Run().MFU), Tolerance: check.Digits(3), Cites: "parallel.Training"}.Check,
				check.Equal{ID: "q2.days", What: "time of the run", Want: check.Seconds(run(d, batch, lighthouse)), Tolerance: check.Digits(3), Cites: "parallel.Training"}.Check,
			))(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "peak times accelerators gives days", Says: "you divided the operations by the peak of all accelerators: a step uses a part of it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.days": operations(d).Over(hardware.H100.Rates.BF16.Times(podDevices * lighthouse))}
			}},
			{Name: "attention is free", Says: "six operations for each parameter and token leave attention out, which the step and its MFU count", Wrong: func(d spec.Draw) spec.Values {
				mfu := step(d.Int("batch"), lighthouse).Run().MFU
				return spec.Values{"q2.days": operations(d).Over(hardware.H100.Rates.BF16.Times(mfu * podDevices * lighthouse))}
			}},
			{Name: "a sequence is a token", Says: "each step takes a batch of sequences, and each of them has 8192 tokens", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.days": run(d, d.Int("batch"), lighthouse).Times(sequence)}
			}},
		},
	}
}

// growth is question 4: what a larger batch changes.
func growth() spec.Question {
	return spec.Question{
		ID: "q4", Title: "What does a larger batch change?", Points: 10,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q4.step", "q4.run"},
		Predict: `// Predict("q4", ...) // time of the run with twice the batch, divided by its time`,
		Explore: `Show(Sweep(step, "Microbatches", Pow2(1, 128)).Chart("Microbatches", "MFU"))`,
		Blank: `// Answer("q4.step", ...) // time of a step with twice the batch and twice the microbatches, divided by that of a step as it is
// Answer("q4.run", ...)  // the same for the time of the whole run`,
		Worked: `Predict("q4", 0.5)
twice := step
twice.Batch, twice.Microbatches = 2*step.Batch, 2*step.Microbatches
Answer("q4.step", twice.Run().Step.Ratio(step.Run().Step))
Answer("q4.run", twice.Run().Step.Ratio(step.Run().Step)/2)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q4.step": stepChange(d).Right().Value, "q4.run": runChange(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(stepChange(d).Check, runChange(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "twice the batch is half the time", Says: "there are half as many steps, but each is longer: all tokens are computed all the same", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4.run": 0.5}
			}},
			{Name: "a slower step is a slower run", Says: "the step is longer, but there are fewer of them: nobody waits for a step, everybody for the run", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.run": stepChange(d).Right().Value}
			}},
			{Name: "twice the batch is twice the step", Says: "a part of the step does not grow with the batch: the bubble of the pipeline and the exchange of the gradients", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4.step": 2.0}
			}},
		},
	}
}

// stepChange is what twice the batch does to a step, runChange to the run.
func stepChange(d spec.Draw) check.Change {
	batch := d.Int("batch")
	return check.Change{
		ID: "q4.step", What: "change of the step", As: check.Ratio, Cites: "parallel.Training", Tolerance: 0.001,
		Before: check.Seconds(step(batch, lighthouse).Run().Step), After: check.Seconds(step(2*batch, lighthouse).Run().Step),
	}
}

func runChange(d spec.Draw) check.Change {
	batch := d.Int("batch")
	return check.Change{
		ID: "q4.run", What: "change of the run", As: check.Ratio, Cites: "parallel.Training", Tolerance: 0.001,
		Before: check.Seconds(run(d, batch, lighthouse)), After: check.Seconds(run(d, 2*batch, lighthouse)),
	}
}
