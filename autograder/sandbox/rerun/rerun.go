// Package rerun runs the cells of one submission, and again without each cell
// that ends badly, so that a bad cell costs only what depends on it.
//
//	r, err := rerun.Run(ctx, 10*time.Second, cells, exec)
//	for _, e := range r.Ends { fmt.Println(e) } // cell 4, line 2: ...
//
// Where and how the cells run is the caller's business: the grader gives one of
// its sandboxes, a student's own check a plain process. What a run says is
// untrusted either way.
package rerun

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/mlsysim/golab/kernelext/script"
)

// Cell is one named piece of code.
type Cell = script.Cell

// An End is a cell that did not run to its end.
type End struct {
	Cell    string        `json:"cell"` // empty if the process gave no hint
	Reason  script.Reason `json:"reason"`
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
}

// String prints the place, what happened there, and what to do about it.
func (e End) String() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// A Report is what one submission's processes left behind.
type Report struct {
	Claims [][]byte // of all attempts, in order
	Ends   []End    // in the order of the attempts; empty if every cell ran
}

// attempts is how often a submission may run: once whole, and again without
// each of the first cells that end badly.
const attempts = 6

// UsualWall is the limit on one attempt if none is given.
const UsualWall = 10 * time.Second

// An Exec runs cells one after the other until one ends badly, and shows a Mark
// before each.
type Exec func(ctx context.Context, cells []Cell) (script.Outcome, error)

// Run runs the cells in order; wall is the limit on one attempt. The error is
// about this machine or ctx, never about the submission.
func Run(ctx context.Context, wall time.Duration, cells []Cell, exec Exec) (Report, error) {
	var r Report
	left := slices.Clone(cells)
	if wall <= 0 {
		wall = UsualWall
	}
	enough := time.Now().Add(wall) // no attempt starts later: two limits in all
	for try := range attempts {
		o, err := exec(ctx, left)
		if err != nil {
			return r, fmt.Errorf("running the submission: %w", err)
		}
		r.Claims = append(r.Claims, o.Claims...)
		if o.Reason == script.Done {
			return r, nil
		}
		end := endOf(o)
		if !started(o) {
			if try == 0 {
				return r, fmt.Errorf("the process ended before the submission began: %s", cmp.Or(strings.TrimSpace(o.Stderr), end.String()))
			}
			return r, nil
		}
		r.Ends = append(r.Ends, end)
		i := slices.IndexFunc(left, func(c Cell) bool { return c.Name == end.Cell })
		if i < 0 || len(left) == 1 || time.Now().After(enough) {
			return r, nil
		}
		left = slices.Delete(left, i, i+1)
	}
	return r, nil
}

// Mark starts the name of an item that tells how far a process came: a worker
// shows it before each cell. A submission cannot use such a name, as its cells
// are named here.
const Mark = "before "

// started reports whether the process came as far as the submission's code.
func started(o script.Outcome) bool {
	return slices.ContainsFunc(o.Shown, func(item script.Item) bool { return strings.HasPrefix(item.Cell, Mark) })
}

// endOf says where and why a process ended badly.
func endOf(o script.Outcome) End {
	e := End{Reason: o.Reason}
	for _, item := range o.Shown {
		if name, ok := strings.CutPrefix(item.Cell, Mark); ok {
			e.Cell = name
		}
	}
	msg, at := "ended without a word", ""
	if o.Err != nil {
		msg, e.Hint = o.Err.Msg, o.Err.Hint
		if o.Err.Line > 0 {
			at = fmt.Sprintf(", line %d", o.Err.Line)
		}
		if o.Err.Line > 0 && o.Err.Name != "" {
			e.Cell = strings.TrimPrefix(o.Err.Name, Mark)
		}
	}
	msg, e.Hint = plain(msg), plain(e.Hint)
	e.Message = msg
	if e.Cell != "" {
		e.Message = e.Cell + at + ": " + msg
	}
	return e
}

// plain is a text of the submission without what a terminal or a page would
// obey: controls, and marks that turn the direction of writing.
func plain(s string) string {
	const most = 4 << 10
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + " ..."
	}
	return s
}
