package laws_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// FuzzSolve changes fields of the example of a solver to what a user could come up
// with. An edit takes four bytes, two for the field and two for the value, and some
// values another eight. A solver refuses, naming the field, or answers in finite
// numbers that can be explained, shown and written down.
func FuzzSolve(f *testing.F) {
	all := catalog.All()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range all {
		for range 25 {
			edits := make([]byte, 12+random.IntN(28))
			for j := range edits {
				edits[j] = byte(random.Uint32())
			}
			f.Add(uint16(i), edits)
		}
	}
	f.Fuzz(func(t *testing.T, solver uint16, edits []byte) {
		s := all[int(solver)%len(all)]
		in := reflect.New(reflect.TypeOf(s.Example))
		in.Elem().Set(reflect.ValueOf(s.Example))
		edit(in.Elem(), edits)
		r, err := s.Solve(in.Interface())
		if err != nil {
			var refused *describe.FieldError
			require.ErrorAs(t, err, &refused, s.Name)
			require.NotEmpty(t, refused.Want, s.Name)
			return
		}
		if bad := unbounded(reflect.ValueOf(r), s.Name); bad != "" {
			t.Fatalf("%s is not finite: %+v", bad, in.Elem().Interface())
		}
		_, err = describe.Encode(r)
		require.NoError(t, err, s.Name)
		require.NoError(t, r.(interface{ Explain() walls.Trace }).Explain().Verify(r), s.Name)
		require.NotEmpty(t, r.(interface{ View() show.View }).View().Title, s.Name)
	})
}

// mostEdits keeps the fuzzer from changing everything: it would only learn which
// field is looked at first.
const mostEdits = 6

func edit(in reflect.Value, edits []byte) {
	for range mostEdits {
		if len(edits) < 4 {
			return
		}
		places := parts(in, nil)
		place := places[int(binary.LittleEndian.Uint16(edits))%len(places)]
		x, rest := hostile(edits[2:4], edits[4:])
		put(place, x, edits[3])
		edits = rest
	}
}

// hostile decodes a number; a random one takes eight more bytes.
func hostile(value, more []byte) (float64, []byte) {
	known := [...]float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1, 1e30, 1e-30, 1e9, 1e300, 5e-324, 0.5}
	if i := int(value[0]) % (len(known) + 4); i < len(known) {
		return known[i], more
	}
	if len(more) < 8 {
		return float64(value[1]), more
	}
	bits := binary.LittleEndian.Uint64(more)
	if value[1]%2 == 0 {
		return math.Float64frombits(bits), more[8:]
	}
	return float64(bits%100_000) / 10, more[8:] // a size that people use
}

// put stores a number as well as a field can hold it, or picks an entry.
func put(f reflect.Value, x float64, entry byte) {
	switch p := f.Addr().Interface().(type) {
	case *models.Model:
		*p = at(models.Entries(), entry)
		return
	case *hardware.Device:
		*p = at(hardware.Entries(), entry)
		return
	case *infra.Grid:
		*p = at(infra.Grids(), entry)
		return
	case *infra.Facility:
		*p = at(infra.Facilities(), entry)
		return
	case *systems.Stack:
		*p = at(systems.Entries(), entry)
		return
	}
	switch f.Kind() {
	case reflect.Float64, reflect.Int:
		spoil(f, x)
	case reflect.Bool:
		f.SetBool(entry%2 == 0)
	case reflect.Uint8:
		f.SetUint(uint64(entry) % uint64(len(names(f))+1)) // the last is none of them
	case reflect.String:
		f.SetString(string([]byte{entry, entry}))
	case reflect.Slice:
		f.Set(reflect.MakeSlice(f.Type(), int(entry)%4, int(entry)%4))
	}
}

func at[T any](entries []registry.Entry[T], i byte) T { return *entries[int(i)%len(entries)].Value }

// parts lists everything inside a struct that can be changed: registry entries
// whole and field by field, lists and what is in them.
func parts(v reflect.Value, out []reflect.Value) []reflect.Value {
	for i := range v.NumField() {
		f := v.Field(i)
		if !v.Type().Field(i).IsExported() {
			continue
		}
		switch f.Kind() {
		case reflect.Struct:
			if isEntry(f.Type()) {
				out = append(out, f)
			}
			out = parts(f, out)
		case reflect.Slice:
			out = append(out, f)
			out = partsOfList(f, out)
		default:
			out = append(out, f)
		}
	}
	return out
}

func partsOfList(f reflect.Value, out []reflect.Value) []reflect.Value {
	fresh := reflect.MakeSlice(f.Type(), f.Len(), f.Len()) // the example's own list stays
	reflect.Copy(fresh, f)
	f.Set(fresh)
	for i := range f.Len() {
		if f.Index(i).Kind() == reflect.Struct {
			out = parts(f.Index(i), out)
			continue
		}
		out = append(out, f.Index(i))
	}
	return out
}

// unbounded names a number of a result that is not finite.
func unbounded(v reflect.Value, name string) string {
	switch v.Kind() {
	case reflect.Float64:
		if !finite(v.Float()) {
			return name
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if bad := unbounded(v.Field(i), name+"."+v.Type().Field(i).Name); bad != "" {
				return bad
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if bad := unbounded(v.Index(i), name+"[]"); bad != "" {
				return bad
			}
		}
	}
	return ""
}
