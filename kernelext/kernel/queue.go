package kernel

import (
	"context"
	"sync"
)

// queue holds the shell's requests while a cell runs. It has no limit, so that
// the kernel knows of every request that arrived before a cell failed.
type queue struct {
	mu    sync.Mutex
	list  []request
	ready chan struct{} // holds a token while list is not empty
}

func newQueue() *queue { return &queue{ready: make(chan struct{}, 1)} }

func (q *queue) put(r request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = append(q.list, r)
	q.wake()
}

// take waits for the next request; ok is false when ctx ends first.
func (q *queue) take(ctx context.Context) (r request, ok bool) {
	select {
	case <-ctx.Done():
		return r, false
	case <-q.ready:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	r, q.list = q.list[0], q.list[1:]
	if len(q.list) > 0 {
		q.wake()
	}
	return r, true
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}
