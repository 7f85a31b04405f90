package scenario

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
)

// Schema is the JSON Schema of a plan, with the names of the registries and of the
// metrics, so that an editor completes them. The reader is stricter: it knows the
// units, and the rules between keys.
func Schema() *jsonschema.Schema {
	s := describe.Schema(reflect.TypeFor[Plan]())
	s.Description = "a workload, the machines it runs on, where and for how long, and the limits it must keep"
	written(s, reflect.TypeFor[Plan]())
	s.Title = "mlsys.yaml"
	s.Required = append(s.Required, "hardware")
	s.OneOf = []*jsonschema.Schema{{Required: []string{"workload"}}, {Required: []string{"workloads"}}}

	version := at(s, "version")
	version.Type, version.Enum = "", []any{"1", "1.0", 1}
	offer(at(s, "workload", "name"), keys(models.Entries(), func(e models.Entry) string { return e.Key }))
	offer(at(s, "hardware", "name"), keys(hardware.Entries(), func(e hardware.Entry) string { return e.Key }))
	offer(at(s, "ops", "region"), keys(infra.Grids(), func(e infra.GridEntry) string { return e.Key }))
	offer(at(s, "ops", "facility"), keys(infra.Facilities(), func(e infra.FacilityEntry) string { return e.Key }))
	one := at(s, "constraints", "assert").Items
	at(one, "metric").Enum = anys(Metrics())
	one.AnyOf = []*jsonschema.Schema{{Required: []string{"max"}}, {Required: []string{"min"}}}
	return s
}

// at finds a property.
func at(s *jsonschema.Schema, path ...string) *jsonschema.Schema {
	for _, key := range path {
		s, _ = s.Properties.Get(key)
	}
	return s
}

// offer lets an editor complete names, while a path stays allowed.
func offer(s *jsonschema.Schema, names []string) {
	s.Type = ""
	s.AnyOf = []*jsonschema.Schema{{Enum: anys(names)}, {Type: "string"}}
}

func keys[E any](entries []E, key func(E) string) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = key(e)
	}
	return out
}

func anys(names []string) []any {
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	return out
}

// written turns what JSON may say of a struct into what a plan may: a quantity has
// its unit, and a key can have a second name.
func written(s *jsonschema.Schema, t reflect.Type) {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
		if s.Items != nil {
			s = s.Items
		}
	}
	s.Required = nil // what a plan leaves out has a default
	for _, f := range describe.Fields(t) {
		p := at(s, f.Key)
		if t.FieldByIndex(f.Index).Tag.Get("required") == "true" {
			s.Required = append(s.Required, f.Key)
		}
		switch {
		case sections[f.Type] || f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			written(p, f.Type)
		case f.Unit != "":
			*p = jsonschema.Schema{
				Type: "string", Pattern: `^\s*[-+]?[\d.]`, Description: p.Description, Extras: p.Extras,
				Examples: []any{example(f.Unit)},
			}
		case f.Type.Kind() == reflect.Struct: // a registry entry, by its name
			*p = jsonschema.Schema{Type: "string", Description: p.Description}
		}
		if also := t.FieldByIndex(f.Index).Tag.Get("also"); also != "" {
			s.Properties.Set(also, p)
		}
	}
	if i := strings.LastIndex(s.Title, "."); i >= 0 {
		s.Title = s.Title[i+1:]
	}
}

// example is a quantity in a unit that people use.
func example(unit string) string {
	usual := map[string]string{"s": "20 ms", "B": "80 GiB", "B/s": "50 GB/s", "requests/s": "10 requests/s", "tokens": "15e12 tokens"}
	if text, ok := usual[unit]; ok {
		return text
	}
	return "1 " + unit
}
