// Package sandbox runs the code of one submission in child processes of its
// own, with limits on time, memory and output, and says how each cell ended.
//
//	run, err := sandbox.Run(ctx, sandbox.Limits{Wall: 10 * time.Second}, cells)
//	for _, e := range run.Ends { fmt.Println(e) } // cell 4, line 2: ...
//
// A cell that ends badly is left out and the rest runs once more, so that it
// costs only what depends on it. The child sees the code and nothing else: no
// roster, key, path or environment. What it says is untrusted.
package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlsysim/golab/kernelext/script"
)

// Limits bound one attempt at a submission.
type Limits = script.Limits

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

// usualWall is the limit on one attempt if none is given.
const usualWall = 10 * time.Second

// Run runs the cells in order. The error is about this machine or ctx, never
// about the submission.
func Run(ctx context.Context, l Limits, cells []Cell) (Report, error) {
	var r Report
	left := slices.Clone(cells)
	if l.Wall <= 0 {
		l.Wall = usualWall
	}
	enough := time.Now().Add(l.Wall) // no attempt starts later: two limits in all
	for try := range attempts {
		o, err := script.ExecCells(ctx, l, marked(left))
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
				return r, fmt.Errorf("the process ended before the submission began: %s", end)
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

// mark starts the names of the cells that tell how far a process came: each
// shows a number just before a cell of the submission runs. A submission cannot
// use such a name, as its cells are named here.
const mark = "before "

func marked(cells []Cell) []Cell {
	var out []Cell
	for _, c := range cells {
		out = append(out, Cell{Name: mark + c.Name, Src: "0"}, c)
	}
	return out
}

// started reports whether the process came as far as the submission's code.
func started(o script.Outcome) bool {
	return slices.ContainsFunc(o.Shown, func(item script.Item) bool { return strings.HasPrefix(item.Cell, mark) })
}

// endOf says where and why a process ended badly.
func endOf(o script.Outcome) End {
	e := End{Reason: o.Reason}
	for _, item := range o.Shown {
		if name, ok := strings.CutPrefix(item.Cell, mark); ok {
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
			e.Cell = strings.TrimPrefix(o.Err.Name, mark)
		}
	}
	e.Message = msg
	if e.Cell != "" {
		e.Message = e.Cell + at + ": " + msg
	}
	return e
}
