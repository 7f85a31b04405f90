// Package sandbox runs the code of one submission where it can reach nothing of
// the grader, with limits, and says how each cell ended.
//
//	run, err := sandbox.Run(ctx, sandbox.Limits{Wall: 10 * time.Second}, cells)
//	for _, e := range run.Ends { fmt.Println(e) } // cell 4, line 2: ...
//	fmt.Println(run.Tier)                         // wasm
//
// There are two tiers. Wasm runs the interpreter of the lab language as a
// WebAssembly module: it has no way to a file, the network, a clock or another
// process, on every system. Native runs a process in namespaces of its own
// behind an empty root, landlock, a filter of system calls and limits: for
// the lab language where wasm is missing, and for cells of other languages.
// Probe says what this machine has. Where no tier holds, nothing runs.
//
// A cell that ends badly is left out and the rest runs once more, so that it
// costs only what depends on it. What the code says is untrusted. A program
// that calls Run has to call MaybeWorker first thing in main.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/mlsysim/golab/autograder/sandbox/rerun"
	"github.com/mlsysim/golab/kernelext/script"
)

// Limits bound one attempt at a submission. Zero means the default.
type Limits struct {
	Wall      time.Duration // from start to end; default 10 s
	CPU       time.Duration // of all threads; default as Wall
	Memory    uint64        // bytes; default 512 MiB, 2 GiB for other languages
	Output    int           // bytes printed, shown and claimed together; default 4 MiB
	Steps     int           // loop turns and calls of one lab cell; default 20 million
	Disk      uint64        // bytes of files; default 256 MiB, none in the lab language
	Processes int           // processes and threads; default 128, no processes in the lab language
	Tier      string        // wasm or native; default the first that is here
}

func (l Limits) script() script.Limits {
	return script.Limits{Wall: l.Wall, CPU: l.CPU, Memory: l.Memory, Output: l.Output, Steps: l.Steps}
}

// What the code of a submission is made of, and what becomes of it.
type (
	Cell = rerun.Cell
	End  = rerun.End
)

// A Report is what one submission left behind.
type Report struct {
	rerun.Report
	Tier string // what held it
}

// Run runs the cells of a lab in order. The error is about this machine or ctx,
// never about the submission.
func Run(ctx context.Context, l Limits, cells []Cell) (Report, error) {
	if !worker.Load() {
		return Report{}, errNoWorker
	}
	tier, err := choose(Probe(), l.Tier)
	if err != nil {
		return Report{}, err
	}
	exec := execNative
	if tier == Wasm {
		exec = execWasm
	}
	r, err := rerun.Run(ctx, l.Wall, cells, func(ctx context.Context, cells []Cell) (script.Outcome, error) {
		return exec(ctx, l, cells)
	})
	return Report{Report: r, Tier: tier}, err
}

// worker tells that main calls MaybeWorker: a child of a program that does not
// would run the whole program again.
var worker atomic.Bool

var errNoWorker = errors.New("sandbox: main has to call sandbox.MaybeWorker first")

// choose takes the tier that was asked for, or the first that is here.
func choose(tiers []Tier, want string) (string, error) {
	why := ""
	for _, t := range tiers {
		if want != "" && want != t.Name {
			continue
		}
		if t.Why == "" {
			return t.Name, nil
		}
		why += "; " + t.Name + ": " + t.Why
	}
	if why == "" {
		return "", fmt.Errorf("tier = %q: want %s or %s", want, Wasm, Native)
	}
	return "", fmt.Errorf("nothing on this machine can hold a submission, so none is run%s", why)
}
