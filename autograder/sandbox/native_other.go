//go:build !linux

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/mlsysim/golab/kernelext/script"
)

var errLinux = errors.New("the native tier needs Linux")

func probeNative() Tier { return Tier{Name: Native, Why: errLinux.Error()} }

func spacesHere() bool { return false }

func around() []string { return []string{"a process of its own around it"} }

// command starts this executable as a child.
func command(ctx context.Context, p plan) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this executable: %w", err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, childArg, string(text))
	cmd.Env = []string{}
	return cmd, nil
}

func execNative(context.Context, Limits, []Cell) (script.Outcome, error) {
	return script.Outcome{}, errLinux
}

// The languages that RunAs knows beside that of the labs.
const (
	Go     = "go"
	Python = "python"
)

// RunAs refuses: a program of another language needs Linux.
func RunAs(context.Context, Limits, string, []Cell) (Report, error) { return Report{}, errLinux }

// An Interpreter is a Python that can be held. There is none on this system.
type Interpreter struct{}

// FindInterpreter refuses: a program of another language needs Linux.
func FindInterpreter(context.Context, string) (Interpreter, error) { return Interpreter{}, errLinux }

// A Process is an interpreter that is held.
type Process struct{}

// Start refuses.
func (Interpreter) Start(context.Context, Limits, string, ...*os.File) (*Process, error) {
	return nil, errLinux
}

// End has nothing to end.
func (*Process) End() {}

// MaybeWorker ends the process after its work when it was started by Run, and
// does nothing otherwise. Binaries call it first thing in main.
func MaybeWorker() {
	script.MaybeWorker()
	worker.Store(true)
	if len(os.Args) != 3 || os.Args[1] != childArg {
		return
	}
	var p plan
	err := json.Unmarshal([]byte(os.Args[2]), &p)
	var serve func() error
	if err == nil {
		serve, err = readyWasm(p)
	}
	if err == nil {
		err = serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
