package l13

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// mtbf is question 1: how often the fleet fails.
func mtbf() spec.Question {
	return spec.Question{
		ID: "q1", Title: "How often does the fleet fail?", Points: 10,
		Kinds:   []check.Kind{check.LAW, check.EXP},
		Claims:  []string{"q1.servers", "q1.mtbf", "q1.slope"},
		Predict: `// Predict("q1", ...*Hour) // from one failure of your fleet to the next`,
		Explore: `Show(Sweep(fleet, "Nodes", Pow2(1, 1024)).Chart("Nodes", "MTBF"))`,
		Blank: `// Answer("q1.servers", ...)    // a number of servers from 2 to 1000, your own choice
// Answer("q1.mtbf", ...*Hour) // the mean time between failures of as many
// Answer("q1.slope", ...)     // it goes as the number of servers to the power of ...`,
		Worked: `Predict("q1", 24*Hour)
rate := 8/mttf.Ratio(Hour) + 8/150000. + 2/100000. // failures of a server per hour
Answer("q1.servers", 100)
Answer("q1.mtbf", Hour.Times(1/(100*rate)))
Answer("q1.slope", -1)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q1.servers": picked, "q1.mtbf": between(d, picked), "q1.slope": -1}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(law(d).Check, check.Slope{
				ID: "q1.slope", What: "mean time between failures", Along: "number of servers", At: 128, Step: 4, Tolerance: 0.01, Cites: "reliability.Fleet",
				Value: func(x float64) (float64, error) { return float64(between(d, int(x))), nil },
			}.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a fleet is as good as its parts", Says: "this is the time to failure of one accelerator: any of them stops the whole run", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.mtbf": units.Seconds(d.Number("accelerator MTTF"))}
			}},
			{Name: "only accelerators fail", Says: "this counts the accelerators alone: network cards and power supplies stop the run too", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.mtbf": units.Seconds(d.Number("accelerator MTTF")).Times(1. / (8 * picked))}
			}},
			{Name: "a server is one part", Says: "this takes a server for one part: it has eight accelerators, eight network cards and two power supplies", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.mtbf": units.Seconds(d.Number("accelerator MTTF")).Times(1. / picked)}
			}},
			{Name: "more servers are more reliable", Says: "every further server is one more that can stop the run", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q1.slope": 1}
			}},
		},
	}
}

const picked = 100 // the servers that the worked answer picks

// between is the mean time between failures of some servers.
func between(d spec.Draw, servers int) units.Seconds {
	f := fleet(d)
	f.Nodes = servers
	return f.Run().MTBF
}

// law is the failure rate of parts in series.
func law(d spec.Draw) check.Law {
	return check.Law{
		ID: "q1.mtbf", What: "mean time between failures", Law: "1/M = n * the sum of the rates of a server's parts", Cites: "reliability.Fleet", Tolerance: check.Digits(4),
		Inputs: []check.Input{{ID: "q1.servers", As: check.Plain(0), Min: 2, Max: 1000}},
		Want: func(in []float64) (check.Number, error) {
			if in[0] != math.Trunc(in[0]) {
				return check.Number{}, fmt.Errorf("%v servers: want a whole number", in[0])
			}
			return check.Seconds(between(d, int(in[0]))), nil
		},
	}
}

// interval is question 2: how often to save.
func interval() spec.Question {
	return spec.Question{
		ID: "q2", Title: "How often should it save?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.LAW, check.CF},
		Claims:  []string{"q2.interval", "q2.young", "q2.double"},
		Predict: `// Predict("q2", ...*Minute)`,
		Explore: `Show(Sweep(fleet, "Interval", Steps(900, 28800, 900)).Chart("Interval", "Goodput"))`,
		Blank: `// Answer("q2.interval", ...*Minute) // the interval that loses least time
// Answer("q2.young", ...*Minute)    // Young's estimate of it, the square root of 2*d*M
// Answer("q2.double", ...)          // the share that is lost with twice the interval, divided by the share that is lost with yours`,
		Worked: `Predict("q2", 60*Minute)
good := fleet.Run()
Answer("q2.interval", good.Optimal)
Answer("q2.young", Second.Times(math.Sqrt(2*fleet.Checkpoint.Ratio(Second)*good.MTBF.Ratio(Second))))
rare := fleet
rare.Interval = good.Optimal.Times(2)
Answer("q2.double", (1-rare.Run().Goodput)/(1-good.Goodput))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q2.interval": best(d), "q2.young": fleet(d).Run().Young, "q2.double": double(d, best(d)).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			follow := check.Follow{ID: "q2.interval", Right: float64(best(d)), Min: 1, Max: float64(fleet(d).Run().MTBF), At: func(x float64) check.Check {
				return double(d, units.Seconds(x)).Check
			}}
			young := check.Equal{ID: "q2.young", What: "estimate of the interval", Want: check.Seconds(fleet(d).Run().Young), Tolerance: check.Digits(3), Cites: "reliability.Fleet"}
			return check.All(neighbours(d), young.Check, follow.Check)(c)
		},
		Survivors: map[string]string{
			"q2.interval x1.024 (KiB)": "the optimum is flat: from there no interval 5 % away loses less",
			"q2.interval /1.024 (KB)":  "the optimum is flat: from there no interval 5 % away loses less",
		},
		Misconceptions: []spec.Misconception{
			{Name: "more often is safer", Says: "saving this often loses more time to saving than failures would: nothing is gained by it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.interval": best(d).Times(0.25)}
			}},
			{Name: "save as often as it fails", Says: "with one checkpoint for each failure most of the work between two failures is lost", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.interval": fleet(d).Run().MTBF}
			}},
			{Name: "a failure destroys a whole interval", Says: "a failure strikes anywhere in an interval: half of it is lost on average", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.young": fleet(d).Run().Young.Times(math.Sqrt(0.5))}
			}},
			{Name: "twice the interval is twice the loss", Says: "twice the interval doubles the rework and halves the saving: look how flat the curve is", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q2.double": 2}
			}},
		},
	}
}

// neighbours is the check that no interval five per cent away loses less. Where
// one does, it says on which side.
func neighbours(d spec.Draw) check.Check {
	return func(c check.Claims) check.Verdict {
		x, longest := c["q2.interval"].Number, fleet(d).Run().MTBF.Times(10)
		option := func(name string, factor float64) check.Option {
			t := units.Seconds(x * factor)
			if !(t >= 1 && t <= longest) {
				return check.Option{Name: name, Fits: factor != 1, Value: 1}
			}
			return check.Option{Name: name, Value: lost(at(d, t)), Fits: true}
		}
		shorter, longer, own := option("5 % shorter", 1/1.05), option("5 % longer", 1.05), option("yours", 1)
		v := check.Gate(check.Positive("q2.interval", "interval", check.Seconds(0)).Check, check.Best{
			ID: "q2.interval", What: "interval", Objective: "share of lost time", Lower: true, Eps: 1e-9, Cites: "reliability.Fleet",
			Options: []check.Option{shorter, longer},
			Judge: func(check.Claim) (check.Option, error) {
				own.Why = "want a second at least, and not many times the time between failures"
				return own, nil
			},
		}.Check)(c)
		switch {
		case v.OK || !own.Fits:
		case longer.Value < own.Value:
			v.CounterExample = "an interval 5 % longer loses less"
		case shorter.Value < own.Value:
			v.CounterExample = "an interval 5 % shorter loses less"
		}
		return v
	}
}

// double is what twice an interval costs.
func double(d spec.Draw, interval units.Seconds) check.Change {
	return check.Change{
		ID: "q2.double", What: "change of the lost share", As: check.Ratio, Cites: "reliability.Fleet", Tolerance: check.Digits(3),
		Before: check.Plain(lost(at(d, interval))), After: check.Plain(lost(at(d, interval.Times(2)))),
	}
}
