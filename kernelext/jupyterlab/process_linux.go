package jupyterlab

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// bound ends the server with the thread that starts it, so that a test that is
// killed leaves nothing behind.
func bound(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }

// run starts a process and waits for it, on one thread.
func run(cmd *exec.Cmd, started chan<- error, exited chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(exited)
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait() // how it ends is for its log
	}
}

func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
