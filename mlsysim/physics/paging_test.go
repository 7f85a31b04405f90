package physics_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

func TestPagesHoldTheRequest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		longest := units.Tokens(rapid.IntRange(1, 1<<20).Draw(t, "longest"))
		mean := longest.Times(rapid.Float64Range(1e-9, 1).Draw(t, "share"))
		page := rapid.IntRange(1, 4096).Draw(t, "page")

		decay := physics.LengthDecay(mean, longest)
		require.InEpsilon(t, mean.Ratio(longest), physics.LengthShare(decay), 1e-9)
		room := physics.PagedTokens(decay, longest, page)
		require.GreaterOrEqual(t, float64(room), float64(mean)*(1-1e-9)) // what is used has room
		require.LessOrEqual(t, float64(room), float64(mean)+float64(page)*(1+1e-9))
		waste := physics.Waste(mean, room)
		require.True(t, waste >= 0 && waste < 1)
	})
}

// By hand: every request is 100 tokens long, so 16-token pages take 7 of 16.
func TestPagesOfFullLengthByHand(t *testing.T) {
	require.Zero(t, physics.LengthDecay(100, 100))
	require.Equal(t, units.Tokens(112), physics.PagedTokens(0, 100, 16))
	require.InEpsilon(t, 12.0/112, physics.Waste(100, 112), 1e-12)
}
