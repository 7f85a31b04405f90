package network_test

import (
	"testing"

	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

// Each line is the solver's own time, and ring and tree cross where the solver
// says they do.
func TestChartIsTheSolver(t *testing.T) {
	c := network.Collective{Message: units.MB, Ranks: 8, Intra: 450 * units.GBps, IntraLatency: units.Microsecond}
	r := c.Run()
	chart := r.Chart()
	require.Equal(t, "ring", chart.Series[0].Name)
	require.Equal(t, "tree", chart.Series[1].Name)
	for i, p := range chart.Series[0].Points {
		one := c
		one.Message = units.Bytes(p.X)
		at := one.Run()
		require.InEpsilon(t, float64(at.Ring), p.Y, 1e-9)
		require.InEpsilon(t, float64(at.Tree), chart.Series[1].Points[i].Y, 1e-9)
		require.Equal(t, p.X > float64(r.Crossover), p.Y < chart.Series[1].Points[i].Y, "ring wins above the crossover")
	}
	require.Regexp(t, `^Tree is fastest up to .* then ring\.$`, chart.Alt())
}
