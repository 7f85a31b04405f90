package describe

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/nearest"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Decode reads a JSON object into the struct that into points to. Keys are the
// snake-case field names; an unknown one is an error with the nearest known
// name. A registry entry is given by name or as an object. Every value given is
// checked against its own range, so an explicit 0 is refused where the zero
// value of the Go struct would mean the default.
func Decode(data []byte, into any) error { return DecodeNamed(data, into, nil) }

// DecodeNamed is Decode for a caller that knows more names.
func DecodeNamed(data []byte, into any, names Names) error {
	v := reflect.ValueOf(into).Elem()
	d := decoding{input: TypeName(v.Type()), names: names}
	dec := json.NewDecoder(bytes.NewReader(data))
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return fmt.Errorf("%s: reading JSON: %w", d.input, err)
	}
	if dec.More() {
		return fmt.Errorf("%s: more than one JSON document", d.input)
	}
	return d.object(raw, v, "")
}

// A decoding is what all parts of one input share.
type decoding struct {
	input string // its name in errors
	names Names
}

func (d decoding) object(raw json.RawMessage, v reflect.Value, prefix string) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || object == nil {
		return fmt.Errorf("%s: %swant an object, got %s", d.input, label(prefix), shortened(raw))
	}
	fields := Fields(v.Type())
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.Key
	}
	for key := range object {
		if !containsKey(fields, key) {
			return fmt.Errorf("%s: unknown field %q: %s", d.input, prefix+key, nearest.Hint(key, known))
		}
	}
	for _, f := range fields { // declaration order, so that the first error is always the same
		value, ok := object[f.Key]
		if !ok {
			value, ok = object[f.Name]
		}
		if !ok || string(value) == "null" {
			continue
		}
		if err := d.field(value, v.FieldByIndex(f.Index), f, prefix); err != nil {
			return err
		}
	}
	return nil
}

func containsKey(fields []Field, key string) bool {
	for _, f := range fields {
		if f.Key == key || f.Name == key {
			return true
		}
	}
	return false
}

func (d decoding) field(raw json.RawMessage, v reflect.Value, f Field, prefix string) error {
	if _, isText := v.Addr().Interface().(encoding.TextUnmarshaler); isText && raw[0] == '"' {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return fmt.Errorf("%s: %s: %w", d.input, prefix+f.Name, err)
		}
		if err := setText(v, text, d.names); err != nil {
			return fmt.Errorf("%s: %s: %w", d.input, prefix+f.Name, err)
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.object(raw, v, prefix+f.Key+".")
	case reflect.Slice:
		return d.list(raw, v, f, prefix)
	}
	if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
		var mismatch *json.UnmarshalTypeError
		if errors.As(err, &mismatch) {
			return &FieldError{Input: d.input, Field: prefix + f.Name, Value: shortened(raw), Want: wanted(v.Type())}
		}
		return fmt.Errorf("%s: %s: %w", d.input, prefix+f.Name, err)
	}
	return f.checkGiven(v, d.input, prefix)
}

// checkGiven applies the range of a field to a value that was written down.
func (f Field) checkGiven(v reflect.Value, input, prefix string) error {
	var x float64
	switch v.Kind() {
	case reflect.Float64:
		x = v.Float()
	case reflect.Int:
		x = float64(v.Int())
	case reflect.Slice:
		return f.checkEntries(v, input, prefix)
	default:
		return nil
	}
	if want := f.bounds.refuse(x); want != "" {
		return &FieldError{Input: input, Field: prefix + f.Name, Value: Text(v.Interface()), Want: want}
	}
	return nil
}

// Encode writes a struct as one JSON object in declaration order: snake-case
// keys, plain SI numbers, null where the value is not known.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	if err := encode(&b, reflect.ValueOf(v)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func encode(b *bytes.Buffer, v reflect.Value) error {
	for (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		v = v.Elem()
	}
	if _, ok := v.Interface().(json.Marshaler); ok || v.Kind() != reflect.Struct && v.Kind() != reflect.Slice {
		return encodeLeaf(b, v)
	}
	if _, ok := v.Interface().(encoding.TextMarshaler); ok {
		return encodeLeaf(b, v)
	}
	if v.Kind() == reflect.Slice {
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encode(b, v.Index(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	b.WriteByte('{')
	for i, f := range Fields(v.Type()) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q:", f.Key)
		if !f.IsKnown(v) {
			b.WriteString("null")
			continue
		}
		if err := encode(b, v.FieldByIndex(f.Index)); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	b.WriteByte('}')
	return nil
}

func encodeLeaf(b *bytes.Buffer, v reflect.Value) error {
	text, err := json.Marshal(v.Interface())
	b.Write(text)
	return err
}

// IsKnown reports whether the field of struct v means something.
func (f Field) IsKnown(v reflect.Value) bool {
	return f.Known == "" || v.FieldByName(f.Known).Bool()
}

// Text prints one value for people: with its unit, its enum name, or four digits.
func Text(v any) string {
	switch x := v.(type) {
	case fmt.Stringer:
		return x.String()
	case float64:
		return units.Number(x)
	}
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice {
		return listText(rv)
	}
	return fmt.Sprint(v)
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	default:
		return "text"
	}
}

func shortened(raw []byte) string {
	text := strings.TrimSpace(string(raw))
	if len(text) > 40 {
		return text[:37] + "..."
	}
	return text
}

func label(prefix string) string {
	if prefix == "" {
		return ""
	}
	return strings.TrimSuffix(prefix, ".") + ": "
}
