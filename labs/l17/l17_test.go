package l17

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/scenario"
)

// The step of the lab is that of the lighthouse, at the split that is best for it.
func TestStepIsTheLighthouses(t *testing.T) {
	plan, err := scenario.Find("frontier")
	require.NoError(t, err)
	evaluations, err := plan.Evaluations()
	require.NoError(t, err)
	card, err := evaluations[0].Solve()
	require.NoError(t, err)

	own, err := step(evaluations[0].Batch, lighthouse).Solve()
	require.NoError(t, err)
	require.Equal(t, card.Devices, own.Devices)
	require.InEpsilon(t, float64(card.Step.Step), float64(own.Step), 1e-9)
	require.InEpsilon(t, card.MFU, own.MFU, 1e-9)
	require.True(t, own.Fits)
}

// Every scenario has a fleet that is in time, and every plan fits.
func TestEveryDateCanBeMet(t *testing.T) {
	cheapest := map[int]int{}
	for _, d := range Lab().Draws() {
		best, ok := fleets(d).Right()
		require.True(t, ok, d)
		cheapest[int(best.At)]++
		for _, n := range pods {
			require.True(t, step(d.Int("batch"), n).Run().Fits, "%s: %d pods", d, n)
			require.Zero(t, d.Int("batch")*64%(podDevices*n), "%s: %d pods", d, n)
		}
	}
	t.Log(cheapest)
	require.GreaterOrEqual(t, len(cheapest), 3)
}
