package search

import (
	"context"
	"sync/atomic"
)

// host is the context of the cell that runs, in a process that runs cells.
var host atomic.Pointer[context.Context]

// Within makes every search of this process end with ctx too. A notebook kernel
// says it before each cell, so that its stop button reaches a Run, which takes
// no context.
func Within(ctx context.Context) { host.Store(&ctx) }

// halted is why the cell that runs was stopped, or nil.
func halted() error {
	ctx := host.Load()
	if ctx == nil {
		return nil
	}
	return context.Cause(*ctx)
}

// between is how many small steps are done between two looks at the host.
const between = 4096

// steps does n small steps, unless the host's cell is stopped before.
func steps(n int, step func(i int) error) error {
	for i := range n {
		if i%between == 0 {
			if err := halted(); err != nil {
				return err
			}
		}
		if err := step(i); err != nil {
			return err
		}
	}
	return nil
}

// bound ends what stop ends with the host's context; release lets go of it.
func bound(stop context.CancelCauseFunc) (release func() bool) {
	ctx := host.Load()
	if ctx == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(*ctx, func() { stop(context.Cause(*ctx)) })
}
