package l04

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/serving"
)

// plenty is a batch limit that no device here has the memory for: the cache
// decides.
const plenty = 10000

// lengths is the sweep of question 3: longest requests.
var lengths = []float64{4096, 8192, 16384, 32768, 65536}

// mix is question 3: continuous batching against slots, for the mix of lengths.
func mix() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What do pages gain over slots?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.CF, check.MONO},
		Claims:  []string{"q3.gain", "q3.trend"},
		Predict: `// Predict("q3", ...) // tokens per second with pages, divided by those with slots`,
		Explore: `full := chat
full.Batch = 10000 // more than any memory here has room for
Show(Sweep(full, "Longest", []float64{4096, 8192, 16384, 32768, 65536}).Chart("Longest", "StaticActive"))`,
		Blank: `// Answer("q3.gain", ...)  // token rate with pages, divided by that with slots, without a batch limit
// Answer("q3.trend", ...) // "rises", "falls" or "stays": the gain, as the longest request gets longer`,
		Worked: `Predict("q3", 2)
packed := chat
packed.Batch = 10000
Answer("q3.gain", packed.Run().TokensPerSecond.Ratio(packed.Run().StaticTokensPerSecond))
Answer("q3.trend", "rises")`,
		Right: func(d spec.Draw) spec.Values {
			trend, _ := longer(d).Right()
			return spec.Values{"q3.gain": gain(d).Right().Value, "q3.trend": trend}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Shares(check.Share{Of: 2, Check: gain(d).Check}, check.Share{Of: 1, Check: longer(d).Check})(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "as many times faster as there are more requests", Says: "this is the ratio of the requests that run together: an iteration with more of them takes longer", Wrong: func(d spec.Draw) spec.Values {
				r := packed(d).Run()
				return spec.Values{"q3.gain": float64(r.Active) / float64(r.StaticActive)}
			}},
			{Name: "as many times faster as the slots are longer", Says: "this is the longest request over the mean one: it says how much of a slot is wasted, not how fast the rest is", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.gain": float64(d.Int("longest request")) / float64(packed(d).Run().Mean)}
			}},
			{Name: "the mean request decides", Says: "a slot has room for the longest request, whoever sits in it", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.trend": check.Stays}
			}},
		},
	}
}

// packed is the endpoint with as many requests as the memory holds.
func packed(d spec.Draw) serving.Batching { return chat(d, plenty) }

// gain is the counterfactual: the same memory in pages and in slots.
func gain(d spec.Draw) check.Change {
	r := packed(d).Run()
	return check.Change{
		ID: "q3.gain", What: "gain of pages over slots", As: check.Ratio, Cites: "serving.Batching",
		Before: check.Quantity(r.StaticTokensPerSecond), After: check.Quantity(r.TokensPerSecond),
		Low: 1, High: float64(r.Active) / float64(r.StaticActive) * (1 + 1e-9), Tolerance: 0.001,
	}
}

// longer is the gain as the longest request gets longer and the mean one stays.
func longer(d spec.Draw) check.Trend {
	return check.Trend{
		ID: "q3.trend", What: "gain", Along: "longest request", At: lengths, Cites: "serving.Batching",
		Value: func(x float64) (float64, error) {
			s := packed(d)
			s.Longest = int(x)
			r, err := s.Solve()
			return r.Speedup, err
		},
	}
}
