package physics_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
)

// solvers.md 3.17, checked against two public accountants.
func TestPrivacyLossByHand(t *testing.T) {
	spent, order := physics.PrivacyLoss(256.0/60000, 1.12, 14_063, 1e-5, 256)
	require.InDelta(t, 2.9224, spent, 5e-5)
	require.Equal(t, 9, order)
	spent, order = physics.PrivacyLoss(0.01, 1, 1000, 1e-5, 256)
	require.InDelta(t, 2.5383, spent, 5e-5)
	require.Equal(t, 8, order)
	// Without subsampling the divergence is a/(2σ²) exactly.
	require.InEpsilon(t, 3.0*4/(2*9), physics.RenyiCumulant(1, 3, 4), 1e-14)
}

// The sum of the paper, term by term.
func TestCumulantIsTheSumOfThePaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.Float64Range(1e-3, 0.9).Draw(t, "q")
		sigma := rapid.Float64Range(0.6, 5).Draw(t, "sigma")
		a := rapid.IntRange(2, 12).Draw(t, "order")
		sum, choose := 0.0, 1.0
		for k := range a + 1 {
			x := float64(k)
			sum += choose * math.Pow(1-q, float64(a)-x) * math.Pow(q, x) * math.Exp(x*(x-1)/(2*sigma*sigma))
			choose *= (float64(a) - x) / (x + 1)
		}
		require.InDelta(t, math.Log(sum), physics.RenyiCumulant(q, sigma, a), 1e-10*max(1, math.Log(sum)))
	})
}

func TestOrderIsTheBestOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.Float64Range(1e-4, 1).Draw(t, "q")
		sigma := rapid.Float64Range(0.3, 30).Draw(t, "sigma")
		steps := rapid.IntRange(1, 100_000).Draw(t, "steps")
		best, _ := physics.PrivacyLoss(q, sigma, steps, 1e-5, 200)
		for a := 2; a <= 200; a++ {
			bound := (float64(steps)*physics.RenyiCumulant(q, sigma, a) + math.Log(1e5)) / float64(a-1)
			require.LessOrEqual(t, best, bound*(1+1e-12))
		}
	})
}

func TestNoiseBoughtIsPrivacyGot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.Float64Range(1e-4, 1).Draw(t, "q")
		steps := rapid.IntRange(1, 100_000).Draw(t, "steps")
		epsilon := rapid.Float64Range(0.1, 20).Draw(t, "epsilon")
		sigma, ok := physics.NoiseFor(epsilon, q, steps, 1e-5, 512)
		require.True(t, ok)
		spent, _ := physics.PrivacyLoss(q, sigma, steps, 1e-5, 512)
		require.InEpsilon(t, epsilon, spent, 1e-9)
	})
	_, ok := physics.NoiseFor(0.01, 0.01, 1000, 1e-5, 512)
	require.False(t, ok)
}
