package cost_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var placement = cost.Placement{
	Ownership: cost.Ownership{Hardware: hardware.H100, Devices: 512, Utilization: 0.45, Region: infra.Poland},
	Sites: []cost.Site{
		{Region: infra.Quebec, RoundTrip: 95 * units.Millisecond},
		{Region: infra.France, RoundTrip: 20 * units.Millisecond},
		{Region: infra.Norway, Facility: infra.Google_2024, RoundTrip: 35 * units.Millisecond},
		{Region: infra.US_Avg, RoundTrip: 90 * units.Millisecond},
	},
	CarbonPrice: 100 * units.DollarPerTonne, LatencyLimit: 90 * units.Millisecond,
}

type placementSolve func(cost.Placement) cost.PlacementResult

func place(p cost.Placement) cost.PlacementResult { return p.Run() }

func drawPlacement(t *rapid.T) cost.Placement {
	p := cost.Placement{Ownership: cost.Ownership{
		Hardware: *rapid.SampledFrom(hardware.Entries()).Draw(t, "hardware").Value, Devices: rapid.IntRange(1, 5000).Draw(t, "devices"),
		Utilization: float64(rapid.IntRange(0, 100).Draw(t, "utilization")) / 100, Interest: rapid.SampledFrom([]float64{0, 0.06}).Draw(t, "interest"),
	}}
	if p.Hardware.Price == 0 && rapid.IntRange(0, 3).Draw(t, "unpriced") > 0 { // else no place has a cost
		p.Hardware.Price = units.USD(rapid.IntRange(1, 50_000).Draw(t, "device price"))
	}
	regions := infra.Grids()
	if rapid.IntRange(0, 3).Draw(t, "any basis") > 0 { // else most places are refused for their basis
		regions = slices.DeleteFunc(slices.Clone(regions), func(e infra.GridEntry) bool { return e.Value.Basis != infra.Poland.Basis })
	}
	for range rapid.IntRange(0, 8).Draw(t, "sites") {
		s := cost.Site{Region: *rapid.SampledFrom(regions).Draw(t, "region").Value}
		if rapid.Bool().Draw(t, "own") {
			s.Facility = *rapid.SampledFrom(infra.Facilities()).Draw(t, "facility").Value
			s.Tariff = units.DollarPerKWh.Times(float64(rapid.IntRange(0, 30).Draw(t, "tariff")) / 100)
		}
		s.RoundTrip = units.Millisecond.Times(float64(rapid.IntRange(0, 150).Draw(t, "trip")))
		p.Sites = append(p.Sites, s)
	}
	p.CarbonPrice = units.DollarPerTonne.Times(rapid.SampledFrom([]float64{0, 50, 1000}).Draw(t, "price"))
	p.LatencyLimit = units.Millisecond.Times(rapid.SampledFrom([]float64{0, 40, 120}).Draw(t, "limit"))
	if rapid.Bool().Draw(t, "cap") {
		p.CarbonLimit = units.Tonne.Times(rapid.Float64Range(0.01, 1000).Draw(t, "carbon limit"))
	}
	if rapid.Bool().Draw(t, "now") {
		p.Region = infra.Poland
	}
	return p
}

// A stand is a place as the cost solver sees it.
type stand struct {
	region         string
	objective, tco float64
	carbon, trip   float64
	allowed        bool
}

// stands prices every place with the cost solver and applies the limits anew.
func stands(p cost.Placement) []stand {
	sites := p.Sites
	if len(sites) == 0 {
		for _, e := range infra.Grids() {
			sites = append(sites, cost.Site{Region: *e.Value})
		}
	}
	var out []stand
	for _, s := range sites {
		o := p.Ownership
		o.Region = s.Region
		if s.Facility.PUE > 0 {
			o.Facility = s.Facility
		}
		if s.Tariff > 0 {
			o.Tariff = s.Tariff
		}
		r := o.Run()
		one := stand{region: s.Region.Name, tco: float64(r.TCO), carbon: float64(r.Carbon), trip: float64(s.RoundTrip)}
		one.objective = one.tco + one.carbon*float64(p.CarbonPrice)
		one.allowed = r.CostKnown && s.Region.Basis == p.Basis &&
			(p.LatencyLimit == 0 || s.RoundTrip > 0 && s.RoundTrip <= p.LatencyLimit) && (p.CarbonLimit == 0 || r.Carbon <= p.CarbonLimit)
		if s.RoundTrip == 0 {
			one.trip = math.Inf(1)
		}
		out = append(out, one)
	}
	return out
}

// No allowed place has a smaller objective, and the answer is one of them.
func placementIsOptimal(p cost.Placement, solve placementSolve) bool {
	r := solve(p)
	allowed, among := 0, false
	for _, s := range stands(p) {
		if !s.allowed {
			continue
		}
		allowed++
		among = among || s.region == r.Region && math.Abs(s.objective-float64(r.Objective)) <= 1e-9*s.objective
		if s.objective < float64(r.Objective)*(1-1e-12) {
			return false
		}
	}
	return r.Reached == (allowed > 0) && r.Allowed == allowed && among == r.Reached
}

// Every place is listed once, with a reason if it is rejected, and counted under
// it.
func placementTellsWhy(p cost.Placement, solve placementSolve) bool {
	r := solve(p)
	all := stands(p)
	var n [6]int
	for i, place := range r.Places {
		n[place.Permit]++
		if i > 0 && place.Permit == cost.Allowed && (r.Places[i-1].Permit != cost.Allowed || r.Places[i-1].Objective > place.Objective) {
			return false
		}
	}
	return r.Tried == len(all) && len(r.Places) == len(all) && n == [6]int{r.Allowed, r.CostUnknown, r.OtherBasis, r.TripUnknown, r.TooFar, r.TooMuchCarbon}
}

// The front is what no other allowed place beats, found anew.
func placementFront(p cost.Placement, solve placementSolve) bool {
	key := func(region string, tco, carbon, trip float64) string { return fmt.Sprint(region, tco, carbon, trip) }
	var want, got []string
	all := stands(p)
	for _, a := range all {
		beaten := slices.ContainsFunc(all, func(b stand) bool {
			return b.allowed && b.tco <= a.tco && b.carbon <= a.carbon && b.trip <= a.trip && (b.tco < a.tco || b.carbon < a.carbon || b.trip < a.trip)
		})
		if a.allowed && !beaten {
			want = append(want, key(a.region, a.tco, a.carbon, a.trip))
		}
	}
	for _, p := range solve(p).Places {
		trip := float64(p.RoundTrip)
		if !p.TripKnown {
			trip = math.Inf(1)
		}
		if p.Front {
			got = append(got, key(p.Region, float64(p.TCO), float64(p.Carbon), trip))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	return slices.Equal(want, got)
}

// I-17: a dearer carbon never leads to a dirtier place (D-40); the emissions are
// those of the energy there.
func placementPrefersCleaner(p cost.Placement, solve placementSolve) bool {
	dearer := p
	dearer.CarbonPrice = p.CarbonPrice.Times(3) + 10*units.DollarPerTonne
	a, b := solve(p), solve(dearer)
	return a.Reached == b.Reached && b.Carbon <= a.Carbon.Times(1+1e-12) && b.TCO >= a.TCO.Times(1-1e-12)
}

// I-18: twice the fleet costs, emits and saves twice as much at the same place.
func placementIsLinear(p cost.Placement, solve placementSolve) bool {
	p.CarbonLimit = 0
	more := p
	more.Devices *= 2
	a, b := solve(p), solve(more)
	twice := func(x, y float64) bool { return math.Abs(2*x-y) <= 1e-9*math.Abs(y)+1e-9 }
	return a.Region == b.Region && twice(float64(a.Objective), float64(b.Objective)) && twice(float64(a.Carbon), float64(b.Carbon)) &&
		math.Abs(2*float64(a.Saving)-float64(b.Saving)) <= 1e-9*float64(b.Objective)+1e-9
}

var placementInvariants = map[string]func(cost.Placement, placementSolve) bool{
	"optimal": placementIsOptimal, "why": placementTellsWhy, "front": placementFront, "cleaner": placementPrefersCleaner, "linear": placementIsLinear,
}

func TestPlacementInvariants(t *testing.T) {
	reached := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlacement(t)
		for name, holds := range placementInvariants {
			require.True(t, holds(p, place), name)
		}
		r := p.Run()
		require.NoError(t, r.Explain().Verify(r))
		require.NotEmpty(t, r.View().Blocks)
		if r.Allowed > 1 {
			reached++
		}
	})
	require.Greater(t, reached, 10, "too few placements had a choice")
}

func TestPlacementInvariantsKillMutants(t *testing.T) {
	for name, mutant := range map[string]placementSolve{
		"optimal": func(p cost.Placement) cost.PlacementResult { // the cheapest, whatever it emits
			price := p.CarbonPrice
			p.CarbonPrice = 0
			r := p.Run()
			r.Objective += r.Carbon.Cost(price)
			return r
		},
		"why": func(p cost.Placement) cost.PlacementResult { // what fails is skipped
			p.LatencyLimit = 50 * units.Millisecond
			r := p.Run()
			r.Places = r.Places[:r.Allowed]
			return r
		},
		"front": func(p cost.Placement) cost.PlacementResult { // the distance is left out
			for i := range p.Sites {
				p.Sites[i].RoundTrip = units.Millisecond
			}
			return p.Run()
		},
		"cleaner": func(p cost.Placement) cost.PlacementResult { // D-40: emissions are rewarded
			r := p.Run()
			for _, at := range r.Places[:r.Allowed] {
				if at.TCO-at.CarbonCost < r.TCO-r.CarbonCost {
					r.TCO, r.CarbonCost, r.Carbon = at.TCO, at.CarbonCost, at.Carbon
				}
			}
			return r
		},
		"linear": func(p cost.Placement) cost.PlacementResult { // a fee for moving in
			r := p.Run()
			r.Objective += 1000
			return r
		},
	} {
		p := placement
		p.Sites = slices.Clone(p.Sites)
		p.Sites[3].Tariff = 0.01 * units.DollarPerKWh // cheap and dirty
		p.CarbonPrice = 1000 * units.DollarPerTonne
		if name == "cleaner" { // hardly dearer than the clean one
			p.Sites[3].Tariff, p.CarbonPrice = 0.047*units.DollarPerKWh, 0
		}
		require.True(t, placementInvariants[name](p, place), name)
		require.False(t, placementInvariants[name](p, mutant), name)
	}
}

// By hand: ten devices of 100 W at full use for a day, PUE 1: 24 kWh.
func TestPlacementByHand(t *testing.T) {
	at := func(name string, grams, cents float64) cost.Site {
		return cost.Site{
			Region:   infra.Grid{Name: name, Carbon: units.GramPerKWh.Times(grams), Price: units.DollarPerKWh.Times(cents / 100)},
			Facility: infra.Facility{Name: name, PUE: 1},
		}
	}
	p := cost.Placement{
		Ownership: cost.Ownership{
			Hardware: hardware.Device{Name: "x", Price: 1000, TDP: 100, Idle: 100}, Devices: 10, Duration: units.Day, Amortization: 10 * units.Year,
			Upkeep: 1e-9,
		},
		Sites: []cost.Site{at("cheap", 500, 5), at("clean", 50, 15)},
	}
	machines := 10_000.0/3650 + 10_000*1e-9/365
	r := p.Run()
	require.Equal(t, "cheap", r.Region)
	require.InEpsilon(t, machines+24*0.05, float64(r.Objective), 1e-12)
	require.InEpsilon(t, 12, float64(r.Carbon), 1e-12)
	p.CarbonPrice = 250 * units.DollarPerTonne // the clean one costs 2.40 $ more and emits 10.8 kg less: 222 $/t
	r = p.Run()
	require.Equal(t, "clean", r.Region)
	require.InEpsilon(t, machines+24*0.15+1.2*0.25, float64(r.Objective), 1e-12)
	require.InEpsilon(t, 0.3, float64(r.CarbonCost), 1e-12)
	p.CarbonPrice = 220 * units.DollarPerTonne
	require.Equal(t, "cheap", p.Run().Region)
	p.CarbonLimit = 2
	r = p.Run()
	require.Equal(t, "clean", r.Region)
	require.Equal(t, 1, r.TooMuchCarbon)
	require.False(t, r.SavingKnown)
	p.Region, p.Facility = p.Sites[0].Region, p.Sites[0].Facility
	r = p.Run()
	require.True(t, r.SavingKnown)
	require.InEpsilon(t, 24*0.05+12*0.22-24*0.15-1.2*0.22, float64(r.Saving), 1e-9)
	require.InEpsilon(t, 10.8, float64(r.Avoided), 1e-12)
}

func TestPlacementLimits(t *testing.T) {
	p := placement
	require.Equal(t, "Norway", p.Run().Region)
	p.LatencyLimit = 30 * units.Millisecond
	r := p.Run()
	require.Equal(t, "France", r.Region)
	require.Equal(t, 3, r.TooFar)
	require.Equal(t, cost.TooFar, r.Places[1].Permit)
	p.LatencyLimit = units.Millisecond
	r = p.Run()
	require.False(t, r.Reached)
	require.True(t, r.Warnings.Has(walls.NotReached))
	require.NoError(t, r.Explain().Verify(r))
	p.Sites = nil // every region of the registry, none with a known distance
	r = p.Run()
	require.Equal(t, len(infra.Grids()), r.Tried)
	require.Equal(t, r.Tried, r.TripUnknown+r.OtherBasis)
	p.LatencyLimit = 0
	require.True(t, p.Run().Reached)
	p.Hardware.Price = 0 // D-25
	r = p.Run()
	require.False(t, r.Reached)
	require.Equal(t, r.Tried, r.CostUnknown)
	require.True(t, r.Warnings.Has(walls.PriceUnknown))
}

// Different bases are never compared.
func TestPlacementComparesOneBasis(t *testing.T) {
	p := placement
	p.Sites = slices.Clone(p.Sites)
	p.Sites[2].Region.Basis = infra.Operational
	r := p.Run()
	require.NotEqual(t, "Norway", r.Region)
	require.Equal(t, 1, r.OtherBasis)
	p.Basis = infra.Operational
	require.Equal(t, "Norway", p.Run().Region)
	require.False(t, p.Run().SavingKnown) // Poland counts the life cycle
}

func TestPlacementLeavesTheListAlone(t *testing.T) {
	before := slices.Clone(placement.Sites)
	placement.Run()
	require.Equal(t, before, placement.Sites)
}

func TestPlacementRefusals(t *testing.T) {
	for want, change := range map[string]func(*cost.Placement){
		"cost.Placement: CarbonPrice = -5000 USD/t: want at least 0":     func(p *cost.Placement) { p.CarbonPrice = -5000 * units.DollarPerTonne }, // D-40
		"cost.Placement: Sites[1].RoundTrip = -1 s: want at least 0":     func(p *cost.Placement) { p.Sites[1].RoundTrip = -1 },
		"cost.Placement: Sites[0].Region = nothing: want a region":       func(p *cost.Placement) { p.Sites[0].Region = infra.Grid{} },
		"cost.Placement: Sites[0].Facility.PUE = 0.5: want at least 1":   func(p *cost.Placement) { p.Sites[0].Facility = infra.Facility{Name: "x", PUE: 0.5} },
		"cost.Placement: Utilization = 2: want at least 0 and at most 1": func(p *cost.Placement) { p.Utilization = 2 },
		"cost.Placement: Hardware.Idle = 1 kW: want at most":             func(p *cost.Placement) { p.Hardware.Idle = 1000 },
		"cost.Placement: LatencyLimit = -1 s: want at least 0":           func(p *cost.Placement) { p.LatencyLimit = -1 },
	} {
		p := placement
		p.Sites = slices.Clone(p.Sites)
		change(&p)
		_, err := p.Solve()
		require.EqualError(t, err, want+err.Error()[min(len(want), len(err.Error())):])
	}
}

func TestPlacementReadsItsSites(t *testing.T) {
	var p cost.Placement
	err := describe.Decode([]byte(`{"hardware": "H100", "sites": ["Quebec@30 ms", "Norway", {"region": "France", "round_trip": "20 ms"}], "carbon_price": "100 USD/t", "latency_limit": "25 ms"}`), &p)
	require.NoError(t, err)
	require.Equal(t, 30*units.Millisecond, p.Sites[0].RoundTrip)
	require.Equal(t, "Québec@30 ms, Norway, France@20 ms", describe.Text(p.Sites))
	require.Equal(t, "France", p.Run().Region)
	err = describe.Decode([]byte(`{"sites": ["Norwai"]}`), &p) // D-02
	require.ErrorContains(t, err, "cost.Placement: Sites[0]: ")
	require.ErrorContains(t, err, "did you mean Norway")
	require.Error(t, describe.Decode([]byte(`{"sites": ["Quebec@30"]}`), &p))
	out, err := describe.Encode(p.Run())
	require.NoError(t, err)
	require.Contains(t, string(out), `"permit":"round trip above the limit"`)
}

func TestPlacementRescale(t *testing.T) { require.NoError(t, dimtest.Check(placement)) }

func ExamplePlacement() {
	r, err := placement.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Region, "saves", r.Saving, "and", r.Avoided, "against Poland")
	// Output: Norway saves $30,468 and 141.9 tCO2e against Poland
}
