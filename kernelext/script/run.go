package script

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/traefik/yaegi/interp"
)

// Run checks and runs a script. The error is an *Error or Errors; positions are
// lines and columns of src.
func (e *Engine) Run(ctx context.Context, name, src string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err != nil {
		return e.err
	}
	e.names.Lock()
	p, steps, errs := e.session.prepare(name, src, e.host.types)
	e.names.Unlock()
	e.warnings = nil
	if p != nil {
		e.warnings = p.warnings
	}
	if len(errs) > 0 {
		return Errors(errs)
	}
	e.warn()

	e.host.reset(ctx)
	defer func() {
		if e.err == nil { // else some piece may still run
			forgetSyntax(e.interp)
		}
	}()
	e.names.Lock()
	e.session.declareErased(p)
	e.names.Unlock()
	for _, st := range steps {
		if err := e.eval(ctx, st.text); err != nil {
			return e.problem(p, st, err)
		}
		e.declare(p, st.objs)
	}
	return nil
}

// declare makes objects visible to later scripts.
func (e *Engine) declare(p *program, objs []types.Object) {
	e.names.Lock()
	defer e.names.Unlock()
	for _, obj := range objs {
		e.session.declare(p, obj)
	}
}

func (e *Engine) warn() {
	if e.opt.Stderr == nil {
		return
	}
	for i := range e.warnings {
		fmt.Fprintf(e.opt.Stderr, "%s (warning)\n", e.warnings[i].Error())
	}
}

// patience is how long a cancelled script may take to reach its next step.
const patience = 500 * time.Millisecond

// eval runs one piece. A call of the host that never returns costs the session.
func (e *Engine) eval(ctx context.Context, text string) error {
	e.trace.reset()
	e.host.at.Store(-1)
	done := make(chan error, 1)
	go func() {
		// This form also turns panics of the interpreter itself into errors.
		_, err := e.interp.EvalWithContext(context.Background(), text)
		done <- err
	}()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(patience):
			e.err = &Error{Name: "session", Kind: Budget, Msg: "lost: a call never returned", Hint: "start a new session"}
			return ctx.Err()
		}
	}
	if spent := e.host.spent.Load(); err == nil && spent != nil {
		return spent // a script that recovers does not get more time
	}
	return err
}

// trace keeps what the interpreter says about a panic.
type trace struct {
	mu  sync.Mutex
	buf strings.Builder
}

// Write never fails; it keeps the innermost lines, which come first.
func (t *trace) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const most = 4096
	if t.buf.Len() < most {
		t.buf.Write(p)
	}
	return len(p), nil
}

func (t *trace) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

func (t *trace) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Reset()
}

var (
	traceLine = regexp.MustCompile(`(?m)^(?:_\.go:)?(\d+)(?::\d+)?: panic: main\.`)
	errorLine = regexp.MustCompile(`^(?:_\.go:)?(\d+)(?::\d+)?: `)
)

// problem turns what the interpreter reports into an error of the script.
func (e *Engine) problem(p *program, st step, err error) *Error {
	out := &Error{Name: p.name, Kind: Runtime}
	if st.chunk >= 0 {
		out.Line = p.chunks[st.chunk].line
	}
	if m := traceLine.FindStringSubmatch(e.trace.String()); m != nil {
		e.place(out, m[1])
	}
	if at := e.host.at.Load(); at >= 0 {
		e.place(out, strconv.FormatInt(at, 10))
	}
	if spent := e.host.spent.Load(); spent != nil {
		out.Kind, out.Msg, out.Hint = Budget, spent.msg, spent.hint
		return out
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		out.Kind, out.Msg = Budget, stopText(err)
		return out
	}
	var pan interp.Panic
	if !errors.As(err, &pan) {
		out.Kind, out.Msg = Profile, "the lab language cannot run this: "+e.session.plain(errorLine.ReplaceAllString(err.Error(), ""))
		if m := errorLine.FindStringSubmatch(err.Error()); m != nil {
			e.place(out, m[1])
		}
		return out
	}
	out.Msg, out.Hint = panicText(pan.Value)
	return out
}

// place reads a line of the interpreter: which script of the session, and where.
func (e *Engine) place(out *Error, line string) {
	n, err := strconv.Atoi(line)
	if err != nil {
		return
	}
	if name, at, ok := e.session.placed(n); ok {
		out.Name, out.Line = name, at
	}
}

// panicText is the message of a panic in the words of compiled Go, with advice
// where the interpreter itself is at fault.
func panicText(v any) (text, hint string) {
	var msg string
	switch v := v.(type) {
	case error:
		msg = v.Error()
	default:
		msg = fmt.Sprint(v)
	}
	if i := strings.IndexByte(msg, '\n'); i > 0 && strings.Contains(msg, "goroutine ") {
		msg = msg[:i]
	}
	msg = strings.TrimPrefix(msg, "runtime error: ")
	for from, to := range plainPanics {
		if strings.HasPrefix(msg, from) {
			return to, ""
		}
	}
	if strings.HasPrefix(msg, "reflect") || strings.Contains(msg, "interp.") || strings.Contains(msg, "_.go:") {
		return "the lab language cannot run this line", hintInterface
	}
	return msg, ""
}

const hintInterface = "write it with fewer values and calls on one line, or without an interface of your own"

// plainPanics replaces words that are about the interpreter.
var plainPanics = map[string]string{
	"reflect: slice index out of range":        "index out of range",
	"reflect: array index out of range":        "index out of range",
	"reflect: string index out of range":       "index out of range",
	"reflect.Value.Slice: slice":               "slice bounds out of range",
	"reflect.Value.Slice3: slice":              "slice bounds out of range",
	"reflect.Value.Slice: string":              "slice bounds out of range",
	"reflect.Value.Call: call of nil function": "nil pointer or function",
	"reflect: call of reflect.Value":           "nil pointer or function",
	"invalid memory address":                   "nil pointer dereference",
}
