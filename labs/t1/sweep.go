package t1

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/search"
)

// beyond is question 3: what a larger batch still gives.
func beyond() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What does a larger batch still give?", Points: 10,
		Kinds:   []check.Kind{check.MONO, check.EXP},
		Claims:  []string{"q3.latency", "q3.throughput", "q3.power"},
		Predict: `// Predict("q3", ...) // "rises", "falls" or "stays": the throughput from batch 32 to 128`,
		Explore: `Show(Sweep(node, "Batch", Pow2(1, 128)).Chart("Latency", "Throughput"))`,
		Blank: `// Answer("q3.latency", ...)    // from batch 32 to 128: "rises", "falls" or "stays"
// Answer("q3.throughput", ...) // the same
// Answer("q3.power", ...)      // the k of latency ~ batch^k between batch 1 and 2`,
		Worked: `Predict("q3", "stays")
Answer("q3.latency", "rises")
Answer("q3.throughput", "rises")
two := node
two.Batch = 2
Answer("q3.power", math.Log2(two.Run().Latency.Ratio(node.Run().Latency)))`,
		Right: func(d spec.Draw) spec.Values {
			k, _ := power(d).Right()
			return spec.Values{"q3.latency": check.Rises, "q3.throughput": check.Rises, "q3.power": k}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(trend(d, "q3.latency", "latency").Check, trend(d, "q3.throughput", "throughput").Check, power(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "latency is flat until memory is full", Says: "the memory never fills here, and yet every image adds time", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.latency": check.Stays}
			}},
			{Name: "past the ridge nothing is gained", Says: "the fixed part of a pass is shared by more images: the gain is small, and it is there", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.throughput": check.Stays}
			}},
			{Name: "latency goes with the batch", Says: "with an exponent of 1 two images would take twice as long as one: a part of the pass does not depend on the batch", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.power": 1.0}
			}},
		},
	}
}

// trend walks from batch 32 to 128.
func trend(d spec.Draw, id, what string) check.Trend {
	return check.Trend{
		ID: id, What: what, Along: "batch", At: search.Pow2(32, 128), Cites: "compute.SingleNode",
		Value: func(x float64) (float64, error) {
			r, err := node(d, int(x)).Solve()
			if what == "latency" {
				return float64(r.Latency), err
			}
			return float64(r.Throughput), err
		},
	}
}

// power is the exponent of the latency from batch 1 to 2.
func power(d spec.Draw) check.Slope {
	latency := func(x float64) (float64, error) {
		batch := 1
		if x > root2 { // the chord's two ends, which a batch must hit exactly
			batch = 2
		}
		r, err := node(d, batch).Solve()
		return float64(r.Latency), err
	}
	return check.Slope{ID: "q3.power", What: "latency", Along: "batch", At: root2, Step: 2, Value: latency, Tolerance: 0.005, Cites: "compute.SingleNode"}
}

const root2 = 1.4142135623730951

// oneLine is question 4: the sweep function against the loop.
func oneLine() spec.Question {
	return spec.Question{
		ID: "q4", Title: "The same in one line", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.ID},
		Claims:  []string{"q4.loop", "q4.sweep"},
		Predict: `// Predict("q4", ...) // images per second within the budget`,
		Explore: `Show(Sweep(node, "Batch", Steps(1, 8, 1)))`,
		Blank: `// Answer("q4.loop", ...)  // the throughput at your answer to question 1, from a pass of your own
// Answer("q4.sweep", ...) // the same from a sweep that ends there: front.LastFitting().Value("Throughput")`,
		Worked: `Predict("q4", 800)
own := node
for own.Batch = 1; own.Run().Latency <= budget; own.Batch++ {
}
own.Batch-- // the answer to question 1
Answer("q4.loop", own.Run().Throughput)
Answer("q4.sweep", Sweep(node, "Batch", Steps(1, float64(own.Batch), 1)).LastFitting().Value("Throughput"))`,
		Right: func(d spec.Draw) spec.Values {
			rate := node(d, last(d)).Run().Throughput
			return spec.Values{"q4.loop": rate, "q4.sweep": float64(rate)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			rate := node(d, last(d)).Run().Throughput
			equal := func(id string, want check.Number) check.Check {
				return check.Equal{ID: id, What: "throughput at the largest batch within the budget", Want: want, Tolerance: check.Digits(4), Cites: "compute.SingleNode"}.Check
			}
			return check.All(equal("q4.loop", check.Quantity(rate)), equal("q4.sweep", check.Plain(float64(rate))))(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "one image at a time", Says: "this is the throughput at batch 1: use the largest batch within the budget", Wrong: func(d spec.Draw) spec.Values {
				rate := node(d, 1).Run().Throughput
				return spec.Values{"q4.loop": rate, "q4.sweep": float64(rate)}
			}},
			{Name: "throughput is one over latency", Says: "this is passes per second: each pass finishes a whole batch", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.sweep": 1 / float64(node(d, last(d)).Run().Latency)}
			}},
		},
	}
}
