package describe

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
)

// A Flag sets one field of an input from the command line. It has the methods
// of flag.Value and of pflag.Value.
type Flag struct {
	Name     string
	Usage    string
	Enum     []string // what completion offers
	Required bool
	Names    Names // finds entries that the field's type does not know; nil is none
	field    Field
	value    reflect.Value
	input    string
}

// Flags returns a flag for every field of the struct that into points to. A
// nested struct has a flag if it can be given as text, such as a registry name; a
// list if its entries can.
func Flags(into any) []*Flag {
	v := reflect.ValueOf(into).Elem()
	var out []*Flag
	for _, f := range Fields(v.Type()) {
		value := v.FieldByIndex(f.Index)
		if !textual(f.Type) {
			continue
		}
		out = append(out, &Flag{
			Name: f.Flag, Usage: usage(f), Enum: f.Enum, Required: f.Required(),
			field: f, value: value, input: TypeName(v.Type()),
		})
	}
	return out
}

// textual reports whether a value of a type can be given as text.
func textual(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice:
		return textual(t.Elem())
	case reflect.Struct:
		return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	default:
		return true
	}
}

// usage is the help line of a flag with its range and default.
func usage(f Field) string {
	var notes []string
	if f.Unit != "" {
		notes = append(notes, "in "+f.Unit+" with its unit")
	}
	if len(f.Enum) > 0 {
		notes = append(notes, strings.Join(f.Enum, ", "))
	}
	if f.Type.Kind() == reflect.Slice {
		notes = append(notes, "separated by commas")
	}
	if f.bounds.hasLo || f.bounds.hasHi {
		notes = append(notes, f.bounds.want())
	}
	if f.Default != "" {
		notes = append(notes, "default "+f.Default)
	}
	if len(notes) == 0 {
		return f.Help
	}
	return fmt.Sprintf("%s (%s)", f.Help, strings.Join(notes, "; "))
}

// Set parses and range-checks text.
func (f *Flag) Set(text string) error { return f.field.SetText(f.value, text, f.input, f.Names) }

// SetText stores what a flag or a file says of the field into v and checks its
// range. input names the struct in the message; names may be nil.
func (f Field) SetText(v reflect.Value, text, input string, names Names) error {
	if err := setText(v, text, names); err != nil {
		return err
	}
	return f.checkGiven(v, input, "")
}

// String prints the current value, or nothing for zero.
func (f *Flag) String() string {
	if f == nil || !f.value.IsValid() || f.value.IsZero() {
		return ""
	}
	return Text(f.value.Interface())
}

// Type names what the flag wants, for help texts.
func (f *Flag) Type() string {
	switch f.value.Kind() {
	case reflect.Int:
		return "int"
	case reflect.Bool:
		return "bool"
	case reflect.Slice:
		return "list"
	case reflect.Float64:
		if f.field.Unit != "" {
			return "quantity"
		}
		return "number"
	default:
		return "name"
	}
}

// Lookup finds a field of a struct type by its Go or JSON name; the error
// suggests the nearest ones.
func Lookup(t reflect.Type, name string) (Field, error) { return lookup(t, name, anyField) }

func lookup(t reflect.Type, name string, suggested func(Field) bool) (Field, error) {
	for _, f := range Fields(t) {
		if strings.EqualFold(f.Name, name) || f.Key == name {
			return f, nil
		}
	}
	return Field{}, unknownField(t, name, suggested)
}

func anyField(Field) bool { return true }

// SetField stores a number into the named field of the struct that into points
// to; a sweep moves its axis with it. Names are Go or JSON names.
func SetField(into any, name string, x float64) error {
	v := reflect.ValueOf(into).Elem()
	f, err := lookup(v.Type(), name, Field.IsNumber)
	if err != nil {
		return err
	}
	field := v.FieldByIndex(f.Index)
	switch field.Kind() {
	case reflect.Int:
		if x != float64(int(x)) {
			return &FieldError{Input: TypeName(v.Type()), Field: f.Name, Value: Text(x), Want: "a whole number"}
		}
		field.SetInt(int64(x))
	case reflect.Float64:
		field.SetFloat(x)
	default:
		return fmt.Errorf("%s: %s is not a number and cannot be swept", TypeName(v.Type()), f.Name)
	}
	return f.checkGiven(field, TypeName(v.Type()), "")
}

// Number returns a numeric field of a struct and the field's description.
func Number(v any, name string) (float64, Field, error) {
	rv := reflect.ValueOf(v)
	f, err := lookup(rv.Type(), name, Field.IsNumber)
	if err != nil {
		return 0, Field{}, err
	}
	field := rv.FieldByIndex(f.Index)
	switch field.Kind() {
	case reflect.Int:
		return float64(field.Int()), f, nil
	case reflect.Float64:
		return field.Float(), f, nil
	}
	return 0, f, fmt.Errorf("%s: %s is not a number", TypeName(rv.Type()), f.Name)
}

// IsNumber reports whether the field is a float or an integer.
func (f Field) IsNumber() bool {
	return f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Float64
}

// Refuse returns the range that the field wants if a given number is outside it,
// else "".
func (f Field) Refuse(x float64) string { return f.bounds.refuse(x) }

// Parse reads text into a new value of the field's type: a number with its unit,
// a name of an enum or of a registry entry.
func (f Field) Parse(text string) (reflect.Value, error) {
	v := reflect.New(f.Type).Elem()
	err := setText(v, text, nil)
	return v, err
}
