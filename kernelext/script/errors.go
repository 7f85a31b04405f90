package script

import (
	"cmp"
	"fmt"
	"slices"
)

// Kind says which step refused a script.
type Kind string

// Kinds of error, in the order of the steps.
const (
	Syntax  Kind = "syntax"  // not Go
	Type    Kind = "type"    // the compiler's complaint
	Profile Kind = "profile" // Go, but outside the lab language
	Runtime Kind = "runtime" // it ran and ended in a panic
	Budget  Kind = "budget"  // too many steps, too deep, or out of time
)

// Error is one problem at a place in the script.
type Error struct {
	Name string `json:"name"`
	Line int    `json:"line"`
	Col  int    `json:"col,omitempty"`
	Kind Kind   `json:"kind"`
	Msg  string `json:"msg"`
	Hint string `json:"hint,omitempty"`
}

// Error prints name, position and message as a compiler does.
func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.Name, e.Msg)
	case e.Col == 0:
		return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Msg)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.Msg)
}

// Errors is every problem of one script, by position; never empty.
type Errors []Error

// Error prints one problem a line.
func (es Errors) Error() string {
	s := ""
	for i := range es {
		if i > 0 {
			s += "\n"
		}
		s += es[i].Error()
	}
	return s
}

// Unwrap gives each problem to errors.As.
func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i := range es {
		errs[i] = &es[i]
	}
	return errs
}

// sorted orders problems by position and drops repeated ones.
func sorted(es []Error) []Error {
	slices.SortStableFunc(es, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.CompactFunc(es, func(a, b Error) bool {
		return a.Line == b.Line && a.Col == b.Col && a.Msg == b.Msg
	})
}
