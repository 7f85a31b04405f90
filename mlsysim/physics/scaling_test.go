package physics_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
)

// solvers.md 3.14: the two fits at Chinchilla's own budget.
func TestScalingOptimaByHand(t *testing.T) {
	for fit, want := range map[physics.ScalingFit][2]float64{
		physics.Hoffmann2022: {3.219e10, 92.6}, physics.Besiroglu2024: {7.225e10, 18.4},
	} {
		law := fit.Law()
		n := law.Optimum(5.76e23 / 6)
		require.InEpsilon(t, want[0], float64(n), 5e-4)
		require.InEpsilon(t, want[1], 5.76e23/6/float64(n)/float64(n), 5e-3)
	}
}

func TestSplitMeetsTheLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		law := physics.ScalingFit(rapid.IntRange(0, 1).Draw(t, "fit")).Law()
		reducible := rapid.Float64Range(0.01, 3).Draw(t, "reducible")
		n, d := law.Split(reducible, rapid.Float64Range(0.01, 0.99).Draw(t, "share"))
		require.InEpsilon(t, law.E+reducible, law.Loss(n, d), 1e-12)
	})
}
