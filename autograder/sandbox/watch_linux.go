package sandbox

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// cpuExit is how a process that runs modules ends when a job has used up its
// processor time.
const cpuExit = 77

// watch ends this process once it has used more processor time than a job may.
func watch(most time.Duration) (stop func()) {
	if most <= 0 {
		return func() {}
	}
	begun := used()
	ticker, done := time.NewTicker(50*time.Millisecond), make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
				if used()-begun > most {
					os.Exit(cpuExit)
				}
			}
		}
	}()
	return func() { ticker.Stop(); close(done) }
}

func used() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
