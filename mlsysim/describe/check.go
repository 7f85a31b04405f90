package describe

import (
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"unsafe"
)

// A FieldError says which field of which input is out of range and what is
// wanted instead.
type FieldError struct {
	Input string // serving.Serving
	Field string // Hardware.Memory
	Value string
	Want  string
}

// Error prints serving.Serving: Batch = 0: want at least 1.
func (e *FieldError) Error() string {
	return fmt.Sprintf("%s: %s = %s: want %s", e.Input, e.Field, e.Value, e.Want)
}

// Refuse returns the error for a rule that tags cannot say.
func Refuse(input, field string, value any, want string) error {
	return &FieldError{Input: input, Field: field, Value: fmt.Sprint(value), Want: want}
}

// Check replaces zero fields by their defaults and then reports the first
// field, in declaration order, nested structs and the entries of lists included,
// that is not finite or out of range. It allocates nothing when all is well.
func Check[T any](v *T) error {
	p := planOf(reflect.TypeFor[T]())
	return p.check(p.name, "", unsafe.Pointer(v))
}

func (p *plan) check(input, prefix string, base unsafe.Pointer) error {
	if p.quick.pass(base) {
		return nil
	}
	for i := range p.steps {
		if s := &p.steps[i]; !s.pass(base) {
			return s.err(input, prefix, base)
		}
	}
	return nil
}

// kind is how a checked field lies in memory.
type kind uint8

const (
	float kind = iota
	integer
	enum
	list
)

// A step checks the one field at an offset.
type step struct {
	name       string
	offset     uintptr
	kind       kind
	bounds     bounds
	def        float64
	hasDefault bool
	typ        reflect.Type
	each       *plan // of a list: what is checked in every entry
}

type plan struct {
	name  string
	steps []step
	quick quick
}

var plans sync.Map // reflect.Type -> *plan; a cache of what types say, never changed once stored

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{name: TypeName(t)}
	p.add(t, "", 0)
	p.quick = sorted(p.steps)
	stored, _ := plans.LoadOrStore(t, p)
	return stored.(*plan)
}

// add appends the steps of one struct type.
func (p *plan) add(t reflect.Type, prefix string, offset uintptr) {
	for i := range t.NumField() {
		if sf := t.Field(i); sf.IsExported() || sf.Anonymous {
			p.addField(sf, prefix, prefix+sf.Name, offset+sf.Offset)
		}
	}
}

// addField appends the steps of one field. A kind that could smuggle in an
// unchecked number is a programming error.
func (p *plan) addField(sf reflect.StructField, prefix, name string, offset uintptr) {
	s := step{name: name, offset: offset, bounds: parseBounds(sf), typ: sf.Type}
	switch sf.Type.Kind() {
	case reflect.Struct:
		inner := name + "."
		if sf.Anonymous { // its fields are named as if they were ours
			inner = prefix
		}
		p.add(sf.Type, inner, offset)
		return
	case reflect.Float64:
		s.kind = float
	case reflect.Int:
		s.kind = integer
	case reflect.Uint8:
		names, ok := reflect.Zero(sf.Type).Interface().(Enum)
		if !ok {
			panic(fmt.Sprintf("describe: %s.%s: %s has no Names", p.name, name, sf.Type))
		}
		s.kind = enum
		s.bounds = bounds{hasLo: true, hi: float64(len(names.Names()) - 1), hasHi: true}
	case reflect.Slice:
		s.kind, s.each = list, p.entry(sf, name)
	case reflect.Bool, reflect.String:
		return
	default:
		panic(fmt.Sprintf("describe: %s.%s: a %s field cannot be checked", p.name, name, sf.Type.Kind()))
	}
	s.def, s.hasDefault = defaultOf(sf)
	p.steps = append(p.steps, s)
}

// defaultOf reads the default tag as the number that is stored.
func defaultOf(sf reflect.StructField) (float64, bool) {
	text, ok := sf.Tag.Lookup("default")
	if !ok {
		return 0, false
	}
	v := reflect.New(sf.Type)
	if err := setText(v.Elem(), text, nil); err != nil {
		panic(fmt.Sprintf("describe: field %s: default %q: %v", sf.Name, text, err))
	}
	switch sf.Type.Kind() {
	case reflect.Float64:
		return v.Elem().Float(), true
	case reflect.Int:
		return float64(v.Elem().Int()), true
	default:
		return 0, false
	}
}

// pass fills a default and reports whether the field is in range.
func (s *step) pass(base unsafe.Pointer) bool {
	at := unsafe.Add(base, s.offset)
	switch s.kind {
	case float:
		v := (*float64)(at)
		if *v == 0 && s.hasDefault {
			*v = s.def
		}
		return s.bounds.inside(*v)
	case integer:
		v := (*int)(at)
		if *v == 0 && s.hasDefault {
			*v = int(s.def)
		}
		return s.bounds.inside(float64(*v))
	case list:
		return s.passes(base)
	default:
		return float64(*(*uint8)(at)) <= s.bounds.hi
	}
}

// err words the failure; it reads the value again so that the happy path keeps
// nothing alive.
func (s *step) err(input, prefix string, base unsafe.Pointer) error {
	at := unsafe.Add(base, s.offset)
	e := &FieldError{Input: input, Field: prefix + s.name}
	switch s.kind {
	case list:
		return s.entryErr(input, prefix, base)
	case float:
		v := *(*float64)(at)
		e.Value, e.Want = printed(s.typ, v), s.bounds.refuse(v)
	case integer:
		v := *(*int)(at)
		e.Value, e.Want = strconv.Itoa(v), s.bounds.refuse(float64(v))
	default:
		e.Value = strconv.Itoa(int(*(*uint8)(at)))
		e.Want = "one of " + listed(s.typ)
	}
	return e
}

// printed writes a float with the unit of its type.
func printed(t reflect.Type, v float64) string {
	x := reflect.New(t).Elem()
	x.SetFloat(v)
	if u, ok := x.Interface().(Unit); ok && v-v == 0 {
		return u.String()
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
