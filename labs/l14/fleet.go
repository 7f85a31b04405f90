package l14

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// replicas is question 2: the least fleet for the rate and the limit.
func replicas() spec.Question {
	return spec.Question{
		ID: "q2", Title: "How many replicas does it take?", Points: 15,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...) // replicas, or "none"`,
		Explore: `Show(Sweep(serve, "Arrivals", Steps(100, 1000, 100)).Chart("Arrivals", "P99"))`,
		Blank:   `// Answer("q2", ...) // least replicas of 1 to 512 for 1000 questions a second within your limit, or "none"`,
		Worked: `Predict("q2", 100)
if serve.Run().Reached {
	Answer("q2", serve.Run().Replicas)
} else {
	Answer("q2", "none")
}`,
		Right: func(d spec.Draw) spec.Values {
			if r := own(d).Run(); r.Reached {
				return spec.Values{"q2": r.Replicas}
			}
			return spec.Values{"q2": check.None}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Boundary{
				ID: "q2", What: "number of replicas", Yes: "keeps rate and limit", No: "does not keep rate and limit", Cites: "serving.Capacity",
				First: true, Low: 1, High: most, Step: 1,
				Holds: func(x float64) bool {
					s := own(d)
					s.MaxReplicas = int(x)
					return s.Run().Reached
				},
			}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "more replicas cure any delay", Says: "that many keep up with the rate, and still the limit is missed: a question that thinks this long in its slot takes too long without any queue", Wrong: func(d spec.Draw) spec.Values {
				r := own(d).Run()
				if r.Reached {
					return nil
				}
				return spec.Values{"q2": int(math.Ceil(own(d).Arrivals.Ratio(r.PerReplica)))}
			}},
			{Name: "there is no such fleet", Says: "the limit can be kept: look at the 99th percentile without waiting", Wrong: func(d spec.Draw) spec.Values {
				if !own(d).Run().Reached {
					return nil
				}
				return spec.Values{"q2": check.None}
			}},
			{Name: "the time of one question is the time of each", Says: "you divided by the time of a question alone on a device: in a full replica the steps are slower", Wrong: func(d spec.Draw) spec.Values {
				alone := think(d, d.Int("reasoning steps")).Run().Time
				return spec.Values{"q2": int(math.Ceil(own(d).Arrivals.For(alone).Ratio(units.Request) / 128))}
			}},
		},
	}
}

// most is how many replicas can be had.
const most = 512

// The names of question 4.
const (
	fewer   = "fewer tokens"
	smaller = "fp8 weights"
	larger  = "more accelerators"
)

// offers is question 4: what lets the fleet answer most.
func offers() spec.Question {
	return spec.Question{
		ID: "q4", Title: "Fewer tokens, a smaller format or more accelerators?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.CF},
		Claims:  []string{"q4", "q4.gain"},
		Predict: `// Predict("q4", ...) // "fewer tokens", "fp8 weights" or "more accelerators"`,
		Explore: `Show(fmt.Sprint("cut ", cut, " of the tokens, or add ", more, " of the accelerators; weights ", net.Weights(FP16), " in fp16, ", net.Weights(FP8), " in fp8"))`,
		Blank: `// Answer("q4", ...)      // the offer with which the fleet ends most questions a second
// Answer("q4.gain", ...) // that rate, divided by the rate as it is`,
		Worked: `Predict("q4", "more accelerators")
brief, light := serve, serve
brief.MeanOutput = serve.MeanOutput.Times(1 - cut)
light.Precision, light.KVPrecision = FP8, FP16
now := serve.Run().PerReplica
a, b := brief.Run().PerReplica.Ratio(now), light.Run().PerReplica.Ratio(now)
if a > b && a > 1+more {
	Answer("q4", "fewer tokens")
} else if b > 1+more {
	Answer("q4", "fp8 weights")
} else {
	Answer("q4", "more accelerators")
}
Answer("q4.gain", max(a, b, 1+more))`,
		Right: func(d spec.Draw) spec.Values {
			best, _ := gains(d).Right()
			return spec.Values{"q4": best.Name, "q4.gain": best.Value}
		},
		Options: map[string][]string{"q4": {fewer, smaller, larger}},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			best, _ := gains(d).Right()
			return check.All(gains(d).Check, check.Change{
				ID: "q4.gain", What: "gain in rate of the best offer", As: check.Ratio, Before: check.Plain(1), After: check.Plain(best.Value), Tolerance: 0.002, Cites: "serving.Capacity",
			}.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "hardware is the only cure", Says: "accelerators multiply the rate by their number and no more: one of the other offers gives more", Wrong: func(d spec.Draw) spec.Values {
				if best, _ := gains(d).Right(); best.Name == larger {
					return nil
				}
				return spec.Values{"q4": larger, "q4.gain": 1 + d.Number("accelerators added")}
			}},
			{Name: "half the bytes is twice as fast", Says: "only the weights are halved: the cache of all questions stays, and a replica reads it at every step", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4": smaller, "q4.gain": 2.0}
			}},
			{Name: "a tenth of the tokens is a tenth of the price", Says: "you scaled the rate with the tokens: shorter questions also leave a smaller cache for every step", Wrong: func(d spec.Draw) spec.Values {
				if best, _ := gains(d).Right(); best.Name != fewer {
					return nil
				}
				return spec.Values{"q4.gain": 1 / (1 - d.Number("tokens cut"))}
			}},
		},
	}
}

// gains are the three offers by the rate of the fleet over what it is.
func gains(d spec.Draw) check.Best {
	tokens := thought * float64(d.Int("reasoning steps"))
	now := own(d).Run().PerReplica
	brief, light := serve(d, tokens*(1-d.Number("tokens cut"))), own(d)
	light.Precision, light.KVPrecision = physics.FP8, physics.FP16
	return check.Best{
		ID: "q4", What: "offer", Objective: "rate", Eps: 0.001, Cites: "serving.Capacity",
		Options: []check.Option{
			{Name: fewer, Value: brief.Run().PerReplica.Ratio(now), Fits: true},
			{Name: smaller, Value: light.Run().PerReplica.Ratio(now), Fits: true},
			{Name: larger, Value: 1 + d.Number("accelerators added"), Fits: true},
		},
	}
}
