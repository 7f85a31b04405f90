package kernel

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/mlsysim/golab/kernelext/script"
)

// The front talks to the interpreter process over two pipes: orders on its
// standard input, events on its file 3. Each is a length in four bytes, big
// endian first, and JSON.

// order is what the front wants done.
type order struct {
	ID       int64           `json:"id"`
	Op       string          `json:"op"`
	Name     string          `json:"name,omitempty"` // of the cell
	Source   string          `json:"source,omitempty"`
	Cursor   int             `json:"cursor,omitempty"` // in bytes
	Text     string          `json:"text,omitempty"`   // what the user typed
	Err      string          `json:"err,omitempty"`    // why the user typed nothing
	Comm     string          `json:"comm,omitempty"`   // id of a comm
	Target   string          `json:"target,omitempty"`
	Data     json.RawMessage `json:"data,omitempty"`
	Buffered bool            `json:"buffered,omitempty"`
}

// What can be ordered. A stop and an input overtake the rest.
const (
	opRun       = "run"
	opComplete  = "complete"
	opInspect   = "inspect"
	opList      = "list"
	opCommOpen  = "comm_open"
	opCommMsg   = "comm_msg"
	opCommClose = "comm_close"
	opStop      = "stop"
	opInput     = "input"
)

// event is what the interpreter says while it does so.
type event struct {
	ID     int64                      `json:"id"` // of the order
	Kind   string                     `json:"kind"`
	Text   string                     `json:"text,omitempty"`
	Bundle map[string]json.RawMessage `json:"bundle,omitempty"`
	Key    string                     `json:"key,omitempty"`  // name of a display
	Flag   bool                       `json:"flag,omitempty"` // again, or wait, or hidden
	Comm   string                     `json:"comm,omitempty"`
	Target string                     `json:"target,omitempty"`
	Data   json.RawMessage            `json:"data,omitempty"` // of a comm, a claim or an answer
	Errs   []script.Error             `json:"errs,omitempty"`

	late bool // the front knows: no order runs that it belongs to
}

// Kinds of event. Every order but a stop and an input ends in one done.
const (
	evBegun     = "begun"
	evStdout    = "stdout"
	evStderr    = "stderr"
	evShow      = "show"
	evValue     = "value"
	evClaim     = "claim"
	evClear     = "clear"
	evAsk       = "ask"
	evCommOpen  = "comm_open"
	evCommMsg   = "comm_msg"
	evCommClose = "comm_close"
	evDone      = "done"
)

// maxPiece bounds one message of either pipe.
const maxPiece = 512 << 20

// pipe writes messages; it is safe for use by several goroutines.
type pipe struct {
	mu sync.Mutex
	w  io.Writer
}

func (p *pipe) send(v any) error {
	b := encode(v)
	if len(b) > maxPiece {
		return fmt.Errorf("message of %d bytes: want at most %d", len(b), maxPiece)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(b) < 64<<10 {
		_, err := p.w.Write(append(binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(b)), uint32(len(b))), b...))
		return err
	}
	if _, err := p.w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b)))); err != nil {
		return err
	}
	_, err := p.w.Write(b)
	return err
}

// receive reads the next message into v.
func receive(r *bufio.Reader, v any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxPiece {
		return fmt.Errorf("message of %d bytes: want at most %d", n, maxPiece)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}
