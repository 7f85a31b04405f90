package physics_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/physics"
)

// By hand, solvers.md 3.12: fp32 to 4 bit in groups of 128.
func TestCompressionRatiosByHand(t *testing.T) {
	require.InDelta(t, 4.125, physics.EffectiveBits(4, 16, 128), 1e-15)
	require.InDelta(t, 7.757576, physics.QuantizationRatio(4, 4.125), 5e-7)
	require.InDelta(t, 8, physics.QuantizationRatio(physics.FP32.Size(), physics.EffectiveBits(4, 16, 0)), 1e-15)
	require.InDelta(t, 10, physics.PruningRatio(0.9), 1e-12)
}
