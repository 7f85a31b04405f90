package registry_test

import (
	"reflect"
	"strconv"
	"strings"
)

// eachNumber visits the numeric fields of a struct, nested ones by dotted name.
// Enumerations are names, not numbers.
func eachNumber(v reflect.Value, prefix string, visit func(string, reflect.Value)) {
	for i := range v.NumField() {
		name, f := prefix+v.Type().Field(i).Name, v.Field(i)
		switch f.Kind() {
		case reflect.Struct:
			eachNumber(f, name+".", visit)
		case reflect.Float64, reflect.Int:
			visit(name, f)
		}
	}
}

// numberAt returns the field with a dotted name.
func numberAt(v reflect.Value, path string) reflect.Value {
	for _, name := range strings.Split(path, ".") {
		v = v.FieldByName(name)
	}
	return v
}

// plainText writes a number without a unit as a registry file would.
func plainText(v reflect.Value) string {
	if v.Kind() == reflect.Int {
		return strconv.FormatInt(v.Int(), 10)
	}
	return strconv.FormatFloat(v.Float(), 'g', -1, 64)
}
