package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// kernel is one session with its front ends.
type kernel struct {
	sockets *sockets
	writer  writer
	log     *slog.Logger
	interp  *interpreter
	screen  *screen
	history history
	comms   comms
	shell   *queue
	control *queue
	arrived atomic.Int64
	count   int
	aborted int64 // requests up to this number fell with a failed cell

	mu     sync.Mutex
	cell   *running // or nil
	answer func(text, err string)

	rest rest
	quit func() // ends Run
}

// running is the cell that the interpreter works on.
type running struct {
	req   request
	input bool  // the front end takes questions
	cause error // why it was stopped, or nil
}

// logVar names a file that takes a line when a message arrives and one when it
// was served; without it nothing is
// written anywhere.
const logVar = "MLSYSIM_KERNEL_LOG"

// Run serves the front ends of a connection file until one of them asks for a
// shutdown, the Jupyter server that started the kernel is gone, or ctx ends. The
// program's main has to call MaybeWorker first.
func Run(ctx context.Context, connectionFile string) error {
	parent := os.Getppid()
	c, err := readConnection(connectionFile)
	if err != nil {
		return err
	}
	log, closeLog, err := openLog(os.Getenv(logVar))
	if err != nil {
		return err
	}
	defer closeLog()
	ctx, quit := context.WithCancel(ctx)
	defer quit()

	k := &kernel{writer: newWriter(c.Key), log: log, shell: newQueue(), control: newQueue(), rest: newRest(), quit: quit}
	k.screen = &screen{publish: k.publish}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	if k.sockets, err = listen(c, k.takers()); err != nil {
		return err
	}
	defer k.sockets.close()
	k.interp = newInterpreter(k.take)
	defer k.interp.close()
	k.publish("status", nil, object{"execution_state": "starting"})

	var work sync.WaitGroup
	work.Go(func() { k.work(ctx, k.shell, k.sockets.shell) })
	work.Go(func() { k.work(ctx, k.control, k.sockets.control) })
	k.wait(ctx, interrupts, parent)

	quit()
	k.interrupt(errShutdown)
	k.interp.close()
	work.Wait()
	return nil
}

// takers are where messages go as they arrive.
func (k *kernel) takers() takers {
	return takers{
		shell:   k.admit(k.shell.put),
		control: k.admit(k.control.put),
		stdin:   k.admit(k.typed),
		welcome: k.welcome,
	}
}

func openLog(path string) (*slog.Logger, func() error, error) {
	if path == "" {
		return slog.New(slog.DiscardHandler), func() error { return nil }, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("opening the kernel's log: %w", err)
	}
	var to io.Writer = f
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelDebug})), f.Close, nil
}

var (
	errInterrupt = errors.New("interrupted")
	errShutdown  = errors.New("the kernel shuts down")
	errOutput    = errors.New("too much output")
)

// wait returns when the kernel is to end.
func (k *kernel) wait(ctx context.Context, interrupts <-chan os.Signal, parent int) {
	orphan := time.NewTicker(time.Second)
	defer orphan.Stop()
	if os.Getenv("JPY_PARENT_PID") != strconv.Itoa(parent) {
		orphan.Stop() // started by something other than a Jupyter server
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-interrupts:
			k.interrupt(errInterrupt)
		case <-orphan.C:
			if os.Getppid() != parent {
				k.log.Debug("the Jupyter server is gone")
				return
			}
		}
	}
}

// admit numbers what arrives. A message that is broken or not signed with our
// key is dropped: there is nobody to answer.
func (k *kernel) admit(take func(request)) func([][]byte) {
	return func(frames [][]byte) {
		req, err := k.writer.read(frames)
		if err != nil {
			k.log.Debug("dropped a message", "why", err)
			return
		}
		req.number = k.arrived.Add(1)
		k.log.Debug("arrived", "kind", req.kind, "number", req.number)
		take(req)
	}
}

// work answers the requests of one socket, one after the other.
func (k *kernel) work(ctx context.Context, q *queue, from sender) {
	for {
		req, ok := q.take(ctx)
		if !ok {
			return
		}
		began := time.Now()
		k.serve(from, req)
		k.rest.notYet()
		k.log.Debug("served", "kind", req.kind, "bytes", len(req.content), "took", time.Since(began))
	}
}

// sender is the way back to a front end.
type sender interface{ Send(frames [][]byte) }

// publish tells every front end.
func (k *kernel) publish(kind string, parent json.RawMessage, content any) {
	k.sockets.iopub.Send(k.writer.message([][]byte{[]byte(kind)}, kind, parent, nil, content))
}

// welcome tells a new listener that it is heard from now on.
func (k *kernel) welcome(topic []byte) [][]byte {
	return k.writer.message([][]byte{topic}, "iopub_welcome", nil, nil, object{"subscription": string(topic)})
}

// interrupt stops the running cell, if there is one.
func (k *kernel) interrupt(why error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.cell != nil && k.cell.cause == nil {
		k.cell.cause = why
		k.interp.stop()
	}
}

// stopped reports whether the running cell was told to end.
func (k *kernel) stopped() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.cell != nil && k.cell.cause != nil
}

// begin makes req the cell that interrupt stops; end gives the reason if it did.
func (k *kernel) begin(req request, input bool) (end func() error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	cell := &running{req: req, input: input}
	k.cell = cell
	return func() error {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.cell, k.answer = nil, nil
		return cell.cause
	}
}

// take passes on what the interpreter says.
func (k *kernel) take(e event) {
	switch e.Kind {
	case evAsk:
		k.ask(e)
	case evCommOpen, evCommMsg, evCommClose:
		k.commEvent(e)
	default:
		k.screen.take(e)
	}
}

// ask puts a question of the running cell to the front end that sent it.
func (k *kernel) ask(e event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch cell := k.cell; {
	case cell == nil:
		return
	case !cell.input:
		go k.interp.input(e.ID, "", "input: this front end takes no questions")
	default:
		k.answer = func(text, err string) { k.interp.input(e.ID, text, err) }
		k.sockets.stdin.Send(k.writer.message(cell.req.from, "input_request", cell.req.header, nil, object{"prompt": e.Text, "password": false}))
	}
}

// typed takes the answer.
func (k *kernel) typed(req request) {
	var c struct {
		Value string `json:"value"`
	}
	if req.kind != "input_reply" || json.Unmarshal(req.content, &c) != nil {
		return
	}
	k.mu.Lock()
	answer := k.answer
	k.answer = nil
	k.mu.Unlock()
	if answer != nil {
		answer(c.Value, "")
	}
}
