//go:build !linux

package jupyterlab

import (
	"os"
	"os/exec"
)

func bound(*exec.Cmd) {}

// run starts a process and waits for it.
func run(cmd *exec.Cmd, started chan<- error, exited chan<- struct{}) {
	defer close(exited)
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait() // how it ends is for its log
	}
}

func terminate(p *os.Process) error { return p.Kill() }
