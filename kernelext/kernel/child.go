package kernel

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// workerArg marks the interpreter process.
const workerArg = "mlsysim-kernel-worker"

// child is one interpreter process, as the front sees it.
type child struct {
	cmd     *exec.Cmd
	pipe    pipe
	trouble tail
	gone    chan struct{} // closed when the process has ended and all it said is read
	exit    error         // why, once gone
	killed  sync.Once
}

// startChild starts an interpreter; take gets its events in order.
func startChild(take func(event)) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this executable: %w", err)
	}
	events, theirs, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("opening a pipe: %w", err)
	}
	defer theirs.Close()
	c := &child{cmd: exec.Command(self, workerArg), gone: make(chan struct{})}
	c.cmd.Env = []string{memoryVar + "=" + os.Getenv(memoryVar)}
	c.cmd.Dir = "/"
	c.cmd.ExtraFiles = []*os.File{theirs}
	c.cmd.Stdout, c.cmd.Stderr = &c.trouble, &c.trouble
	in, err := c.cmd.StdinPipe()
	if err != nil {
		events.Close()
		return nil, fmt.Errorf("opening a pipe: %w", err)
	}
	c.pipe.w = in
	bound(c.cmd)
	if err := c.cmd.Start(); err != nil {
		events.Close()
		return nil, fmt.Errorf("starting the interpreter: %w", err)
	}
	go c.hear(events, take)
	return c, nil
}

// hear passes events on until the process ends.
func (c *child) hear(events *os.File, take func(event)) {
	defer close(c.gone)
	r := bufio.NewReaderSize(events, 64<<10)
	for {
		var e event
		if err := receive(r, &e); err != nil {
			break
		}
		take(e)
	}
	c.kill() // it said something that is no event, or it has ended
	events.Close()
	c.exit = c.cmd.Wait()
}

func (c *child) send(o order) error { return c.pipe.send(o) }

func (c *child) kill() {
	c.killed.Do(func() { _ = c.cmd.Process.Kill() }) // it may have ended by itself
}

// tail keeps the last that a process wrote where nobody looks.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	const most = 32 << 10
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*most {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-most:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.buf)
}

// epitaph says in a line how the process ended, for the person at the notebook.
func (c *child) epitaph() (name, reason string) {
	said := c.trouble.String()
	switch {
	case strings.Contains(said, "out of memory"), strings.Contains(said, "cannot allocate memory"):
		return "OutOfMemory", fmt.Sprintf("the cell needed more memory than the %d MiB that the interpreter may use", memoryLimit()>>20)
	case strings.Contains(said, "stack overflow"), strings.Contains(said, "stack exceeds"):
		return crashName, "the interpreter ran out of stack"
	}
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return crashName, "the interpreter crashed: " + strings.TrimSpace(line)
		}
	}
	if c.exit == nil {
		return crashName, "the interpreter ended"
	}
	return crashName, "the interpreter ended: " + c.exit.Error()
}

const crashName = "InterpreterCrashed"
