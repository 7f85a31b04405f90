package cost

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Placement chooses where a fleet should stand (walls 17, 18): the region with
// the smallest cost, a price on its emissions included, of those within the
// limits.
//
//	J = TCO + m·p_c, r* = argmin{ J(r) : round trip and emissions allowed }
//
// Regions differ in their tariff, carbon intensity, building and distance; the
// machines cost the same everywhere. Every region is tried. It leaves out what
// moving costs, where grids are full, and hours of clean or cheap power.
//
// Barroso 2018; Patterson 2022, "The carbon footprint of machine learning
// training will plateau, then shrink".
type Placement struct {
	Ownership                      // the fleet; Region is where it stands now
	Sites        []Site            `help:"places to choose from; none is every region of the registry"`
	CarbonPrice  units.CarbonPrice `help:"price of emissions" min:"0"`
	LatencyLimit units.Seconds     `help:"limit on the network round trip to the users; 0 is none" min:"0"`
	CarbonLimit  units.KgCO2e      `help:"limit on the emissions over the duration; 0 is none" min:"0"`
	Basis        infra.Basis       `help:"what the carbon figures count; regions that count something else are not compared"`
}

// PlacementResult is the best place and what each of the others has against it.
type PlacementResult struct {
	Region     string            `help:"best electricity grid" known:"Reached"`
	Objective  units.USD         `help:"total cost and price of the emissions there" better:"lower" known:"Reached"`
	TCO        units.USD         `help:"total cost of ownership" better:"lower" known:"Reached"`
	EnergyCost units.USD         `help:"electricity" better:"lower" known:"Reached"`
	CarbonCost units.USD         `help:"price of the emissions" better:"lower" known:"Reached"`
	Carbon     units.KgCO2e      `help:"emissions of the energy" better:"lower" known:"Reached"`
	RoundTrip  units.Seconds     `help:"network round trip to the users" better:"lower" known:"TripKnown"`
	Tariff     units.EnergyPrice `help:"electricity price" better:"lower" known:"Reached"`
	PUE        float64           `help:"facility energy per energy of the machines" better:"lower" known:"Reached"`

	Saving  units.USD    `help:"what standing there saves against where the fleet stands now" better:"higher" known:"SavingKnown"`
	Avoided units.KgCO2e `help:"emissions avoided against where the fleet stands now" better:"higher" known:"SavingKnown"`

	Reached     bool `help:"some place is allowed"`
	TripKnown   bool `help:"the round trip to the best place is known"`
	SavingKnown bool `help:"the region where the fleet stands now is given and counts the same emissions"`

	Tried         int `help:"places tried"`
	Allowed       int `help:"those within the limits"`
	CostUnknown   int `help:"rejected: a price or the power is unknown"`
	OtherBasis    int `help:"rejected: the carbon figure counts something else"`
	TripUnknown   int `help:"rejected: the round trip is unknown"`
	TooFar        int `help:"rejected: the round trip is above the limit"`
	TooMuchCarbon int `help:"rejected: the emissions are above the limit"`

	Places []Place `help:"all places: those allowed by their objective, then the others"`
	walls.Notes

	// For Explain: the input, the cost at the best place and where it stands now.
	in       Placement
	best     OwnershipResult
	baseline units.USD
}

const placementName = "cost.Placement"

// Solve fails only if a field is out of range.
func (p Placement) Solve() (PlacementResult, error) {
	if err := p.prepare(); err != nil {
		return PlacementResult{}, err
	}
	r := PlacementResult{in: p}
	for _, s := range p.Sites {
		at, err := p.at(s).Solve()
		if err != nil {
			return PlacementResult{}, retold(err)
		}
		place := p.judge(s, &at)
		r.count(place.Permit)
		r.Warnings |= at.Warnings
		if place.Permit == Allowed && (!r.Reached || place.Objective < r.Objective) {
			r.choose(place, at)
		}
		r.Places = append(r.Places, place)
	}
	markFront(r.Places)
	slices.SortStableFunc(r.Places, byObjective)
	return r, r.compare()
}

// Run is Solve for labs: an error ends the cell.
func (p Placement) Run() PlacementResult { return walls.Must(p.Solve()) }

// prepare checks the input and lists the places; the caller's list stays as it is.
func (p *Placement) prepare() error {
	p.Sites = slices.Clone(p.Sites)
	if len(p.Sites) == 0 {
		for _, e := range infra.Grids() {
			p.Sites = append(p.Sites, Site{Region: *e.Value})
		}
	}
	if p.Facility == (infra.Facility{}) {
		p.Facility = infra.LBNL_US_2023
	}
	for i := range p.Sites {
		s := &p.Sites[i]
		if s.Region == (infra.Grid{}) {
			return describe.Refuse(placementName, fmt.Sprintf("Sites[%d].Region", i), "nothing", "a region")
		}
		if s.Facility == (infra.Facility{}) {
			s.Facility = p.Facility
		}
	}
	return describe.Check(p)
}

// at is the fleet at a place.
func (p *Placement) at(s Site) Ownership {
	o := p.Ownership
	o.Region, o.Facility = s.Region, s.Facility
	if s.Tariff > 0 {
		o.Tariff = s.Tariff
	}
	return o
}

// judge fills in the numbers of a place and whether it is allowed.
func (p *Placement) judge(s Site, at *OwnershipResult) Place {
	place := Place{
		Region: s.Region.Name, TCO: at.TCO, EnergyCost: at.EnergyCost, Carbon: at.Carbon, RoundTrip: s.RoundTrip, Tariff: at.Tariff, PUE: at.PUE,
		CostKnown: at.CostKnown, PowerKnown: at.PowerKnown, TripKnown: s.RoundTrip > 0,
		TariffKnown: p.Tariff > 0 || s.Tariff > 0 || s.Region.Price > 0,
	}
	place.CarbonCost = at.Carbon.Cost(p.CarbonPrice)
	place.Objective = at.TCO + place.CarbonCost
	switch {
	case !at.CostKnown:
		place.Permit = CostUnknown
	case s.Region.Basis != p.Basis:
		place.Permit = OtherBasis
	case p.LatencyLimit > 0 && !place.TripKnown:
		place.Permit = TripUnknown
	case p.LatencyLimit > 0 && s.RoundTrip > p.LatencyLimit:
		place.Permit = TooFar
	case p.CarbonLimit > 0 && at.Carbon > p.CarbonLimit:
		place.Permit = TooMuchCarbon
	}
	return place
}

func (r *PlacementResult) count(p Permit) {
	r.Tried++
	*[...]*int{&r.Allowed, &r.CostUnknown, &r.OtherBasis, &r.TripUnknown, &r.TooFar, &r.TooMuchCarbon}[p]++
}

// choose fills in the result from a place.
func (r *PlacementResult) choose(place Place, at OwnershipResult) {
	r.Reached, r.best = true, at
	r.Region, r.Objective, r.TCO, r.EnergyCost = place.Region, place.Objective, place.TCO, at.EnergyCost
	r.CarbonCost, r.Carbon, r.Tariff, r.PUE = place.CarbonCost, place.Carbon, place.Tariff, place.PUE
	r.RoundTrip, r.TripKnown = place.RoundTrip, place.TripKnown
}

// compare sets the best place against where the fleet stands now.
func (r *PlacementResult) compare() error {
	if !r.Reached {
		r.Warnings |= walls.NotReached
		return nil
	}
	if r.in.Region == (infra.Grid{}) || r.in.Region.Basis != r.in.Basis {
		return nil
	}
	now, err := r.in.Ownership.Solve()
	if err != nil {
		return retold(err)
	}
	r.SavingKnown = true
	r.baseline = now.TCO + now.Carbon.Cost(r.in.CarbonPrice)
	r.Saving, r.Avoided = r.baseline-r.Objective, now.Carbon-r.Carbon
	return nil
}

// byObjective sorts those allowed first, each by the objective.
func byObjective(a, b Place) int {
	if (a.Permit == Allowed) != (b.Permit == Allowed) {
		return cmp.Compare(min(a.Permit, 1), min(b.Permit, 1))
	}
	return cmp.Compare(a.Objective, b.Objective)
}

// markFront marks the allowed places that no other allowed one beats. A round
// trip that is unknown counts as longer than any that is known.
func markFront(places []Place) {
	for i := range places {
		p := &places[i]
		p.Front = p.Permit == Allowed && !slices.ContainsFunc(places, func(q Place) bool { return q.Permit == Allowed && beats(&q, p) })
	}
}

// beats reports whether q is at least as good as p in everything and better in
// one thing.
func beats(q, p *Place) bool {
	trip := cmp.Compare(q.RoundTrip, p.RoundTrip)
	if !q.TripKnown || !p.TripKnown {
		trip = cmp.Compare(unknown(q.TripKnown), unknown(p.TripKnown))
	}
	cost, carbon := cmp.Compare(q.TCO, p.TCO), cmp.Compare(q.Carbon, p.Carbon)
	return max(cost, carbon, trip) <= 0 && min(cost, carbon, trip) < 0
}

func unknown(known bool) int {
	if known {
		return 0
	}
	return 1
}

// retold words a refusal of the cost as one of the placement.
func retold(err error) error {
	var field *describe.FieldError
	if !errors.As(err, &field) {
		return err
	}
	told := *field
	told.Input = placementName
	return &told
}
