package record

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
)

// function records that an answer is a function of plain values with one result.
// What it returns is asked later, with Results.
func function(r Record, t reflect.Type) (Record, error) {
	var in []string
	ok := t.NumOut() == 1 && !t.IsVariadic() && t.NumIn() > 0 && plain(t.Out(0))
	for i := range t.NumIn() {
		ok = ok && plain(t.In(i))
		in = append(in, typeName(t.In(i)))
	}
	if !ok {
		return Record{}, fmt.Errorf("%s %s: a %s cannot be an answer: want numbers, quantities, names or true/false in, and one of them out", r.Kind, r.ID, t)
	}
	r.Type, r.Text = "func", "func("+strings.Join(in, ", ")+") "+typeName(t.Out(0))
	return r, nil
}

// plain reports whether a value of that type can be written down in JSON and
// read back.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Float64, reflect.Bool, reflect.String:
		return true
	}
	return false
}

func typeName(t reflect.Type) string {
	if t.Name() == "" {
		return t.String()
	}
	return t.Name()
}

// A Result is what a function returned for one input.
type Result struct {
	Number float64 `json:"n,omitempty"`
	Text   string  `json:"t,omitempty"` // of a name or true/false
	Err    string  `json:"e,omitempty"` // what it panicked with
}

// Results calls a function for each input, a list of JSON values, and records
// what it returns. A call that panics is a result.
func Results(id, tag string, f any, inputs string) (Record, error) {
	var cases [][]json.RawMessage
	if err := json.Unmarshal([]byte(inputs), &cases); err != nil {
		return Record{}, fmt.Errorf("calling %s: %w", id, err)
	}
	fn := reflect.ValueOf(f)
	out := make([]Result, len(cases))
	for i, c := range cases {
		out[i] = call(fn, c)
	}
	fields, err := json.Marshal(out)
	if err != nil {
		return Record{}, fmt.Errorf("calling %s: %w", id, err)
	}
	return Record{Kind: Call, ID: id, Type: "func", Tag: tag, Fields: string(fields)}, nil
}

const maxErr = 80

// call calls a function once.
func call(fn reflect.Value, input []json.RawMessage) (r Result) {
	defer func() {
		if p := recover(); p != nil {
			r = Result{Err: fmt.Sprint(p)}
			if len(r.Err) > maxErr {
				r.Err = r.Err[:maxErr]
			}
		}
	}()
	t := fn.Type()
	if len(input) != t.NumIn() {
		return Result{Err: fmt.Sprintf("it takes %d values: want %d", t.NumIn(), len(input))}
	}
	args := make([]reflect.Value, len(input))
	for i, raw := range input {
		v := reflect.New(t.In(i))
		if err := json.Unmarshal(raw, v.Interface()); err != nil {
			return Result{Err: fmt.Sprintf("it takes a %s as value %d", typeName(t.In(i)), i+1)}
		}
		args[i] = v.Elem()
	}
	v := fn.Call(args)[0]
	switch {
	case v.CanFloat() && v.Float()-v.Float() != 0:
		return Result{Err: "not a finite number"}
	case v.CanFloat():
		return Result{Number: v.Float()}
	case v.CanInt():
		if _, enum := v.Interface().(describe.Enum); !enum {
			return Result{Number: float64(v.Int())}
		}
	}
	return Result{Text: describe.Text(v.Interface())}
}
