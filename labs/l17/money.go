package l17

import (
	"math"
	"strconv"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/units"
)

// bill is question 3: what the run costs, part by part.
func bill() spec.Question {
	return spec.Question{
		ID: "q3", Title: "What does the run cost?", Points: 15,
		Kinds:   []check.Kind{check.SUM, check.ID, check.UNIT},
		Claims:  []string{"q3.machines", "q3.power", "q3.ops", "q3.carbon"},
		Predict: `// Predict("q3", ...*Dollar)`,
		Explore: `Show(own.Run()) // thirty days: set Duration`,
		Blank: `// Answer("q3.machines", ...*Dollar) // the run's part of accelerators, servers and network, over three years
// Answer("q3.power", ...*Dollar)    // electricity
// Answer("q3.ops", ...*Dollar)      // upkeep and people
// Answer("q3.carbon", ...*Tonne)    // emissions of the electricity`,
		Worked: `Predict("q3", 10e6*Dollar)
spent := own
spent.Duration = step.Run().Step.Times(data.Ratio(Token) / float64(batch*8192))
Answer("q3.machines", spent.Run().CapEx)
Answer("q3.power", spent.Run().EnergyCost)
Answer("q3.ops", spent.Run().Maintenance+spent.Run().Staff)
Answer("q3.carbon", spent.Run().Carbon)`,
		Right: func(d spec.Draw) spec.Values {
			r := own(d, lighthouse)
			return spec.Values{"q3.machines": r.CapEx, "q3.power": r.EnergyCost, "q3.ops": r.Maintenance + r.Staff, "q3.carbon": r.Carbon}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			r := own(d, lighthouse)
			equal := func(id, what string, want any) check.Check {
				return check.Equal{ID: id, What: what, Want: check.Quantity(want), Tolerance: check.Digits(3), Cites: "cost.Ownership"}.Check
			}
			return check.All(
				equal("q3.machines", "part of the machines", r.CapEx), equal("q3.power", "cost of the electricity", r.EnergyCost),
				equal("q3.ops", "upkeep and people", r.Maintenance+r.Staff), equal("q3.carbon", "emissions", r.Carbon),
				check.Sum{Parts: []string{"q3.machines", "q3.power", "q3.ops"}, Total: check.Quantity(r.TCO), What: "cost of the run", Tolerance: check.Digits(3), Cites: "cost.Ownership"}.Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "GPUs are the whole cost", Says: "this is the accelerators alone: each stands in a server, on a network", Wrong: func(d spec.Draw) spec.Values {
				r := own(d, lighthouse)
				price := hardware.H100.Price
				return spec.Values{"q3.machines": r.CapEx.Times(price.Ratio(price + 18000*units.Dollar))}
			}},
			{Name: "the run pays for the machines", Says: "this is the price of all machines: they serve other runs for the rest of their three years", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.machines": own(d, lighthouse).Capital}
			}},
			{Name: "a run takes thirty days", Says: "these are thirty days: take the duration of your own run", Wrong: func(d spec.Draw) spec.Values {
				r := own(d, lighthouse)
				share := (30 * units.Day).Ratio(run(d, d.Int("batch"), lighthouse))
				if math.Abs(share-1) < 0.01 { // nearly right
					return nil
				}
				return spec.Values{"q3.machines": r.CapEx.Times(share), "q3.power": r.EnergyCost.Times(share), "q3.ops": (r.Maintenance + r.Staff).Times(share), "q3.carbon": r.Carbon.Times(share)}
			}},
			{Name: "the building is efficient", Says: "these are the machines' own emissions: the building adds its share of energy", Wrong: func(d spec.Draw) spec.Values {
				r := own(d, lighthouse)
				return spec.Values{"q3.carbon": r.Carbon.Times(1 / r.PUE)}
			}},
		},
	}
}

// fleet is question 5: the cheapest fleet that finishes by the date.
func fleet() spec.Question {
	return spec.Question{
		ID: "q5", Title: "Which fleet is cheapest and in time?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.FEAS},
		Claims:  []string{"q5", "q5.cost"},
		Predict: `// Predict("q5", ...) // pods of 256 nodes: 2, 3, 4, 6 or 8`,
		Explore: `Show(Sweep(step, "Nodes", []float64{512, 768, 1024, 1536, 2048}).Chart("Step", "MFU"))`,
		Blank: `// Answer("q5", ...)            // pods of the cheapest run that ends by your date: 2, 3, 4, 6 or 8
// Answer("q5.cost", ...*Dollar) // its total cost of ownership`,
		Worked: `Predict("q5", 8)
pods, least := 0, Dollar.Times(1e12)
for _, n := range []int{2, 3, 4, 6, 8} {
	s := step
	s.Nodes = 256 * n
	s.Microbatches = batch / (32 * n)
	o := own
	o.Devices = 2048 * n
	o.Utilization = s.Run().HFU
	o.Duration = s.Run().Step.Times(data.Ratio(Token) / float64(batch*8192))
	if o.Duration <= date && o.Run().TCO < least {
		pods, least = n, o.Run().TCO
	}
}
Answer("q5", pods)
Answer("q5.cost", least)`,
		Right: func(d spec.Draw) spec.Values {
			best, _ := fleets(d).Right()
			return spec.Values{"q5": int(best.At), "q5.cost": units.USD(best.Value)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			best, _ := fleets(d).Right()
			return check.All(fleets(d).Check, check.Equal{
				ID: "q5.cost", What: "cost of the cheapest run in time", Want: check.Quantity(units.USD(best.Value)), Tolerance: check.Digits(4), Cites: "cost.Ownership",
			}.Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a small fleet is cheap", Says: "this fleet is too slow for the date, or its people work so long that it costs more", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5": pods[0], "q5.cost": own(d, pods[0]).TCO}
			}},
			{Name: "a large fleet is soon done and cheap", Says: "the time does not halve with twice the fleet: each accelerator reaches less of its peak", Wrong: func(d spec.Draw) spec.Values {
				last := pods[len(pods)-1]
				return spec.Values{"q5": last, "q5.cost": own(d, last).TCO}
			}},
		},
	}
}

// pods are the fleets to choose from.
var pods = []int{2, 3, 4, 6, 8}

// fleets are the fleets by the cost of the run.
func fleets(d spec.Draw) check.Best {
	b := check.Best{ID: "q5", What: "number of pods", Objective: "cost", Lower: true, Eps: 1e-5, Cites: "parallel.Training, cost.Ownership"}
	for _, n := range pods {
		inTime := run(d, d.Int("batch"), n) <= units.Seconds(d.Number("days until the date"))
		b.Options = append(b.Options, check.Option{Name: strconv.Itoa(n), At: float64(n), Value: float64(own(d, n).TCO), Fits: inTime, Why: "the run ends after your date"})
	}
	return b
}
