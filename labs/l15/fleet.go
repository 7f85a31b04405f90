package l15

import (
	"strconv"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/units"
)

// hot is question 3: what a hot expert slows down.
func hot() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What does a hot expert slow down?", Points: 15,
		Kinds:   []check.Kind{check.CF},
		Claims:  []string{"q3.experts", "q3.pass"},
		Predict: `// Predict("q3", ...) // times as long for the experts of a layer`,
		Explore: `Show(Sweep(route, "Imbalance", Steps(1, 4, 0.25)).Chart("Imbalance", "EffectiveParams"))`,
		Blank: `// Answer("q3.experts", ...) // the tokens of the hottest expert, divided by the mean of all experts
// Answer("q3.pass", ...)    // EffectiveParams with that imbalance, divided by those without`,
		Worked: `Predict("q3", 1)
mean := 4096 * float64(net.TopK) / float64(net.Experts)
uneven := route
uneven.Imbalance = float64(hot) / mean
Answer("q3.experts", float64(hot)/mean)
Answer("q3.pass", uneven.Run().EffectiveParams.Ratio(route.Run().EffectiveParams))`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q3.experts": imbalance(d), "q3.pass": slower(d).Right().Value}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			even, uneven := routed(d)
			return check.All(check.Change{
				ID: "q3.experts", What: "tokens of the hottest expert over the mean", As: check.Ratio, Cites: "parallel.MoERouting", Tolerance: check.Digits(3), Low: 1, High: 64,
				Before: check.Quantity(even.HotTokens), After: check.Quantity(uneven.HotTokens),
			}.Check, slower(d).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the mean decides", Says: "a layer ends when its last expert does: the others wait for it", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q3.experts": 1.0, "q3.pass": 1.0}
			}},
			{Name: "a token visits one expert", Says: "you divided all tokens among the experts once: each token goes to several of them", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.experts": imbalance(d) * float64(d.Model("network").TopK)}
			}},
			{Name: "everything slows down", Says: "only experts wait for the hot one: attention and embeddings are computed by all devices alike", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.pass": imbalance(d)}
			}},
		},
	}
}

// imbalance is the load of the hottest expert over the mean.
func imbalance(d spec.Draw) float64 {
	net := d.Model("network")
	return float64(d.Int("tokens of the hottest expert")) / (tokens * float64(net.TopK) / float64(net.Experts))
}

// slower is the change of the work that a pass costs as much as.
func slower(d spec.Draw) check.Change {
	even, uneven := routed(d)
	return check.Change{
		ID: "q3.pass", What: "slow-down of the pass", As: check.Ratio, Cites: "parallel.MoERouting", Tolerance: check.Digits(3), Low: 1, High: imbalance(d) * 1.01,
		Before: check.Quantity(even.EffectiveParams), After: check.Quantity(uneven.EffectiveParams),
	}
}

// reserve is question 4: how much to own.
func reserve() spec.Question {
	return spec.Question{
		ID: "q4", Title: "Own, or burst into the cloud?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.ID, check.UNIT},
		Claims:  []string{"q4", "q4.cost"},
		Predict: `// Predict("q4", ...) // blocks to own, 1 to 4`,
		Explore: `Show(own.Run())`,
		Blank: `// Answer("q4", ...)            // blocks of 64 accelerators to own, 1 to 4
// Answer("q4.cost", ...*Dollar) // cost of the year, owned and burst together`,
		Worked: `Predict("q4", 4)
least, kept := Dollar.Times(1e12), 0
for n := 1; n <= 4; n++ {
	mine := own
	mine.Devices = 64 * n
	bill := mine.Run().TCO
	for demand := 1; demand <= 4; demand++ {
		bill += burst.For(Year.Times(0.25)).Times(float64(64 * max(0, demand-n)))
	}
	if bill < least {
		least, kept = bill, n
	}
}
Answer("q4", kept)
Answer("q4.cost", least)`,
		Right: func(d spec.Draw) spec.Values {
			best, _ := owned(d).Right()
			return spec.Values{"q4": int(best.At), "q4.cost": units.USD(best.Value)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			best, _ := owned(d).Right()
			return check.All(owned(d).Check, check.Equal{
				ID: "q4.cost", What: "cost of the year at the best number", Want: check.Quantity(units.USD(best.Value)), Tolerance: check.Digits(3), Cites: "cost.Ownership",
			}.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "own for the peak", Says: "the last accelerators would be needed for a quarter of the year: compare what they cost all year with what they cost as burst", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4": peak, "q4.cost": bill(d, peak)}
			}},
			{Name: "own for the least demand", Says: "this is the demand that is always there: more may be worth owning than what is busy all year", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4": 1, "q4.cost": bill(d, 1)}
			}},
			{Name: "owned machines are free", Says: "this is the burst alone: what you own costs all year, busy or not", Wrong: func(d spec.Draw) spec.Values {
				best, _ := owned(d).Right()
				n := int(best.At)
				if n == peak {
					return nil
				}
				return spec.Values{"q4.cost": bill(d, n) - own(d, n*block).Run().TCO}
			}},
		},
	}
}

// Demand is one to four blocks, each for a quarter of the year.
const (
	block = 64
	peak  = 4
)

// owned are the numbers of blocks that can be bought.
func owned(d spec.Draw) check.Best {
	b := check.Best{ID: "q4", What: "number of blocks", Objective: "cost", Lower: true, Eps: 0.002, Cites: "cost.Ownership"}
	for n := 1; n <= peak; n++ {
		b.Options = append(b.Options, check.Option{Name: strconv.Itoa(n), At: float64(n), Value: float64(bill(d, n)), Fits: true})
	}
	return b
}

// bill is the cost of a year in which n blocks are owned.
func bill(d spec.Draw, n int) units.USD {
	out := own(d, n*block).Run().TCO
	for demand := 1; demand <= peak; demand++ {
		out += units.USDRate(d.Number("burst price")).For(units.Year.Times(0.25)).Times(float64(block * max(0, demand-n)))
	}
	return out
}

// routed is the routing without and with the hot expert.
func routed(d spec.Draw) (even, uneven parallel.MoERoutingResult) {
	s := route(d)
	even = s.Run()
	s.Imbalance = imbalance(d)
	return even, s.Run()
}
