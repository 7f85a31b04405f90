package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func TestEverySolverIsCompiled(t *testing.T) {
	for _, s := range catalog.All() {
		p, ok := catalog.Compiled(s.Example).(search.Program)
		require.True(t, ok, "%s has no line in programs", s.Name)
		require.Equal(t, reflect.TypeOf(s.Example), p.Input())
		entry, ok := catalog.Entry(p.Input())
		require.True(t, ok)
		require.Equal(t, s.Name, entry.Name)
	}
	require.Equal(t, 3, catalog.Compiled(3))
	_, ok := catalog.Entry(reflect.TypeFor[int]())
	require.False(t, ok)
}

// A compiled solver finds what reflection finds, refusals included.
func TestCompiledEqualsReflection(t *testing.T) {
	for _, s := range catalog.All() {
		paths := numericPaths(reflect.TypeOf(s.Example), "")
		rapid.Check(t, func(t *rapid.T) {
			axis := search.Axis{Field: rapid.SampledFrom(paths).Draw(t, "field")}
			for range 3 {
				axis.Values = append(axis.Values, float64(rapid.IntRange(-2, 1000).Draw(t, "value")))
			}
			fast, err := search.Space{Solver: catalog.Compiled(s.Example), Axes: []search.Axis{axis}}.Solve(context.Background())
			require.NoError(t, err)
			slow, err := search.Space{Solver: s.Example, Axes: []search.Axis{axis}}.Solve(context.Background())
			require.NoError(t, err)
			for i := range fast.Total {
				require.Equal(t, slow.At(i), fast.At(i), s.Name)
			}
			require.Equal(t, slow.Rejected, fast.Rejected)
		})
	}
}

// numericPaths lists the dotted names of every number in an input.
func numericPaths(t reflect.Type, prefix string) []string {
	var out []string
	for _, f := range describe.Fields(t) {
		switch {
		case f.IsNumber():
			out = append(out, prefix+f.Name)
		case f.Type.Kind() == reflect.Struct:
			out = append(out, numericPaths(f.Type, prefix+f.Name+".")...)
		}
	}
	return out
}

// firstMetric is the first metric with a better direction that the example knows,
// above zero.
func firstMetric(t *testing.T, s catalog.Solver) (string, float64) {
	r := reflect.ValueOf(solve(t, s, s.Example))
	for _, f := range s.Outputs() {
		if v := r.FieldByIndex(f.Index); f.Better != "" && v.CanFloat() && v.Float() > 0 && f.IsKnown(r) {
			return f.Name, v.Float()
		}
	}
	require.Fail(t, "no metric", s.Name)
	return "", 0
}

// TestGoalOnEveryInput seeks a target with every number of every solver: the
// answer is a documented error, or the forward model confirms it.
func TestGoalOnEveryInput(t *testing.T) {
	answers := 0
	for _, s := range catalog.All() {
		metric, now := firstMetric(t, s)
		for _, path := range numericPaths(reflect.TypeOf(s.Example), "") {
			for _, factor := range []float64{0.7, 1.4} {
				g := search.Goal{Solver: catalog.Compiled(s.Example), Field: path, Metric: metric, Target: now * factor}
				r, err := g.Solve()
				require.NoError(t, confirm(s, g, r, err), "%s: %s", s.Name, path)
				if err == nil {
					answers++
				}
			}
		}
	}
	require.Greater(t, answers, 1000)
}

// confirm is the invariant: an error says what is wanted instead; an answer is
// what the solver itself says there, and it is reached if it fits and is on the
// good side of the target.
func confirm(s catalog.Solver, g search.Goal, r search.GoalResult, err error) error {
	if err != nil {
		var refused *describe.FieldError
		if !errors.As(err, &refused) || refused.Want == "" {
			return fmt.Errorf("an undocumented error: %w", err)
		}
		return nil
	}
	value, fits, better := forward(s, g.Field, r.X, g.Metric)
	good := value <= g.Target
	if better == "higher" {
		good = value >= g.Target
	}
	switch {
	case math.Float64bits(value) != math.Float64bits(r.Value):
		return fmt.Errorf("at %v the solver says %v: reported %v", r.X, value, r.Value)
	case r.Reached != (good && fits):
		return fmt.Errorf("at %v: target %v, value %v, fits %t: reported reached %t", r.X, g.Target, value, fits, r.Reached)
	case r.Reached == r.Warnings.Has(walls.NotReached):
		return fmt.Errorf("reached %t, warnings %v", r.Reached, r.Warnings)
	}
	return r.Explain().Verify(r)
}

// forward solves the example with one number replaced, without a search.
func forward(s catalog.Solver, path string, x float64, metric string) (value float64, fits bool, better string) {
	in := reflect.New(reflect.TypeOf(s.Example))
	in.Elem().Set(reflect.ValueOf(s.Example))
	at := in.Elem()
	for _, name := range strings.Split(path, ".") {
		at = at.FieldByName(name)
	}
	if at.Kind() == reflect.Int {
		at.SetInt(int64(x))
	} else {
		at.SetFloat(x)
	}
	result, err := s.Solve(in.Interface())
	if err != nil {
		return math.NaN(), false, ""
	}
	r := reflect.ValueOf(result)
	fits = true
	for _, name := range []string{"Fits", "Stable"} {
		if f := r.FieldByName(name); f.IsValid() {
			fits = fits && f.Bool()
		}
	}
	v, f, err := describe.Number(result, metric)
	if err != nil || !f.IsKnown(r) {
		return math.NaN(), false, f.Better
	}
	return v, fits, f.Better
}

func TestGoalMutants(t *testing.T) {
	s, err := catalog.Find("serving")
	require.NoError(t, err)
	g := search.Goal{Solver: s.Example, Field: "Batch", Metric: "ITL", Target: 8e-3}
	good, err := g.Solve()
	require.NoError(t, confirm(s, g, good, err))
	for name, mutant := range map[string]func(*search.GoalResult){
		"another place": func(r *search.GoalResult) { r.X-- },
		"another value": func(r *search.GoalResult) { r.Value *= 1 + 1e-15 },
		"not reached":   func(r *search.GoalResult) { r.Reached = false },
		"a warning":     func(r *search.GoalResult) { r.Warnings |= walls.NotReached },
		"a margin":      func(r *search.GoalResult) { r.Margin *= 2 },
	} {
		r := good
		mutant(&r)
		require.Error(t, confirm(s, g, r, nil), name)
	}
	require.Error(t, confirm(s, g, good, errors.New("no")))
}

// Every solver with a time that should be low and a device takes the inverse
// question: what it answers is refused with a reason, or meets the target.
func TestNeededOnEverySolver(t *testing.T) {
	met := 0
	for _, s := range catalog.All() {
		for _, f := range s.Outputs() {
			if f.Better != "lower" || f.Unit != "s" {
				continue
			}
			r, err := search.Needed{Solver: catalog.Compiled(s.Example), Metric: f.Name, Target: 0.5}.Solve()
			if err != nil {
				require.Regexp(t, "want|unknown|does not|has no", err.Error(), s.Name)
				continue
			}
			require.NoError(t, r.Explain().Verify(r), s.Name)
			if r.Reached {
				require.LessOrEqual(t, float64(r.Value), 0.5, s.Name+" "+f.Name)
				met++
			}
		}
	}
	require.Greater(t, met, 20)
}

// BenchmarkSweep is a million points of one solver on one core.
func BenchmarkSweep(b *testing.B) {
	values, err := search.Steps(1, 1_000_000, 1)
	require.NoError(b, err)
	for _, name := range []string{"serving", "single-node", "training"} {
		s, err := catalog.Find(name)
		require.NoError(b, err)
		for way, solver := range map[string]any{"compiled": catalog.Compiled(s.Example), "reflection": s.Example} {
			b.Run(name+"/"+way, func(b *testing.B) {
				space := search.Space{Solver: solver, Workers: 1, Axes: []search.Axis{{Field: "Batch", Values: values}}}
				for b.Loop() {
					_, err := space.Solve(context.Background())
					require.NoError(b, err)
				}
				b.ReportMetric(float64(b.N)*float64(len(values))/b.Elapsed().Seconds(), "points/s")
			})
		}
	}
}
