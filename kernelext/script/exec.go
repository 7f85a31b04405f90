package script

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Limits bound one child process. Zero means the default.
type Limits struct {
	Wall   time.Duration `json:"wall"`   // from start to end; default 10 s
	CPU    time.Duration `json:"cpu"`    // of all threads; default as Wall
	Memory uint64        `json:"memory"` // bytes of data; default 512 MiB
	Output int           `json:"output"` // bytes printed, shown and claimed together; default 4 MiB
	Steps  int           `json:"steps"`  // loop turns and calls of one cell; default 20 million
}

// WithDefaults puts the default for every limit that is zero.
func (l Limits) WithDefaults() Limits {
	if l.Wall <= 0 {
		l.Wall = 10 * time.Second
	}
	if l.CPU <= 0 {
		l.CPU = l.Wall
	}
	if l.Memory == 0 {
		l.Memory = 512 << 20
	}
	if l.Output <= 0 {
		l.Output = 4 << 20
	}
	if l.Steps <= 0 {
		l.Steps = 20_000_000
	}
	return l
}

// Reason says how a child process ended.
type Reason string

// Reasons, from the best to the worst.
const (
	Done          Reason = "done"            // every statement ran
	Failed        Reason = "failed"          // an error of the script: see Outcome.Err
	TimedOut      Reason = "timed out"       // wall clock, processor time or steps
	OutOfMemory   Reason = "out of memory"   // the memory limit
	TooMuchOutput Reason = "too much output" // the output limit
	Crashed       Reason = "crashed"         // the process ended without a word
)

// Item is one shown value as a MIME bundle; text/plain is always there.
type Item struct {
	Cell   string            `json:"cell"`
	Bundle map[string]string `json:"bundle"`
}

// Outcome is everything a child process left behind. All of it is untrusted.
type Outcome struct {
	Reason Reason
	Err    *Error // for Failed, and where known for the others
	Shown  []Item
	Stdout string
	Stderr string // the first of what the process itself complains about
	Claims [][]byte
}

// Cell is one named piece of a script; cells share their declarations.
type Cell struct {
	Name string `json:"name"`
	Src  string `json:"src"`
}

// Exec runs a script in a child process of this executable, whose main must
// call MaybeWorker first. The error is about the machine, never the script.
func Exec(ctx context.Context, l Limits, src string) (Outcome, error) {
	return ExecCells(ctx, l, []Cell{{Name: "lab", Src: src}})
}

// workerArg marks the child process.
const workerArg = "mlsysim-script-worker"

// ExecCells runs cells one after the other in one child process; the first
// error ends it.
func ExecCells(ctx context.Context, l Limits, cells []Cell) (Outcome, error) {
	return ExecJob(ctx, Job{Limits: l, Cells: cells})
}

// ExecJob is ExecCells with all that a worker can be told.
func ExecJob(ctx context.Context, j Job) (Outcome, error) {
	self, err := os.Executable()
	if err != nil {
		return Outcome{}, fmt.Errorf("finding this executable: %w", err)
	}
	dir, err := os.MkdirTemp("", "mlsysim-script-")
	if err != nil {
		return Outcome{}, fmt.Errorf("making a directory for the script: %w", err)
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command(self, workerArg)
	cmd.Dir = dir
	cmd.Env = []string{}
	return Supervise(ctx, cmd, j)
}

// Supervise starts a process that speaks the protocol of a worker: it reads a
// Job from its standard input and writes records to file 3. When it has ended,
// or has to end, its whole process group is killed.
func Supervise(ctx context.Context, cmd *exec.Cmd, j Job) (Outcome, error) {
	j.Limits = j.Limits.WithDefaults()
	l := j.Limits
	ctx, cancel := context.WithTimeout(ctx, l.Wall)
	defer cancel()
	b, err := json.Marshal(j)
	if err != nil {
		return Outcome{}, fmt.Errorf("writing the script down: %w", err)
	}
	cmd.Stdin = bytes.NewReader(b)
	r, w, err := os.Pipe()
	if err != nil {
		return Outcome{}, fmt.Errorf("opening a pipe: %w", err)
	}
	defer r.Close()
	cmd.ExtraFiles = append([]*os.File{w}, cmd.ExtraFiles...)
	budget := newAllowance(l.Output)
	out, trouble := &capped{left: budget, keep: l.Output}, &capped{left: newAllowance(64 << 10), keep: 64 << 10}
	cmd.Stdout, cmd.Stderr = out, trouble
	cmd.WaitDelay = time.Second
	release := ownGroup(cmd)
	defer release()
	if err := cmd.Start(); err != nil {
		w.Close()
		return Outcome{}, fmt.Errorf("starting the script process: %w", err)
	}
	w.Close()

	records := make(chan transcript, 1)
	go func() { records <- readRecords(r, budget) }()
	exit, timedOut := await(ctx, cmd, budget)
	t := <-records
	o := Outcome{Shown: t.shown, Claims: t.claims, Stdout: out.String(), Stderr: trouble.String(), Err: t.end.Err}
	o.Reason = t.reason(exit, timedOut || cpuSpent(cmd, l), budget.isSpent(), trouble.String())
	o.explain(l)
	if ctx.Err() != nil && !timedOut {
		return o, ctx.Err()
	}
	return o, nil
}

// await waits for the child and kills what is left of its group.
func await(ctx context.Context, cmd *exec.Cmd, budget *allowance) (exit error, timedOut bool) {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case exit = <-ended:
		killGroup(cmd)
		return exit, false
	case <-ctx.Done():
		timedOut = errors.Is(ctx.Err(), context.DeadlineExceeded)
	case <-budget.spent:
	}
	killGroup(cmd)
	return <-ended, timedOut
}

// explain gives an outcome the words of its reason where the worker had none.
func (o *Outcome) explain(l Limits) {
	if o.Reason == Done || o.Err != nil {
		return
	}
	o.Err = &Error{Name: "lab", Kind: Budget, Msg: explain(o.Reason, l)}
	if o.Reason == Crashed {
		o.Err.Kind = Runtime
	}
}

func explain(r Reason, l Limits) string {
	switch r {
	case TimedOut:
		return fmt.Sprintf("stopped after %v: the script takes too long", l.Wall)
	case OutOfMemory:
		return fmt.Sprintf("stopped at the memory limit of %d MiB", l.Memory>>20)
	case TooMuchOutput:
		return fmt.Sprintf("stopped after %d bytes of output", l.Output)
	}
	return "the script's process ended without a result"
}

// reason weighs the ways a child can end. Its own word counts only when it
// ended by itself.
func (t transcript) reason(exit error, timedOut, flooded bool, stderr string) Reason {
	switch {
	case flooded:
		return TooMuchOutput
	case timedOut:
		return TimedOut
	case exit == nil && t.ended && t.end.Err == nil:
		return Done
	case exit == nil && t.ended && t.end.Err.Kind == Budget && strings.Contains(t.end.Err.Msg, "steps"):
		return TimedOut
	case exit == nil && t.ended:
		return Failed
	case strings.Contains(stderr, "out of memory"), strings.Contains(stderr, "cannot allocate memory"):
		return OutOfMemory
	}
	return Crashed
}
