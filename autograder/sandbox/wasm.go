package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/mlsysim/golab/autograder/sandbox/rerun"
	"github.com/mlsysim/golab/kernelext/script"
)

func probeWasm() Tier {
	t := Tier{Name: Wasm, For: "the lab language", Provides: []string{
		"an instance of its own for each submission: no file, network, environment, clock, process or thread to reach",
		"limits on memory, time, steps and output",
	}}
	if !worker.Load() {
		t.Why = errNoWorker.Error()
		return t
	}
	if _, err := modules(); err != nil {
		t.Why = err.Error()
		return t
	}
	t.Provides = append(t.Provides, around()...)
	return t
}

// A wasmChild is a process that runs modules, idle or with one job.
type wasmChild struct {
	memory uint64
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    io.Reader
}

// idle are the processes that wait for a job: starting one takes half a second.
var idle struct {
	sync.Mutex
	children []*wasmChild
}

// mostIdle bounds them; the rest is ended.
const mostIdle = 16

func takeChild(memory uint64) (*wasmChild, error) {
	idle.Lock()
	for i, c := range idle.children {
		if c.memory == memory {
			idle.children = append(idle.children[:i], idle.children[i+1:]...)
			idle.Unlock()
			return c, nil
		}
	}
	idle.Unlock()
	return startChild(memory)
}

func (c *wasmChild) giveBack() {
	idle.Lock()
	defer idle.Unlock()
	if len(idle.children) < mostIdle {
		idle.children = append(idle.children, c)
		return
	}
	go c.end()
}

// end kills the process.
func (c *wasmChild) end() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	c.in.Close()
}

var starting sync.Mutex

// startChild starts a process that loads the module and shuts itself in.
func startChild(memory uint64) (*wasmChild, error) {
	starting.Lock() // while it loads, a process holds its own copy of the module
	defer starting.Unlock()
	cache, err := modules()
	if err != nil {
		return nil, err
	}
	cmd, err := command(context.Background(), plan{Do: doWasm, Spaces: spacesHere(), Cache: cache, Memory: memory, Processes: 128})
	if err != nil {
		return nil, err
	}
	c := &wasmChild{memory: memory, cmd: cmd}
	cmd.Stderr = &beginning{}
	c.in, err = cmd.StdinPipe()
	if err == nil {
		c.out, err = cmd.StdoutPipe()
	}
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting the process for modules: %w", err)
	}
	late := time.AfterFunc(startLimit, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	if b, err := readFrame(c.out, 1); err != nil || b[0] != readyFrame {
		_ = cmd.Wait()
		c.end()
		return nil, fmt.Errorf("starting the process for modules: %w: %s", errors.Join(err, io.ErrUnexpectedEOF), c.trouble())
	}
	return c, nil
}

// startLimit is how long compiling and loading the module may take, which is no
// submission's time: some seconds, and minutes on a machine with other work.
const startLimit = 5 * time.Minute

// trouble is the first of what the process complained about.
func (c *wasmChild) trouble() string {
	return strings.TrimSpace(c.cmd.Stderr.(*beginning).buf.String())
}

// A beginning keeps the first 2 kB written to it.
type beginning struct{ buf bytes.Buffer }

// Write never fails.
func (b *beginning) Write(p []byte) (int, error) {
	const most = 2 << 10
	b.buf.Write(p[:min(len(p), most-b.buf.Len())])
	return len(p), nil
}

// execWasm runs cells of the lab language in an instance of the module.
func execWasm(ctx context.Context, l Limits, cells []Cell) (script.Outcome, error) {
	if l.Memory == 0 {
		l.Memory = 512 << 20
	}
	if l.Wall <= 0 {
		l.Wall = rerun.UsualWall
	}
	sl := l.script().WithDefaults()
	job, err := json.Marshal(script.Job{Limits: sl, Cells: cells, Mark: rerun.Mark})
	if err != nil {
		return script.Outcome{}, fmt.Errorf("writing the job: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return script.Outcome{}, err
	}
	c, err := takeChild(l.Memory)
	if err != nil {
		return script.Outcome{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.Wall)
	defer cancel()
	r, records, err := c.ask(ctx, job, sl.Output+slack)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return script.Weigh(sl, records, script.Exit{Err: err, TimedOut: true}), nil
	case ctx.Err() != nil:
		return script.Outcome{}, ctx.Err()
	case err != nil:
		return script.Outcome{}, err
	}
	e := script.Exit{Stderr: r.Stderr, Full: r.Full}
	if r.Err != "" {
		e.Err = errors.New(r.Err)
		e.Stderr += r.Err
	}
	return script.Weigh(sl, records, e), nil
}

// ask gives the process one job and returns what it wrote, also when it has to
// be ended. Whatever goes wrong ends the process.
func (c *wasmChild) ask(ctx context.Context, job []byte, most int) (reply, []byte, error) {
	records := &heard{most: most}
	var r reply
	got := make(chan error, 1)
	go func() {
		var err error
		r, err = c.talk(job, records)
		got <- err
	}()
	select {
	case err := <-got:
		if err == nil {
			c.giveBack()
			return r, records.bytes(), nil
		}
		_ = c.cmd.Wait()
		c.end()
		if c.cmd.ProcessState.ExitCode() == cpuExit {
			return reply{}, records.bytes(), context.DeadlineExceeded
		}
		return reply{}, nil, fmt.Errorf("the process for modules ended: %w: %s", err, c.trouble())
	case <-ctx.Done():
		c.end()
		return reply{}, records.bytes(), ctx.Err()
	}
}

// heard is what a process has said so far.
type heard struct {
	sync.Mutex
	most int
	buf  bytes.Buffer
}

func (h *heard) add(b []byte) error {
	h.Lock()
	defer h.Unlock()
	if h.buf.Len()+len(b) > h.most {
		return errFull
	}
	h.buf.Write(b)
	return nil
}

func (h *heard) bytes() []byte {
	h.Lock()
	defer h.Unlock()
	return bytes.Clone(h.buf.Bytes())
}

func (c *wasmChild) talk(job []byte, records *heard) (reply, error) {
	if err := writeFrame(c.in, job); err != nil {
		return reply{}, err
	}
	for {
		b, err := readFrame(c.out, 1+records.most)
		if err != nil || len(b) == 0 {
			return reply{}, errors.Join(err, io.ErrUnexpectedEOF)
		}
		if b[0] == endFrame {
			var r reply
			err := json.Unmarshal(b[1:], &r)
			return r, err
		}
		if err := records.add(b[1:]); err != nil {
			return reply{}, err
		}
	}
}
