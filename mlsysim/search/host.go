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

// bound ends what stop ends with the host's context; release lets go of it.
func bound(stop context.CancelCauseFunc) (release func() bool) {
	ctx := host.Load()
	if ctx == nil {
		return func() bool { return true }
	}
	return context.AfterFunc(*ctx, func() { stop(context.Cause(*ctx)) })
}
