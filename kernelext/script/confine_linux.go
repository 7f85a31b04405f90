package script

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// confine takes from this process what a script does not need: memory and
// processor time beyond the limits, files, the network, core dumps.
func confine(l Limits) error {
	cpu := uint64((l.CPU + time.Second - 1) / time.Second)
	for _, r := range []struct {
		name      string
		which     int
		soft, max uint64
	}{
		{"data", unix.RLIMIT_DATA, l.Memory, l.Memory},
		{"cpu", unix.RLIMIT_CPU, cpu, cpu},
		{"file size", unix.RLIMIT_FSIZE, 0, 0},
		{"open files", unix.RLIMIT_NOFILE, 32, 32},
		{"core", unix.RLIMIT_CORE, 0, 0},
	} {
		if err := unix.Setrlimit(r.which, &unix.Rlimit{Cur: r.soft, Max: r.max}); err != nil {
			return fmt.Errorf("limit of %s = %d: %w", r.name, r.soft, err)
		}
	}
	// Best effort: a kernel without landlock still has the limits above.
	if err := landlock.V6.BestEffort().Restrict(); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	return nil
}

// ownGroup gives the child a process group that dies with this thread, and
// keeps the thread until release.
func ownGroup(cmd *exec.Cmd) (release func()) {
	runtime.LockOSThread()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pdeathsig = true, syscall.SIGKILL
	return runtime.UnlockOSThread
}

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// cpuSpent says whether the limit of processor time ended the child: the Go
// runtime survives SIGXCPU, so it is a kill after that much time.
func cpuSpent(cmd *exec.Cmd, l Limits) bool {
	st := cmd.ProcessState
	ws, ok := st.Sys().(syscall.WaitStatus)
	const slack = 250 * time.Millisecond // a busy machine counts late
	return ok && ws.Signaled() && st.UserTime()+st.SystemTime() >= max(l.CPU, time.Second)-slack
}
