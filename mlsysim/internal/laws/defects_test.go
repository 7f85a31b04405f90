package laws_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
)

// A promise is what ours does where mlsysim (Python) 0.3.0 is wrong: the right
// value, worked out by hand in a comment, or a refusal.
type promise struct {
	id    string
	says  string
	holds func(t *testing.T)
	later string // what of it belongs to a room above, or does not exist yet
}

// defects lists all of them in the order of their numbers.
func defects() []promise {
	all := slices.Concat(nodeDefects(), servingDefects(), fleetDefects(), operationDefects(), searchDefects(), planDefects(), laterDefects())
	slices.SortStableFunc(all, func(a, b promise) int { return strings.Compare(a.id, b.id) })
	return all
}

// laterDefects are those that only the command line can have.
func laterDefects() []promise {
	return []promise{
		{id: "D-01", later: "command line: the examples of the README run in CI"},
		{id: "D-05", later: "command line: a design that does not fit ends with exit code 2"},
	}
}

func TestDefects(t *testing.T) {
	for _, d := range defects() {
		t.Run(d.id, func(t *testing.T) {
			if d.later != "" {
				t.Logf("later: %s", d.later)
			}
			if d.holds != nil {
				d.holds(t)
			}
		})
	}
}

// right solves an input that has to be accepted.
func right[I, R any](t *testing.T, solve func(I) (R, error), in I) R {
	t.Helper()
	r, err := solve(in)
	require.NoError(t, err)
	return r
}

// refused wants an input refused with exactly these words.
func refused[I, R any](t *testing.T, solve func(I) (R, error), in I, want string) {
	t.Helper()
	_, err := solve(in)
	require.EqualError(t, err, want)
}

// near compares with a value that was worked out by hand to some digits.
func near[F ~float64](t *testing.T, want float64, got F, digits int) {
	t.Helper()
	tolerance := 0.5
	for range digits - 1 {
		tolerance /= 10
	}
	require.InEpsilon(t, want, float64(got), tolerance)
}

// plain is Llama-3-8B as solvers.md works with it: a round number of parameters,
// all of which are multiplied.
func plain() models.Model {
	m := models.Llama3_8B
	m.Params, m.Vocab = 8.03e9, 0
	return m
}
