package kernel

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mlsysim/golab/kernelext/script"
)

// failure is how a request went wrong, for people.
type failure struct {
	Name  string
	Value string
	Trace []string
}

func (f *failure) content() object {
	return object{"ename": f.Name, "evalue": f.Value, "traceback": append([]string{}, f.Trace...)}
}

func (f *failure) reply() object {
	o := f.content()
	o["status"] = "error"
	return o
}

// names are what the kinds of a script's errors are called in a notebook.
var names = map[script.Kind]string{
	script.Syntax:  "SyntaxError",
	script.Type:    "TypeError",
	script.Profile: "LanguageError",
	script.Runtime: "RuntimeError",
	script.Budget:  "Stopped",
}

// mostErrors are listed; a cell with more has usually one cause.
const mostErrors = 5

// Bold text as terminals write it; notebooks show it on a red ground of their
// own, on which a red letter is hard to read.
const (
	bold  = "\x1b[1m"
	plain = "\x1b[0m"
)

// outcome is how an order ended, nil if well. Cause is why the kernel stopped it.
func (k *kernel) outcome(name string, e event, err, cause error) *failure {
	var crash *errCrash
	switch {
	case errors.As(err, &crash):
		k.dropComms()
		return crashed(name, crash, cause)
	case err != nil:
		return &failure{Name: "KernelError", Value: err.Error(), Trace: []string{bold + err.Error() + plain}}
	case len(e.Errs) == 0:
		return nil
	}
	if lost := e.Errs[0]; lost.Kind == script.Budget && strings.HasPrefix(lost.Msg, "lost") {
		k.interp.reset()
		k.dropComms()
		return crashed(name, &errCrash{crashName, "a call never returned"}, cause)
	}
	return k.explain(name, e.Errs, cause)
}

// crashed words the end of the interpreter process.
func crashed(name string, crash *errCrash, cause error) *failure {
	f := &failure{Name: crash.name, Value: crash.reason}
	switch {
	case errors.Is(cause, errInterrupt):
		f.Name, f.Value = "Interrupted", "interrupted; the cell was in a call that cannot be stopped, so its interpreter was ended"
	case errors.Is(cause, errOutput):
		f.Name, f.Value = names[script.Budget], floodText
	case errors.Is(cause, errShutdown):
		f.Name, f.Value = names[script.Budget], "stopped: "+cause.Error()
		return f
	}
	f.Trace = []string{bold + name + ": " + f.Value + plain, "hint: " + freshHint}
	return f
}

const freshHint = "a fresh interpreter is ready, without the variables: run the cells above again"

// explain words the errors of the running cell: place, message, the line itself,
// and what to do about it.
func (k *kernel) explain(running string, errs []script.Error, cause error) *failure {
	first := errs[0]
	f := &failure{Name: names[first.Kind], Value: first.Msg}
	if cause != nil || first.Kind == script.Budget {
		reworded(f, &first, cause)
	}
	errs[0] = first
	for i, e := range errs {
		if i == mostErrors {
			f.Trace = append(f.Trace, fmt.Sprintf("and %d more", len(errs)-i))
			break
		}
		f.Trace = append(f.Trace, bold+heading(e)+plain)
		f.Trace = append(f.Trace, quote(normal(k.history.source(e.Name)), e)...)
		if e.Hint != "" {
			f.Trace = append(f.Trace, "hint: "+e.Hint)
		}
	}
	if first.Line > 0 && first.Name != running {
		f.Trace = append(f.Trace, "called by "+running)
	}
	return f
}

var floodText = fmt.Sprintf("stopped after %d MiB of output", outputMax>>20)

// reworded says who stopped a cell.
func reworded(f *failure, e *script.Error, cause error) {
	switch {
	case errors.Is(cause, errOutput):
		f.Name, e.Msg = names[script.Budget], floodText
		e.Hint = "a loop prints without end, or a table is better shown as a chart"
	case errors.Is(cause, errInterrupt):
		f.Name = "Interrupted"
		e.Msg, e.Hint = "interrupted", ""
	case errors.Is(cause, errShutdown):
		e.Msg = "stopped: " + cause.Error()
	}
	f.Value = e.Msg
}

// heading is the first line of an error: where, and what.
func heading(e script.Error) string {
	where := e.Name
	if e.Line > 0 {
		where += fmt.Sprintf(", line %d", e.Line)
	}
	if e.Col > 0 {
		where += fmt.Sprintf(", column %d", e.Col)
	}
	return fmt.Sprintf("%s: %s", where, e.Msg)
}

// quote is the line that an error is about, with a mark below the column.
func quote(source string, e script.Error) []string {
	lines := strings.Split(source, "\n")
	if e.Line < 1 || e.Line > len(lines) {
		return nil
	}
	line := lines[e.Line-1]
	quoted := []string{"    " + line}
	if e.Col >= 1 && e.Col <= len(line)+1 {
		before := strings.Map(func(r rune) rune {
			if r == '\t' {
				return r
			}
			return ' '
		}, line[:e.Col-1])
		quoted = append(quoted, "    "+before+bold+"^"+plain)
	}
	return quoted
}
