package search_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A search that is ended keeps what was done: every combination is counted once,
// as fitting, rejected or missed, and what was done agrees with the whole search.
func TestSolveUntilKeepsWhatWasDone(t *testing.T) {
	values, err := search.Steps(1, 5000, 1)
	require.NoError(t, err)
	s := search.Space{
		Solver: search.Compile(serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Prompt: 512, Output: 64}),
		Axes:   []search.Axis{{Field: "Batch", Values: values}}, Objective: "TokensPerSecond", Workers: 2,
	}
	whole := s.Run()
	require.Zero(t, whole.Missed)

	ctx, stop := context.WithCancel(t.Context())
	s.Progress = func(done, _ int) {
		if done > 1000 {
			stop()
		}
	}
	part, err := s.SolveUntil(ctx)
	require.ErrorIs(t, err, context.Canceled)
	rejected := 0
	for _, r := range part.Rejected {
		rejected += r.Count
	}
	require.Equal(t, part.Total, part.Fitting+rejected+part.Missed)
	require.Positive(t, part.Missed)
	require.Greater(t, part.Fitting+rejected, 1000)
	require.True(t, part.SomeFit())
	require.Empty(t, part.Refused())
	require.Contains(t, show.Text(show.Of(part), show.Options{Width: 80}), "not reached")

	none, err := s.Solve(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, none.Total)
}
