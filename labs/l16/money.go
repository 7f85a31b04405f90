package l16

import (
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/units"
)

// flip is question 2: the price of carbon at which France overtakes home.
func flip() spec.Question {
	return spec.Question{
		ID: "q2", Title: "Which carbon price turns the ranking?", Points: 15,
		Kinds:   []check.Kind{check.WIT, check.UNIT},
		Claims:  []string{"q2"},
		Predict: `// Predict("q2", ...*DollarPerTonne)`,
		Explore: `Show(Sweep(Placement{Ownership: plan.Ownership, Sites: sites[:2]}, "CarbonPrice", Steps(0, 0.4, 0.02)).Chart("CarbonPrice", "Carbon"))`,
		Blank:   `// Answer("q2", ...*DollarPerTonne) // the least carbon price at which France costs no more than home`,
		Worked: `Predict("q2", 50*DollarPerTonne)
here, there := plan, plan
here.Sites, there.Sites = sites[:1], sites[1:2]
dearer := there.Run().TCO - here.Run().TCO
cleaner := here.Run().Carbon - there.Run().Carbon
Answer("q2", DollarPerTonne.Times(dearer.Ratio(Dollar)/cleaner.Ratio(Tonne)))`,
		Right: func(d spec.Draw) spec.Values {
			here, there := pair(d)
			return spec.Values{"q2": perTonne(there.TCO-here.TCO, here.Carbon-there.Carbon)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict { return overtakes(d).Check(c) },
		Misconceptions: []spec.Misconception{
			{Name: "only dirty energy pays", Says: "you divided by the emissions at home: the French site emits too, and pays for it", Wrong: func(d spec.Draw) spec.Values {
				here, there := pair(d)
				return spec.Values{"q2": perTonne(there.TCO-here.TCO, here.Carbon)}
			}},
			{Name: "the building does not matter", Says: "you compared the tariffs and the grids only: each building multiplies both by its PUE", Wrong: func(d spec.Draw) spec.Values {
				s := sites(d)
				dearer := units.KWh.Cost(s[inFrance].Region.Price) - units.KWh.Cost(s[atHome].Tariff)
				return spec.Values{"q2": perTonne(dearer, units.KWh.Carbon(s[atHome].Region.Carbon)-units.KWh.Carbon(s[inFrance].Region.Carbon))}
			}},
		},
	}
}

// pair is the run at home and in France.
func pair(d spec.Draw) (home, france cost.PlacementResult) {
	s := sites(d)
	return plan(d, s[atHome]).Run(), plan(d, s[inFrance]).Run()
}

func perTonne(money units.USD, carbon units.KgCO2e) units.CarbonPrice {
	return units.DollarPerTonne.Times(money.Ratio(units.Dollar) / carbon.Ratio(units.Tonne))
}

// overtakes is the boundary of the carbon price.
func overtakes(d spec.Draw) check.Boundary {
	here, there := pair(d)
	return check.Boundary{
		ID: "q2", What: "carbon price", Yes: "makes France the cheaper site", No: "leaves home the cheaper site", Cites: "cost.Placement",
		First: true, Low: 0, High: 10, Slack: 0.002, As: check.Quantity(units.DollarPerTonne),
		Holds: func(x float64) bool {
			p := units.CarbonPrice(x)
			return there.TCO+there.Carbon.Cost(p) <= here.TCO+here.Carbon.Cost(p)
		},
	}
}

// best is question 3: the cheapest site within the limit.
func best() spec.Question {
	return spec.Question{
		ID: "q3", Title: "Which site is best within the limit?", Points: 15,
		Kinds:   []check.Kind{check.OPT, check.FEAS, check.ID},
		Claims:  []string{"q3", "q3.cost"},
		Predict: `// Predict("q3", ...) // a region`,
		Explore: `Show(Sweep(plan, "CarbonPrice", Steps(0, 0.3, 0.05)))`,
		Blank: `// Answer("q3", ...)           // the region with the least total cost, emissions priced, within limit
// Answer("q3.cost", ...*Dollar) // electricity and priced emissions there`,
		Worked: `Predict("q3", "India")
near := plan
near.LatencyLimit = limit
Answer("q3", near.Run().Region)
Answer("q3.cost", near.Run().EnergyCost+near.Run().CarbonCost)`,
		Right: func(d spec.Draw) spec.Values {
			r := within(d)
			return spec.Values{"q3": r.Region, "q3.cost": r.EnergyCost + r.CarbonCost}
		},
		Options: map[string][]string{"q3": {"United States", "Norway", "France", "Germany", "India"}},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			r := within(d)
			return check.All(
				check.Best{ID: "q3", What: "site", Objective: "cost, emissions priced", Options: options(d), Lower: true, Eps: 0.003, Cites: "cost.Placement"}.Check,
				check.Equal{ID: "q3.cost", What: "electricity and priced emissions at the best site", Want: check.Quantity(r.EnergyCost + r.CarbonCost), Tolerance: check.Digits(3), Cites: "cost.Placement"}.Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "the clean grid is always best", Says: "the cleanest site lies beyond your limit on the round trip", Wrong: func(d spec.Draw) spec.Values {
				if within(d).Region == "Norway" {
					return nil
				}
				return spec.Values{"q3": "Norway"}
			}},
			{Name: "the cheapest power is best", Says: "this site has the cheaper electricity: add what its emissions cost", Wrong: func(d spec.Draw) spec.Values {
				if within(d).Region == "United States" {
					return nil
				}
				return spec.Values{"q3": "United States"}
			}},
			{Name: "emissions cost nothing", Says: "this is the electricity alone: the board puts a price on emissions", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.cost": within(d).EnergyCost}
			}},
			{Name: "the machines belong to the place", Says: "this is the whole cost: the machines cost the same everywhere, the question asks for what the place makes of it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q3.cost": within(d).Objective}
			}},
		},
	}
}

// within is the placement with the limit.
func within(d spec.Draw) cost.PlacementResult {
	p := plan(d, sites(d)...)
	p.LatencyLimit = limit(d)
	return p.Run()
}

func limit(d spec.Draw) units.Seconds { return units.Seconds(d.Number("round trip limit")) }

// options are the sites by what the place makes of the cost; the machines cost
// the same everywhere.
func options(d spec.Draw) []check.Option {
	var out []check.Option
	for _, p := range within(d).Places {
		out = append(out, check.Option{Name: p.Region, Value: float64(p.EnergyCost + p.CarbonCost), Fits: p.Permit == cost.Allowed, Why: p.Permit.String()})
	}
	return out
}
