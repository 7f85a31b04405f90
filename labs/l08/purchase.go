package l08

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
)

// workers is question 3: the least number of workers, if any is enough.
func workers() spec.Question {
	return spec.Question{
		ID: "q3", Title: "How many workers are enough?", Points: 10,
		Kinds:   []check.Kind{check.WIT},
		Claims:  []string{"q3"},
		Predict: `// Predict("q3", ...) // workers, or "none"`,
		Explore: `Show(Sweep(feed, "Decode", Steps(0.5e9, 5e9, 0.5e9)).Chart("Decode", "Supply"))`,
		Blank:   `// Answer("q3", ...) // the least number of workers from 1 to 1024 with which the accelerators never wait, or "none"`,
		Worked: `Predict("q3", 100)
hired := 0
for n := 1024; n >= 1; n-- {
	try := feed
	try.Decode = each.Times(float64(n))
	if !try.Run().Stalled {
		hired = n
	}
}
if hired > 0 {
	Answer("q3", hired)
} else {
	Answer("q3", "none")
}`,
		Right: func(d spec.Draw) spec.Values {
			if x, ok := enough(d).Find(); ok {
				return spec.Values{"q3": int(x)}
			}
			return spec.Values{"q3": check.None}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return enough(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "workers cure every stall", Says: "this would decode fast enough, but another stage cannot deliver what the accelerators consume: no number of workers helps", Wrong: func(d spec.Draw) spec.Values {
				if enough(d).Exists() {
					return nil
				}
				return spec.Values{"q3": decoders(d, feed(d).Run().Demand)}
			}},
			{Name: "one accelerator is fed", Says: "this feeds one accelerator: the node has eight", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3": decoders(d, feed(d).Demand)}
			}},
		},
	}
}

// decoders is how many workers decode at a rate.
func decoders(d spec.Draw, rate units.ByteRate) int {
	return int(math.Ceil(rate.Ratio(units.ByteRate(d.Number("decode rate of a worker")))))
}

// faster is question 4: what a faster accelerator gains.
func faster() spec.Question {
	return spec.Question{
		ID: "q4", Title: "Would a faster accelerator be noticed?", Points: 10, Quick: true,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q4.alone", "q4.node"},
		Predict: `// Predict("q4", ...) // times as many images per second with H100`,
		Explore: `Show(fmt.Sprint("the node consumes ", feed.Run().SampleDemand, ", the chain delivers ", feed.Run().SampleSupply))`,
		Blank: `// Answer("q4.alone", ...) // images per second of one H100 that never waits, divided by those of your device
// Answer("q4.node", ...)  // images per second that the node trains with H100, divided by those that it trains now`,
		Worked: `Predict("q4", 3)
newer := step
newer.Hardware = H100
Answer("q4.alone", step.Run().Latency.Ratio(newer.Run().Latency))
fed := feed
fed.Demand, fed.HostLink = image.Times(128).Per(newer.Run().Latency), H100.HostLink
now, then := feed.Run(), fed.Run()
Answer("q4.node", min(then.Demand, then.Supply).Ratio(min(now.Demand, now.Supply)))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q4.alone": alone(d).Right().Value, "q4.node": node(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(alone(d).Check, node(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "low GPU utilisation means a slow GPU", Says: "the node trains what reaches it: as long as the chain is the slower part, a faster accelerator only waits longer", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.node": alone(d).Right().Value}
			}},
		},
	}
}

// alone is the gain of one accelerator that never waits.
func alone(d spec.Draw) check.Change {
	return check.Change{
		ID: "q4.alone", What: "gain of one accelerator", As: check.Ratio, Cites: "compute.SingleNode", Low: 1, High: 20, Tolerance: check.Digits(3),
		Before: check.Quantity(demand(d.Device("device"))), After: check.Quantity(demand(hardware.H100)),
	}
}

// node is the gain of the node with its chain.
func node(d spec.Draw) check.Change {
	now := feed(d)
	then := now
	then.Demand, then.HostLink = demand(hardware.H100), hardware.H100.HostLink
	return check.Change{
		ID: "q4.node", What: "gain of the node", As: check.Ratio, Cites: "storage.Ingestion", Low: 1, High: 20, Tolerance: check.Digits(3),
		Before: check.Quantity(trained(now)), After: check.Quantity(trained(then)),
	}
}

// trained is what a node really consumes.
func trained(f storage.Ingestion) units.ByteRate {
	r := f.Run()
	return min(r.Demand, r.Supply)
}
