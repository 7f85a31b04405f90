package l05

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// surge is how many times today's traffic the launch day brings.
const surge = 10

// replicas is question 3: the fewest replicas for launch day.
func replicas() spec.Question {
	return spec.Question{
		ID: "q3", Title: "How many replicas for launch day?", Points: 15,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q3"},
		Predict: `// Predict("q3", ...) // replicas`,
		Explore: `Show(Sweep(Tail{Arrivals: arrivals.Times(10), Service: service, CV: cv, Replicas: 1}, "Replicas", Steps(5, 40, 1)).Chart("Replicas", "P99"))`,
		Blank:   `// Answer("q3", ...) // the fewest replicas whose P99 is at most slo`,
		Worked: `Predict("q3", 10*fleet)
need := today
need.Arrivals = arrivals.Times(10)
for need.Replicas = 1; ; need.Replicas++ {
	r := need.Run()
	if r.Stable && r.P99 <= slo {
		break
	}
}
Answer("q3", need.Replicas)`,
		Right:  func(d spec.Draw) spec.Values { return spec.Values{"q3": least(d, launch(d))} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return enough(d, launch(d)).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "ten times the traffic, ten times the replicas", Says: "you scaled today's replicas with the traffic: a larger pool keeps the limit at a higher load", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3": surge * least(d, arrivals(d))}
			}},
			{Name: "average green means healthy", Says: "with these replicas the mean keeps the limit; the limit is on the 99th percentile", Wrong: func(d spec.Draw) spec.Values {
				n := meanEnough(d)
				if n == surge*least(d, arrivals(d)) {
					return nil
				}
				return spec.Values{"q3": n}
			}},
			{Name: "below full load is enough", Says: "these replicas are just not overloaded: the queue does not grow for ever, but it is long", Wrong: func(d spec.Draw) spec.Values {
				n := int(math.Floor(queue(d, launch(d), 1).Run().Load)) + 1
				if n == meanEnough(d) || n == surge*least(d, arrivals(d)) {
					return nil
				}
				return spec.Values{"q3": n}
			}},
		},
	}
}

func launch(d spec.Draw) units.RequestRate { return arrivals(d).Times(surge) }

// enough is the boundary of the replicas at a rate.
func enough(d spec.Draw, rate units.RequestRate) check.Boundary {
	return check.Boundary{
		ID: "q3", What: "number of replicas", Yes: "keeps the limit", No: "breaks the limit", Cites: "serving.Tail",
		First: true, Low: 1, High: 100, Step: 1,
		Holds: func(x float64) bool { return keeps(queue(d, rate, int(x))) },
	}
}

func least(d spec.Draw, rate units.RequestRate) int {
	x, _ := enough(d, rate).Find()
	return int(x)
}

// meanEnough is the fewest replicas whose mean stay keeps the limit.
func meanEnough(d spec.Draw) int {
	for n := 1; ; n++ {
		if r := queue(d, launch(d), n).Run(); r.Stable && r.Mean <= slo(d) {
			return n
		}
	}
}
