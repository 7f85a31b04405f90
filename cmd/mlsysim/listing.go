package main

import (
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
	for _, f := range s.Inputs() {
		o := object{
			{"key", f.Key},
			{"flag", "--" + f.Flag},
			{"type", typeName(f)},
			{"unit", text(f.Unit)},
			{"help", f.Help},
			{"range", text(rangeOf(f))},
			{"default", text(f.Default)},
			{"required", needed(s, f)},
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

// needed reports whether the field is declared as required, or the solver
// refuses its own example without it.
func needed(s catalog.Solver, f describe.Field) bool {
	if f.Required() {
		return true
	}
	in := s.New()
	v := reflect.ValueOf(in).Elem()
	v.Set(reflect.ValueOf(s.Example))
	v.FieldByIndex(f.Index).SetZero()
	_, err := s.Solve(in)
	return err != nil
}

// text is s, or nil where there is none.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
