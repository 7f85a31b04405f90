package grade

import (
	"slices"

	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/labs"
)

// calls are the cells of ours behind those of a submission: each calls a function
// that answers a question.
func calls(lab labs.Lab, student string, h labs.Hidden) []sandbox.Cell {
	var out []sandbox.Cell
	for _, c := range labs.Calls(lab, student, h) {
		out = append(out, sandbox.Cell{Name: c.Name, Src: c.Source})
	}
	return out
}

// quiet replaces what is said about the bad end of a call: a function could put
// its input there, and with it into the feedback.
func quiet(ends []sandbox.End) []sandbox.End {
	ends = slices.Clone(ends)
	for i, e := range ends {
		if labs.IsCall(e.Cell) {
			ends[i].Message, ends[i].Hint = e.Cell+": your function "+string(e.Reason), ""
		}
	}
	return ends
}
