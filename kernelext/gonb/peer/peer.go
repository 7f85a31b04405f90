//go:build unix

// Package peer plays GoNB's end of the pipe protocol, so that tests can run a
// cell program without GoNB and see what would have been displayed. It does
// what the kernel does, losing unread displays when the program ends included,
// and misbehaves on request.
//
//	r, err := peer.Kernel{}.Run(exec.Command("./cell"))
//	// r.Displays holds what the cell showed, r.Stdout what it printed
//
// It leaves out Jupyter's side: nothing is published. Use it in a process that
// shows nothing itself, because gob has one name table for both ends.
package peer

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Kernel is one way of serving a cell program; the zero value behaves well.
type Kernel struct {
	Absent  bool          // never opens its ends
	Mute    bool          // never acknowledges
	Quit    int           // closes both pipes after acknowledging this many displays; 0 means never
	Garbage []byte        // raw bytes on the back pipe in place of any message
	Chatter int           // messages at other addresses and with other ids before each acknowledgement, sent by a mute kernel too
	Piece   int           // most bytes taken in one read; 0 means no limit
	Pause   time.Duration // wait before each read
}

// Display is one display as the kernel received it.
type Display struct {
	Data map[string]any
	ID   string
}

// Report is what happened until the cell program ended.
type Report struct {
	Displays []Display
	Syncs    int    // Syncs received
	Broken   error  // why decoding stopped, unless the pipe just ended
	Stdout   string // printed by the program
	Stderr   string
	Exit     int // exit code of the program
}

// These are the kernel's own types; gob matches them by field names.
type (
	display struct {
		Data      map[string]any
		Metadata  map[string]any
		DisplayID string
	}
	value struct {
		Address string
		Request bool
		Value   any
	}
)

const commKey = "gonb/comm_value"

var register = sync.OnceFunc(func() {
	gob.RegisterName("github.com/janpfeifer/gonb/gonbui/protocol.CommValue", value{})
	gob.Register(map[string]any{})
	gob.Register([]any{})
	gob.Register([]string{})
})

// Run starts the program with two named pipes, serves it until it ends, and
// reports. The error is about the peer itself: a program that fails has an exit
// code.
func (k Kernel) Run(cmd *exec.Cmd) (Report, error) {
	register()
	dir, err := os.MkdirTemp("", "gonb-peer-")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(dir)

	s := &session{Kernel: k, in: filepath.Join(dir, "pipe"), out: filepath.Join(dir, "back"), ended: make(chan struct{})}
	for _, path := range []string{s.in, s.out} {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			return Report{}, fmt.Errorf("making a named pipe: %w", err)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd.Env = append(cmd.Environ(), "GONB_PIPE="+s.in, "GONB_PIPE_BACK="+s.out)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr

	done := s.start()
	err = cmd.Run()
	s.stop(done)

	s.Stdout, s.Stderr, s.Exit = stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = nil
	}
	return s.Report, err
}

// session is one run; Report belongs to the serving goroutine until it ends.
type session struct {
	Kernel
	Report
	in, out string // paths: program to kernel, kernel to program

	ended chan struct{} // closed when the program has ended

	mu   sync.Mutex
	r, w *os.File
}

func (s *session) start() <-chan struct{} {
	done := make(chan struct{})
	if s.Absent {
		close(done)
		return done
	}
	go func() {
		defer close(done)
		s.serve()
	}()
	return done
}

// serve opens both ends at once, as the kernel does, and answers until the pipe
// ends.
func (s *session) serve() {
	var both sync.WaitGroup
	both.Go(func() { s.open(&s.r, s.in, os.O_RDONLY) })
	both.Go(func() { s.open(&s.w, s.out, os.O_WRONLY) })
	both.Wait()
	if s.r == nil || s.w == nil {
		return
	}
	if len(s.Garbage) > 0 {
		s.w.Write(s.Garbage) // the program may be gone: that is its report's business
	}
	err := s.answerAll(gob.NewDecoder(slow{s}), gob.NewEncoder(s.w))
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, os.ErrClosed} {
		if errors.Is(err, end) {
			return
		}
	}
	s.Broken = err
}

func (s *session) answerAll(dec *gob.Decoder, enc *gob.Encoder) error {
	for {
		var m display
		if err := dec.Decode(&m); err != nil {
			return err
		}
		v, ok := m.Data[commKey].(value)
		if !ok {
			s.Displays = append(s.Displays, Display{m.Data, m.DisplayID})
			continue
		}
		s.Syncs++
		if len(s.Garbage) > 0 {
			continue
		}
		if err := s.acknowledge(enc, v.Value); err != nil {
			return err
		}
		if s.Quit > 0 && len(s.Displays) == s.Quit {
			return errors.Join(s.r.Close(), s.w.Close())
		}
	}
}

func (s *session) acknowledge(enc *gob.Encoder, id any) error {
	for i := range s.Chatter {
		for _, v := range []value{
			{Address: "/slider/1", Value: id},
			{Address: "/choice/1", Value: map[string]any{"picked": []any{"a", i}}},
			{Address: "#gonbui/sync_ack", Value: -1},
			{Address: "#gonbui/sync_ack", Value: "1"},
		} {
			if err := enc.Encode(v); err != nil {
				return err
			}
		}
	}
	if s.Mute {
		return nil
	}
	return enc.Encode(value{Address: "#gonbui/sync_ack", Value: id})
}

// open blocks until the program opens the other end, or stop does.
func (s *session) open(to **os.File, path string, flag int) {
	f, err := os.OpenFile(path, flag, 0)
	s.mu.Lock()
	defer s.mu.Unlock()

	if err != nil {
		return
	}
	select {
	case <-s.ended:
		f.Close()
	default:
		*to = f
	}
}

// stop closes the pipes when the program has ended, with whatever is unread in
// them. An end that the program never opened is held open until the serving
// goroutine has seen that it is over.
func (s *session) stop(done <-chan struct{}) {
	s.mu.Lock()
	close(s.ended)
	s.mu.Unlock()

	for path, f := range map[string]*os.File{s.in: s.r, s.out: s.w} {
		if f != nil {
			f.Close() // Quit may have closed it
			continue
		}
		if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
			defer f.Close()
		}
	}
	<-done
}

// slow reads as the Kernel says, until the session is over.
type slow struct{ *session }

// Read takes the next piece.
func (s slow) Read(p []byte) (int, error) {
	if s.Piece > 0 {
		p = p[:min(len(p), s.Piece)]
	}
	if s.Pause > 0 {
		select {
		case <-time.After(s.Pause):
		case <-s.ended:
			return 0, io.EOF
		}
	}
	return s.r.Read(p)
}
