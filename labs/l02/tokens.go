package l02

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
)

// longest is the end of question 2's search.
const longest = 60000

// crossing is question 2: a prompt that costs as much as some decode steps.
func crossing() spec.Question {
	return spec.Question{
		ID: "q2", Title: "How many prompt tokens for a decode step?", Points: 10,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...) // prompt tokens`,
		Explore: `Show(Sweep(chat, "Prompt", Pow2(256, 16384)).Chart("Prompt", "TTFT"))`,
		Blank:   `// Answer("q2", ...) // the shortest prompt whose TTFT is at least steps times its ITLFirst`,
		Worked: `Predict("q2", 500)
long := chat
lo, hi := 1, 60000
for lo < hi {
	long.Prompt = (lo + hi) / 2
	if long.Run().TTFT >= long.Run().ITLFirst.Times(float64(steps)) {
		hi = long.Prompt
	} else {
		lo = long.Prompt + 1
	}
}
Answer("q2", lo)`,
		Right: func(d spec.Draw) spec.Values {
			x, _ := asLong(d).Find()
			return spec.Values{"q2": int(x)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return asLong(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "tokens cost the same in both phases", Says: "this says that a prompt token costs as much as an answer token: compare the two times", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2": d.Int("steps")}
			}},
			{Name: "prefill time is linear in the prompt", Says: "you scaled the TTFT of your own prompt: attention grows with the square of the prompt, and a part of the pass does not grow at all", Wrong: func(d spec.Draw) spec.Values {
				r := own(d).Run()
				n := math.Ceil(float64(d.Int("prompt")*d.Int("steps")) * r.ITLFirst.Ratio(r.TTFT))
				return spec.Values{"q2": int(n)}
			}},
		},
	}
}

// asLong is the boundary that the question is about.
func asLong(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q2", What: "prompt", Yes: "takes as long as the decode steps", No: "is over sooner than the decode steps", Cites: "serving.Serving",
		First: true, Low: 1, High: longest, Step: 1,
		Holds: func(x float64) bool {
			r := chat(d, int(x)).Run()
			return r.TTFT >= r.ITLFirst.Times(float64(d.Int("steps")))
		},
	}
}
