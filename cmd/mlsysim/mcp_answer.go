package main

import (
	"reflect"
	"slices"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/walls"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// verdicts are those of the exit codes 0, 2 and 3.
var verdicts = []string{"ok", "does not fit", "a limit is missed or cannot be judged"}

// answered is a result with its units, the sources of what went in, and the
// papers of its laws.
func answered(name string, in, result any, verdict string) reply {
	data := object{{"solver", name}, {"verdict", verdict}, {"result", quantities(reflect.ValueOf(result))}}
	if e, ok := result.(interface{ Explain() walls.Trace }); ok {
		data = append(data, pair{"laws", laws(e.Explain())})
	}
	data = append(data, pair{"sources", sourcesOf(in)}, pair{"registry", source.Stamp()})
	return reply{show.Of(result), data}
}

// verdictOf reads what a result says about its design.
func verdictOf(result any) string {
	if fits, ok := field[bool](result, "Fits"); ok && !fits {
		return verdicts[1]
	}
	if reached, ok := field[bool](result, "Reached"); ok && !reached {
		return verdicts[2]
	}
	return verdicts[0]
}

// quantities is a struct with the unit of each number beside it.
func quantities(v reflect.Value) object {
	var o object
	for _, f := range describe.Fields(v.Type()) {
		value := any(nil)
		if f.IsKnown(v) {
			value = v.FieldByIndex(f.Index).Interface()
		}
		o = append(o, pair{f.Key, quantity(f, value)})
	}
	return o
}

// quantity is one value; nil is unknown.
func quantity(f describe.Field, value any) any {
	rv := reflect.ValueOf(value)
	switch {
	case f.Unit != "" && value == nil:
		return object{{"value", nil}, {"unit", f.Unit}, {"text", "unknown"}, {"help", f.Help}}
	case value == nil:
		return nil
	case f.Unit != "":
		return object{{"value", rv.Float()}, {"unit", f.Unit}, {"text", describe.Text(value)}, {"help", f.Help}}
	case f.Enum != nil:
		return describe.Text(value)
	case rv.Kind() == reflect.Float64, rv.Kind() == reflect.Int:
		return object{{"value", value}, {"unit", "1"}, {"text", describe.Text(value)}, {"help", f.Help}}
	case rv.Kind() == reflect.Struct:
		if named, ok := value.(interface{ MarshalText() ([]byte, error) }); ok {
			text, _ := named.MarshalText()
			return string(text)
		}
		return quantities(rv)
	case rv.Kind() == reflect.Slice && rv.Type().Elem().Kind() == reflect.Struct:
		list := make([]object, rv.Len())
		for i := range list {
			list[i] = quantities(rv.Index(i))
		}
		return list
	default:
		return value
	}
}

// laws lists the papers of a derivation, each once.
func laws(t walls.Trace) []string {
	papers := []string{}
	for _, s := range t.Steps {
		if s.Source != "" && !slices.Contains(papers, s.Source) {
			papers = append(papers, s.Source)
		}
	}
	return papers
}

// sourcesOf lists the registry entries inside an input with their documents. What
// differs from every entry was given by the caller, who knows its source.
func sourcesOf(in any) []object {
	out := []object{}
	seen := map[string]bool{}
	eachStruct(reflect.ValueOf(in), func(v any) {
		e, ok := entryOf(v)
		if !ok || seen[e.Path] {
			return
		}
		seen[e.Path] = true
		_, documents := e.documents()
		out = append(out, object{{"entry", e.Key}, {"path", e.Path}, {"documents", documents}})
	})
	return out
}

// eachStruct visits the structs inside a value, those in lists too.
func eachStruct(v reflect.Value, visit func(any)) {
	switch v.Kind() {
	case reflect.Pointer:
		eachStruct(v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			eachStruct(v.Index(i), visit)
		}
	case reflect.Struct:
		if !v.IsZero() {
			visit(v.Interface())
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachStruct(v.Field(i), visit)
			}
		}
	}
}

// entryOf finds the registry entry that a value is.
func entryOf(v any) (entry, bool) {
	path := ""
	switch x := v.(type) {
	case hardware.Device:
		for _, e := range hardware.Entries() {
			if e.Value.Name == x.Name && reflect.DeepEqual(*e.Value, x) {
				path = e.Path
			}
		}
	case models.Model:
		for _, e := range models.Entries() {
			if e.Value.Name == x.Name && reflect.DeepEqual(*e.Value, x) {
				path = e.Path
			}
		}
	default:
		for _, e := range slices.Concat(infra.All(), systems.All()) {
			if path == "" && reflect.DeepEqual(*e.Value, v) {
				path = e.Path
			}
		}
	}
	e, err := findEntry(&zoo.Zoo{}, path)
	return e, err == nil
}
