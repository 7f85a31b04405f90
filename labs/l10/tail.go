package l10

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// tail is question 4: what the slowest images see.
func tail() spec.Question {
	return spec.Question{
		ID: "q4", Title: "What does the slowest of a thousand images see?", Points: 15,
		Kinds:   []check.Kind{check.LAW, check.MONO},
		Claims:  []string{"q4.cv", "q4.p999", "q4.trend"},
		Predict: `// Predict("q4", ...*Millisecond) // the time that one image in a thousand exceeds`,
		Explore: `Show(Sweep(Pipeline{Stages: []Stage{{Name: "detect", Solver: one}, {Name: "tail", Solver: Tail{Arrivals: RequestRate(cams * fps), CV: 1}}}, Binds: []Bind{{From: "detect.Latency", To: "tail.Service"}}}, "tail.CV", Steps(0.2, 2, 0.2)).Chart("tail.CV", "tail.P999"))`,
		Blank: `// Answer("q4.cv", ...)               // a coefficient of variation from 0.2 to 2, your own choice
// Answer("q4.p999", ...*Millisecond) // P99.9 of an image with it, waiting included
// Answer("q4.trend", ...)            // P99.9 with a larger variation: "rises", "falls" or "stays"`,
		Worked: `Predict("q4", 10*Millisecond)
queue := Pipeline{
	Stages: []Stage{{Name: "detect", Solver: one}, {Name: "tail", Solver: Tail{Arrivals: RequestRate(cams * fps), CV: 0.5}}},
	Binds:  []Bind{{From: "detect.Latency", To: "tail.Service"}},
}
Answer("q4.cv", 0.5)
Answer("q4.p999", Seconds(queue.Run().Value("tail.P999")))
Answer("q4.trend", "rises")`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q4.cv": picked, "q4.p999": queue(d, picked).P999, "q4.trend": check.Rises}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Shares(check.Share{Of: 2, Check: slowest(d).Check}, check.Share{Of: 1, Check: rises(d).Check})(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a mean in time is safe", Says: "this is the mean: half of the images, more or less, take longer", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.p999": queue(d, picked).Mean}
			}},
			{Name: "only the pass takes time", Says: "this is one pass without any waiting: images of other cameras come first", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.p999": latency(d, 1)}
			}},
			{Name: "P99.9 is ln 1000 means", Says: "that is the law of exponential times, at a variation of 1: yours is another", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.p999": queue(d, picked).Mean.Times(math.Log(1000))}
			}},
			{Name: "P99 is close enough", Says: "this is P99: at your frame rate one image in a hundred is several a second", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.p999": queue(d, picked).P99}
			}},
			{Name: "jitter averages out", Says: "the mean of the pass stays, but the slow passes hold up everything behind them", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4.trend": check.Stays}
			}},
		},
	}
}

const picked = 0.5 // the variation that the worked answer picks

// queue is the images of all cameras before one module, one by one.
func queue(d spec.Draw, cv float64) serving.TailResult {
	return serving.Tail{Arrivals: units.RequestRate(d.Int("cameras") * d.Int("frames per second")), Service: latency(d, 1), CV: cv}.Run()
}

// slowest is the law at the student's own variation.
func slowest(d spec.Draw) check.Law {
	return check.Law{
		ID: "q4.p999", What: "P99.9", Law: "the tail of a queue with your variation", Cites: "serving.Tail", Tolerance: check.Digits(4),
		Inputs: []check.Input{{ID: "q4.cv", As: check.Plain(0), Min: 0.2, Max: 2}},
		Want:   func(in []float64) (check.Number, error) { return check.Seconds(queue(d, in[0]).P999), nil },
	}
}

// rises is the direction of P99.9.
func rises(d spec.Draw) check.Trend {
	return check.Trend{
		ID: "q4.trend", What: "P99.9", Along: "coefficient of variation", At: []float64{0.2, 0.4, 0.8, 1, 1.5, 2}, Cites: "serving.Tail",
		Value: func(x float64) (float64, error) { return float64(queue(d, x).P999), nil },
	}
}
