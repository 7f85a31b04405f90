package zoo

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/systems"
)

// Script declares the entries of the user as variables of a lab script, in the
// names that labs have for their types. A key that an entry of another built-in
// registry has would hide it, and is an error.
func (z *Zoo) Script() (string, error) {
	own, builtIn := z.both(Kinds()...)
	taken := map[string]string{}
	for _, e := range builtIn {
		taken[variable(e.Key)] = e.Path
	}
	var b strings.Builder
	for _, e := range own {
		name := variable(e.Key)
		if path, ok := taken[name]; ok {
			return "", fmt.Errorf("%s: labs have a variable %s, %s: want another key", e.Path, name, path)
		}
		taken[name] = e.Path
		v := reflect.ValueOf(*e.Value)
		fmt.Fprintf(&b, "var %s %s\n", name, labName(v.Type()))
		assign(&b, name, v)
	}
	return b.String(), nil
}

// variable is the key as the exported Go variable that registries make of it.
func variable(key string) string { return strings.ToUpper(key[:1]) + key[1:] }

// labName is what labs call a registry type.
func labName(t reflect.Type) string {
	if t == reflect.TypeFor[systems.Storage]() {
		return "StorageTier"
	}
	return t.Name()
}

// assign sets each field that is known.
func assign(b *strings.Builder, to string, v reflect.Value) {
	for i := range v.NumField() {
		f, name := v.Field(i), to+"."+v.Type().Field(i).Name
		if f.IsZero() {
			continue
		}
		switch {
		case f.Kind() == reflect.Struct:
			assign(b, name, f)
		case f.Kind() == reflect.String:
			fmt.Fprintf(b, "%s = %q\n", name, f.String())
		case f.Kind() == reflect.Bool:
			fmt.Fprintf(b, "%s = true\n", name)
		case f.CanUint():
			fmt.Fprintf(b, "%s = %d\n", name, f.Uint())
		case f.CanInt():
			fmt.Fprintf(b, "%s = %d\n", name, f.Int())
		default:
			fmt.Fprintf(b, "%s = %s\n", name, strconv.FormatFloat(f.Float(), 'g', -1, 64))
		}
	}
}
