package l05

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// trickle is the lowest rate that question 4 asks about: a request now and then.
const trickle = 0.001

// load is question 4: how much a fleet takes, and what variation costs.
func load() spec.Question {
	return spec.Question{
		ID: "q4", Title: "How much may your fleet take?", Points: 15,
		Kinds:   []check.Kind{check.WIT, check.MONO},
		Claims:  []string{"q4.rate", "q4.doubled", "q4.trend"},
		Predict: `// Predict("q4", ...) // the largest share of your fleet that may be busy`,
		Explore: `Interact(func(v Values) any {
	return Tail{Arrivals: Requests(v.Number("busy") * float64(fleet)).Per(service), Service: service, CV: v.Number("cv"), Replicas: fleet, SLA: slo}.Run()
}, SliderOver("busy", []float64{0.01, 0.5, 0.7, 0.8, 0.9, 0.95}, 0.8), SliderOver("cv", []float64{0.5, 0.8, 1, 1.2, 1.6, 2, 2.4}, 1))`,
		Blank: `// Answer("q4.rate", ...)    // the highest rate at which P99 is at most slo
// Answer("q4.doubled", ...) // the same with twice the coefficient of variation, or "none"
// Answer("q4.trend", ...)   // "rises", "falls" or "stays": the highest rate, as the variation grows`,
		Worked: `Predict("q4", 0.9)
most := func(variation float64) float64 {
	try := today
	try.CV = variation
	lo, hi := 0.001, float64(fleet)/float64(service)
	for i := 0; i < 60; i++ {
		try.Arrivals = RequestRate((lo + hi) / 2)
		if r := try.Run(); r.Stable && r.P99 <= slo {
			lo = (lo + hi) / 2
		} else {
			hi = (lo + hi) / 2
		}
	}
	return lo
}
Answer("q4.rate", RequestRate(most(cv)))
if most(2*cv) > 0.01 {
	Answer("q4.doubled", RequestRate(most(2*cv)))
} else {
	Answer("q4.doubled", "none") // not even an idle fleet keeps the limit
}
Answer("q4.trend", "falls")`,
		Right: func(d spec.Draw) spec.Values {
			out := spec.Values{"q4.trend": check.Falls, "q4.doubled": check.None}
			out["q4.rate"], _ = highest(d, 1)
			if rate, ok := highest(d, 2); ok {
				out["q4.doubled"] = rate
			}
			return out
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Shares(
				check.Share{Of: 2, Check: most(d, "q4.rate", 1).Check}, check.Share{Of: 2, Check: most(d, "q4.doubled", 2).Check},
				check.Share{Of: 1, Check: direction(d).Check})(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "below full load is enough", Says: "at this rate every replica is busy all the time: the queue grows for ever", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.rate": busy(d, 1, d.Int("fleet"))}
			}},
			{Name: "only the mean service time counts", Says: "this is the rate without the doubling: requests that vary more wait longer, and the longest are longer", Wrong: func(d spec.Draw) spec.Values {
				rate, _ := highest(d, 1)
				return spec.Values{"q4.doubled": rate}
			}},
			{Name: "twice the variation, half the load", Says: "you halved the rate: the wait grows with the square of the variation, and the service has a tail of its own", Wrong: func(d spec.Draw) spec.Values {
				rate, _ := highest(d, 1)
				return spec.Values{"q4.doubled": rate / 2}
			}},
		},
	}
}

// most is the boundary of the rate, with a multiple of the scenario's variation.
func most(d spec.Draw, id string, times float64) check.Boundary {
	n := d.Int("fleet")
	some := room(d, trickle, times) >= 0 // or there is none, for more only waits longer
	return check.Boundary{
		ID: id, What: "rate", Yes: "keeps the limit", No: "breaks the limit", Cites: "serving.Tail",
		Low: trickle, High: float64(busy(d, 1, n)), Slack: 0.001, As: check.Quantity(units.RequestRate(1)),
		Holds: func(x float64) bool { return some && room(d, units.RequestRate(x), times) >= 0 },
	}
}

// room is how much longer the limit is than the 99th percentile, as a share;
// below 0 the limit is broken.
func room(d spec.Draw, rate units.RequestRate, times float64) float64 {
	s := queue(d, rate, d.Int("fleet"))
	s.CV *= times
	r := s.Run()
	if !r.Stable {
		return -1
	}
	return s.SLA.Ratio(r.P99) - 1
}

// highest is the rate at which no room is left; false if there is none even for
// a trickle. The room is nearly straight along the rate, so that false position
// (in the Illinois form, which halves the end that stays) takes a few solves.
func highest(d spec.Draw, times float64) (units.RequestRate, bool) {
	lo, hi := units.RequestRate(trickle), busy(d, 1, d.Int("fleet"))
	atLo, atHi := room(d, lo, times), -1.0
	if atLo < 0 {
		return 0, false
	}
	for range 100 {
		x := lo + (hi - lo).Times(atLo/(atLo-atHi))
		at := room(d, x, times)
		switch {
		case math.Abs(at) < 1e-12:
			return x, true
		case at > 0:
			lo, atLo, atHi = x, at, atHi/2
		default:
			hi, atHi, atLo = x, at, atLo/2
		}
	}
	return lo, true
}

// direction is the highest rate as the variation grows.
func direction(d spec.Draw) check.Trend {
	return check.Trend{
		ID: "q4.trend", What: "highest rate", Along: "variation", At: []float64{1, 2}, Cites: "serving.Tail",
		Value: func(x float64) (float64, error) {
			rate, _ := highest(d, x)
			return float64(rate), nil
		},
	}
}

// pooled is the load of question 5, as a share of the fleet.
const pooled = 0.8

// pool is question 5: one queue or one for each replica.
func pool() spec.Question {
	return spec.Question{
		ID: "q5", Title: "One queue or many?", Points: 10,
		Kinds:   []check.Kind{check.OPT, check.CF},
		Claims:  []string{"q5.queue", "q5.gain"},
		Options: map[string][]string{"q5.queue": {"pooled", "separate"}},
		Predict: `// Predict("q5", ...) // how many times longer the worse P99 is`,
		Explore: `Show(Tail{Arrivals: Requests(0.8).Per(service), Service: service, CV: cv, Replicas: 1}.Run()) // a queue of one's own`,
		Blank: `// Answer("q5.queue", ...) // "pooled" or "separate": the better P99 at 80 per cent load
// Answer("q5.gain", ...)  // P99 of separate queues over P99 of the pooled one`,
		Worked: `Predict("q5", 2)
all := today
all.Arrivals = Requests(0.8 * float64(fleet)).Per(service)
alone := all
alone.Replicas = 1
alone.Arrivals = all.Arrivals.Times(1 / float64(fleet))
if all.Run().P99 <= alone.Run().P99 {
	Answer("q5.queue", "pooled")
} else {
	Answer("q5.queue", "separate")
}
Answer("q5.gain", alone.Run().P99.Ratio(all.Run().P99))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q5.queue": "pooled", "q5.gain": sharing(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			both := sharing(d)
			better := check.Best{ID: "q5.queue", What: "queue", Objective: "P99", Lower: true, Cites: "serving.Tail", Options: []check.Option{
				{Name: "pooled", Value: both.After.Value, Fits: true},
				{Name: "separate", Value: both.Before.Value, Fits: true},
			}}
			return check.All(better.Check, both.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a queue of one's own is shorter", Says: "a replica of its own queue may stand idle while requests wait at another", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q5.queue": "separate"}
			}},
			{Name: "the load is the same, so the wait is", Says: "every replica is as busy as before, but a request now waits for one replica, not for the first of many", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q5.gain": 1.0}
			}},
			{Name: "as many times as there are replicas", Says: "this is the number of replicas: the wait shrinks by more than that, the service not at all", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5.gain": float64(d.Int("fleet"))}
			}},
		},
	}
}

// sharing is the 99th percentile of separate queues against that of a shared one.
func sharing(d spec.Draw) check.Change {
	n := d.Int("fleet")
	together, alone := queue(d, busy(d, pooled, n), n).Run(), queue(d, busy(d, pooled, 1), 1).Run()
	return check.Change{
		ID: "q5.gain", What: "P99 of separate queues over that of the pooled one", As: check.SpeedUp, Cites: "serving.Tail",
		Before: check.Seconds(alone.P99), After: check.Seconds(together.P99), Low: 1, High: 100, Tolerance: 0.001,
	}
}
