package power_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var base = power.Sustainability{
	Hardware: hardware.H100, Devices: 64, Utilization: 0.4, Region: infra.US_Avg, Facility: infra.LBNL_US_2023,
	OffSite: 3 * units.LitrePerKWh, NodeFactor: 1.5, Clean: 0.25,
}

func solve(t require.TestingT, s power.Sustainability) power.SustainabilityResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

func draw(t *rapid.T) power.Sustainability {
	s := base
	s.Hardware = *rapid.SampledFrom(hardware.Entries()).Draw(t, "hardware").Value
	s.Region = *rapid.SampledFrom(infra.Grids()).Draw(t, "region").Value
	s.Facility = *rapid.SampledFrom(infra.Facilities()).Draw(t, "facility").Value
	s.Devices = rapid.IntRange(1, 100_000).Draw(t, "devices")
	s.Utilization = float64(rapid.IntRange(0, 1000).Draw(t, "utilization")) / 1000
	s.Duration = units.Day.Times(rapid.Float64Range(0.01, 3000).Draw(t, "days"))
	return s
}

// I-17: carbon is energy times intensity; a lower product of intensity and PUE
// means lower carbon. The mutants are what 0.3.0 does: PUE left out, or mfu 1.
func TestCarbonFollowsIntensityTimesPUE(t *testing.T) {
	holds := func(a, b power.Sustainability, carbon func(power.SustainabilityResult) float64) bool {
		x, y := a.Run(), b.Run()
		p, q := float64(a.Region.Carbon)*a.Facility.PUE, float64(b.Region.Carbon)*b.Facility.PUE
		return math.Abs(carbon(x)*q-carbon(y)*p) <= 1e-9*carbon(x)*q
	}
	operational := func(r power.SustainabilityResult) float64 { return float64(r.Operational) }
	rapid.Check(t, func(t *rapid.T) {
		a := draw(t)
		b := a
		b.Region = *rapid.SampledFrom(infra.Grids()).Draw(t, "other").Value
		b.Facility = *rapid.SampledFrom(infra.Facilities()).Draw(t, "building").Value
		require.True(t, holds(a, b, operational))
		r := solve(t, a)
		require.InDelta(t, float64(r.Energy.Carbon(a.Region.Carbon)), float64(r.Operational), 1e-9*float64(r.Operational))
		require.NoError(t, r.Explain().Verify(r))
	})
	a, b := base, base
	b.Facility = infra.Google_2024
	require.False(t, holds(a, b, func(r power.SustainabilityResult) float64 { return float64(r.ITEnergy) * float64(a.Region.Carbon) }))
}

func TestMoreOfAnythingIsNotGreener(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		less := solve(t, s)
		more := s
		more.Devices *= 2
		r := solve(t, more)
		require.InDelta(t, 2*float64(less.Carbon), float64(r.Carbon), 1e-9*float64(r.Carbon))
		require.InDelta(t, 2*float64(less.Water), float64(r.Water), 1e-9*float64(r.Water))
		more = s
		more.Level = physics.Calibrated // I-27
		require.GreaterOrEqual(t, float64(solve(t, more).Energy), float64(less.Energy))
		require.GreaterOrEqual(t, float64(less.Operational), float64(less.Market))
	})
}

func TestRescale(t *testing.T) { require.NoError(t, dimtest.Check(base)) }

// vector is the fleet of the worked case of solvers.md 3.10: 64 accelerators of
// 700 W on the old US grid.
func vector() power.Sustainability {
	return power.Sustainability{
		Hardware: hardware.Device{Name: "x", TDP: 700, Idle: 210}, Devices: 64, Utilization: 0.4,
		Region:   infra.Grid{Name: "y", Carbon: 429 * units.GramPerKWh},
		Facility: infra.Facility{Name: "z", PUE: 1.12, WUE: 1.8 * units.LitrePerKWh},
	}
}

// By hand, solvers.md 3.10: 64 H100 for 30 days at mfu 0.4 on the old US grid.
func TestWorkedCase(t *testing.T) {
	r := solve(t, vector())
	require.InEpsilon(t, 18708.48, r.ITEnergy.Ratio(units.KWh), 1e-9)
	require.InEpsilon(t, 20953.4976, r.Energy.Ratio(units.KWh), 1e-9)
	require.InEpsilon(t, 8989.05047, float64(r.Carbon), 1e-8)
	require.InEpsilon(t, 33675.264, float64(r.Water), 1e-9) // P-26: not times the PUE
}

// P-30: a year of a four-year life takes a quarter of the making.
func TestEmbodiedByShareOfLife(t *testing.T) {
	s := vector()
	s.Hardware.Embodied, s.Duration = 150, units.Year
	require.InEpsilon(t, 2400, float64(solve(t, s).Embodied), 1e-12)
	s.Hardware.Embodied = 0
	require.False(t, solve(t, s).EmbodiedKnown)
}

func TestUnknownIsNotZero(t *testing.T) {
	s := base
	s.Hardware.TDP, s.Hardware.Idle = 0, 0
	r := solve(t, s)
	require.False(t, r.PowerKnown)
	require.True(t, r.Warnings.Has(walls.PowerUnknown))
	s = base
	s.Facility.WUE = 0
	require.False(t, solve(t, s).WaterKnown)
	s.DryCooled = true
	require.True(t, solve(t, s).WaterKnown)
	s.DryCooled, s.Facility.Dry = false, true
	require.True(t, solve(t, s).WaterKnown)
}

// The water of power plants is that of the region unless the input says better.
func TestOffSiteWaterOfTheRegion(t *testing.T) {
	s := base
	require.InEpsilon(t, 3, solve(t, s).OffSiteWater.Ratio(solve(t, s).Energy.Water(units.LitrePerKWh)), 1e-12)
	s.OffSite = 0
	require.InEpsilon(t, 3.14, solve(t, s).OffSiteWater.Ratio(solve(t, s).Energy.Water(units.LitrePerKWh)), 1e-12)
	s.Region = infra.Iowa
	require.False(t, solve(t, s).OffSiteKnown, "nothing is known about the state")
}

// V-26 and its neighbours.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		change func(*power.Sustainability)
		want   string
	}{
		{func(s *power.Sustainability) { s.Duration = -30 * units.Day }, "power.Sustainability: Duration = "},
		{func(s *power.Sustainability) { s.Utilization = math.NaN() }, "Utilization = NaN: want "},
		{func(s *power.Sustainability) { s.Utilization = 1.5 }, "Utilization = 1.5: want "},
		{func(s *power.Sustainability) { s.Devices = -1 }, "Devices = -1: want "},
		{func(s *power.Sustainability) { s.Hardware.Embodied = -1 }, "Hardware.Embodied = "},
		{func(s *power.Sustainability) { s.Facility.PUE = 0.9 }, "Facility.PUE = 0.9: want at least 1"},
		{func(s *power.Sustainability) { s.Hardware.Idle = 1000 }, "Hardware.Idle = 1 kW: want at most Hardware.TDP"},
	} {
		s := base
		c.change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, c.want)
	}
}

func ExampleSustainability() {
	r, err := power.Sustainability{Hardware: hardware.H100, Devices: 64, Utilization: 0.4, Region: infra.Quebec}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Energy, "and", r.Carbon, "of which", r.Embodied, "in the making")
	// Output: 26.19 MWh and 1.119 tCO2e of which 215.7 kgCO2e in the making
}

func BenchmarkSustainability(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSolveAllocatesNothing(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = base.Solve() }))
}
