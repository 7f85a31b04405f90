package reliability_test

import (
	"testing"

	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

// Nothing is lost less than at the optimum that the solver finds, and the two
// kinds of loss add up to all of it.
func TestChartIsLeastAtTheOptimum(t *testing.T) {
	r := reliability.Fleet{Nodes: 128, Job: 30 * units.Day}.Run()
	c := r.Chart()
	best := 1 - r.BestGoodput
	for i, p := range c.Series[0].Points {
		require.GreaterOrEqual(t, p.Y, 100*best*(1-1e-9))
		require.InEpsilon(t, p.Y, c.Series[1].Points[i].Y+c.Series[2].Points[i].Y, 1e-9)
	}
	middle := c.Series[0].Points[len(c.Series[0].Points)/2]
	require.InEpsilon(t, 100*best, middle.Y, 1e-9)
	require.InEpsilon(t, float64(r.Optimal)/60, middle.X, 1e-9)
}
