package script

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Job is what the parent writes to the child's standard input.
type Job struct {
	Limits Limits `json:"limits"`
	Cells  []Cell `json:"cells"`
	Mark   string `json:"mark,omitempty"` // an item of this name and the cell's is shown before each cell; empty: none
}

// record is what the child writes to file 3: a length in four bytes, big endian
// first, and JSON.
type record struct {
	Kind  string `json:"kind"` // show, claim, print or end
	Item  *Item  `json:"item,omitempty"`
	Claim []byte `json:"claim,omitempty"`
	Err   *Error `json:"err,omitempty"`
}

const (
	showKind  = "show"
	claimKind = "claim"
	printKind = "print"
	endKind   = "end"

	maxRecord = 4 << 20
)

func writeRecord(w io.Writer, r record) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing a %s record: %w", r.Kind, err)
	}
	if len(b) > maxRecord {
		return fmt.Errorf("%s record: %d bytes: want at most %d", r.Kind, len(b), maxRecord)
	}
	frame := append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...)
	_, err = w.Write(frame)
	return err
}

// transcript is the part of a child's records that is well formed.
type transcript struct {
	shown   []Item
	claims  [][]byte
	printed strings.Builder
	end     record
	ended   bool
}

// readRecords stops at the first record that is not well formed, as it does
// after end: a hostile child can only shorten what it says.
func readRecords(r io.Reader, left *allowance) transcript {
	var t transcript
	for !t.ended {
		rec, err := readRecord(r, left)
		if err != nil {
			break
		}
		switch {
		case rec.Kind == showKind && rec.Item != nil:
			t.shown = append(t.shown, *rec.Item)
		case rec.Kind == claimKind && rec.Claim != nil:
			t.claims = append(t.claims, rec.Claim)
		case rec.Kind == printKind:
			t.printed.Write(rec.Claim)
		case rec.Kind == endKind:
			t.end, t.ended = rec, true
		}
	}
	_, _ = io.Copy(io.Discard, r) // the child must not block on a full pipe
	return t
}

// An Exit is how a worker that is no process of its own ended.
type Exit struct {
	Err      error // nil if it ended by itself and without a complaint
	TimedOut bool
	Full     bool // it was stopped because it wrote too much
	Stderr   string
}

// Weigh makes an outcome of everything that such a worker wrote.
func Weigh(l Limits, records []byte, e Exit) Outcome {
	l = l.WithDefaults()
	budget := newAllowance(l.Output)
	t := readRecords(bytes.NewReader(records), budget)
	o := Outcome{Shown: t.shown, Claims: t.claims, Stdout: t.printed.String(), Stderr: e.Stderr, Err: t.end.Err}
	o.Reason = t.reason(e.Err, e.TimedOut, e.Full || budget.isSpent(), e.Stderr)
	o.explain(l)
	return o
}

var errSpent = errors.New("output limit reached")

func readRecord(r io.Reader, left *allowance) (record, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return record{}, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxRecord || !left.take(int(n)) {
		left.exhaust()
		return record{}, errSpent
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(r, b); err != nil {
		return record{}, err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var rec record
	if err := dec.Decode(&rec); err != nil {
		return record{}, fmt.Errorf("reading a record: %w", err)
	}
	return rec, nil
}

// allowance is the output that a child has left.
type allowance struct {
	mu    sync.Mutex
	bytes int
	spent chan struct{} // closed when nothing is left
	done  bool
}

func newAllowance(n int) *allowance { return &allowance{bytes: n, spent: make(chan struct{})} }

func (a *allowance) take(n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bytes -= n
	if a.bytes < 0 && !a.done {
		a.done = true
		close(a.spent)
	}
	return a.bytes >= 0
}

func (a *allowance) exhaust() { a.take(1 << 40) }

func (a *allowance) isSpent() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.done
}

// capped keeps the first bytes written to it and drops the rest.
type capped struct {
	left *allowance
	keep int
	buf  bytes.Buffer
}

// Write never fails, so that the child is ended by a signal and not by a
// broken pipe.
func (c *capped) Write(p []byte) (int, error) {
	c.left.take(len(p))
	if room := c.keep - c.buf.Len(); room > 0 {
		c.buf.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (c *capped) String() string { return c.buf.String() }

// WriteItem writes what a worker that is no interpreter shows.
func WriteItem(w io.Writer, item Item) error {
	return writeRecord(w, record{Kind: showKind, Item: &item})
}

// WriteEnd writes how such a worker ended.
func WriteEnd(w io.Writer, end *Error) error {
	return writeRecord(w, record{Kind: endKind, Err: end})
}
