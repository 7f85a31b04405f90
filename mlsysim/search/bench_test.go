package search_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/search"
)

// million is a space of a million serving points.
func million(solver any) search.Space {
	prompts, err := search.Steps(16, 16000, 16)
	if err != nil {
		panic(err)
	}
	return search.Space{
		Solver: solver, Workers: 1, Objective: "TokensPerSecond", Limits: []string{"ITL <= 20 ms"},
		Axes: []search.Axis{{Field: "Prompt", Values: prompts}, {Field: "Batch", Values: search.Pow2(1, 512)}, {Field: "Hardware.Bandwidth", Values: bandwidths(100)}},
	}
}

func bandwidths(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i+1) * 1e11
	}
	return out
}

// BenchmarkSpace is a sweep of a million serving points on one core: compiled, by
// reflection, with a Pareto front, and written as CSV.
func BenchmarkSpace(b *testing.B) {
	fast := million(search.Compile(request))
	front := fast
	front.Pareto = []string{"ITL", "TokensPerSecond", "Memory"}
	for name, solve := range map[string]func() error{
		"compiled":   func() error { _, err := fast.Solve(context.Background()); return err },
		"reflection": func() error { _, err := million(request).Solve(context.Background()); return err },
		"pareto":     func() error { _, err := front.Solve(context.Background()); return err },
		"csv":        func() error { return fast.CSV(context.Background(), io.Discard) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, solve())
			}
			b.ReportMetric(float64(b.N)*1e6/b.Elapsed().Seconds(), "points/s")
		})
	}
}
