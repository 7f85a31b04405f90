package kernel

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// memoryVar is the environment variable that sets the interpreter's memory in
// bytes.
const memoryVar = "MLSYSIM_KERNEL_MEMORY"

const (
	memoryDefault = 2 << 30
	memoryLeast   = 256 << 20 // below this the interpreter itself does not start
)

// memoryLimit is how much data the interpreter may hold: what the environment
// says, or 2 GiB but at most three quarters of the machine.
func memoryLimit() uint64 {
	if n, err := strconv.ParseUint(os.Getenv(memoryVar), 10, 64); err == nil {
		return max(n, memoryLeast)
	}
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return memoryDefault
	}
	return max(memoryLeast, min(memoryDefault, uint64(info.Totalram)*uint64(info.Unit)/4*3))
}

// bound gives the interpreter a process group of its own, so that a signal to
// the front is not for it, and ends it with the thread that started it.
func bound(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// restrain limits this process and makes it the first to go when the machine
// runs out of memory.
func restrain() error {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // only a preference
	n := memoryLimit()
	return unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: n, Max: n})
}
