package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

// kernel is one session with its front ends.
type kernel struct {
	sockets *sockets
	writer  writer
	session *session
	screen  *screen
	queue   *queue
	arrived atomic.Int64

	mu   sync.Mutex
	stop context.CancelCauseFunc // of the running cell, or nil

	quit func() // ends Run
}

// Run serves the front ends of a connection file until one of them asks for a
// shutdown, the Jupyter server that started the kernel is gone, or ctx ends.
func Run(ctx context.Context, connectionFile string) error {
	parent := os.Getppid()
	c, err := readConnection(connectionFile)
	if err != nil {
		return err
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	net, stopNet := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx, for the last words
	defer stopNet()
	ends, err := listen(net, c)
	if err != nil {
		return err
	}
	defer ends.close()

	k := &kernel{sockets: ends, writer: newWriter(c.Key), queue: newQueue(), quit: quit}
	k.screen = &screen{publish: k.publish}
	record.Use(k.screen)
	k.session = newSession(k.screen)
	k.publish("status", nil, object{"execution_state": "starting"})

	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	go k.listen(ends.shell, k.queue.put)
	go k.listen(ends.control, k.control)
	go k.listen(ends.stdin, func(request) {}) // cells never ask for input
	go k.echo()
	go k.work(ctx)
	k.wait(ctx, interrupts, parent)

	k.interrupt(errShutdown)
	time.Sleep(lastWords)
	return nil
}

// lastWords is how long the replies to a shutdown have to leave the process: the
// sockets do not say when they have.
const lastWords = 100 * time.Millisecond

var (
	errInterrupt = errors.New("interrupted")
	errShutdown  = errors.New("the kernel shuts down")
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
				return
			}
		}
	}
}

// listen hands on what arrives. A message that is broken or not signed with our
// key is dropped: there is nobody to answer.
func (k *kernel) listen(s socket, take func(request)) {
	for {
		frames, err := s.recv()
		if err != nil {
			return
		}
		req, err := k.writer.read(frames)
		if err != nil {
			continue
		}
		req.number = k.arrived.Add(1)
		take(req)
	}
}

func (k *kernel) echo() {
	for {
		frames, err := k.sockets.heartbeat.recv()
		if err != nil {
			return
		}
		k.sockets.heartbeat.send(frames)
	}
}

// work answers the shell's requests one after the other.
func (k *kernel) work(ctx context.Context) {
	for {
		req, ok := k.queue.take(ctx)
		if !ok {
			return
		}
		k.serve(ctx, k.sockets.shell, req)
	}
}

// control answers what must not wait for a running cell.
func (k *kernel) control(req request) { k.serve(context.Background(), k.sockets.control, req) }

// publish tells every front end.
func (k *kernel) publish(kind string, parent json.RawMessage, content any) {
	k.sockets.iopub.send(k.writer.message([][]byte{[]byte(kind)}, kind, parent, content))
}

// interrupt stops the running cell, if there is one.
func (k *kernel) interrupt(why error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stop != nil {
		k.stop(why)
	}
}

// start makes the context of a cell, which interrupt ends.
func (k *kernel) start(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	k.mu.Lock()
	defer k.mu.Unlock()
	ctx, k.stop = context.WithCancelCause(ctx)
	return ctx, k.stop
}

func (k *kernel) done() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stop(nil)
	k.stop = nil
}
