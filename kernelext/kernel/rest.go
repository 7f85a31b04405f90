package kernel

import (
	"runtime/debug"
	"time"
)

// restAfter is how long a process does nothing before it gives memory back.
const restAfter = time.Second

// rest gives what a process no longer needs back to the system once nothing
// happened for a while; a lab left open overnight then costs little. Go by itself
// returns memory over minutes, and keeps twice what it needs.
type rest struct{ timer *time.Timer }

func newRest() rest { return rest{time.AfterFunc(restAfter, debug.FreeOSMemory)} }

// notYet says that something happened.
func (r rest) notYet() { r.timer.Reset(restAfter) }
