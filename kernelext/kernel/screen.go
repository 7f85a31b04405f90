package kernel

import (
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/mlsysim/golab/kernelext/lab/record"
)

const plainText = "text/plain"

const (
	flushAfter = 50 * time.Millisecond // print calls within this time travel together
	flushSize  = 16 << 10              // or when they have this many bytes
	outputMax  = 64 << 20              // bytes of one cell; a page with more does not open again
)

// screen sends what the running cell prints, shows and claims, in that order.
type screen struct {
	publish func(kind string, parent json.RawMessage, content any)

	mu     sync.Mutex
	parent json.RawMessage
	count  int
	silent bool
	holds  bool            // the cell ends in a value, which is its result
	stop   func()          // ends the cell
	left   int             // bytes that the cell may still send
	name   string          // stream of the text
	text   strings.Builder // not sent yet
	timer  *time.Timer
	claim  json.RawMessage // waits for the display that goes with it
	held   map[string]json.RawMessage
	named  map[string]bool // displays that can be updated
}

// begin turns to a new cell.
func (s *screen) begin(parent json.RawMessage, count int, silent, holds bool, stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parent, s.count, s.silent, s.holds, s.stop = parent, count, silent, holds, stop
	s.left = outputMax
	if s.named == nil {
		s.named = map[string]bool{}
	}
}

// end sends what is still here; a value that was held is the cell's result if
// the cell reached its end.
func (s *screen) end(ok bool) (result map[string]json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok {
		result, s.held = s.held, nil
	}
	s.flush()
	if result != nil {
		s.send("execute_result", object{"data": result, "metadata": object{}, "execution_count": s.count})
	}
	return result
}

// take shows an event of the interpreter.
func (s *screen) take(e event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.Kind {
	case evStdout, evStderr:
		s.print(e.Kind, e.Text)
	case evClaim:
		s.flush()
		s.claim = e.Data
	case evShow:
		s.show(e)
	case evValue:
		s.flush()
		if s.holds {
			s.held = e.Bundle
			return
		}
		s.display("display_data", e.Bundle, nil)
	case evClear:
		s.flush()
		s.send("clear_output", object{"wait": e.Flag})
	}
}

// show sends a bundle, with the claim that came before it.
func (s *screen) show(e event) {
	if claim := s.claim; claim != nil {
		s.claim = nil
		e.Bundle[record.MIME] = claim
	}
	s.flush()
	if e.Key == "" {
		s.display("display_data", e.Bundle, nil)
		return
	}
	kind := "display_data"
	if s.named[e.Key] {
		kind = "update_display_data"
	}
	s.named[e.Key] = true
	shown := object{"display_id": e.Key}
	if e.late { // of no cell: neither silent nor part of its output
		s.publish(kind, s.parent, object{"data": e.Bundle, "metadata": object{}, "transient": shown})
		return
	}
	s.display(kind, e.Bundle, shown)
}

// print takes text for a stream.
func (s *screen) print(name, text string) {
	if name != s.name || s.held != nil || s.claim != nil {
		s.flush()
	}
	s.name = name
	s.text.WriteString(text)
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
		s.display("display_data", map[string]json.RawMessage{plainText: encode(string(claim)), record.MIME: claim}, nil)
	}
	if held := s.held; held != nil {
		s.held = nil
		s.display("display_data", held, nil)
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

func (s *screen) display(kind string, data map[string]json.RawMessage, transient object) {
	for _, v := range data {
		s.left -= len(v)
	}
	content := object{"data": data, "metadata": object{}}
	if transient != nil {
		content["transient"] = transient
	}
	s.send(kind, content)
}

// send stops a cell that floods the front end, and drops the rest.
func (s *screen) send(kind string, content object) {
	switch {
	case s.silent:
	case s.left < 0:
		s.stop()
	default:
		s.publish(kind, s.parent, content)
	}
}

// isJSON says whether a front end wants the value of a MIME type as JSON.
func isJSON(mime string) bool {
	return strings.HasSuffix(mime, "+json") || mime == "application/json"
}

// comm sends a message of a comm in its place among the outputs.
func (s *screen) comm(send func(parent json.RawMessage)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
	send(s.parent)
}
