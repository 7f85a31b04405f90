package physics_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// By hand: 4 stages and 16 microbatches idle 3/16 of their busy time.
func TestPipelineByHand(t *testing.T) {
	require.InEpsilon(t, 3.0/16, physics.BubbleRatio(4, 1, 16), 1e-12)
	require.InEpsilon(t, 4, physics.InFlight(4, 1, 16), 1e-12)
	require.InEpsilon(t, 5.5, physics.InFlight(4, 2, 16), 1e-12)
	require.Zero(t, physics.Exposed(units.Second, 2*units.Second, 100))
	require.InEpsilon(t, 1, float64(physics.Exposed(units.Second, 2*units.Second, 1)), 1e-12)
}

// The middle phase carries an eighth of the message: the node has reduced it.
func ExampleHierarchicalAllReduce() {
	t := physics.Tiers{
		Ranks: 32, PerNode: 8, Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond,
		Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
	}
	fmt.Printf("%.2f ms\n", physics.HierarchicalAllReduce(14*units.GB, t).Ratio(units.Millisecond))
	// Output: 106.98 ms
}
