package l16

import (
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/units"
)

// ratio is question 1: what moving to another grid and building changes.
func ratio() spec.Question {
	return spec.Question{
		ID: "q1", Title: "What does moving change?", Points: 10,
		Kinds:   []check.Kind{check.ID, check.CF},
		Claims:  []string{"q1.energy", "q1.carbon"},
		Predict: `// Predict("q1", ...) // times as much carbon at home as in Norway`,
		Explore: `Show(fmt.Sprint("grid: ", US_Avg.Carbon, " at home, ", Norway.Carbon, " in Norway; PUE: ", pue, " and ", Lefdal_Norway.PUE))`,
		Blank: `// Answer("q1.energy", ...) // energy of the facility at home, divided by that in Norway
// Answer("q1.carbon", ...) // its emissions at home, divided by those in Norway`,
		Worked: `Predict("q1", 10)
us := hydro
us.Region, us.Facility = home.Region, home.Facility
Answer("q1.energy", us.Run().Energy.Ratio(hydro.Run().Energy))
Answer("q1.carbon", us.Run().Operational.Ratio(hydro.Run().Operational))`,
		Right: func(d spec.Draw) spec.Values {
			here, there := planet(d, atHome), planet(d, inNorway)
			return spec.Values{"q1.energy": here.Energy.Ratio(there.Energy), "q1.carbon": here.Operational.Ratio(there.Operational)}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			here, there := planet(d, atHome), planet(d, inNorway)
			return check.All(
				check.Change{ID: "q1.energy", What: "ratio of the energies", Before: check.Quantity(here.Energy), After: check.Quantity(there.Energy), As: check.SpeedUp, Tolerance: check.Digits(3), Cites: "power.Sustainability"}.Check,
				check.Change{ID: "q1.carbon", What: "ratio of the emissions", Before: check.Quantity(here.Operational), After: check.Quantity(there.Operational), As: check.SpeedUp, Tolerance: check.Digits(3), Cites: "power.Sustainability"}.Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "a clean grid reduces energy", Says: "this is the ratio of the emissions: a grid changes what a kilowatt-hour emits, not how many the run takes", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1.energy": planet(d, atHome).Operational.Ratio(planet(d, inNorway).Operational)}
			}},
			{Name: "the grid is all", Says: "this is the ratio of the grids alone: the buildings use different amounts of energy for the same work", Wrong: func(d spec.Draw) spec.Values {
				s := sites(d)
				return spec.Values{"q1.carbon": s[atHome].Region.Carbon.Ratio(s[inNorway].Region.Carbon)}
			}},
			{Name: "efficient chips beat clean grids", Says: "this is what the newer chip does for each joule: moving to a clean grid changes far more", Wrong: func(spec.Draw) spec.Values {
				old, newer := hardware.A100, hardware.H100
				return spec.Values{"q1.carbon": newer.Rates.FP16.Ratio(old.Rates.FP16) / newer.TDP.Ratio(old.TDP)}
			}},
		},
	}
}

// made is question 4: operating against making, on the clean grid.
func made() spec.Question {
	return spec.Question{
		ID: "q4", Title: "What is left on a clean grid?", Points: 15,
		Kinds:   []check.Kind{check.SUM, check.ID, check.MONO},
		Claims:  []string{"q4.making", "q4.running", "q4.life"},
		Predict: `// Predict("q4", ...) // share of the emissions in Norway that comes from making the devices`,
		Explore: `Show(Sweep(hydro, "Lifetime", Steps(63e6, 252e6, 31.5e6)).Chart("Lifetime", "Embodied"))`,
		Blank: `// Answer("q4.making", ...*Kilogram) // Norway: emissions of making the devices, the part of these 30 days
// Answer("q4.running", ...*Kilogram) // Norway: emissions of the energy
// Answer("q4.life", ...)             // the part of making in both, where devices live for 3 to 8 years: "rises", "falls" or "stays"`,
		Worked: `Predict("q4", 0.5)
Answer("q4.making", hydro.Run().Embodied)
Answer("q4.running", hydro.Run().Operational)
Answer("q4.life", "falls")`,
		Right: func(d spec.Draw) spec.Values {
			r := planet(d, inNorway)
			return spec.Values{"q4.making": r.Embodied, "q4.running": r.Operational, "q4.life": check.Falls}
		},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			r := planet(d, inNorway)
			equal := func(id, what string, want any) check.Check {
				return check.Equal{ID: id, What: what, Want: check.Quantity(want), Tolerance: check.Digits(3), Cites: "power.Sustainability"}.Check
			}
			return check.All(
				equal("q4.making", "share of making the devices", r.Embodied),
				equal("q4.running", "emissions of the energy", r.Operational),
				check.Sum{Parts: []string{"q4.making", "q4.running"}, Total: check.Quantity(r.Carbon), What: "emissions of the run", Tolerance: check.Digits(3), Cites: "power.Sustainability"}.Check,
				lived(d).Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "making counts in full", Says: "this is what making the devices emits for their whole life: thirty days carry only their part of it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.making": hardware.H100.Embodied.Times(float64(d.Int("devices")))}
			}},
			{Name: "the grid is that of home", Says: "these are the emissions of the energy at home: the question is about the clean grid", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q4.running": planet(d, atHome).Operational}
			}},
			{Name: "PUE is left out", Says: "these are the emissions of the machines alone: the building's own energy counts too", Wrong: func(d spec.Draw) spec.Values {
				r := planet(d, inNorway)
				return spec.Values{"q4.running": r.Operational.Times(1 / r.PUE)}
			}},
			{Name: "long-lived devices are a burden", Says: "what making emits is spread over the life: a longer life carries less of it in these thirty days", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q4.life": check.Rises}
			}},
		},
	}
}

// lived is the share of making over the lifetime.
func lived(d spec.Draw) check.Trend {
	return check.Trend{
		ID: "q4.life", What: "share of making", Along: "lifetime in years", At: []float64{3, 4, 5, 6, 7, 8}, Cites: "power.Sustainability",
		Value: func(x float64) (float64, error) {
			s := green(d, sites(d)[inNorway])
			s.Lifetime = units.Year.Times(x)
			r, err := s.Solve()
			return r.Embodied.Ratio(r.Carbon), err
		},
	}
}

// water is question 5: the sites that no other beats in carbon and water.
func water() spec.Question {
	return spec.Question{
		ID: "q5", Title: "Where do carbon and water conflict?", Points: 15,
		Kinds:   []check.Kind{check.FEAS, check.ID, check.UNIT},
		Claims:  []string{"q5", "q5.water"},
		Predict: `// Predict("q5", ...) // the regions that no other beats in both, as "Norway, India"`,
		Explore: `Show(fmt.Sprint("water for each kWh: US ", US_Avg.Water, ", France ", France.Water, ", Norway ", Norway.Water, ", Germany ", Germany.Water, ", India ", India.Water))`,
		Blank: `// Answer("q5", ...)             // the regions that no other beats in both, with commas
// Answer("q5.water", ...*Litre) // the water of the region with the least emissions`,
		Worked: `Predict("q5", "Norway")
front := ""
for _, a := range sites {
	mine, beaten := hydro, false
	mine.Region, mine.Facility = a.Region, a.Facility
	for _, b := range sites {
		other := hydro
		other.Region, other.Facility = b.Region, b.Facility
		if other.Run().Carbon < mine.Run().Carbon && other.Run().Water < mine.Run().Water {
			beaten = true
		}
	}
	if !beaten {
		front += ", " + a.Region.Name
	}
}
Answer("q5", front[2:])
Answer("q5.water", hydro.Run().Water)`,
		Right: func(d spec.Draw) spec.Values {
			return spec.Values{"q5": strings.Join(unbeaten(d).Right(), ", "), "q5.water": planet(d, inNorway).Water}
		},
		Options: map[string][]string{"q5": {"Norway", "Germany", "Norway, Germany", "France, Norway", "France, Norway, Germany, India"}},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.All(
				unbeaten(d).Check,
				check.Equal{ID: "q5.water", What: "water of the cleanest site", Want: check.Quantity(planet(d, inNorway).Water), Tolerance: check.Digits(3), Cites: "power.Sustainability"}.Check,
			)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "clean is clean in everything", Says: "the cleanest grid is not alone: look at how much water its reservoirs lose, and which site uses less", Wrong: func(spec.Draw) spec.Values {
				return spec.Values{"q5": "Norway"}
			}},
			{Name: "a dry hall uses no water", Says: "the hall evaporates nothing, and yet its electricity has used water: power plants and reservoirs evaporate it", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q5.water": planet(d, inNorway).OnSiteWater}
			}},
			{Name: "water follows the machines only", Says: "you left the building out: its share of the energy needs water in the power plants too", Wrong: func(d spec.Draw) spec.Values {
				r := planet(d, inNorway)
				return spec.Values{"q5.water": r.OffSiteWater.Times(1 / r.PUE)}
			}},
		},
	}
}

// unbeaten is the front of carbon and water.
func unbeaten(d spec.Draw) check.Front {
	f := check.Front{ID: "q5", What: "regions", Cites: "power.Sustainability"}
	for _, s := range sites(d) {
		r := green(d, s).Run()
		f.Places = append(f.Places, check.Place{Name: s.Region.Name, Costs: []float64{float64(r.Carbon), float64(r.Water)}})
	}
	return f
}
