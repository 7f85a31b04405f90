package cost_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var base = cost.Ownership{
	Hardware: hardware.H100, Devices: 64, Utilization: 0.4, NodeFactor: 1.5, Region: infra.US_Avg, Facility: infra.LBNL_US_2023,
	Server: 8000, Network: 3000, Interest: 0.06, Building: 10_000, Staff: 20 * units.DollarPerHour,
	Rent: 3 * units.DollarPerHour, TokenRate: 100_000,
}

func solve(t require.TestingT, o cost.Ownership) cost.OwnershipResult {
	r, err := o.Solve()
	require.NoError(t, err)
	return r
}

// I-18: cost is linear in devices and in the duration. The mutant adds a fixed
// fee, which both tests of linearity must see.
func TestCostIsLinear(t *testing.T) {
	twice := func(a, b units.USD) bool { return b > a.Times(2-1e-9) && b < a.Times(2+1e-9) }
	rapid.Check(t, func(t *rapid.T) {
		o := base
		o.Hardware = *rapid.SampledFrom(hardware.Entries()).Draw(t, "hardware").Value
		o.Hardware.Price = units.USD(rapid.IntRange(1, 100_000).Draw(t, "price"))
		o.Devices = rapid.IntRange(1, 50_000).Draw(t, "devices")
		o.Duration = units.Day.Times(float64(rapid.IntRange(1, 3000).Draw(t, "days")))
		o.Interest = float64(rapid.IntRange(0, 200).Draw(t, "interest")) / 1000
		o.Staff = 0
		once := solve(t, o)
		require.NoError(t, once.Explain().Verify(once))
		if !once.CostKnown {
			return
		}
		more, longer := o, o
		more.Devices *= 2
		longer.Duration = longer.Duration.Times(2)
		require.True(t, twice(once.TCO, solve(t, more).TCO))
		require.True(t, twice(once.TCO, solve(t, longer).TCO))
		require.False(t, twice(once.TCO+once.CapEx, solve(t, longer).TCO+once.CapEx))
		require.InEpsilon(t, float64(once.CapEx+once.Building+once.OpEx), float64(once.TCO), 1e-12)
		require.InEpsilon(t, float64(once.PerMillion), float64(solve(t, longer).PerMillion), 1e-9)
	})
}

func TestRescale(t *testing.T) { require.NoError(t, dimtest.Check(base)) }

// Interest: at zero it is straight-line, and a little of it costs a little more.
func TestAnnuity(t *testing.T) {
	require.InEpsilon(t, 1.0/3, physics.Annuity(1e-12, 3), 1e-9)
	require.InEpsilon(t, 0.06*1.191016/0.191016, physics.Annuity(0.06, 3), 1e-12) // 1.06³ = 1.191016
	plain := base
	plain.Interest = 0
	require.Greater(t, float64(solve(t, base).CapEx), float64(solve(t, plain).CapEx))
}

// By hand: 10 devices at 1000 USD, 100 USD of server and 50 of network each, a
// year of five, 5 % upkeep; 10 × 100 W at 200 USD/kW over 10 years; 1 USD/h.
func TestByHand(t *testing.T) {
	o := cost.Ownership{
		Hardware: hardware.Device{Name: "x", Price: 1000, TDP: 100, Idle: 100}, Devices: 10, Duration: units.Year,
		Region: infra.Grid{Name: "y", Price: 0.1 * units.DollarPerKWh}, Facility: infra.Facility{Name: "z", PUE: 1.5},
		Server: 100, Network: 50, Amortization: 5 * units.Year, Building: 200, BuildingLife: 10 * units.Year,
		Staff: units.DollarPerHour, Rent: units.DollarPerHour, TokenRate: 1000,
	}
	r := solve(t, o)
	require.InEpsilon(t, 11_500, float64(r.Capital), 1e-12)
	require.InEpsilon(t, 2300, float64(r.CapEx), 1e-12)
	require.InEpsilon(t, 575, float64(r.Maintenance), 1e-12)
	require.InEpsilon(t, 8760*1.5*0.1, float64(r.EnergyCost), 1e-12)
	require.InEpsilon(t, 20, float64(r.Building), 1e-12)
	require.InEpsilon(t, 8760, float64(r.Staff), 1e-12)
	total := 2300 + 575 + 1314 + 20 + 8760.0
	require.InEpsilon(t, total, float64(r.TCO), 1e-12)
	require.InEpsilon(t, total/(1000*365*86400)*1e6, float64(r.PerMillion), 1e-12)
	require.InEpsilon(t, 87_600, float64(r.Cloud), 1e-12)
	require.InEpsilon(t, 87_600-total, float64(r.Saving), 1e-12)
	require.InEpsilon(t, total/87_600, r.BreakEven.Ratio(units.DollarPerHour), 1e-12)
	require.False(t, r.WaterKnown)
	o.DryCooled = true
	r = solve(t, o)
	require.True(t, r.WaterKnown)
	require.Zero(t, r.Water)
}

// At the break-even rent, renting and owning cost the same.
func TestBreakEven(t *testing.T) {
	o := base
	o.Rent = solve(t, o).BreakEven
	r := solve(t, o)
	require.InEpsilon(t, float64(r.TCO), float64(r.Cloud), 1e-12)
	require.InEpsilon(t, float64(r.PerMillion), float64(r.CloudToken), 1e-12)
}

// D-25: an unknown price is neither 0 nor 30,000 USD; the cloud price remains.
func TestUnknownPrice(t *testing.T) {
	o := base
	o.Hardware.Price = 0
	r := solve(t, o)
	require.False(t, r.PriceKnown || r.CostKnown || r.TokenCostKnown || r.SavingKnown)
	require.True(t, r.CloudKnown && r.CloudTokenKnown && r.PowerKnown)
	require.True(t, r.Warnings.Has(walls.PriceUnknown))
	out, err := describe.Encode(r)
	require.NoError(t, err)
	require.Contains(t, string(out), `"tco":null`)
	o.Hardware.TDP, o.Hardware.Idle = 0, 0
	r = solve(t, o)
	require.False(t, r.BuildingKnown || r.PowerKnown)
}

func TestTariff(t *testing.T) {
	o := base
	require.Equal(t, infra.US_Avg.Price, solve(t, o).Tariff)
	o.Region = infra.Poland
	o.Region.Price = 0
	require.InEpsilon(t, 0.12, solve(t, o).Tariff.Ratio(units.DollarPerKWh), 1e-12)
	o.Tariff = 0.3 * units.DollarPerKWh
	require.Equal(t, o.Tariff, solve(t, o).Tariff)
}

// V-27 and its neighbours. A zero that a file or a flag states is refused where
// zero has no meaning; in a struct literal it is the default.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		field string
		value float64
	}{
		{"Amortization", 0}, {"Amortization", -3}, {"Tariff", -1}, {"Rent", -1}, {"Upkeep", 2}, {"Interest", -0.1}, {"Devices", 0}, {"Duration", -1}, {"Utilization", 1.1},
	} {
		o := base
		var refused *describe.FieldError
		err := describe.SetField(&o, c.field, c.value)
		require.ErrorAs(t, err, &refused, "%v", c)
		require.Equal(t, "cost.Ownership", refused.Input)
		require.Equal(t, c.field, refused.Field)
	}
	o := base
	o.Hardware.Price = -1
	_, err := o.Solve()
	require.ErrorContains(t, err, "cost.Ownership: Hardware.Price = ")
	o = base
	o.Hardware.Idle = 1000
	_, err = o.Solve()
	require.ErrorContains(t, err, "want at most Hardware.TDP")
}

func ExampleOwnership() {
	r, err := cost.Ownership{
		Hardware: hardware.H100, Devices: 64, Utilization: 0.4, TokenRate: 100_000, Rent: 3 * units.DollarPerHour,
	}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.TCO, "or rented", r.Cloud, "- a million tokens:", r.PerMillion)
	// Output: $52,546 or rented $138,240 - a million tokens: $0.2027
}

func TestSolveAllocatesNothing(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = base.Solve() }))
}

func BenchmarkOwnership(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
