package scenario_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/units"
)

// No region is better than the one chosen, and its cost is that of a scorecard
// for a plan there.
func TestPlacementIsTheCheapestScorecard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := scenario.Evaluation{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: rapid.IntRange(1, 64).Draw(t, "batch")}
		tax := units.DollarPerTonne.Times(float64(rapid.IntRange(0, 1000).Draw(t, "tax")))
		regions := []infra.Grid{infra.Quebec, infra.US_Avg, infra.Poland, infra.Norway}
		o, err := e.OptimizePlacement(regions, tax)
		require.NoError(t, err)
		best := o.View().Data.(scenario.BestPlace)
		for _, g := range regions {
			e.Region = g
			card, err := e.Solve()
			require.NoError(t, err)
			cost := (card.TCO + card.Carbon.Cost(tax)).Ratio(units.Dollar)
			require.LessOrEqual(t, best.Objective, cost*(1+1e-12))
			if g.Name == best.Region || best.Region == "Quebec" && g == infra.Quebec {
				require.InEpsilon(t, best.TCO, card.TCO.Ratio(units.Dollar), 1e-12)
			}
		}
	})
}

// The best split is the one that a scorecard without a split finds.
func TestParallelismAgreesWithTheScorecard(t *testing.T) {
	e := scenario.Evaluation{Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 8, Batch: 512}
	o, err := e.OptimizeParallelism()
	require.NoError(t, err)
	best := o.View().Data.(scenario.BestSplit)
	card, err := e.Solve()
	require.NoError(t, err)
	flat := card.Flat()
	require.Equal(t, []int{flat.TP, flat.PP, flat.DP}, []int{best.Config.TP, best.Config.PP, best.Config.DP})
	require.InEpsilon(t, flat.StepLatency, best.Step, 1e-12)
	require.InEpsilon(t, flat.MFU, best.Objective, 1e-12)
	require.InEpsilon(t, best.Throughput, best.Top[0].Throughput, 1e-12)
	require.True(t, o.Fits)
	rows, err := best.Records()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(best.Top))
}

// On one device there is one split, with its verdict; what does not fit says what
// is missing.
func TestOneDeviceHasOneSplit(t *testing.T) {
	o, err := scenario.Evaluation{Model: models.GPT2, Hardware: hardware.H100, Batch: 8}.OptimizeParallelism()
	require.NoError(t, err)
	best := o.View().Data.(scenario.BestSplit)
	require.Equal(t, []int{1, 1, 1}, []int{best.Config.TP, best.Config.PP, best.Config.DP})

	o, err = scenario.Evaluation{Model: models.Llama3_70B, Hardware: hardware.H100}.OptimizeParallelism()
	require.NoError(t, err)
	require.False(t, o.Fits)
	require.Positive(t, o.View().Data.(scenario.BestSplit).Short)
}

// A looser limit never makes the goodput worse, and the best keeps the limit where
// any does.
func TestBatchingWithinTheLimit(t *testing.T) {
	last := 0.0
	for _, limit := range []units.Seconds{1, 5, 20, 60} {
		e := scenario.Evaluation{Model: models.Llama3_8B, Hardware: hardware.H100, Arrivals: 2, MaxP99: limit}
		o, err := e.OptimizeBatching(64)
		require.NoError(t, err)
		best := o.View().Data.(scenario.BestBatch)
		require.GreaterOrEqual(t, best.Objective, last)
		require.Equal(t, o.Reached, best.P99 <= best.Limit)
		last = best.Objective
	}
	require.Positive(t, last)
}
