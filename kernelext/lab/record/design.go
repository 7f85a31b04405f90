package record

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
)

// design records the input of a solver as the JSON that describe.Decode reads:
// registry entries by name, zero fields left out because they mean the default.
func design(r Record, v any) (Record, error) {
	entry, ok := catalog.Entry(reflect.TypeOf(v))
	if !ok {
		return Record{}, fmt.Errorf("%s %s: a %T cannot be an answer: want the input of a solver, such as SingleNode{...}", r.Kind, r.ID, v)
	}
	var b bytes.Buffer
	if err := given(&b, reflect.ValueOf(v)); err != nil {
		return Record{}, fmt.Errorf("%s %s: %w", r.Kind, r.ID, err)
	}
	r.Type, r.Fields = "design", b.String()
	r.Text = entry.Name + " " + r.Fields
	if len(r.Text) > maxText {
		r.Text = r.Text[:maxText] + "..."
	}
	return r, nil
}

const maxText = 200

// given writes the fields that are not zero.
func given(b *bytes.Buffer, v reflect.Value) error {
	if name, ok := named(v); ok {
		return leaf(b, name)
	}
	switch v.Kind() {
	case reflect.Slice:
		return givenList(b, v)
	case reflect.Struct:
		return givenFields(b, v)
	}
	return leaf(b, v.Interface())
}

func leaf(b *bytes.Buffer, v any) error {
	text, err := json.Marshal(v)
	b.Write(text)
	return err
}

func givenFields(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	some := false
	for _, f := range describe.Fields(v.Type()) {
		value := v.FieldByIndex(f.Index)
		if value.IsZero() {
			continue
		}
		if some {
			b.WriteByte(',')
		}
		some = true
		fmt.Fprintf(b, "%q:", f.Key)
		if err := given(b, value); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	b.WriteByte('}')
	return nil
}

func givenList(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := given(b, v.Index(i)); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// named is the text of an enumerated value or of a registry entry that nobody
// changed: one that reads back as the same.
func named(v reflect.Value) (string, bool) {
	m, ok := v.Interface().(encoding.TextMarshaler)
	if !ok {
		return "", false
	}
	text, err := m.MarshalText()
	again := reflect.New(v.Type())
	u, reads := again.Interface().(encoding.TextUnmarshaler)
	if err != nil || !reads || u.UnmarshalText(text) != nil || !reflect.DeepEqual(again.Elem().Interface(), v.Interface()) {
		return "", false
	}
	return string(text), true
}
