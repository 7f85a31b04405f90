package scenario_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var base = scenario.Evaluation{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 32}

func solve(t require.TestingT, e scenario.Evaluation) scenario.Scorecard {
	s, err := e.Solve()
	require.NoError(t, err)
	return s
}

func TestRescale(t *testing.T) {
	e := base
	e.Region, e.Facility = infra.US_Avg, infra.LBNL_US_2023
	e.Tariff = 0.1 * units.DollarPerKWh
	require.NoError(t, dimtest.Check(e, units.Bytes(1).Dim(), units.FLOP(1).Dim()))
}

// One network of each family runs on every device, and every network on one device
// in eight: all pairs are 24,000.
func TestPairsOfTheRegistryAreJudged(t *testing.T) {
	known := map[models.Family]bool{}
	for i, m := range models.Entries() {
		first := !known[m.Value.Family]
		known[m.Value.Family] = true
		for j, h := range hardware.Entries() {
			if !first && (i+j)%8 != 0 {
				continue
			}
			s, err := scenario.Evaluate(*m.Value, *h.Value)
			require.NoError(t, err, "%s on %s", m.Key, h.Key)
			require.NoError(t, s.Explain().Verify(s.Pass), "%s on %s", m.Key, h.Key)
		}
	}
}

func TestCostIsLinearInTheDuration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := base
		e.Duration = units.Day.Times(rapid.Float64Range(1, 1000).Draw(t, "days"))
		once := solve(t, e)
		e.Duration = e.Duration.Times(2)
		require.InEpsilon(t, 2*float64(once.TCO), float64(solve(t, e).TCO), 1e-12)
		require.InEpsilon(t, float64(once.CapEx+once.Maintenance+once.EnergyCost), float64(once.TCO), 1e-12)
	})
}

func TestRegionSetsCarbonNotEnergy(t *testing.T) {
	dirty, clean := base, base
	dirty.Region, clean.Region = infra.Poland, infra.Quebec
	a, b := solve(t, dirty), solve(t, clean)
	require.Equal(t, a.Energy, b.Energy)
	require.InEpsilon(t, infra.Poland.Carbon.Ratio(infra.Quebec.Carbon), a.Carbon.Ratio(b.Carbon), 1e-12)
}

// By hand, solvers.md 3.11 for one device: 25,000 USD over 3 years and 30 days,
// 5 % upkeep a year.
func TestCostByHand(t *testing.T) {
	e := base
	e.Hardware.Price = 25000
	s := solve(t, e)
	require.InEpsilon(t, 43835.62/64, float64(s.CapEx), 1e-6)
	require.InEpsilon(t, 6575.34/64, float64(s.Maintenance), 1e-6)
}

func TestLimitsDecideTheStatus(t *testing.T) {
	e := base
	s := solve(t, e)
	require.Equal(t, []show.Status{show.Pass, show.Info, show.Info}, []show.Status{s.Feasibility, s.Performance, s.Macro})
	require.True(t, s.Passed())

	e.MaxLatency = s.Pass.Latency.Times(0.9)
	require.Equal(t, show.Fail, solve(t, e).Performance)
	e.MaxLatency = s.Pass.Latency.Times(1.1)
	require.Equal(t, show.Pass, solve(t, e).Performance)

	e.MaxCost, e.MaxCarbon = s.TCO.Times(2), s.Carbon.Times(0.5)
	failed := solve(t, e)
	require.Equal(t, show.Fail, failed.Macro)
	require.False(t, failed.Passed())
}

func TestUnknownIsNotAPass(t *testing.T) {
	e := base
	e.Hardware.Price, e.MaxCost = 0, 1000
	s := solve(t, e)
	require.Equal(t, show.Unknown, s.Macro)
	require.False(t, s.Passed())
	require.True(t, s.Warnings.Has(walls.PriceUnknown))
	out, err := describe.Encode(s.Flat())
	require.NoError(t, err)
	var flat map[string]any
	require.NoError(t, json.Unmarshal(out, &flat))
	require.Nil(t, flat["m_tco_usd"])
	require.NotNil(t, flat["m_energy_cost"])
}

func TestTooLargeFails(t *testing.T) {
	s, err := scenario.Evaluate(models.Llama3_70B, hardware.H100)
	require.NoError(t, err)
	require.Equal(t, show.Fail, s.Feasibility)
	require.InDelta(t, 55.9, s.Flat().MemoryShort, 0.6)
}

func TestFlatNamesAreStable(t *testing.T) {
	s := solve(t, base)
	out, err := describe.Encode(s.Flat())
	require.NoError(t, err)
	for _, key := range []string{
		"scenario", "f_status", "p_status", "m_status", "f_memory_used_gb", "f_memory_capacity_gb", "f_memory_utilization",
		"p_latency", "p_throughput", "p_mfu", "m_tco_usd", "m_carbon_footprint", "m_energy_cost", "m_capex", "registry",
	} {
		require.Contains(t, string(out), `"`+key+`":`)
	}
}

func TestRefusals(t *testing.T) {
	e := base
	e.Duration = -1
	_, err := e.Solve()
	require.ErrorContains(t, err, "scenario.Evaluation: Duration = -1 s: want above 0")
}

func TestUsualLengthsAreThoseOfTheNetwork(t *testing.T) {
	s, err := scenario.Evaluate(models.GPT2, hardware.H100)
	require.NoError(t, err)
	require.False(t, s.Warnings.Has(walls.BeyondContext))

	s, err = scenario.Evaluate(models.BERT_Base, hardware.H100)
	require.NoError(t, err)
	require.Equal(t, "prefill", s.Pass.Phase.String())
	perToken := models.BERT_Base.LinearOps()
	require.Greater(t, float64(s.Pass.Work), float64(models.BERT_Base.Context)*float64(perToken)) // the whole sequence, and its attention
}

// A training step takes a sequence too, and its power is that of all it computes.
func TestTrainingIsJudged(t *testing.T) {
	for _, m := range []models.Model{models.GPT2, models.Mamba_2_8B, models.ViT_Base} {
		s, err := scenario.Evaluation{Model: m, Hardware: hardware.H100, Phase: compute.Train, Batch: 2}.Solve()
		require.NoError(t, err)
		require.Equal(t, compute.Train, s.Pass.Phase)
		require.Equal(t, m.Heads > 0, s.Pass.HFU > s.Pass.MFU) // attention is computed again
	}
}
