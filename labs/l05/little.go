package l05

import (
	"fmt"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The loads that question 1 takes, as shares of the fleet.
const (
	idlest  = 0.3
	busiest = 0.95
	picked  = 0.8 // by the worked answer
)

// little is question 1: Little's law at a rate of the student's own.
func little() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How many requests are inside?", Points: 10,
		Kinds:   []check.Kind{check.LAW},
		Claims:  []string{"q1.rate", "q1.inside"},
		Predict: `// Predict("q1", ...) // requests inside your fleet at 80 per cent load`,
		Explore: `Show(Sweep(today, "Arrivals", Steps(1, 0.95*float64(fleet)/float64(service), 0.25)).Chart("Arrivals", "Mean"))`,
		Blank: `// Answer("q1.rate", ...)   // a rate of your choice, such as Requests(3.7).Per(Second)
// Answer("q1.inside", ...) // mean number of requests that wait or are served at that rate`,
		Worked: `Predict("q1", 5)
own := today
own.Arrivals = Requests(0.8 * float64(fleet)).Per(service)
Answer("q1.rate", own.Arrivals)
Answer("q1.inside", own.Arrivals.For(own.Run().Mean).Ratio(Request))`,
		Right: func(d spec.Draw) spec.Values {
			rate := busy(d, picked, d.Int("fleet"))
			return spec.Values{"q1.rate": rate, "q1.inside": inside(d, rate)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			n := d.Int("fleet")
			return check.Law{
				ID: "q1.inside", What: "number of requests inside", Law: "L = λ·W (Little 1961)", Cites: "serving.Tail", Tolerance: 0.001,
				Inputs: []check.Input{{ID: "q1.rate", As: check.Quantity(units.RequestRate(1)), Min: float64(busy(d, idlest, n)), Max: float64(busy(d, busiest, n))}},
				Want: func(in []float64) (check.Number, error) {
					if rate := units.RequestRate(in[0]); queue(d, rate, n).Run().Stable {
						return check.Plain(inside(d, rate)), nil
					}
					return check.Number{}, fmt.Errorf("the queue grows for ever")
				},
			}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "only those in service are inside", Says: "this counts the requests that are served: those that wait are inside too, so W is the whole stay", Wrong: insideBy(func(d spec.Draw, r serving.TailResult) units.Seconds {
				return service(d)
			})},
			{Name: "only those that wait are inside", Says: "this counts the requests in the queue: those that are served are inside too", Wrong: insideBy(func(_ spec.Draw, r serving.TailResult) units.Seconds {
				return r.Wait
			})},
			{Name: "the 99th percentile is the stay", Says: "this multiplies by the 99th percentile: Little's law is about means", Wrong: insideBy(func(_ spec.Draw, r serving.TailResult) units.Seconds {
				return r.P99
			})},
		},
	}
}

// inside is the mean number of requests in the fleet.
func inside(d spec.Draw, rate units.RequestRate) float64 {
	return rate.For(queue(d, rate, d.Int("fleet")).Run().Mean).Ratio(units.Request)
}

// insideBy is Little's law with another time.
func insideBy(stay func(spec.Draw, serving.TailResult) units.Seconds) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values {
		n := d.Int("fleet")
		rate := busy(d, picked, n)
		return spec.Values{"q1.inside": rate.For(stay(d, queue(d, rate, n).Run())).Ratio(units.Request)}
	}
}

// ratio is question 2: the 99th percentile over the mean, for M/M/1.
func ratio() spec.Question {
	return spec.Question{
		ID: "q2", Title: "How far is the tail from the mean?", Points: 10, Shared: true,
		Kinds:   []check.Kind{check.LAW},
		Claims:  []string{"q2.low", "q2.high"},
		Predict: `// Predict("q2", ...) // the 99th percentile over the mean at 10 per cent load`,
		Explore: `Show(Sweep(Tail{Service: service, CV: 1, Replicas: 1}, "Arrivals", Steps(0.1/float64(service), 0.9/float64(service), 0.1/float64(service))).Chart("Utilization", "P99"))`,
		Blank: `// Answer("q2.low", ...)  // P99 over Mean of one replica with a CV of 1 at 10 per cent load
// Answer("q2.high", ...) // the same at 90 per cent load`,
		Worked: `Predict("q2", 1)
low := Tail{Arrivals: Requests(0.1).Per(service), Service: service, CV: 1, Replicas: 1}.Run()
high := Tail{Arrivals: Requests(0.9).Per(service), Service: service, CV: 1, Replicas: 1}.Run()
Answer("q2.low", low.P99.Ratio(low.Mean))
Answer("q2.high", high.P99.Ratio(high.Mean))`,
		Right: func(d spec.Draw) spec.Values {
			low, high := single(d, 0.1), single(d, 0.9)
			return spec.Values{"q2.low": low.P99.Ratio(low.Mean), "q2.high": high.P99.Ratio(high.Mean)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			at := func(id string, share float64) check.Check {
				r := single(d, share)
				return check.Equal{ID: id, What: "99th percentile over the mean", Want: check.Plain(r.P99.Ratio(r.Mean)), Tolerance: 0.001, Cites: "serving.Tail"}.Check
			}
			return check.All(at("q2.low", 0.1), at("q2.high", 0.9))(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "at low load the 99th percentile is the mean", Says: "nobody waits at low load, but the requests themselves differ: the slowest hundredth is far from the mean", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.low": 1.0}
			}},
			{Name: "the mean is the service time", Says: "this divides by the service time: at high load the mean stay is mostly waiting", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.high": single(d, 0.9).P99.Ratio(service(d))}
			}},
			{Name: "the 99th percentile is the median", Says: "this is the median over the mean: half of the requests are slower than that", Wrong: func(d spec.Draw) spec.Values {
				r := single(d, 0.1)
				return spec.Values{"q2.low": r.P50.Ratio(r.Mean), "q2.high": r.P50.Ratio(r.Mean)}
			}},
		},
	}
}

// single is one replica with exponential service at a load.
func single(d spec.Draw, share float64) serving.TailResult {
	return serving.Tail{Arrivals: busy(d, share, 1), Service: service(d), CV: 1, Replicas: 1}.Run()
}
