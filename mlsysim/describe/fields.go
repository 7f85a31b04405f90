// Package describe derives every outward form of a struct from its type: range
// checks, JSON in and out, JSON Schema, flags and table rows. A solver's input
// and result are declared once, with tags:
//
//	help:"..."     one line for people
//	min, max       closed bounds; above, below: open bounds
//	default:"0.5"  what the zero value means; an explicit zero in JSON or a flag is still checked
//	better         lower or higher, for sweeps and tables
//	required:"true" a registry entry that has to be named
//	known:"Flag"   the value means something only if that bool field is true
//	json:"name"    a JSON key that is not the snake-case name
//
// A field may be a list of numbers, names or structs: its range is that of every
// entry. An embedded input gives its fields as if they were declared here.
//
// It leaves out rules between fields; a solver checks those after Check.
package describe

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Unit is implemented by every type of package units.
type Unit interface {
	Symbol() string
	String() string
}

// Enum is implemented by every enumerated type; the values are 0 to len-1.
type Enum interface {
	Names() []string
	String() string
}

// A Field is one exported field of an input or a result. Embedded structs are
// flattened.
type Field struct {
	Name    string // Go name, dotted inside nested structs
	Key     string // JSON key
	Flag    string // command-line flag
	Help    string
	Unit    string
	Better  string // lower, higher or empty
	Known   string // name of the bool field that says whether the value means something
	Default string
	Enum    []string
	Type    reflect.Type
	Index   []int
	needed  bool
	bounds  bounds
}

// Fields lists the exported fields of a struct type in declaration order.
func Fields(t reflect.Type) []Field {
	if cached, ok := fieldsOf.Load(t); ok {
		return slices.Clone(cached.([]Field))
	}
	stored, _ := fieldsOf.LoadOrStore(t, readFields(t))
	return slices.Clone(stored.([]Field))
}

var fieldsOf sync.Map // reflect.Type -> []Field; a cache of what types say, never changed once stored

func readFields(t reflect.Type) []Field {
	var out []Field
	for _, sf := range reflect.VisibleFields(t) {
		if !sf.IsExported() || sf.Anonymous {
			continue
		}
		f := Field{
			Name: sf.Name, Key: snake(sf.Name, '_'), Flag: snake(sf.Name, '-'), Type: sf.Type, Index: sf.Index,
			Help: sf.Tag.Get("help"), Better: sf.Tag.Get("better"), Known: sf.Tag.Get("known"), Default: sf.Tag.Get("default"),
			needed: sf.Tag.Get("required") == "true",
			bounds: parseBounds(sf),
		}
		if key, _, _ := strings.Cut(sf.Tag.Get("json"), ","); key != "" {
			f.Key = key
		}
		f.learn(sf.Type)
		out = append(out, f)
	}
	return out
}

// learn takes the unit and the names over from a type.
func (f *Field) learn(t reflect.Type) {
	zero := reflect.Zero(t).Interface()
	if u, ok := zero.(Unit); ok {
		f.Unit = u.Symbol()
	}
	if e, ok := zero.(Enum); ok {
		f.Enum = e.Names()
	}
}

// entry describes one entry of a list field.
func (f Field) entry() Field {
	one := Field{Name: f.Name, Key: f.Key, Type: f.Type.Elem(), bounds: f.bounds}
	one.learn(one.Type)
	return one
}

// Required reports whether the field has to be given: its zero value is out of
// range.
func (f Field) Required() bool {
	if f.Type.Kind() == reflect.Slice { // its range is that of its entries
		return f.needed
	}
	return f.needed || f.Default == "" && f.bounds.refuse(0) != ""
}

// Want words the range of the field, or returns "".
func (f Field) Want() string { return f.bounds.want() }

// TypeName returns the name a message uses for a type: serving.Serving.
func TypeName(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.String()
}

// bounds is the range that the tags of a field declare.
type bounds struct {
	lo, hi         float64
	hasLo, hasHi   bool
	openLo, openHi bool
	integer        bool
}

func parseBounds(sf reflect.StructField) bounds {
	var b bounds
	of := sf.Type
	if of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	switch of.Kind() {
	case reflect.Int, reflect.Int64:
		b.integer = true
	}
	read := func(tag string) (float64, bool) {
		text, ok := sf.Tag.Lookup(tag)
		if !ok {
			return 0, false
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(fmt.Sprintf("describe: field %s: tag %s:%q is not a number", sf.Name, tag, text))
		}
		return v, true
	}
	if v, ok := read("min"); ok {
		b.lo, b.hasLo = v, true
	}
	if v, ok := read("above"); ok {
		b.lo, b.hasLo, b.openLo = v, true, true
	}
	if v, ok := read("max"); ok {
		b.hi, b.hasHi = v, true
	}
	if v, ok := read("below"); ok {
		b.hi, b.hasHi, b.openHi = v, true, true
	}
	return b
}

// refuse returns the wanted range if v is outside it, else "".
func (b bounds) refuse(v float64) string {
	switch {
	case b.inside(v):
		return ""
	case b.inRange(v) && b.integer:
		return "at most 1e9"
	case b.inRange(v) && v-v == 0:
		return "0 or a size from 1e-30 to 1e30"
	default:
		return b.want()
	}
}

// Every number is zero or of a size between tiny and huge, a count at most
// countable: wide enough for anything physical, narrow enough that no product of
// inputs overflows.
const (
	tiny      = 1e-30
	huge      = 1e30
	countable = 1e9

	// The bits of tiny and huge; a test holds them to the numbers.
	tinyBits = 0x39b4484bfeebc2a0
	hugeBits = 0x46293e5939a08cea
)

func (b bounds) inside(v float64) bool {
	if v != 0 && !(v >= tiny && v <= huge || v <= -tiny && v >= -huge) { // NaN, too
		return false
	}
	if b.integer && (v > countable || v < -countable) {
		return false
	}
	return b.inRange(v)
}

// inRange is the test that the tags declare.
func (b bounds) inRange(v float64) bool {
	low := b.hasLo && (v < b.lo || b.openLo && v == b.lo)
	high := b.hasHi && (v > b.hi || b.openHi && v == b.hi)
	return !low && !high
}

func (b bounds) want() string {
	var parts []string
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	switch {
	case b.hasLo && b.openLo:
		parts = append(parts, "above "+number(b.lo))
	case b.hasLo:
		parts = append(parts, "at least "+number(b.lo))
	}
	switch {
	case b.hasHi && b.openHi:
		parts = append(parts, "below "+number(b.hi))
	case b.hasHi:
		parts = append(parts, "at most "+number(b.hi))
	}
	if len(parts) == 0 {
		return "a finite number"
	}
	return strings.Join(parts, " and ")
}

// snake turns KVPrecision into kv_precision, MemoryGB into memory_gb.
func snake(name string, sep rune) string {
	runes := []rune(strings.ReplaceAll(name, "ZeRO", "Zero")) // a word of its own
	var b strings.Builder
	for i, r := range runes {
		plural := i+2 == len(runes) && runes[i+1] == 's' // FLOPs is one word
		if i > 0 && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !plural) {
			b.WriteRune(sep)
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
