package quality_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/units"
)

func drawScaling(t *rapid.T) quality.Scaling {
	return quality.Scaling{
		Budget: units.FLOP(math.Pow(10, rapid.Float64Range(16, 28).Draw(t, "budget"))),
		Fit:    physics.ScalingFit(rapid.IntRange(0, 1).Draw(t, "fit")),
		Served: units.Tokens(math.Pow(10, rapid.Float64Range(0, 16).Draw(t, "served"))),
	}
}

func TestEveryNetworkUsesUpTheBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScaling(t)
		s.Ratio = rapid.Float64Range(0.1, 1000).Draw(t, "ratio")
		r := s.Run()
		require.InEpsilon(t, float64(s.Budget), 6*float64(r.Params)*float64(r.Tokens), 1e-12)
		require.InEpsilon(t, float64(s.Budget), 6*float64(r.BestParams)*float64(r.BestTokens), 1e-12)
		require.InEpsilon(t, s.Ratio, r.Ratio, 1e-12)
		require.NoError(t, r.Explain().Verify(r))
	})
}

func TestNoNetworkOfTheBudgetHasLessLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScaling(t)
		best := s.Run()
		s.Params = best.BestParams.Times(rapid.Float64Range(0.1, 10).Draw(t, "off"))
		require.GreaterOrEqual(t, s.Run().Loss, best.BestLoss*(1-1e-12))
	})
}

// The served network reaches the same loss, is no larger, and no other network of
// that loss costs less over its life. A mutant that forgets the factor c_i/c_t in
// the condition of the optimum fails the last test.
func TestNoNetworkOfTheLossIsCheaperToServe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScaling(t)
		r := s.Run()
		law := s.Fit.Law()
		require.InEpsilon(t, r.BestLoss, law.Loss(r.ServedParams, r.ServedTokens), 1e-9)
		require.LessOrEqual(t, float64(r.ServedParams), float64(r.BestParams)*(1+1e-9))
		require.GreaterOrEqual(t, float64(r.ServedTrain), float64(s.Budget)*(1-1e-9))
		require.LessOrEqual(t, float64(r.ServedTotal), float64(r.BestTotal)*(1+1e-9))

		n, d := law.Split(law.Reducible(r.BestParams, r.BestTokens), rapid.Float64Range(0.001, 0.999).Draw(t, "share"))
		other := 6*float64(n)*float64(d) + 2*float64(n)*float64(s.Served)
		require.GreaterOrEqual(t, other, float64(r.ServedTotal)*(1-1e-9))
	})
	factorless := quality.Scaling{Budget: 1e23, Served: 3e12, ServeOps: 6}.Run()
	right := quality.Scaling{Budget: 1e23, Served: 3e12}.Run()
	require.Less(t, float64(factorless.ServedParams), float64(right.ServedParams)*0.9)
}

func TestServingNothingChangesNothing(t *testing.T) {
	r := quality.Scaling{Budget: 1e23}.Run()
	require.InEpsilon(t, float64(r.BestParams), float64(r.ServedParams), 1e-9)
	require.InDelta(t, 0, r.Saving, 1e-9)
}

// By hand, solvers.md 3.14: Chinchilla's own budget under both fits.
func TestScalingByHand(t *testing.T) {
	refit := quality.Scaling{Budget: 5.76e23}.Run()
	require.InEpsilon(t, 6.928203e10, float64(refit.Params), 5e-7)
	require.InEpsilon(t, 7.225e10, float64(refit.BestParams), 5e-4)
	require.InDelta(t, 18.4, refit.BestRatio, 0.05)
	first := quality.Scaling{Budget: 5.76e23, Fit: physics.Hoffmann2022}.Run()
	require.InEpsilon(t, 3.219e10, float64(first.BestParams), 5e-4)
	require.InDelta(t, 92.6, first.BestRatio, 0.05)
	days := quality.Scaling{Time: 1000 * units.Day}.Run()
	require.InEpsilon(t, 3.417984e22, float64(days.Budget), 1e-12) // 989 TFLOP/s × 0.4
}

func ExampleScaling() {
	r := quality.Scaling{Budget: 576_000 * units.EFLOP, Served: 2e12 * units.Token}.Run()
	fmt.Println("rule:", r.Params, "on", r.Tokens)
	fmt.Println("least loss:", r.BestParams, "on", r.BestTokens)
	fmt.Println("cheapest with serving:", r.ServedParams, "on", r.ServedTokens)
	// Output:
	// rule: 69.28B params on 1.386T tokens
	// least loss: 72.25B params on 1.329T tokens
	// cheapest with serving: 49.96B params on 2.032T tokens
}

func BenchmarkScaling(b *testing.B) {
	in := quality.Scaling{Budget: 1e23, Served: 1e12}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
