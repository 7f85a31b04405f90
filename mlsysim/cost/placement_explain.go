package cost

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the cost and emissions at the best place, and the choice among
// those allowed.
func (r PlacementResult) Explain() walls.Trace {
	t := walls.Trace{Title: r.title(), Omitted: placementOmitted[:]}
	if !r.Reached {
		t.Steps = append(t.Steps, r.allowedStep())
		return t
	}
	for _, s := range r.best.Explain().Steps {
		if s.Field != "TCO" && s.Field != "EnergyCost" {
			s.Field = "" // a field of the cost at one place
		}
		t.Steps = append(t.Steps, s)
	}
	t.Steps = append(t.Steps, r.carbonSteps()...)
	t.Steps = append(t.Steps, r.choiceStep())
	if r.SavingKnown {
		t.Steps = append(t.Steps, r.savingStep())
	}
	return t
}

var placementOmitted = [...]string{
	"what moving a fleet costs, and where no power is to be had",
	"hours of clean or cheap power",
	"emissions of making the machines: they are the same everywhere",
}

// allowedStep derives that nothing is left after the rejections.
func (r *PlacementResult) allowedStep() walls.Step {
	return walls.Step{
		Name: "places allowed", Symbol: "n_a", Formula: "n - n_cost - n_basis - n_unknown - n_far - n_carbon", Field: "Allowed",
		Terms: []walls.Term{
			{Symbol: "n", What: "places tried", Value: r.Tried},
			{Symbol: "n_cost", What: CostUnknown.String(), Value: r.CostUnknown},
			{Symbol: "n_basis", What: OtherBasis.String(), Value: r.OtherBasis},
			{Symbol: "n_unknown", What: TripUnknown.String(), Value: r.TripUnknown},
			{Symbol: "n_far", What: TooFar.String(), Value: r.TooFar},
			{Symbol: "n_carbon", What: TooMuchCarbon.String(), Value: r.TooMuchCarbon},
		},
		Value: r.Allowed,
	}
}

func (r *PlacementResult) carbonSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "emissions of the energy", Symbol: "m_c", Formula: "E_f * g", Field: "Carbon",
			Terms: []walls.Term{
				{Symbol: "E_f", What: "energy of the facility", Value: r.best.Energy},
				{Symbol: "g", What: "carbon intensity, " + r.Region, Value: r.best.in.Region.Carbon},
			},
			Value: r.Carbon, Source: "Patterson 2022",
		},
		{
			Name: "price of the emissions", Symbol: "C_c", Formula: "m_c * p_c", Field: "CarbonCost",
			Terms: []walls.Term{
				{Symbol: "m_c", What: "emissions of the energy", Value: r.Carbon},
				{Symbol: "p_c", What: "price of emissions", Value: r.in.CarbonPrice},
			},
			Value: r.CarbonCost,
		},
		{
			Name: "objective at " + r.Region, Symbol: "J_1", Formula: "TCO + C_c", Field: "Objective",
			Terms: []walls.Term{
				{Symbol: "TCO", What: "total cost of ownership", Value: r.TCO},
				{Symbol: "C_c", What: "price of the emissions", Value: r.CarbonCost},
			},
			Value: r.Objective,
		},
	}
}

// choiceStep derives the smallest objective of the places that are allowed.
func (r *PlacementResult) choiceStep() walls.Step {
	step := walls.Step{Name: "smallest objective of the places allowed", Symbol: "J", Field: "Objective", Value: r.Objective}
	var open int
	for i, p := range r.Places[:r.Allowed] {
		symbol := fmt.Sprintf("J_%d", i+1)
		step.Terms = append(step.Terms, walls.Term{Symbol: symbol, What: "objective at " + p.Region, Value: p.Objective})
		if i < r.Allowed-1 {
			step.Formula += "min(" + symbol + ", "
			open++
			continue
		}
		step.Formula += symbol
	}
	step.Formula += strings.Repeat(")", open)
	return step
}

func (r *PlacementResult) savingStep() walls.Step {
	return walls.Step{
		Name: "saved against " + r.in.Region.Name, Symbol: "S", Formula: "J_0 - J", Field: "Saving",
		Terms: []walls.Term{
			{Symbol: "J_0", What: "objective where the fleet stands now", Value: r.baseline},
			{Symbol: "J", What: "smallest objective", Value: r.Objective},
		},
		Value: r.Saving,
	}
}

func (r *PlacementResult) title() string {
	return fmt.Sprintf("where to put %d × %s for %s", r.in.Devices, r.in.Hardware.Name, r.in.Duration)
}

// View describes the result: the best place, all places, and cost against
// emissions.
func (r PlacementResult) View() show.View {
	v := show.View{Title: r.title(), Subtitle: "no place is allowed", Status: show.Fail, Data: r}
	if r.Reached {
		v.Status, v.Subtitle = show.Pass, fmt.Sprintf("%s, emissions at %s", r.Region, r.in.CarbonPrice)
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}, {Heading: "Places", Table: r.table(), Notes: r.notes()}}
	if r.Allowed > 1 {
		c := r.Chart()
		v.Blocks = append(v.Blocks, show.Block{Chart: &c})
	}
	return v
}

// notes name the places whose tariff is not their own.
func (r *PlacementResult) notes() []string {
	var names []string
	for _, p := range r.Places {
		if !p.TariffKnown {
			names = append(names, p.Region)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("No electricity price is known for %s: %s stands in.", strings.Join(names, ", "), r.in.UsualTariff)}
}

func (r *PlacementResult) table() *show.Table {
	t := &show.Table{Columns: []show.Column{
		{Name: "Region"},
		{Name: "Objective", Right: true, Better: "lower"},
		{Name: "TCO", Right: true, Better: "lower"},
		{Name: "Carbon", Right: true, Better: "lower"},
		{Name: "Round trip", Right: true, Better: "lower"},
		{Name: "Tariff", Right: true},
		{Name: "Front", Help: "not beaten in cost, emissions and round trip together"},
		{Name: "Verdict"},
	}}
	for i := range r.Places {
		p := &r.Places[i]
		front := ""
		if p.Front {
			front = "yes"
		}
		t.Cells = append(t.Cells, []string{
			p.Region, known(p.Objective, p.CostKnown), known(p.TCO, p.CostKnown), known(p.Carbon, p.PowerKnown),
			known(p.RoundTrip, p.TripKnown), p.Tariff.String(), front, p.Permit.String(),
		})
		t.Muted = append(t.Muted, p.Permit != Allowed)
	}
	return t
}

func known(v units.Quantity, is bool) string {
	if !is {
		return "unknown"
	}
	return describe.Text(v)
}
