package search_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/search"
)

// The host's stop ends a search that takes no context, and a host that is done
// with its cell ends nothing.
func TestWithin(t *testing.T) {
	t.Cleanup(func() { search.Within(context.Background()) })
	why := errors.New("the cell was stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	search.Within(ctx)
	values := search.Pow2(1, 64)
	_, err := search.Sweep(request, "Batch", values)
	require.NoError(t, err)

	time.AfterFunc(2*time.Millisecond, func() { stop(why) })
	many := make([]float64, 1_000_000)
	for i := range many {
		many[i] = float64(1 + i%512)
	}
	began := time.Now()
	_, err = search.Sweep(request, "Batch", many)
	require.ErrorIs(t, err, why)
	require.Less(t, time.Since(began), 5*time.Second)

	search.Within(t.Context())
	_, err = search.Sweep(request, "Batch", values)
	require.NoError(t, err)
}
