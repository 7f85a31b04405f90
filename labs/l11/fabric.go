package l11

import (
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/units"
)

// oversubscribed is question 3: what the cheaper fabric costs.
func oversubscribed() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What does the cheap fabric cost?", Points: 15,
		Kinds:   []check.Kind{check.CF, check.EXP},
		Claims:  []string{"q3.exchange", "q3.inside", "q3.whole"},
		Predict: `// Predict("q3", ...) // times as long: the whole exchange of gradients with k:1 oversubscription`,
		Explore: `Show(Topology{Nodes: servers, Link: 50 * GBps, Oversubscription: k}.Run()) // Effective: what is left of a port when all send`,
		Blank: `// Answer("q3.exchange", ...) // the exchange between servers grows as k to the power of ...
// Answer("q3.inside", ...)   // times as long: what happens inside the servers
// Answer("q3.whole", ...)    // times as long: the whole`,
		Worked: `Predict("q3", 2)
cheap := sync
cheap.Inter = Topology{Nodes: servers, Link: 50 * GBps, Oversubscription: k}.Run().Effective
was, is := sync.Run(), cheap.Run()
Answer("q3.exchange", math.Log(is.Exchange.Ratio(was.Exchange))/math.Log(k))
Answer("q3.inside", (is.Scatter + is.Gather).Ratio(was.Scatter+was.Gather))
Answer("q3.whole", is.Time.Ratio(was.Time))`,
		Right: func(d spec.Draw) spec.Values {
			power, _ := grows(d).Right()
			return spec.Values{"q3.exchange": power, "q3.inside": inside(d).Right().Value, "q3.whole": whole(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(grows(d).Check, inside(d).Check, whole(d).Check)(c)
		},
		Survivors: map[string]string{"q3.exchange inverse": "the exponent is so near to 1 that its inverse is, too"},
		Misconceptions: []spec.Misconception{
			{Name: "everything slows down by k", Says: "this stretches all three phases: two of them never leave the server", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.whole": d.Number("oversubscription")}
			}},
			{Name: "nobody notices", Says: "all servers send at once, so all of them share the uplinks: the exchange between them takes longer", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.exchange": 0, "q3.whole": 1}
			}},
			{Name: "the servers slow down too", Says: "what happens inside a server uses its own links: the fabric does not touch it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.inside": d.Number("oversubscription")}
			}},
		},
	}
}

// grows is the exponent of the exchange between servers, from 1:1 to k:1.
func grows(d spec.Draw) check.Slope {
	k := d.Number("oversubscription")
	return check.Slope{
		ID: "q3.exchange", What: "exchange between servers", Along: "oversubscription", At: math.Sqrt(k), Step: k, Tolerance: 0.01, Cites: "network.Topology and network.Collective",
		Value: func(x float64) (float64, error) {
			at := 1.0
			if x > math.Sqrt(k) {
				at = k // the ends of the chord, without rounding
			}
			r, err := shared(d, at).Solve()
			return float64(r.Exchange), err
		},
	}
}

// inside is the change of the two phases inside the servers.
func inside(d spec.Draw) check.Change {
	was, is := exchange(d).Run(), shared(d, d.Number("oversubscription")).Run()
	return check.Change{
		ID: "q3.inside", What: "change inside the servers", As: check.Ratio, Cites: "network.Collective", Tolerance: check.Digits(3),
		Before: check.Seconds(was.Scatter + was.Gather), After: check.Seconds(is.Scatter + is.Gather),
	}
}

// whole is the change of all three phases.
func whole(d spec.Draw) check.Change {
	k := d.Number("oversubscription")
	return check.Change{
		ID: "q3.whole", What: "change of the whole exchange", As: check.Ratio, Cites: "network.Collective", Tolerance: check.Digits(3), Low: 1, High: k,
		Before: check.Seconds(exchange(d).Run().Time), After: check.Seconds(shared(d, k).Run().Time),
	}
}

// phases is question 4: what a hierarchical all-reduce saves.
func phases() spec.Question {
	return spec.Question{
		ID: "q4", Title: "What do three phases save?", Points: 15,
		Kinds:   []check.Kind{check.CF, check.SUM},
		Claims:  []string{"q4.saving", "q4.scatter", "q4.exchange", "q4.gather"},
		Predict: `// Predict("q4", ...) // times as fast as a flat ring`,
		Explore: `Show(sync.Run().Explain())`,
		Blank: `// Answer("q4.saving", ...)      // time of the flat ring (field Ring), divided by the time in three phases
// Answer("q4.scatter", ...*GB)  // what each device sends in the first phase
// Answer("q4.exchange", ...*GB) // in the second
// Answer("q4.gather", ...*GB)   // in the third`,
		Worked: `Predict("q4", 8)
Answer("q4.saving", sync.Run().Ring.Ratio(sync.Run().Time))
bare := sync
bare.IntraLatency, bare.InterLatency = 0, 0 // what takes time now is bytes
sends := bare.Run()
Answer("q4.scatter", bare.Intra.For(sends.Scatter))
Answer("q4.exchange", bare.Inter.For(sends.Exchange))
Answer("q4.gather", bare.Intra.For(sends.Gather))`,
		Right: func(d spec.Draw) spec.Values {
			b := sent(d)
			return spec.Values{"q4.saving": saved(d).Right().Value, "q4.scatter": b[0], "q4.exchange": b[1], "q4.gather": b[2]}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			b := sent(d)
			equal := func(id, what string, want units.Bytes) check.Check {
				return check.Equal{ID: id, What: "bytes of the " + what, Want: check.Bytes(want), Tolerance: check.Digits(3), Cites: "network.Collective"}.Check
			}
			return check.All(
				saved(d).Check, equal("q4.scatter", "first phase", b[0]), equal("q4.exchange", "second phase", b[1]), equal("q4.gather", "third phase", b[2]),
				check.Sum{
					Parts: []string{"q4.scatter", "q4.exchange", "q4.gather"}, Total: check.Bytes(b[0] + b[1] + b[2]),
					What: "bytes of an all-reduce", Tolerance: check.Digits(3), Cites: "network.Collective",
				}.Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "every device sends everything out", Says: "after the first phase a device holds the sum of its own share: only that goes to the other servers", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.exchange": sent(d)[1].Times(perNode)}
			}},
			{Name: "the last phase carries the whole message", Says: "a device passes on the shares of the others, not the message times the devices", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.gather": grads(d).Times(perNode - 1)}
			}},
			{Name: "eight devices are eight times as fast", Says: "between the servers there is an eighth to carry, but the phases inside take time too", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4.saving": perNode}
			}},
		},
	}
}

// saved is what three phases save against the flat ring.
func saved(d spec.Draw) check.Change {
	r := exchange(d).Run()
	return check.Change{
		ID: "q4.saving", What: "gain of three phases", As: check.SpeedUp, Cites: "network.Collective", Tolerance: check.Digits(3),
		Before: check.Seconds(r.Ring), After: check.Seconds(r.Time),
	}
}

// sent is what each device sends in the three phases.
func sent(d spec.Draw) [3]units.Bytes {
	c := exchange(d)
	c.IntraLatency, c.InterLatency = 0, 0
	r := c.Run()
	return [3]units.Bytes{c.Intra.For(r.Scatter), c.Inter.For(r.Exchange), c.Intra.For(r.Gather)}
}

// exposed is question 5: what the arithmetic does not hide.
func exposed() spec.Question {
	return spec.Question{
		ID: "q5", Title: "What is left to see?", Points: 10,
		Kinds:   []check.Kind{check.ID},
		Claims:  []string{"q5"},
		Predict: `// Predict("q5", ...*Millisecond)`,
		Explore: `Show(Sweep(NetworkRoofline{Model: net, Hardware: gpu, Nodes: servers, Fabric: 50 * GBps, Batch: 8 * servers, Sequence: 2048}, "Oversubscription", Steps(1, 6, 1)).Chart("Oversubscription", "Step"))`,
		Blank:   `// Answer("q5", ...*Millisecond) // the part of the exchange at your k that the arithmetic of the step does not hide`,
		Worked: `Predict("q5", 100*Millisecond)
hides := NetworkRoofline{Model: net, Hardware: gpu, Nodes: servers, Fabric: 50 * GBps, Oversubscription: k, Batch: 8 * servers, Sequence: 2048}.Run()
Answer("q5", max(0, hides.Exchange-hides.Compute))`,
		Right: func(d spec.Draw) spec.Values {
			r := step(d).Run()
			return spec.Values{"q5": max(0, r.Exchange-r.Compute)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			r := step(d).Run()
			return check.Equal{ID: "q5", What: "exposed part of the exchange", Want: check.Seconds(r.Step - r.Compute), Tolerance: check.Digits(3), Cites: "parallel.NetworkRoofline"}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "nothing overlaps", Says: "this is the whole exchange: the gradients of the last layers are sent while the others are still computed", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5": step(d).Run().Exchange}
			}},
			{Name: "an overlap hides everything", Says: "the arithmetic is over before the exchange is: the rest is waited for", Wrong: func(d spec.Draw) spec.Values {
				if r := step(d).Run(); r.Exchange <= r.Compute {
					return nil
				}
				return spec.Values{"q5": units.Seconds(0)}
			}},
			{Name: "what is left may be negative", Says: "a time that is not waited for is not a gain: below zero there is nothing", Wrong: func(d spec.Draw) spec.Values {
				r := step(d).Run()
				if r.Exchange > r.Compute {
					return nil
				}
				return spec.Values{"q5": r.Exchange - r.Compute}
			}},
		},
	}
}
