package cost_test

import (
	"strings"
	"testing"

	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

// The places stand in the order of their emissions; the best one and the one
// where the fleet stands now are among them, however many there are.
func TestChartRanksPlaces(t *testing.T) {
	grids := infra.Grids()
	for _, now := range []infra.Grid{*grids[0].Value, *grids[len(grids)/2].Value, *grids[len(grids)-1].Value} {
		r := cost.Placement{Ownership: cost.Ownership{Hardware: hardware.H100, Devices: 512, Duration: units.Year, Region: now}}.Run()
		c := r.Chart()
		require.Less(t, len(c.Y.Names), 24)
		last := 0.0
		for _, p := range c.Series[0].Points {
			require.GreaterOrEqual(t, p.Hi, last)
			last = p.Hi
		}
		names := strings.Join(c.Y.Names, "\n")
		require.Contains(t, names, r.Region)
		for _, p := range r.Places {
			if p.Region == now.Name && p.CostKnown && p.Permit != cost.OtherBasis {
				require.Contains(t, names, now.Name+" (now)")
			}
		}
	}
}
