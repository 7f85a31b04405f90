package describe

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
)

// Schema returns the JSON Schema (2020-12) of a struct type: the same keys,
// ranges, units and help that Decode and Check use.
func Schema(t reflect.Type) *jsonschema.Schema {
	s := object(t)
	s.Version = jsonschema.Version
	s.Title = TypeName(t)
	return s
}

func object(t reflect.Type) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for _, f := range Fields(t) {
		s.Properties.Set(f.Key, property(f))
		if f.Required() {
			s.Required = append(s.Required, f.Key)
		}
	}
	return s
}

// property describes one field.
func property(f Field) *jsonschema.Schema {
	p := leaf(f)
	p.Description = f.Help
	if f.Unit != "" {
		p.Extras = map[string]any{"x-unit": f.Unit}
	}
	if f.Known != "" {
		p = &jsonschema.Schema{Description: f.Help, OneOf: []*jsonschema.Schema{p, {Type: "null"}}}
	}
	return p
}

func leaf(f Field) *jsonschema.Schema {
	_, isText := reflect.New(f.Type).Interface().(encoding.TextUnmarshaler)
	switch {
	case len(f.Enum) > 0:
		s := &jsonschema.Schema{Type: "string"}
		for _, name := range f.Enum {
			s.Enum = append(s.Enum, name)
		}
		return s
	case f.Type.Kind() == reflect.Struct && isText:
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string", Description: "name in the registry"}, object(f.Type)}}
	case f.Type.Kind() == reflect.Struct:
		return object(f.Type)
	case f.Type.Implements(reflect.TypeFor[sentences]()):
		return &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "string"}}
	case f.Type == reflect.TypeFor[json.RawMessage]():
		return &jsonschema.Schema{Type: "object"}
	case f.Type.Kind() == reflect.Pointer:
		f.Type = f.Type.Elem()
		return leaf(f)
	case f.Type.Kind() == reflect.Slice:
		return &jsonschema.Schema{Type: "array", Items: leaf(f.entry())}
	case f.Unit != "":
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{bounded("number", f), {Type: "string", Description: "number with a unit"}}}
	case f.Type.Kind() == reflect.Float64:
		return bounded("number", f)
	case f.Type.Kind() == reflect.Int:
		return bounded("integer", f)
	case f.Type.Kind() == reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	default:
		return &jsonschema.Schema{Type: "string"}
	}
}

// sentences is implemented by sets of remarks, which JSON writes as a list.
type sentences interface{ Texts() []string }

func bounded(typ string, f Field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: typ}
	b := f.bounds
	number := func(v float64) json.Number { return json.Number(fmt.Sprint(v)) }
	switch {
	case b.hasLo && b.openLo:
		s.ExclusiveMinimum = number(b.lo)
	case b.hasLo:
		s.Minimum = number(b.lo)
	}
	switch {
	case b.hasHi && b.openHi:
		s.ExclusiveMaximum = number(b.hi)
	case b.hasHi:
		s.Maximum = number(b.hi)
	}
	switch {
	case f.Default != "" && f.Unit != "": // text with its unit
		s.Default = f.Default
	case f.Default != "":
		s.Default = json.Number(f.Default)
	}
	return s
}

// unknownField names the fields of t that would do.
func unknownField(t reflect.Type, name string, fits func(Field) bool) error {
	var known []string
	for _, f := range Fields(t) {
		if fits(f) {
			known = append(known, f.Name)
		}
	}
	return fmt.Errorf("%s: unknown field %q: %s", TypeName(t), name, nearest.Hint(name, known))
}
