package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// listing describes the catalog: a line a solver for people, all fields for
// programs.
func listing() show.View {
	table, objects := tabulate(catalog.All(), []column[catalog.Solver]{
		{"name", "Name", func(s catalog.Solver) any { return s.Name }},
		{"summary", "", func(s catalog.Solver) any { return s.Summary }},
		{"", "Walls", func(s catalog.Solver) any { return wallNames(s.Walls) }},
		{"", "Solves", func(s catalog.Solver) any { return s.Summary }},
	})
	for i, s := range catalog.All() {
		objects[i] = object{
			{"name", s.Name},
			{"summary", s.Summary},
			{"walls", wallObjects(s.Walls)},
			{"inputs", inputFields(s)},
			{"results", resultFields(s.Outputs())},
		}
	}
	return show.View{Title: "Solvers", Blocks: []show.Block{{Table: table}}, Data: objects}
}

func wallNames(list []walls.Wall) string {
	var out []string
	for _, w := range list {
		out = append(out, fmt.Sprintf("%d %s", int(w), w))
	}
	return strings.Join(out, ", ")
}

func wallObjects(list []walls.Wall) []object {
	var out []object
	for _, w := range list {
		out = append(out, object{{"number", int(w)}, {"name", w.String()}})
	}
	return out
}

func inputFields(s catalog.Solver) []object {
	var out []object
	required := demanded(s)
	for _, f := range s.Inputs() {
		o := object{
			{"key", f.Key},
			{"flag", "--" + f.Flag},
			{"type", typeName(f)},
			{"unit", text(f.Unit)},
			{"help", f.Help},
			{"range", text(rangeOf(f))},
			{"default", text(f.Default)},
			{"required", required[f.Name]},
		}
		if f.Enum != nil {
			o = append(o, pair{"values", f.Enum})
		}
		out = append(out, o)
	}
	return out
}

func resultFields(fields []describe.Field) []object {
	var out []object
	for _, f := range fields {
		out = append(out, object{
			{"key", f.Key},
			{"type", typeName(f)},
			{"unit", text(f.Unit)},
			{"help", f.Help},
			{"better", text(f.Better)},
		})
	}
	return out
}

// typeName is the JSON type of a field; a quantity is a number in its unit or
// text with a unit, a name stands for a registry entry.
func typeName(f describe.Field) string {
	switch kind := f.Type.Kind(); {
	case f.Unit != "":
		return "quantity"
	case f.Enum != nil:
		return "enum"
	case kind == reflect.Int:
		return "integer"
	case kind == reflect.Float64:
		return "number"
	case kind == reflect.Bool:
		return "boolean"
	case kind == reflect.Struct && registryNames(f.Type) != nil:
		return "name"
	case kind == reflect.Struct:
		return "object"
	case kind == reflect.Slice || f.Type == reflect.TypeFor[walls.Warnings]():
		return "array"
	default:
		return "string"
	}
}

// rangeOf words the range that a numeric field declares.
func rangeOf(f describe.Field) string {
	if f.Want() == (describe.Field{}).Want() { // no bounds
		return ""
	}
	return f.Want()
}

// demanded lists the fields that have to be given: those declared so, and those
// that the solver asks for by name when it has the others alone. A field with a
// default is never one of them.
func demanded(s catalog.Solver) map[string]bool {
	in := s.New()
	bare, example := reflect.ValueOf(in).Elem(), reflect.ValueOf(s.Example)
	out := map[string]bool{}
	give := func(f describe.Field) {
		out[f.Name] = true
		bare.FieldByIndex(f.Index).Set(example.FieldByIndex(f.Index))
	}
	for _, f := range s.Inputs() {
		if f.Required() {
			give(f)
		}
	}
	for range s.Inputs() {
		_, err := s.Solve(in)
		f, ok := leftOut(s, in, err)
		if !ok || example.FieldByIndex(f.Index).IsZero() {
			break
		}
		give(f)
	}
	return out
}

// leftOut is the field that a refusal names, if it has no default and was not
// given.
func leftOut(s catalog.Solver, in any, err error) (describe.Field, bool) {
	var refused *describe.FieldError
	if !errors.As(err, &refused) {
		return describe.Field{}, false
	}
	for _, f := range s.Inputs() {
		if f.Name == refused.Field && f.Default == "" && reflect.ValueOf(in).Elem().FieldByIndex(f.Index).IsZero() {
			return f, true
		}
	}
	return describe.Field{}, false
}

// text is s, or nil where there is none.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
