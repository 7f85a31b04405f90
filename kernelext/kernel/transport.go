package kernel

import (
	"context"
	"fmt"
	"io"
	"log"

	"github.com/go-zeromq/zmq4"
)

// sockets are the five ends that a front end connects to. This file alone knows
// which ZeroMQ library is behind them.
type sockets struct {
	shell, control, stdin, heartbeat, iopub socket
}

// socket sends and receives whole multipart messages.
type socket struct{ zmq zmq4.Socket }

// listen opens all five, or none.
func listen(ctx context.Context, c connection) (*sockets, error) {
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0)) // a stranger's bytes on a port are not news
	router := func() socket { return socket{zmq4.NewRouter(ctx, quiet)} }
	s := &sockets{
		shell: router(), control: router(), stdin: router(),
		heartbeat: router(), // a ROUTER answers any number of front ends, in any order
		iopub:     socket{zmq4.NewPub(ctx, quiet)},
	}
	for _, end := range []struct {
		name string
		sock socket
		port int
	}{
		{"shell", s.shell, c.Shell},
		{"control", s.control, c.Control},
		{"stdin", s.stdin, c.Stdin},
		{"heartbeat", s.heartbeat, c.Heartbeat},
		{"iopub", s.iopub, c.IOPub},
	} {
		if err := end.sock.zmq.Listen(c.address(end.port)); err != nil {
			s.close()
			return nil, fmt.Errorf("listening for %s: %w", end.name, err)
		}
	}
	return s, nil
}

func (s *sockets) close() {
	for _, end := range []socket{s.shell, s.control, s.stdin, s.heartbeat, s.iopub} {
		_ = end.zmq.Close() // the process or the test ends: nobody is left to tell
	}
}

func (s socket) recv() ([][]byte, error) {
	m, err := s.zmq.Recv()
	return m.Frames, err
}

// send drops the message when its receiver is gone.
func (s socket) send(frames [][]byte) { _ = s.zmq.SendMulti(zmq4.NewMsgFrom(frames...)) }
