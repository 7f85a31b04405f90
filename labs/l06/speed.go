package l06

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// speedUp is question 1: a decode step of one sequence, before and after.
func speedUp() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How much faster is one sequence?", Points: 10,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q1"},
		Predict: `// Predict("q1", ...) // fp16 step divided by the step with four bits`,
		Explore: `Show(Sweep(four, "Bits", []float64{3, 5, 6, 8, 12}).Chart("EffectiveBits", "Speedup"))`,
		Blank:   `// Answer("q1", ...) // decode step in fp16 over the decode step with four bits a weight`,
		Worked: `Predict("q1", 4)
Answer("q1", four.Run().Before.Ratio(four.Run().After))`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q1": gain(d).Right().Value} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return gain(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "a quarter of the bits, four times the speed", Says: "four bits are a quarter of sixteen, but the scales take room, and neither the cache nor the overhead gets smaller", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1": 4.0}
			}},
			{Name: "eight times smaller is eight times faster", Says: "this starts from fp32: nobody serves this network in fp32, so the step to compare with is that of fp16", Wrong: func(d spec.Draw) spec.Values {
				c := four(d)
				c.Baseline = physics.FP32
				return spec.Values{"q1": c.Run().Speedup}
			}},
			{Name: "the speed-up is the ratio of the sizes", Says: "this is the ratio of the weights: a step also reads the cache, and pays for its launches", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": four(d).Run().Ratio}
			}},
		},
	}
}

// gain is the speed-up of one sequence, between none and that of the bits.
func gain(d spec.Draw) check.Change {
	r := four(d).Run()
	return check.Change{
		ID: "q1", What: "speed-up of four bits a weight", As: check.SpeedUp, Cites: "quality.Compression", Low: 1, High: 4, Tolerance: 0.001,
		Before: check.Seconds(r.Before), After: check.Seconds(r.After),
	}
}

// most is the largest batch that question 2 asks about.
const most = 90

// halved is question 2: the batch at which the speed-up is half of that of one.
func halved() spec.Question {
	return spec.Question{
		ID: "q2", Title: "At which batch is half of it gone?", Points: 15,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...) // sequences, or "none"`,
		Explore: `Show(Sweep(four, "Batch", Pow2(1, 64)).Chart("Batch", "Speedup"))`,
		Blank:   `// Answer("q2", ...) // the first batch of 1 to 90 with at most half the speed-up of one sequence, or "none"`,
		Worked: `Predict("q2", 8)
crowd := four
for crowd.Batch = 1; crowd.Batch <= 90 && crowd.Run().Speedup > four.Run().Speedup/2; crowd.Batch++ {
}
if crowd.Batch <= 90 {
	Answer("q2", crowd.Batch)
} else {
	Answer("q2", "none")
}`,
		Right: func(d spec.Draw) spec.Values {
			if x, ok := loss(d).Find(); ok {
				return spec.Values{"q2": int(x)}
			}
			return spec.Values{"q2": check.None}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return loss(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "the speed-up stays", Says: "a batch reads the weights once but a cache for each sequence, and does arithmetic for each: go on with the sweep", Wrong: func(d spec.Draw) spec.Values {
				if !loss(d).Exists() {
					return nil
				}
				return spec.Values{"q2": check.None}
			}},
			{Name: "there is always such a batch", Says: "up to this batch more than half of the speed-up is left: a search that finds nothing is an answer too", Wrong: func(d spec.Draw) spec.Values {
				if loss(d).Exists() {
					return nil
				}
				return spec.Values{"q2": most}
			}},
			{Name: "half the speed-up at twice the batch", Says: "two sequences share the weights, so nearly all of the speed-up is left", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2": 2}
			}},
		},
	}
}

// loss is the boundary that the question is about.
func loss(d spec.Draw) check.Boundary {
	c := four(d)
	half := c.Run().Speedup / 2
	return check.Boundary{
		ID: "q2", What: "batch", Yes: "has lost half of the speed-up", No: "has more than half of the speed-up", Cites: "quality.Compression",
		First: true, Low: 1, High: most, Step: 1,
		Holds: func(x float64) bool {
			c.Batch = int(x)
			return c.Run().Speedup <= half
		},
	}
}
