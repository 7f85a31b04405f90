// Package catalog lists every solver by name: its input and result types, the
// walls it resolves and an example. The command line, the documentation, the
// rescale test and the grader iterate over it; none keeps a list of its own.
package catalog

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Solver is one entry.
type Solver struct {
	Name    string // single-node
	Summary string
	Walls   []walls.Wall
	Example any // a valid input struct with a Solve method
}

// All lists the solvers in the order of their walls. Each room has a file here
// that lists its own.
func All() []Solver {
	return slices.Concat(nodeSolvers(), servingSolvers(), trainingSolvers(), networkSolvers(), qualitySolvers(), operationsSolvers(), reliabilitySolvers())
}

func nodeSolvers() []Solver {
	return []Solver{
		{
			Name: "single-node", Summary: "one forward pass on one device: roofline, memory fit, energy",
			Walls:   []walls.Wall{1, 2},
			Example: compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 32, Context: 2048},
		},
		{
			Name: "serving", Summary: "prefill and decode of a batch of requests: TTFT, ITL, key-value cache",
			Walls:   []walls.Wall{4},
			Example: serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 32, Prompt: 2048, Output: 256},
		},
	}
}

// Find returns the solver with that name, whatever its case and punctuation.
func Find(name string) (Solver, error) {
	var known []string
	for _, s := range All() {
		if nearest.Fold(s.Name) == nearest.Fold(name) {
			return s, nil
		}
		known = append(known, s.Name)
	}
	return Solver{}, fmt.Errorf("unknown solver %q: %s", name, nearest.Hint(name, known))
}

// New returns a pointer to a zero input of the solver, ready for describe.Decode
// or describe.Flags.
func (s Solver) New() any { return reflect.New(reflect.TypeOf(s.Example)).Interface() }

// Solve runs the input that New returned.
func (s Solver) Solve(in any) (any, error) {
	out := reflect.ValueOf(in).Elem().MethodByName("Solve").Call(nil)
	if err, failed := out[1].Interface().(error); failed {
		return nil, err
	}
	return out[0].Interface(), nil
}

// Inputs lists the fields of the input.
func (s Solver) Inputs() []describe.Field { return describe.Fields(reflect.TypeOf(s.Example)) }

// Outputs lists the fields of the result.
func (s Solver) Outputs() []describe.Field {
	solve, _ := reflect.TypeOf(s.Example).MethodByName("Solve")
	return describe.Fields(solve.Type.Out(0))
}
