package search_test

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

func TestGoalIsTheEdge(t *testing.T) {
	g := search.Goal{Solver: request, Field: "Batch", Metric: "ITL", Target: 7e-3, Lo: 1, Hi: 64}
	r, err := g.Solve()
	require.NoError(t, err)
	require.True(t, r.Reached && r.Largest)
	require.Equal(t, r.Value, float64(r.Solution().(serving.Result).ITL))
	at := func(batch int) float64 {
		s := request
		s.Batch = batch
		return float64(s.Run().ITL)
	}
	require.Equal(t, at(int(r.X)), r.Value)
	require.LessOrEqual(t, r.Value, 7e-3)
	require.Equal(t, r.X+1, r.Beside)
	require.Greater(t, at(int(r.X)+1), 7e-3)

	g = search.Goal{Solver: node, Field: "Hardware.Bandwidth", Metric: "Latency", Target: 4e-3}
	r, err = g.Solve()
	require.NoError(t, err)
	require.True(t, r.Reached && r.Smallest)
	require.InEpsilon(t, 4e-3, r.Value, 1e-9)
	require.LessOrEqual(t, r.Value, 4e-3)
	view := r.View()
	require.Contains(t, view.Title, "Latency = 4 ms")
	require.NotEmpty(t, view.Blocks)
}

func TestGoalOutOfReachIsAResult(t *testing.T) {
	r, err := search.Goal{Solver: node, Field: "Hardware.Bandwidth", Metric: "Latency", Target: 1e-9}.Solve()
	require.NoError(t, err)
	require.False(t, r.Reached)
	require.Negative(t, r.Margin)
	require.Contains(t, r.Warnings.String(), "cannot be reached")
	for want, g := range map[string]search.Goal{
		"unknown field":        {Solver: node, Field: "Batch", Metric: "Nope", Target: 1},
		"did you mean":         {Solver: node, Field: "Btch", Metric: "Latency", Target: 1},
		"want a finite number": {Solver: node, Field: "Batch", Metric: "Latency", Target: math.NaN()},
		"want 0 < Lo < Hi":     {Solver: node, Field: "Batch", Metric: "Latency", Target: 1, Lo: 8, Hi: 4},
		"want a solver":        {Solver: 3, Field: "Batch", Metric: "Latency", Target: 1},
		"every Efficiency from 2 to 3 is refused": {Solver: node, Field: "Efficiency", Metric: "Latency", Target: 1, Lo: 2, Hi: 3},
		"bracket of Hardware.Memory":              {Solver: node, Field: "Hardware.Memory", Metric: "Latency", Target: 1, Lo: 1e31, Hi: 1e32},
		"Precision is not a number":               {Solver: node, Field: "Precision", Metric: "Latency", Target: 1},
		"PrefillBinding is not a numb":            {Solver: request, Field: "Batch", Metric: "PrefillBinding", Target: 1},
	} {
		_, err := g.Solve()
		require.ErrorContains(t, err, want)
	}
	require.NotPanics(t, func() { _ = search.GoalResult{}.View(); _ = search.GoalResult{}.Explain() })
}

// A metric without a better direction has to be crossed.
func TestGoalWithoutADirectionIsACrossing(t *testing.T) {
	g := search.Goal{Solver: request, Field: "Batch", Metric: "Cache", Target: 10e9, Lo: 1, Hi: 100}
	r := g.Run()
	require.True(t, r.Reached && r.Smallest)
	require.GreaterOrEqual(t, r.Value, 10e9)
	s := request
	s.Batch = int(r.X) - 1
	require.Less(t, float64(s.Run().Cache), 10e9)
	g.Target = 1e15
	require.False(t, g.Run().Reached)
}

func TestGoalExplains(t *testing.T) {
	for _, g := range []search.Goal{
		{Solver: request, Field: "Batch", Metric: "ITL", Target: 7e-3},
		{Solver: request, Field: "Hardware.Bandwidth", Metric: "TokensPerSecond", Target: 500},
		{Solver: node, Field: "Hardware.Bandwidth", Metric: "Latency", Target: 1e-9},
	} {
		r := g.Run()
		trace := r.Explain()
		require.Greater(t, len(trace.Steps), 3) // those of the solver come first
		require.NoError(t, trace.Verify(r))
		r.Margin++
		require.Error(t, trace.Verify(r))
	}
}

type seeks func(search.Goal) (search.GoalResult, error)

func real(g search.Goal) (search.GoalResult, error) { return g.Solve() }

// confirmed is the invariant: the forward model has the reported value at the
// answer, which meets the target and fits; the value beside it does not.
func confirmed(seek seeks, g search.Goal) error {
	r, err := seek(g)
	if err != nil {
		return err
	}
	value, fits := forward(g.Solver, g.Field, r.X, g.Metric)
	higher := g.Metric == "TokensPerSecond"
	meets := func(v float64, fits bool) bool { return fits && (v <= g.Target != higher || v == g.Target) }
	switch {
	case value != r.Value:
		return fmt.Errorf("%s = %v: %s is %v, reported %v", g.Field, r.X, g.Metric, value, r.Value)
	case r.Reached != meets(value, fits):
		return fmt.Errorf("%s = %v meets the target: %t, reported %t", g.Field, r.X, meets(value, fits), r.Reached)
	case r.BesideKnown && meets(forward(g.Solver, g.Field, r.Beside, g.Metric)):
		return fmt.Errorf("%s = %v beside the answer meets the target, too", g.Field, r.Beside)
	case r.BesideKnown && math.Abs(r.Beside-r.X) > math.Max(1e-9*r.X, 1):
		return fmt.Errorf("%s = %v and %v are not neighbours", g.Field, r.X, r.Beside)
	}
	return nil
}

// forward solves a serving input with one field set.
func forward(solver any, field string, x float64, metric string) (float64, bool) {
	s := solver.(serving.Serving)
	switch field {
	case "Batch":
		s.Batch = int(x)
	case "Prompt":
		s.Prompt = int(x)
	case "Hardware.Bandwidth":
		s.Hardware.Bandwidth = units.ByteRate(x)
	case "Hardware.Memory":
		s.Hardware.Memory = units.Bytes(x)
	}
	r, err := s.Solve()
	if err != nil {
		return math.NaN(), false
	}
	return reflect.ValueOf(r).FieldByName(metric).Float(), r.Fits
}

func drawGoal(t *rapid.T) search.Goal {
	s := request
	s.Batch = rapid.IntRange(1, 40).Draw(t, "batch")
	s.Output = rapid.IntRange(1, 4000).Draw(t, "output")
	metric := rapid.SampledFrom([]string{"ITL", "TTFT", "TokensPerSecond"}).Draw(t, "metric")
	now, _ := forward(s, "", 0, metric)
	return search.Goal{
		Solver: s, Metric: metric, Target: now * rapid.Float64Range(0.1, 10).Draw(t, "factor"),
		Field: rapid.SampledFrom([]string{"Batch", "Prompt", "Hardware.Bandwidth", "Hardware.Memory"}).Draw(t, "field"),
	}
}

func TestGoalIsConfirmedByTheForwardModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := confirmed(real, drawGoal(t)); err != nil {
			t.Fatal(err)
		}
	})
}

func TestGoalMutants(t *testing.T) {
	g := search.Goal{Solver: request, Field: "Batch", Metric: "ITL", Target: 7e-3}
	require.NoError(t, confirmed(real, g))
	for name, mutant := range map[string]func(*search.GoalResult){
		"one too many":      func(r *search.GoalResult) { r.X++ },
		"not the edge":      func(r *search.GoalResult) { r.X, r.Value = 1, float64(request.Run().ITL) },
		"its own value":     func(r *search.GoalResult) { r.Value = g.Target },
		"says it failed":    func(r *search.GoalResult) { r.Reached = false },
		"another neighbour": func(r *search.GoalResult) { r.Beside = r.X - 1 },
	} {
		require.Error(t, confirmed(func(g search.Goal) (search.GoalResult, error) {
			r, err := g.Solve()
			mutant(&r)
			return r, err
		}, g), name)
	}
}

func ExampleGoal() {
	r := search.Goal{Solver: request, Field: "Batch", Metric: "TTFT", Target: 1, Lo: 1, Hi: 64}.Run()
	fmt.Println(r.Reached, r.Largest, r.Value <= 1)
	// Output: true true true
}
