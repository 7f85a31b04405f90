// Package queue hands pieces of work to a few workers in this process. The
// ledger is what lasts: a queue that is lost is fed again from it.
//
//	err := queue.Run(ctx, 2, jobs, func(ctx context.Context, j ledger.Job) error { ... })
//
// It leaves out other hosts.
package queue

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
)

// ErrAgain is what work returns for a piece that is to be tried once more,
// after all others. It is up to work to give up at some time.
var ErrAgain = errors.New("to be tried again")

// Run does each piece of the feed once, or more often where work says ErrAgain,
// with some workers at a time. The feed is read no faster than the work goes. Any
// other error, of the feed or of work, ends it: what has begun is finished, the
// rest is left.
func Run[T any](ctx context.Context, workers int, feed iter.Seq2[T, error], work func(context.Context, T) error) error {
	for {
		again, err := round(ctx, max(1, workers), feed, work)
		if err != nil || len(again) == 0 {
			return err
		}
		feed = func(yield func(T, error) bool) {
			for _, t := range again {
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

// round goes through the feed once and returns what is to be tried again.
func round[T any](ctx context.Context, workers int, feed iter.Seq2[T, error], work func(context.Context, T) error) ([]T, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pieces := make(chan T)
	var again []T
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for t := range pieces {
				switch err := work(ctx, t); {
				case errors.Is(err, ErrAgain):
					mu.Lock()
					again = append(again, t)
					mu.Unlock()
				case err != nil:
					cancel(err)
				}
			}
		})
	}
	send(ctx, feed, pieces, cancel)
	close(pieces)
	wg.Wait()
	return slices.Clip(again), context.Cause(ctx)
}

func send[T any](ctx context.Context, feed iter.Seq2[T, error], pieces chan<- T, cancel context.CancelCauseFunc) {
	for t, err := range feed {
		if err != nil {
			cancel(err)
			return
		}
		select {
		case pieces <- t:
		case <-ctx.Done():
			return
		}
	}
}
