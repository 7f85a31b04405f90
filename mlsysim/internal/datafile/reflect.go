package datafile

import (
	"fmt"
	"path"
	"reflect"
	"strings"
)

// Reflect lists the fields of a registry struct that is compiled into the
// program. The generator reads the same from syntax, because the registries
// compile only after it has run.
func Reflect(t reflect.Type) ([]Field, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("type %s: want a struct", t)
	}
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		made := Field{Name: f.Name, Bounds: ReadBounds(f.Tag)}
		if err := made.fill(f.Type); err != nil {
			return nil, fmt.Errorf("type %s: %w", t, err)
		}
		out = append(out, made)
	}
	return out, nil
}

// fill sets what follows from the type of the field.
func (f *Field) fill(t reflect.Type) error {
	if path.Base(t.PkgPath()) == "units" {
		f.Type = t.Name()
		if !IsUnit(f.Type) {
			return fmt.Errorf("field %s: type %s is not a known unit", f.Name, f.Type)
		}
		return nil
	}
	if s, ok := Basic(t.String()); ok {
		f.Shape = s
		return nil
	}
	f.Type = t.Name()
	if named, ok := reflect.Zero(t).Interface().(interface{ Names() []string }); ok {
		f.Shape, f.Names = Enum, named.Names()
		return nil
	}
	f.Shape = Nested
	var err error
	f.Fields, err = Reflect(t)
	return err
}

// Set writes the values of the entry into the struct they were read for.
func (e *Entry) Set(into reflect.Value) {
	for i := range e.Values {
		v := &e.Values[i]
		f := at(into, v.Field)
		switch f.Kind() {
		case reflect.String:
			f.SetString(v.Shown)
		case reflect.Bool:
			f.SetBool(v.Literal == "true")
		case reflect.Int:
			f.SetInt(int64(v.Number))
		case reflect.Uint8:
			f.SetUint(uint64(v.Number))
		default:
			f.SetFloat(v.Number)
		}
	}
}

// at returns the field with a dotted name.
func at(v reflect.Value, name string) reflect.Value {
	for _, part := range strings.Split(name, ".") {
		v = v.FieldByName(part)
	}
	return v
}
