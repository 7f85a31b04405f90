package l04

import (
	"math"
	"strconv"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
)

// within is question 1: the best batch limit that keeps the SLA.
func within() spec.Question {
	return spec.Question{
		ID: "q1", Title: "Which batch limit do you set?", Points: 10,
		Kinds:   []check.Kind{check.OPT, check.FEAS},
		Claims:  []string{"q1"},
		Predict: `// Predict("q1", ...) // requests that run together`,
		Explore: `Interact(func(v Values) any {
	try := chat
	try.Batch = v.Int("batch")
	return try.Run()
}, SliderOver("batch", Pow2(1, 256), 8))`,
		Blank: `// Answer("q1", ...) // 1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192 or 256`,
		Worked: `Predict("q1", 64)
best := 0
for _, b := range []int{1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256} {
	try := chat
	try.Batch = b
	r := try.Run()
	if r.ITL <= limit && r.Active == b {
		best = b // the rate only grows
	}
}
Answer("q1", best)`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q1": best(d)} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return options(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "a bigger batch is free", Says: "every iteration also carries the prompts of the requests that come in: the largest batch breaks your limit", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1": sizes[len(sizes)-1]}
			}},
			{Name: "a request at a time is fastest", Says: "one request alone has the shortest step, but nearly all of the step is reading weights, which others could share", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1": 1}
			}},
		},
	}
}

// options solves every batch limit.
func options(d spec.Draw) check.Best {
	out := check.Best{ID: "q1", What: "batch limit", Objective: "token rate", Eps: 0.001, Cites: "serving.Batching"}
	for _, b := range sizes {
		r := chat(d, b).Run()
		o := check.Option{Name: strconv.Itoa(b), At: float64(b), Value: float64(r.TokensPerSecond), Fits: r.ITL <= limit(d) && r.Active == b}
		switch {
		case r.ITL > limit(d):
			o.Why = "an iteration takes " + r.ITL.String() + ", and the limit is " + limit(d).String()
		case !o.Fits:
			o.Why = "the memory has no room for so many requests"
		}
		out.Options = append(out.Options, o)
	}
	return out
}

func best(d spec.Draw) int {
	o, _ := options(d).Right()
	return int(o.At)
}

// elasticity is question 2: what a doubling of the batch gives, at both ends.
func elasticity() spec.Question {
	return spec.Question{
		ID: "q2", Title: "What does the next doubling give?", Points: 10,
		Kinds:   []check.Kind{check.EXP},
		Claims:  []string{"q2.start", "q2.limit"},
		Predict: `// Predict("q2", ...) // the exponent at your limit: 1 is twice the tokens, 0 is none more`,
		Explore: `Show(Sweep(chat, "Batch", Pow2(1, 256)).Chart("ITL", "TokensPerSecond"))`,
		Blank: `// Answer("q2.start", ...) // the exponent from 1 to 2 requests, math.Log2 of the ratio of the rates
// Answer("q2.limit", ...) // the exponent from half of your batch limit to your batch limit`,
		Worked: `Predict("q2", 0.5)
top := chat
for _, b := range []int{1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256} {
	try := chat
	try.Batch = b
	if try.Run().ITL <= limit {
		top.Batch = b // question 1
	}
}
half := top
half.Batch = top.Batch / 2
two := chat
two.Batch = 2
Answer("q2.start", math.Log2(two.Run().TokensPerSecond.Ratio(chat.Run().TokensPerSecond)))
Answer("q2.limit", math.Log2(top.Run().TokensPerSecond.Ratio(half.Run().TokensPerSecond)))`,
		Right: func(d spec.Draw) spec.Values {
			start, _ := doubling(d, "q2.start", 2).Right()
			end, _ := doubling(d, "q2.limit", best(d)).Right()
			return spec.Values{"q2.start": start, "q2.limit": end}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			own := check.Follow{ID: "q1", Right: float64(best(d)), Min: 2, Max: 256, At: func(b float64) check.Check {
				return doubling(d, "q2.limit", int(b)).Check
			}}
			return check.All(doubling(d, "q2.start", 2).Check, own.Check)(c)
		},
		Survivors: map[string]string{
			"q2.limit /1.024 (KB)":  "an exponent near 0 has few digits in three decimals",
			"q2.limit x1.024 (KiB)": "an exponent near 0 has few digits in three decimals",
		},
		Misconceptions: []spec.Misconception{
			{Name: "a bigger batch is free", Says: "an exponent of 1 says that the step does not get longer: compare the two iterations", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.limit": 1.0}
			}},
			{Name: "a bigger batch gives nothing", Says: "an exponent of 0 says that twice the requests take twice the time: at the start they share the weights", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.start": 0.0}
			}},
			{Name: "the ratio is the exponent", Says: "this is the ratio of the rates: want its logarithm to the base of two", Wrong: func(d spec.Draw) spec.Values {
				start, _ := doubling(d, "q2.start", 2).Right()
				end, _ := doubling(d, "q2.limit", best(d)).Right()
				return spec.Values{"q2.start": math.Exp2(start), "q2.limit": math.Exp2(end)}
			}},
		},
	}
}

// doubling is the exponent of the rate between half a batch and the batch.
func doubling(d spec.Draw, id string, batch int) check.Slope {
	return check.Slope{
		ID: id, What: "token rate", Along: "batch", At: float64(batch) / math.Sqrt2, Step: 2, Tolerance: 0.0005, Cites: "serving.Batching",
		Value: func(x float64) (float64, error) {
			r, err := chat(d, int(math.Round(x))).Solve()
			return float64(r.TokensPerSecond), err
		},
	}
}
