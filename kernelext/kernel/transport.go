package kernel

import (
	"fmt"
	"time"

	"github.com/mlsysim/golab/kernelext/kernel/internal/zmtp"
)

// sockets are the five ends that a front end connects to.
type sockets struct {
	shell, control, stdin, heartbeat, iopub *zmtp.Socket
}

// takers get what arrives, and welcome greets who listens.
type takers struct {
	shell, control, stdin func(frames [][]byte)
	welcome               func(topic []byte) [][]byte
}

// listen opens all five, or none.
func listen(c connection, t takers) (*sockets, error) {
	s := &sockets{}
	router := func(take func([][]byte)) zmtp.Options { return zmtp.Options{Type: zmtp.Router, Take: take} }
	beat := make(chan *zmtp.Socket, 1) // there before the first beat is
	for _, end := range []struct {
		name string
		sock **zmtp.Socket
		port int
		opt  zmtp.Options
	}{
		{"shell", &s.shell, c.Shell, router(t.shell)},
		{"control", &s.control, c.Control, router(t.control)},
		{"stdin", &s.stdin, c.Stdin, router(t.stdin)},
		{"heartbeat", &s.heartbeat, c.Heartbeat, router(func(frames [][]byte) {
			echo := <-beat
			beat <- echo
			echo.Send(frames)
		})},
		{"iopub", &s.iopub, c.IOPub, zmtp.Options{Type: zmtp.XPub, Welcome: t.welcome}},
	} {
		network, address := c.address(end.port)
		sock, err := zmtp.Listen(network, address, end.opt)
		if err != nil {
			s.close()
			return nil, fmt.Errorf("listening for %s: %w", end.name, err)
		}
		*end.sock = sock
	}
	beat <- s.heartbeat
	return s, nil
}

func (s *sockets) all() []*zmtp.Socket {
	return []*zmtp.Socket{s.shell, s.control, s.stdin, s.heartbeat, s.iopub}
}

// close lets the last replies leave, and ends every connection.
func (s *sockets) close() {
	const lastWords = time.Second
	for _, end := range s.all() {
		if end != nil {
			end.Drain(lastWords)
		}
	}
	for _, end := range s.all() {
		if end != nil {
			end.Close()
		}
	}
}
