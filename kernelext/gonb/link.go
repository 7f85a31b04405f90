package gonb

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// chunk is how much the kernel must take within the limit to count as alive.
const chunk = 4 << 10

var (
	errAbsent  = errors.New("the kernel did not open its end in time")
	errStalled = errors.New("the kernel stopped reading")
	errMute    = errors.New("the kernel did not acknowledge the display in time")
)

// link is one open connection. Its owner calls exchange from one goroutine at a
// time; a second goroutine reads the back pipe for as long as the link lives,
// because the kernel stops serving a program that leaves it full.
type link struct {
	w   io.WriteCloser
	r   io.ReadCloser
	enc *gob.Encoder
	id  int

	moved chan struct{} // a chunk was taken
	dead  chan struct{} // closed when the back pipe ends
	cause error         // why; read after dead

	mu     sync.Mutex
	wanted int           // id of the Sync in flight
	acked  chan struct{} // closed by its answer; nil when none is awaited
}

func newLink(w io.WriteCloser, r io.ReadCloser) *link {
	l := &link{w: w, r: r, moved: make(chan struct{}, 1), dead: make(chan struct{})}
	l.enc = gob.NewEncoder(l)
	go l.read()
	return l
}

// exchange sends one display and a Sync, and returns when the kernel answered.
func (l *link) exchange(m displayData, limit time.Duration) error {
	l.id++
	acked := l.expect(l.id)
	sent := make(chan error, 1)
	go func(id int) { sent <- l.write(m, id) }(l.id)

	timer := time.NewTimer(limit)
	defer timer.Stop()
	if err := l.flush(sent, timer, limit); err != nil {
		return err
	}

	timer.Reset(limit)
	select {
	case <-acked:
		return nil
	case <-l.dead:
	case <-timer.C:
		return errMute
	}
	select { // the answer may have come just before the end
	case <-acked:
		return nil
	default:
		return l.cause
	}
}

// flush waits for the writer for as long as it gets on.
func (l *link) flush(sent <-chan error, timer *time.Timer, limit time.Duration) error {
	for {
		select {
		case err := <-sent:
			return err
		case <-l.moved:
			timer.Reset(limit)
		case <-timer.C:
			return errStalled
		}
	}
}

func (l *link) write(m displayData, id int) error {
	if err := l.enc.Encode(m); err != nil {
		return fmt.Errorf("sending a display: %w", err)
	}
	if err := l.enc.Encode(syncRequest(id)); err != nil {
		return fmt.Errorf("sending a sync: %w", err)
	}
	return nil
}

// Write passes gob's bytes on in chunks, noting each as progress.
func (l *link) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = l.w.Write(p[n:min(n+chunk, len(p))])
		n += k
		select {
		case l.moved <- struct{}{}:
		default:
		}
	}
	return n, err
}

// expect announces the id whose answer the returned channel stands for.
func (l *link) expect(id int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.wanted, l.acked = id, make(chan struct{})
	return l.acked
}

// read drains the back pipe. Values at other addresses are widget updates for
// somebody else, and other ids are answers nobody waits for: both are skipped.
func (l *link) read() {
	defer close(l.dead)

	dec := gob.NewDecoder(l.r)
	for {
		var v commValue
		if err := dec.Decode(&v); err != nil {
			l.cause = fmt.Errorf("reading the kernel's answer: %w", err)
			return
		}
		if id, ok := v.Value.(int); ok && v.Address == ackAddr {
			l.answer(id)
		}
	}
}

func (l *link) answer(id int) {
	l.mu.Lock()
	defer l.mu.Unlock()

	if l.acked != nil && id == l.wanted {
		close(l.acked)
		l.acked = nil
	}
}

// close ends both goroutines that may be inside a pipe.
func (l *link) close() error {
	return errors.Join(l.w.Close(), l.r.Close())
}
