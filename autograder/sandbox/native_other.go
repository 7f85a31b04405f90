//go:build !linux

package sandbox

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/mlsysim/golab/kernelext/script"
)

var errLinux = errors.New("the native tier needs Linux")

func probeNative() Tier { return Tier{Name: Native, Why: errLinux.Error()} }

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

// MaybeWorker ends the process after its work when it was started by Run, and
// does nothing otherwise. Binaries call it first thing in main.
func MaybeWorker() {
	script.MaybeWorker()
	worker.Store(true)
	if len(os.Args) != 3 || os.Args[1] != childArg {
		return
	}
	serve, err := readyWasm(plan{})
	if err == nil {
		err = serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
