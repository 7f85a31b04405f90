package script

import (
	"fmt"
	"go/types"
	"io"
	"reflect"
	"regexp"
	"sort"
	"strings"
)

// typeTable numbers the types that go/types found, for values on their way from
// the interpreter to the host, and holds the String methods of the script.
type typeTable struct {
	list   []types.Type
	ids    map[types.Type]int
	method map[*types.Func]reflect.Value // String method -> func(receiver) string
	funcs  []*types.Func                 // by number, for registration
	pretty func(string) string           // names for people
}

func newTypeTable() *typeTable {
	return &typeTable{ids: map[types.Type]int{}, method: map[*types.Func]reflect.Value{}, pretty: func(s string) string { return s }}
}

func (t *typeTable) add(typ types.Type) int {
	id, ok := t.ids[typ]
	if !ok {
		id = len(t.list)
		t.ids[typ] = id
		t.list = append(t.list, typ)
	}
	return id
}

// Value is a value of a type that a script declared. It prints as compiled Go
// would print it.
type Value struct {
	table *typeTable
	typ   types.Type
	v     reflect.Value
}

// typed is the host side of zz.Typed.
func (t *typeTable) typed(id int, v any) any {
	return Value{table: t, typ: t.list[id], v: reflect.ValueOf(v)}
}

// String prints the value as fmt.Sprint does.
func (v Value) String() string { return fmt.Sprintf("%v", v) }

// Format prints the value with the type and methods that the script gave it.
func (v Value) Format(s fmt.State, verb rune) {
	p := &typedPrinter{table: v.table, state: s, verb: verb}
	if verb == 'T' { // fmt handles %T before it looks for Format; kept for direct calls
		p.write(v.table.typeName(v.typ))
		return
	}
	p.value(v.typ, v.v, 0, false)
}

// typeName is the type as %T prints it.
func (t *typeTable) typeName(typ types.Type) string {
	s := types.TypeString(typ, func(p *types.Package) string { return p.Name() })
	s = anyWord.ReplaceAllString(s, "interface {}")
	return t.pretty(strings.ReplaceAll(s, "struct{", "struct { "))
}

var anyWord = regexp.MustCompile(`\bany\b`)

type typedPrinter struct {
	table *typeTable
	state fmt.State
	verb  rune
}

func (p *typedPrinter) write(s string) { _, _ = io.WriteString(p.state, s) }

// leaf hands a plain value to fmt with the flags that were asked for.
func (p *typedPrinter) leaf(v any) { fmt.Fprintf(p.state, fmt.FormatString(p.state, p.verb), v) }

// value prints v, whose Go type is t. Behind an unexported field (hidden) fmt
// calls no methods.
func (p *typedPrinter) value(t types.Type, v reflect.Value, depth int, hidden bool) {
	for v.IsValid() && v.Kind() == reflect.Interface && !types.IsInterface(t) {
		v = v.Elem() // the interpreter boxes fields of recursive types
	}
	if !v.IsValid() {
		p.write("<nil>")
		return
	}
	if !hidden && p.stringer(t, v) {
		return
	}
	if !own(t) && !hidden && !types.IsInterface(t) && v.CanInterface() {
		p.leaf(v.Interface())
		return
	}
	if p.sharp() && p.verb == 'v' {
		if _, basic := t.Underlying().(*types.Basic); !basic {
			p.syntax(t, v, depth, hidden)
			return
		}
	}
	p.composite(t, v, depth, hidden)
}

func (p *typedPrinter) sharp() bool { return p.state.Flag('#') }

// stringer uses a String method where fmt would.
func (p *typedPrinter) stringer(t types.Type, v reflect.Value) bool {
	if !strings.ContainsRune("vsxXq", p.verb) || p.sharp() && p.verb == 'v' {
		return false
	}
	obj, path, _ := types.LookupFieldOrMethod(t, false, nil, "String")
	f, ok := obj.(*types.Func)
	if !ok || !isStringMethod(f) {
		return false
	}
	for _, i := range path[:len(path)-1] {
		v = deref(v)
		if !v.IsValid() {
			return false
		}
		v = v.Field(i)
	}
	text, ok := p.callString(f, v)
	if ok {
		p.leaf(text)
	}
	return ok
}

func isStringMethod(f *types.Func) bool {
	s := f.Signature()
	return s.Params().Len() == 0 && s.Results().Len() == 1 && types.Identical(s.Results().At(0).Type(), types.Typ[types.String])
}

func deref(v reflect.Value) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v
}

func (p *typedPrinter) callString(f *types.Func, v reflect.Value) (text string, ok bool) {
	call, ok := p.table.method[f]
	if !ok {
		s, ok := v.Interface().(fmt.Stringer)
		if !ok {
			return "", false
		}
		return s.String(), true
	}
	want := call.Type().In(0)
	if want.Kind() != reflect.Pointer && v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "<nil>", true
		}
		v = v.Elem()
	}
	if !v.Type().ConvertibleTo(want) {
		return "", false
	}
	defer func() { // fmt prints <nil> for a method that cannot take a nil pointer
		if v.Kind() == reflect.Pointer && v.IsNil() && recover() != nil {
			text, ok = "<nil>", true
		}
	}()
	return call.Call([]reflect.Value{v.Convert(want)})[0].String(), true
}

// composite prints %v and %+v of the kinds that hold other values.
func (p *typedPrinter) composite(t types.Type, v reflect.Value, depth int, hidden bool) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		p.structure(u, v, depth, hidden, "{", "}", " ", p.state.Flag('+'))
	case *types.Slice:
		p.list(u.Elem(), v, depth, hidden, "[", "]", " ")
	case *types.Array:
		p.list(u.Elem(), v, depth, hidden, "[", "]", " ")
	case *types.Map:
		p.mapping(u, v, depth, hidden, "map[", "]", " ")
	case *types.Pointer:
		if depth == 0 && !v.IsNil() {
			switch u.Elem().Underlying().(type) {
			case *types.Struct, *types.Slice, *types.Array, *types.Map:
				p.write("&")
				p.value(u.Elem(), v.Elem(), depth+1, hidden)
				return
			}
		}
		p.pointer(v)
	case *types.Interface:
		if v.Kind() == reflect.Interface && v.IsNil() {
			p.write("<nil>")
			return
		}
		p.leaf(v.Interface())
	case *types.Signature:
		p.pointer(v)
	default:
		p.leaf(basic(v))
	}
}

func (p *typedPrinter) pointer(v reflect.Value) {
	if v.IsNil() {
		p.write("<nil>")
		return
	}
	fmt.Fprintf(p.state, "%#x", v.Pointer())
}

// basic drops the type, and so the methods, of a number, text or truth value.
func basic(v reflect.Value) any {
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		if v.Kind() == reflect.Float32 {
			return float32(v.Float())
		}
		return v.Float()
	case v.CanComplex():
		return v.Complex()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.Kind() == reflect.String:
		return v.String()
	}
	return v.Interface()
}

func (p *typedPrinter) structure(u *types.Struct, v reflect.Value, depth int, hidden bool, open, end, sep string, names bool) {
	p.write(open)
	for i := range u.NumFields() {
		if i > 0 {
			p.write(sep)
		}
		f := u.Field(i)
		if names {
			p.write(f.Name() + ":")
		}
		p.value(f.Type(), v.Field(i), depth+1, hidden || !f.Exported())
	}
	p.write(end)
}

func (p *typedPrinter) list(elem types.Type, v reflect.Value, depth int, hidden bool, open, end, sep string) {
	p.write(open)
	for i := range v.Len() {
		if i > 0 {
			p.write(sep)
		}
		p.value(elem, v.Index(i), depth+1, hidden)
	}
	p.write(end)
}

func (p *typedPrinter) mapping(u *types.Map, v reflect.Value, depth int, hidden bool, open, end, sep string) {
	keys := v.MapKeys()
	sort.SliceStable(keys, func(i, j int) bool { return less(keys[i], keys[j]) })
	p.write(open)
	for i, k := range keys {
		if i > 0 {
			p.write(sep)
		}
		p.value(u.Key(), k, depth+1, hidden)
		p.write(":")
		p.value(u.Elem(), v.MapIndex(k), depth+1, hidden)
	}
	p.write(end)
}

// less orders map keys as fmt does, for the kinds that scripts use as keys.
func less(a, b reflect.Value) bool {
	switch {
	case a.CanInt():
		return a.Int() < b.Int()
	case a.CanUint():
		return a.Uint() < b.Uint()
	case a.CanFloat():
		return a.Float() < b.Float()
	case a.Kind() == reflect.String:
		return a.String() < b.String()
	case a.Kind() == reflect.Struct:
		for i := range a.NumField() {
			if less(a.Field(i), b.Field(i)) {
				return true
			}
			if less(b.Field(i), a.Field(i)) {
				return false
			}
		}
	}
	return false
}

// syntax prints %#v.
func (p *typedPrinter) syntax(t types.Type, v reflect.Value, depth int, hidden bool) {
	name := p.table.typeName(t)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		p.structure(u, v, depth, hidden, name+"{", "}", ", ", true)
	case *types.Slice:
		if v.IsNil() {
			p.write(name + "(nil)")
			return
		}
		p.list(u.Elem(), v, depth, hidden, name+"{", "}", ", ")
	case *types.Array:
		p.list(u.Elem(), v, depth, hidden, name+"{", "}", ", ")
	case *types.Map:
		if v.IsNil() {
			p.write(name + "(nil)")
			return
		}
		p.mapping(u, v, depth, hidden, name+"{", "}", ", ")
	case *types.Pointer:
		if depth == 0 && !v.IsNil() {
			p.write("&")
			p.value(u.Elem(), v.Elem(), depth+1, hidden)
			return
		}
		if v.IsNil() {
			p.write("(" + name + ")(nil)")
			return
		}
		fmt.Fprintf(p.state, "(%s)(%#x)", name, v.Pointer())
	default:
		p.composite(t, v, depth, hidden)
	}
}
