package catalog_test

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"math"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func TestRescale(t *testing.T) {
	for _, s := range catalog.All() {
		require.NoError(t, dimtest.Check(s.Example, held(s)...), s.Name)
	}
}

// held are the rulers that a network's number formats fix.
func held(s catalog.Solver) []units.Dim {
	for _, f := range s.Inputs() {
		if f.Type == reflect.TypeFor[physics.Precision]() {
			return []units.Dim{units.Bytes(1).Dim(), units.FLOP(1).Dim()}
		}
	}
	return nil
}

// explained is implemented by every result.
type explained interface{ Explain() walls.Trace }

func TestTracesEvaluateToTheResult(t *testing.T) {
	for _, s := range catalog.All() {
		r := solve(t, s, s.Example)
		trace := r.(explained).Explain()
		require.NotEmpty(t, trace.Steps, s.Name)
		require.NoError(t, trace.Verify(r), s.Name)
	}
}

// hostile are the values that every numeric field of every solver is tried with.
var hostile = []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1.5, 5e-324, 1e300, math.MaxFloat64}

func TestHostileFieldsAreRefusedOrStayFinite(t *testing.T) {
	for _, s := range catalog.All() {
		for i := range numbers(fresh(s).Elem(), "") {
			for _, v := range hostile {
				in := fresh(s)
				place := numbers(in.Elem(), "")[i]
				field := place.value
				if field.Kind() == reflect.Int {
					field.SetInt(clampInt(v))
				} else {
					field.SetFloat(v)
				}
				r, err := s.Solve(in.Interface())
				if err != nil {
					var refused *describe.FieldError
					require.ErrorAs(t, err, &refused)
					require.NotEmpty(t, refused.Want)
					continue
				}
				requireFinite(t, r, "%s: field %v = %v", s.Name, place.name, v)
			}
		}
	}
}

func TestRandomInputsStayFinite(t *testing.T) {
	for _, s := range catalog.All() {
		rapid.Check(t, func(t *rapid.T) {
			in := fresh(s)
			for _, place := range numbers(in.Elem(), "") {
				if rapid.IntRange(0, 9).Draw(t, "keep") > 0 {
					continue
				}
				field := place.value
				if field.Kind() == reflect.Int {
					field.SetInt(int64(rapid.Int().Draw(t, "int")))
				} else {
					field.SetFloat(rapid.Float64().Draw(t, "float"))
				}
			}
			r, err := s.Solve(in.Interface())
			if err == nil {
				requireFinite(t, r, "%s: %+v", s.Name, in.Elem().Interface())
			}
		})
	}
}

func solve(t *testing.T, s catalog.Solver, example any) any {
	in := reflect.New(reflect.TypeOf(example))
	in.Elem().Set(reflect.ValueOf(example))
	r, err := s.Solve(in.Interface())
	require.NoError(t, err, s.Name)
	return r
}

// fresh is a changeable copy of the example, its lists included.
func fresh(s catalog.Solver) reflect.Value {
	in := reflect.New(reflect.TypeOf(s.Example))
	in.Elem().Set(reflect.ValueOf(s.Example))
	for _, f := range reflect.VisibleFields(in.Elem().Type()) {
		if v := in.Elem().FieldByIndex(f.Index); v.Kind() == reflect.Slice && v.CanSet() {
			c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(c, v)
			v.Set(c)
		}
	}
	return in
}

// A number is one number inside a value.
type number struct {
	name  string
	value reflect.Value
}

// numbers lists every exported number inside a struct, those of nested structs
// and of lists included.
func numbers(v reflect.Value, name string) []number {
	var out []number
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out = append(out, numbers(v.Field(i), name+"."+f.Name)...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, numbers(v.Index(i), fmt.Sprintf("%s[%d]", name, i))...)
		}
	case reflect.Float64, reflect.Int:
		out = append(out, number{name, v})
	}
	return out
}

func clampInt(v float64) int64 {
	switch {
	case math.IsNaN(v):
		return math.MinInt64
	case v > 1e18:
		return math.MaxInt64
	case v < -1e18:
		return math.MinInt64
	default:
		return int64(v)
	}
}

func requireFinite(t require.TestingT, r any, format string, args ...any) {
	for _, n := range numbers(reflect.ValueOf(r), "") {
		if n.value.CanFloat() {
			require.False(t, math.IsNaN(n.value.Float()) || math.IsInf(n.value.Float(), 0), append([]any{"%s is %v: " + format, n.name, n.value.Float()}, args...)...)
		}
	}
}

func TestFind(t *testing.T) {
	s, err := catalog.Find("Single_Node")
	require.NoError(t, err)
	require.Equal(t, "single-node", s.Name)
	_, err = catalog.Find("servin")
	require.ErrorContains(t, err, "did you mean serving?")
}

// Every solver has a documented example that runs: one without an Output comment
// would only be compiled.
func TestEverySolverHasAnExampleThatRuns(t *testing.T) {
	examples := map[string][]*doc.Example{} // by room
	for _, s := range catalog.All() {
		in := reflect.TypeOf(s.Example)
		room := path.Base(in.PkgPath())
		if examples[room] == nil {
			examples[room] = examplesOf(t, filepath.Join("..", room))
		}
		runs := slices.ContainsFunc(examples[room], func(e *doc.Example) bool {
			name, _, _ := strings.Cut(e.Name, "_")
			return name == in.Name() && e.Output != ""
		})
		require.True(t, runs, "%s: want func Example%s with an Output comment in a test of %s", s.Name, in.Name(), room)
	}
}

func examplesOf(t *testing.T, dir string) []*doc.Example {
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	require.NotEmpty(t, files, dir)
	return doc.Examples(files...)
}
