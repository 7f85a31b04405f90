package queue_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/queue"
)

func feed(n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
	}
}

func TestEachPieceOnce(t *testing.T) {
	var mu sync.Mutex
	var done []int
	err := queue.Run(context.Background(), 3, feed(500), func(_ context.Context, i int) error {
		mu.Lock()
		defer mu.Unlock()
		done = append(done, i)
		return nil
	})
	require.NoError(t, err)
	slices.Sort(done)
	require.Len(t, slices.Compact(done), 500)
}

// Pieces tried again come after all others, until work gives up.
func TestAgain(t *testing.T) {
	var order []int
	tries := map[int]int{}
	err := queue.Run(context.Background(), 1, feed(4), func(_ context.Context, i int) error {
		order = append(order, i)
		if tries[i]++; i%2 == 1 && tries[i] < 3 {
			return queue.ErrAgain
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 2, 3, 1, 3, 1, 3}, order)
}

// The feed is not read ahead of the work: a class does not lie in memory.
func TestFeedWaits(t *testing.T) {
	var begun, ahead atomic.Int64
	list := func(yield func(int, error) bool) {
		for i := range 100 {
			ahead.Store(max(ahead.Load(), int64(i)-begun.Load()))
			if !yield(i, nil) {
				return
			}
		}
	}
	err := queue.Run(context.Background(), 2, list, func(context.Context, int) error {
		begun.Add(1)
		return nil
	})
	require.NoError(t, err)
	require.LessOrEqual(t, ahead.Load(), int64(2))
}

func TestEnds(t *testing.T) {
	trouble := errors.New("the disk is full")
	n := 0
	err := queue.Run(context.Background(), 1, feed(100), func(context.Context, int) error {
		n++
		return trouble
	})
	require.ErrorIs(t, err, trouble)
	require.LessOrEqual(t, n, 2)

	ctx, cancel := context.WithCancel(context.Background())
	err = queue.Run(ctx, 2, feed(100), func(_ context.Context, i int) error {
		if i == 3 {
			cancel()
		}
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)

	bad := func(yield func(int, error) bool) { yield(0, trouble) }
	require.ErrorIs(t, queue.Run(context.Background(), 1, bad, func(context.Context, int) error { return nil }), trouble)
}
