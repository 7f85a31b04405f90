package script

import (
	"context"
	"time"

	"github.com/traefik/yaegi/interp"
)

// Call runs f, which calls a function that an earlier script made, with a budget
// and a context of its own. What happens is blamed on name. Call it between
// scripts only.
func (e *Engine) Call(ctx context.Context, name string, f func()) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err != nil {
		return e.err
	}
	e.host.reset(ctx)
	e.trace.reset()
	e.host.at.Store(-1)
	done := make(chan error, 1)
	go func() { done <- caught(f) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(patience):
			e.err = &Error{Name: "session", Kind: Budget, Msg: "lost: a call never returned", Hint: "start a new session"}
			err = ctx.Err()
		}
	}
	if err == nil {
		return nil
	}
	return e.problem(&program{name: name}, step{chunk: -1}, err)
}

// caught turns a panic into the error that the interpreter makes of one.
func caught(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if p, ok := v.(interp.Panic); ok {
				err = p
				return
			}
			err = interp.Panic{Value: v}
		}
	}()
	f()
	return nil
}
