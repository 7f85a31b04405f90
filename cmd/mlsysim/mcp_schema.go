package main

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// fieldsOf is the schema of a struct without the fields of registry entries, which
// are long and have names.
func fieldsOf(t reflect.Type) *jsonschema.Schema {
	s := describe.Schema(t)
	s.Version = ""
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		shorten(p.Value)
	}
	return s
}

// shorten replaces the alternatives of one property by a list of types.
func shorten(p *jsonschema.Schema) {
	if p.Items != nil {
		shorten(p.Items)
	}
	if len(p.OneOf) != 2 {
		return
	}
	first, second := p.OneOf[0], p.OneOf[1]
	var types []string
	switch {
	case first.Type == "string" && second.Type == "object":
		types = []string{"string", "object"}
		p.Description = strings.TrimSpace(p.Description + " (name in the registry)")
	case second.Type == "string":
		types = []string{first.Type, "string"}
		p.Minimum, p.Maximum, p.ExclusiveMinimum, p.ExclusiveMaximum, p.Default = first.Minimum, first.Maximum, first.ExclusiveMinimum, first.ExclusiveMaximum, first.Default
	default:
		return
	}
	extras := map[string]any{"type": types}
	for key, value := range p.Extras {
		extras[key] = value
	}
	p.OneOf, p.Extras = nil, extras
}

// chosen is the schema of a call that names one of several solvers and gives its
// input; the input's own schema is one of those of the listed solvers.
func chosen(key, help string, names []string, listed []catalog.Solver) object {
	input := object{{"type", "object"}, {"description", "the fields of that solver"}}
	inputs := make([]*jsonschema.Schema, len(listed))
	for i, s := range listed {
		inputs[i] = fieldsOf(reflect.TypeOf(s.Example))
		inputs[i].Title, inputs[i].Description = s.Name, s.Summary
	}
	if len(inputs) > 0 {
		input = append(input, pair{"anyOf", inputs})
	}
	return object{
		{"type", "object"},
		{"properties", object{{key, object{{"type", "string"}, {"enum", names}, {"description", help}}}, {"input", input}}},
		{"required", []string{key, "input"}},
		{"additionalProperties", false},
	}
}

func zooSchema() object {
	return object{
		{"type", "object"},
		{"properties", object{
			{"category", object{{"type", "string"}, {"enum", zooCategories()}, {"description", "list the entries of one category"}}},
			{"name", object{{"type", "string"}, {"description", "one entry with the source of every value, or one solver with its fields"}}},
		}},
		{"additionalProperties", false},
	}
}

// zooCategories are the registries and the catalog.
func zooCategories() []string { return append(zoo.Kinds(), "solvers") }

// answerSchema is what every answer has in common.
var answerSchema = object{
	{"type", "object"},
	{"properties", object{
		{"registry", object{{"type", "string"}, {"description", "version and hash of the registry"}}},
		{"verdict", object{{"type", "string"}, {"enum", verdicts}, {"description", "what the result says about the design"}}},
		{"result", object{{"type", "object"}, {"description", "quantities as {value, unit, text, help}; null is unknown"}}},
		{"steps", object{{"type", "array"}, {"description", "the derivation"}}},
		{"sources", object{{"type", "array"}, {"description", "where the registry's numbers come from"}}},
		{"laws", object{{"type", "array"}, {"items", object{{"type", "string"}}}, {"description", "papers of the laws used"}}},
	}},
	{"required", []string{"registry"}},
}
