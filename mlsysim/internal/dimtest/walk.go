package dimtest

import (
	"fmt"
	"math"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/units"
)

type dimensioned interface{ Dim() units.Dim }

type settable interface{ Set(text string) error }

// clone copies v with everything it points to, into a value that can be set.
// Registry variables behind a pointer or a slice thus stay as they are.
func clone(v reflect.Value) reflect.Value {
	c := reflect.New(v.Type()).Elem()
	c.Set(v)

	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.Field(i).Set(clone(v.Field(i)))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			c.Index(i).Set(clone(v.Index(i)))
		}
	case reflect.Slice:
		if v.IsNil() {
			break
		}
		c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			c.Index(i).Set(clone(v.Index(i)))
		}
	case reflect.Map:
		if v.IsNil() {
			break
		}
		c.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for k, e := range v.Seq2() {
			c.SetMapIndex(k, clone(e))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			c.Set(clone(v.Elem()).Addr())
		}
	case reflect.Interface:
		if !v.IsNil() {
			c.Set(clone(v.Elem()))
		}
	}
	return c
}

// children calls f for each part of v that can be set; f gets its name.
// Parts of maps and interfaces are copied out and put back.
func children(v reflect.Value, f func(name string, part reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if sf := v.Type().Field(i); sf.IsExported() {
				f("."+sf.Name, v.Field(i))
			}
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			f(fmt.Sprintf("[%d]", i), v.Index(i))
		}
	case reflect.Map:
		for k, e := range v.Seq2() {
			c := clone(e)
			f(fmt.Sprintf("[%v]", k), c)
			v.SetMapIndex(k, c)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			f("", v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			c := clone(v.Elem())
			f("", c)
			v.Set(c)
		}
	}
}

// quantity returns the dimension of v if it has one of package units.
func quantity(v reflect.Value) (units.Dim, bool) {
	if v.Kind() != reflect.Float64 {
		return units.Dim{}, false
	}
	d, ok := v.Interface().(dimensioned)
	if !ok {
		return units.Dim{}, false
	}
	return d.Dim(), true
}

// fill replaces zero quantities by the default of their field, as a solver
// would: a default has a unit too and must be rescaled with the rest.
func fill(v reflect.Value) error {
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			sf, part := v.Type().Field(i), v.Field(i)
			text, ok := sf.Tag.Lookup("default")
			if !ok || !sf.IsExported() || !part.IsZero() {
				continue
			}
			if _, ok := quantity(part); !ok {
				continue
			}
			if err := part.Addr().Interface().(settable).Set(text); err != nil {
				return fmt.Errorf("default of %s: %w", sf.Name, err)
			}
		}
	}

	var first error
	children(v, func(_ string, part reflect.Value) {
		if err := fill(part); err != nil && first == nil {
			first = err
		}
	})
	return first
}

// rescale expresses every quantity in v in other base units. It returns how
// many it has changed.
func rescale(v reflect.Value, ruler [units.NumDims]int) int {
	if d, ok := quantity(v); ok {
		power := 0
		for i, exponent := range d {
			power += int(exponent) * ruler[i]
		}
		v.SetFloat(math.Ldexp(v.Float(), power))
		if power == 0 || v.Float() == 0 {
			return 0
		}
		return 1
	}

	changed := 0
	children(v, func(_ string, part reflect.Value) { changed += rescale(part, ruler) })
	return changed
}
