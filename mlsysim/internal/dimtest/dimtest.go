// Package dimtest proves that a solver is dimensionally sound by changing the
// ruler. Measure bytes, seconds and dollars in other base units and every input
// takes another number; a sound law then gives the same outputs in the new
// units. A hidden constant, a product of the wrong things or a threshold
// without a unit does not follow.
//
// It leaves out fields without dimension (counts, fractions, enums): these must
// come out equal, and a constant hidden among them is not found.
//
//	for _, solver := range catalog.All() {
//		require.NoError(t, dimtest.Check(solver.Example))
//	}
package dimtest

import (
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/units"
)

// rulers are powers of two by which the base units change, so that floats scale
// exactly. The first makes all numbers larger, the second smaller, the third
// both; together they tell apart any two dimensions with exponents of common
// size.
var rulers = [...][units.NumDims]int{
	{6, 12, 13, 7, 3, 14, 8},
	{-10, -5, -4, -14, -9, -6, -3},
	{15, 10, 6, 2, 13, -11, -5},
}

// Check solves in, a struct with a method Solve() (R, error), as it stands and
// under other base units, and names the first output that does not follow. The
// base units of held dimensions stay as they are: a number format fixes how many
// bytes a parameter has and a multiply-add how many operations, so that a solver
// which takes a network cannot follow a change of those two rulers.
func Check(in any, held ...units.Dim) error {
	solve, err := solver(in)
	if err != nil {
		return err
	}

	base := clone(reflect.ValueOf(in))
	if err := fill(base); err != nil {
		return fmt.Errorf("%T: %w", in, err)
	}
	want, err := solve(base)
	if err != nil {
		return fmt.Errorf("%T: %w", in, err)
	}

	for _, r := range rulers {
		for _, d := range held {
			for i, exponent := range d {
				if exponent != 0 {
					r[i] = 0
				}
			}
		}
		if err := compareUnder(r, in, base, want, solve); err != nil {
			return err
		}
	}
	return nil
}

func compareUnder(r [units.NumDims]int, in any, base, want reflect.Value, solve solveFunc) error {
	scaled, expected := clone(base), clone(want)
	if rescale(scaled, r) == 0 {
		return fmt.Errorf("%T: no input has a dimension: nothing to rescale", in)
	}
	rescale(expected, r)

	got, err := solve(scaled)
	if err != nil {
		return fmt.Errorf("%T: fails after rescaling: %w", in, err)
	}
	if diff := compare(want.Type().Name(), got, expected); diff != "" {
		return fmt.Errorf("%T: %s", in, diff)
	}
	return nil
}

type solveFunc func(in reflect.Value) (reflect.Value, error)

var errorType = reflect.TypeFor[error]()

// solver finds the method Solve of the type of in.
func solver(in any) (solveFunc, error) {
	t := reflect.TypeOf(in)
	if t == nil {
		return nil, fmt.Errorf("input = nil: want a struct with Solve() (R, error)")
	}
	m, ok := t.MethodByName("Solve")
	if !ok || m.Type.NumIn() != 1 || m.Type.NumOut() != 2 || m.Type.Out(1) != errorType {
		return nil, fmt.Errorf("input = %s: want a struct with Solve() (R, error)", t)
	}

	return func(in reflect.Value) (reflect.Value, error) {
		out := clone(in).Method(m.Index).Call(nil) // a copy, so that Solve cannot change what is compared
		err, _ := out[1].Interface().(error)
		return clone(out[0]), err
	}, nil
}
