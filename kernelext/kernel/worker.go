package kernel

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/kernelext/widget"
	"github.com/mlsysim/golab/mlsysim/search"
)

// MaybeWorker ends the process after an interpreter's work when it was started
// for that by the kernel, and does nothing otherwise. A binary that calls Run
// calls it first thing in main.
func MaybeWorker() {
	if len(os.Args) != 2 || os.Args[1] != workerArg {
		return
	}
	if err := restrain(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	newWorker(os.NewFile(3, "events")).run(os.Stdin)
	os.Exit(0)
}

// worker is the interpreter process: one engine, one order at a time.
type worker struct {
	pipe   pipe
	engine *script.Engine
	hub    *widget.Hub
	quiet  atomic.Bool  // what a cell prints and shows goes nowhere
	now    atomic.Int64 // order that runs
	orders chan order

	mu     sync.Mutex
	stops  map[int64]context.CancelCauseFunc
	ctx    map[int64]context.Context
	inputs chan order
}

func newWorker(events io.Writer) *worker {
	return &worker{
		pipe: pipe{w: events}, orders: make(chan order, 64), inputs: make(chan order, 1),
		stops: map[int64]context.CancelCauseFunc{}, ctx: map[int64]context.Context{},
	}
}

// run reads orders until the front is gone, and then ends the process whatever
// the cell is doing.
func (w *worker) run(orders io.Reader) {
	go func() {
		r := bufio.NewReader(orders)
		for {
			var o order
			if err := receive(r, &o); err != nil {
				os.Exit(0)
			}
			w.admit(o)
		}
	}()
	record.Use(w)
	w.hub = widget.NewHub(w)
	w.engine = script.New(script.Options{
		Stdout: stream{w, evStdout},
		Stderr: stream{w, evStderr},
		Show:   func(v any) { w.say(event{Kind: evValue, Bundle: mimeData(bundle(v))}) },
		Steps:  math.MaxInt, // a student has a stop button
	})
	w.warm()
	rest := newRest()
	for {
		var pause <-chan time.Time
		if w.hub.Restless() {
			pause = time.After(settleAfter)
		}
		select {
		case o := <-w.orders:
			w.obey(o)
		case <-pause:
			w.hub.Settle()
		}
		rest.notYet()
	}
}

// settleAfter is how long a control has to stand still before the notebook gets
// what it shows.
const settleAfter = 500 * time.Millisecond

// warm reads what every cell needs, while the front end introduces itself.
func (w *worker) warm() { _ = script.Check("warm", "1") }

// admit puts an order where it belongs; a stop does not wait.
func (w *worker) admit(o order) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch o.Op {
	case opStop:
		if stop := w.stops[o.ID]; stop != nil {
			stop(errInterrupt)
		}
	case opInput:
		select {
		case w.inputs <- o:
		default: // nobody asked
		}
	default:
		w.ctx[o.ID], w.stops[o.ID] = context.WithCancelCause(context.Background())
		w.orders <- o
	}
}

// begin turns to an order; end forgets it.
func (w *worker) begin(o order) (ctx context.Context, end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ctx, stop := w.ctx[o.ID], w.stops[o.ID]
	w.now.Store(o.ID)
	return ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		stop(nil)
		delete(w.ctx, o.ID)
		delete(w.stops, o.ID)
	}
}

func (w *worker) obey(o order) {
	ctx, end := w.begin(o)
	defer end()
	w.say(event{Kind: evBegun})
	done := event{Kind: evDone}
	switch o.Op {
	case opRun:
		search.Within(ctx)
		done.Errs = problems(o.Name, w.engine.Run(ctx, o.Name, o.Source))
	case opComplete:
		start, end := script.Word(o.Source, o.Cursor)
		items := narrow(w.engine.Complete(o.Source, o.Cursor), o.Source[start:max(start, o.Cursor)])
		done.Data = encode(span{start, end, items[:min(len(items), mostMatches)]})
	case opInspect:
		if d, ok := w.engine.Inspect(o.Source, o.Cursor); ok {
			done.Bundle = mimeData(bundlePage(d))
		}
	case opCommOpen:
		if !w.hub.Opened(o.Comm, o.Target) {
			w.CommClose(o.Comm)
		}
	case opCommMsg:
		w.hub.Message(o.Comm, o.Data, func(f func()) error {
			search.Within(ctx)
			err := w.engine.Call(ctx, "widget", f)
			if err != nil && context.Cause(ctx) != nil {
				done.Errs = problems("widget", err) // the front says who stopped it
			}
			return err
		})
	case opCommClose:
		w.hub.Closed(o.Comm)
	case opList:
		done.Text = w.variables()
	}
	w.say(done)
}

// narrow leaves names that only contain the word to where none begins with it: a
// front end writes what all have in common.
func narrow(items []script.Completion, word string) []script.Completion {
	begins := func(c script.Completion) bool {
		fold := strings.NewReplacer("_", "")
		return strings.HasPrefix(strings.ToLower(fold.Replace(c.Text)), strings.ToLower(fold.Replace(word)))
	}
	if !slices.ContainsFunc(items, begins) {
		return items
	}
	return slices.DeleteFunc(items, func(c script.Completion) bool { return !begins(c) })
}

// variables lists what the session declared, a line each.
func (w *worker) variables() string {
	var b strings.Builder
	for _, name := range w.engine.Names() {
		if d, ok := w.engine.Inspect(name, len(name)); ok {
			fmt.Fprintln(&b, d.Signature)
		}
	}
	if b.Len() == 0 {
		return "nothing is declared yet\n"
	}
	return b.String()
}

// problems lists every error of a script.
func problems(name string, err error) []script.Error {
	var many script.Errors
	if errors.As(err, &many) {
		return many
	}
	var one *script.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &one):
		return []script.Error{*one}
	}
	return []script.Error{{Name: name, Kind: script.Runtime, Msg: err.Error()}}
}

// say tells the front; one that is gone ends this process through its orders.
func (w *worker) say(e event) {
	if w.quiet.Load() && e.Kind != evDone {
		return
	}
	e.ID = w.now.Load()
	_ = w.pipe.send(e)
}

// Widgets are those of this session.
func (w *worker) Widgets() *widget.Hub { return w.hub }

// Quietly drops what f prints and shows.
func (w *worker) Quietly(f func()) {
	w.quiet.Store(true)
	defer w.quiet.Store(false)
	f()
}

// CommOpen opens a comm to the front ends.
func (w *worker) CommOpen(id, target string, data []byte) {
	w.say(event{Kind: evCommOpen, Comm: id, Target: target, Data: data})
}

// CommMsg says something on a comm.
func (w *worker) CommMsg(id string, data []byte) {
	w.say(event{Kind: evCommMsg, Comm: id, Data: data})
}

// CommClose ends a comm.
func (w *worker) CommClose(id string) { w.say(event{Kind: evCommClose, Comm: id}) }

// Record passes a claim on.
func (w *worker) Record(claim []byte) { w.say(event{Kind: evClaim, Data: claim}) }

// Show passes a bundle on.
func (w *worker) Show(bundle map[string]any) { w.say(event{Kind: evShow, Bundle: mimeData(bundle)}) }

// ShowAs passes a bundle with a name on.
func (w *worker) ShowAs(key string, bundle map[string]any) {
	w.say(event{Kind: evShow, Key: key, Bundle: mimeData(bundle)})
}

// Clear takes the output away.
func (w *worker) Clear(wait bool) { w.say(event{Kind: evClear, Flag: wait}) }

// Ask waits for a line that the person types.
func (w *worker) Ask(prompt string) (string, error) {
	id := w.now.Load()
	w.mu.Lock()
	ctx := w.ctx[id]
	w.mu.Unlock()
	w.say(event{Kind: evAsk, Text: prompt})
	for {
		select {
		case o := <-w.inputs:
			switch {
			case o.ID != id: // for a question that was given up
				continue
			case o.Err != "":
				return "", errors.New(o.Err)
			}
			return o.Text, nil
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// bundle is a value in every form that front ends know.
func bundle(v any) map[string]any {
	if _, own := v.(script.Value); own {
		return map[string]any{plainText: fmt.Sprint(v)}
	}
	return chart.Bundle(v)
}

// mimeData encodes a bundle: JSON types as JSON, bytes in base64, the rest as
// text. A form that cannot be encoded is left out.
func mimeData(bundle map[string]any) map[string]json.RawMessage {
	data := make(map[string]json.RawMessage, len(bundle))
	for mime, v := range bundle {
		if text, ok := v.(string); ok && isJSON(mime) && json.Valid([]byte(text)) {
			data[mime] = json.RawMessage(text)
			continue
		}
		if b, err := json.Marshal(v); err == nil {
			data[mime] = b
		}
	}
	return data
}

// stream is one of a cell's two text streams.
type stream struct {
	worker *worker
	kind   string
}

const pieceOfText = 1 << 20

// Write never fails: a cell that prints too much is stopped instead.
func (s stream) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := len(rest)
		if n > pieceOfText {
			for n = pieceOfText; n > pieceOfText-utf8.UTFMax && !utf8.RuneStart(rest[n]); {
				n--
			}
		}
		s.worker.say(event{Kind: s.kind, Text: string(rest[:n])})
		rest = rest[n:]
	}
	return len(p), nil
}
