package kernel

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

const plainText = "text/plain"

const (
	flushAfter = 50 * time.Millisecond // print calls within this time travel together
	flushSize  = 16 << 10              // or when they have this many bytes
	outputMax  = 8 << 20               // bytes of one cell; a page with more does not open again
)

var errOutput = errors.New("too much output")

// screen sends what the running cell prints, shows and claims, in that order.
// It is the sink of the prelude.
type screen struct {
	publish func(kind string, parent json.RawMessage, content any)

	mu     sync.Mutex
	parent json.RawMessage
	count  int
	silent bool
	holds  bool                    // the cell ends in a value, which is its result
	stop   context.CancelCauseFunc // of the cell
	left   int                     // bytes that the cell may still send
	name   string                  // stream of the text
	text   strings.Builder
	timer  *time.Timer
	claim  json.RawMessage // waits for the display that goes with it
	held   map[string]json.RawMessage
}

// begin turns to a new cell.
func (s *screen) begin(parent json.RawMessage, count int, silent, holds bool, stop context.CancelCauseFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parent, s.count, s.silent, s.holds, s.stop = parent, count, silent, holds, stop
	s.left = outputMax
}

// end sends what is still here; a value that was held is the cell's result if
// the cell reached its end.
func (s *screen) end(ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.held
	if ok {
		s.held = nil
	}
	s.flush()
	if ok && last != nil {
		s.send("execute_result", object{"data": last, "metadata": object{}, "execution_count": s.count})
	}
}

// Record keeps a claim for the display that follows it.
func (s *screen) Record(claim []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
	s.claim = claim
}

// Show sends a bundle, with the claim that came before it.
func (s *screen) Show(bundle map[string]any) {
	data := mimeData(bundle)
	s.mu.Lock()
	defer s.mu.Unlock()
	if claim := s.claim; claim != nil {
		s.claim = nil
		data[record.MIME] = claim
	}
	s.flush()
	s.display(data)
}

// value takes an expression that stands alone. The last one of a cell is held
// until it is clear that nothing follows.
func (s *screen) value(bundle map[string]any) {
	data := mimeData(bundle)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
	if s.holds {
		s.held = data
		return
	}
	s.display(data)
}

// print takes text for a stream.
func (s *screen) print(name string, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name != s.name || s.held != nil || s.claim != nil {
		s.flush()
	}
	s.name = name
	s.text.Write(p)
	if s.text.Len() >= flushSize {
		s.flush()
	} else if s.timer == nil {
		s.timer = time.AfterFunc(flushAfter, s.late)
	}
}

func (s *screen) late() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushText()
}

// flush sends everything that waits, in the order in which it came.
func (s *screen) flush() {
	if claim := s.claim; claim != nil {
		s.claim = nil
		s.display(map[string]json.RawMessage{plainText: encode(string(claim)), record.MIME: claim})
	}
	if held := s.held; held != nil {
		s.held = nil
		s.display(held)
	}
	s.flushText()
}

func (s *screen) flushText() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	if s.text.Len() > 0 {
		text := s.text.String()
		s.text.Reset()
		s.left -= len(text)
		s.send("stream", object{"name": s.name, "text": text})
	}
}

func (s *screen) display(data map[string]json.RawMessage) {
	for _, v := range data {
		s.left -= len(v)
	}
	s.send("display_data", object{"data": data, "metadata": object{}})
}

// send stops a cell that floods the front end, and drops the rest.
func (s *screen) send(kind string, content object) {
	switch {
	case s.silent:
	case s.left < 0:
		s.stop(errOutput)
	default:
		s.publish(kind, s.parent, content)
	}
}

// mimeData encodes a bundle: JSON types as JSON, bytes in base64, the rest as
// text. A form that cannot be encoded is left out.
func mimeData(bundle map[string]any) map[string]json.RawMessage {
	data := make(map[string]json.RawMessage, len(bundle))
	for mime, v := range bundle {
		if text, ok := v.(string); ok && strings.HasSuffix(mime, "+json") && json.Valid([]byte(text)) {
			data[mime] = json.RawMessage(text)
			continue
		}
		if b, err := json.Marshal(v); err == nil {
			data[mime] = b
		}
	}
	return data
}

// stream is one of the screen's two text streams.
type stream struct {
	screen *screen
	name   string
}

// Write never fails: a cell that prints too much is stopped instead.
func (w stream) Write(p []byte) (int, error) {
	w.screen.print(w.name, p)
	return len(p), nil
}
