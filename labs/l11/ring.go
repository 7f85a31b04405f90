package l11

import (
	"fmt"
	"math"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// ring is question 1: the law of the ring.
func ring() spec.Question {
	return spec.Question{
		ID: "q1", Title: "What does a ring cost?", Points: 10,
		Kinds:   []check.Kind{check.LAW},
		Claims:  []string{"q1.ranks", "q1.time"},
		Predict: `// Predict("q1", ...) // twice the ranks, ... times the time`,
		Explore: `Show(Sweep(Collective{Message: grads, Ranks: 2, PerNode: 1, Inter: 50 * GBps, Algorithm: RingAlgorithm}, "Ranks", Pow2(2, 1024)).Chart("Ranks", "Time"))`,
		Blank: `// Answer("q1.ranks", ...)             // a number of ranks from 2 to 500, your own choice
// Answer("q1.time", ...*Millisecond) // of a ring all-reduce of grads between them over 50 GB/s ports, without latency`,
		Worked: `Predict("q1", 2)
Answer("q1.ranks", 10)
Answer("q1.time", grads.Times(2*9./10).Over(50*GBps))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q1.ranks": picked, "q1.time": around(d, picked)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			bounds := check.Range{
				ID: "q1.time", What: "time of a ring", As: check.Seconds(0), Low: float64(once(d)), High: 2 * float64(once(d)), Cites: "network.Collective",
				Why: "a ring carries the message at least once and less than twice over each port",
			}
			return check.Gate(bounds.Check, law(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the time grows with the ranks", Says: "more ranks cut the message into smaller shares: no port carries it even twice", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.time": once(d).Times(picked)}
			}},
			{Name: "the time falls with the ranks", Says: "each rank needs the whole sum in the end: no port can carry less than the message", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.time": once(d).Times(2. / picked)}
			}},
			{Name: "a sum is one pass", Says: "this is the reduce-scatter alone: the sums must come back to everybody", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.time": around(d, picked).Times(0.5)}
			}},
			{Name: "the limit is the time", Says: "this is the limit for very many ranks: yours are fewer", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.time": once(d).Times(2)}
			}},
		},
	}
}

const picked = 10 // the ranks that the worked answer picks

// once is the time to send the gradients over one port.
func once(d spec.Draw) units.Seconds { return grads(d).Over(port) }

// around is the time of a ring without latency.
func around(d spec.Draw, ranks int) units.Seconds {
	return network.Collective{Message: grads(d), Ranks: ranks, PerNode: 1, Inter: port, Algorithm: physics.Ring}.Run().Time
}

// law is the ring at the student's own number of ranks.
func law(d spec.Draw) check.Law {
	return check.Law{
		ID: "q1.time", What: "time of a ring", Law: "T = 2(n-1)/n * V/BW", Cites: "network.Collective", Tolerance: check.Digits(4),
		Inputs: []check.Input{{ID: "q1.ranks", As: check.Plain(0), Min: 2, Max: 500}},
		Want: func(in []float64) (check.Number, error) {
			if in[0] != math.Trunc(in[0]) {
				return check.Number{}, fmt.Errorf("%v ranks: want a whole number", in[0])
			}
			return check.Seconds(around(d, int(in[0]))), nil
		},
	}
}

// The algorithms of question 2.
const (
	byRing = "ring"
	byTree = "tree"
)

// tree is question 2: ring or tree.
func tree() spec.Question {
	return spec.Question{
		ID: "q2", Title: "Ring or tree?", Points: 10,
		Kinds:   []check.Kind{check.OPT, check.WIT},
		Claims:  []string{"q2", "q2.message"},
		Predict: `// Predict("q2", ...) // "ring" or "tree": the faster one for a message of 25 MB between your servers`,
		Explore: `Show(Sweep(Collective{Message: 25 * MB, Ranks: servers, PerNode: 1, Inter: 50 * GBps, InterLatency: 5 * Microsecond}, "Message", []float64{1e6, 5e6, 25e6, 125e6, 625e6}).Chart("Ring", "Tree"))`,
		Blank: `// Answer("q2", ...)            // "ring" or "tree"
// Answer("q2.message", ...*MB) // the smallest message with which the ring is not slower`,
		Worked: `Predict("q2", "ring")
both := Collective{Message: 25 * MB, Ranks: servers, PerNode: 1, Inter: 50 * GBps, InterLatency: 5 * Microsecond}.Run() // one device of each server
if both.Ring <= both.Tree {
	Answer("q2", "ring")
} else {
	Answer("q2", "tree")
}
Answer("q2.message", both.Crossover)`,
		Right: func(d spec.Draw) spec.Values {
			best, _ := faster(d).Right()
			return spec.Values{"q2": best.Name, "q2.message": ports(d).Run().Crossover}
		},
		Options: map[string][]string{"q2": {byRing, byTree}},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(faster(d).Check, turns(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a ring is always best", Says: "a ring takes a step for every rank: a small message between many servers spends its time on steps", Wrong: named(byRing)},
			{Name: "fewer steps are faster", Says: "a tree carries the whole message over its links at every step: with few servers its steps save little", Wrong: named(byTree)},
			{Name: "steps cost nothing", Says: "where the ring needs the same time, both terms count: the bytes that it saves, and the steps that it adds", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q2.message": port.For(latency)}
			}},
		},
	}
}

// named answers with an algorithm where it is wrong.
func named(name string) func(spec.Draw) spec.Values {
	return func(d spec.Draw) spec.Values {
		if best, _ := faster(d).Right(); best.Name == name {
			return nil
		}
		return spec.Values{"q2": name}
	}
}

// faster is the choice of the algorithm for one bucket.
func faster(d spec.Draw) check.Best {
	r := ports(d).Run()
	return check.Best{
		ID: "q2", What: "algorithm", Objective: "time", Lower: true, Cites: "network.Collective",
		Options: []check.Option{{Name: byRing, Value: float64(r.Ring), Fits: true}, {Name: byTree, Value: float64(r.Tree), Fits: true}},
	}
}

// turns is the boundary of the message.
func turns(d spec.Draw) check.Boundary {
	return check.Boundary{
		ID: "q2.message", What: "message", Yes: "is exchanged as fast by ring", No: "is exchanged faster by tree", Cites: "network.Collective",
		First: true, Low: 1e3, High: 1e12, Slack: 0.002, As: check.Bytes(0),
		Holds: func(x float64) bool {
			c := ports(d)
			c.Message = units.Bytes(x)
			r := c.Run()
			return r.Ring <= r.Tree
		},
	}
}
