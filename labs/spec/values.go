package spec

import (
	"maps"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Values are answers by id, as a cell gives them to Answer: quantities, numbers,
// names, true and false, and the input of a solver for a design.
//
//	spec.Values{"q1.memory": r.Memory, "q1.share": 0.3}
type Values map[string]any

// Claims are the values as the grader reads them. It panics on a value that
// cannot be an answer.
func (v Values) Claims() check.Claims {
	out := check.Claims{}
	for id, value := range v {
		out[id] = Claim(walls.Must(record.Of(record.Answer, id, value)))
	}
	return out
}

// With returns the values with some replaced.
func (v Values) With(other Values) Values {
	out := maps.Clone(v)
	maps.Copy(out, other)
	return out
}

// Claim is what a record claims.
func Claim(r record.Record) check.Claim {
	return check.Claim{ID: r.ID, Type: r.Type, Unit: r.Unit, Number: r.Number, Text: r.Text, Fields: r.Fields}
}
