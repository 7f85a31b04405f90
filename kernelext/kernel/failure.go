package kernel

import (
	"errors"
	"fmt"
	"slices"
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

// explain words the error of the running cell: place, message, the line itself,
// and what to do about it.
func (s *session) explain(running string, err, cause error) *failure {
	errs := problems(err)
	if len(errs) == 0 {
		return &failure{Name: "Error", Value: err.Error(), Trace: []string{bold + err.Error() + plain}}
	}
	first := errs[0]
	f := &failure{Name: names[first.Kind], Value: first.Msg}
	if first.Kind == script.Budget {
		reworded(f, &first, cause)
	}
	errs[0] = first
	for i, e := range errs {
		if i == mostErrors {
			f.Trace = append(f.Trace, fmt.Sprintf("and %d more", len(errs)-i))
			break
		}
		f.Trace = append(f.Trace, bold+heading(e)+plain)
		f.Trace = append(f.Trace, s.quote(e)...)
		if e.Hint != "" {
			f.Trace = append(f.Trace, "hint: "+e.Hint)
		}
	}
	if first.Line > 0 && first.Name != running {
		f.Trace = append(f.Trace, "called by "+running)
	}
	return f
}

// reworded says who stopped a cell.
func reworded(f *failure, e *script.Error, cause error) {
	switch {
	case errors.Is(cause, errOutput):
		e.Msg = fmt.Sprintf("stopped after %d MiB of output", outputMax>>20)
		e.Hint = "a loop prints without end, or a table is better shown as a chart"
	case errors.Is(cause, errInterrupt):
		f.Name = "Interrupted"
		e.Msg = "interrupted"
	case errors.Is(cause, errShutdown):
		e.Msg = "stopped: " + cause.Error()
	case strings.HasPrefix(e.Msg, "lost"):
		e.Hint = "restart the kernel"
	}
	f.Value = e.Msg
}

// problems lists every error of the script within err.
func problems(err error) []script.Error {
	var many script.Errors
	if errors.As(err, &many) {
		return slices.Clone(many)
	}
	var one *script.Error
	if errors.As(err, &one) {
		return []script.Error{*one}
	}
	return nil
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
func (s *session) quote(e script.Error) []string {
	lines := strings.Split(s.cells[e.Name], "\n")
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
