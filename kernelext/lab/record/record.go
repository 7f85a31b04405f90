// Package record is what a lab says to the outside: predictions, answers and
// attributions as typed claims. A record never holds a verdict; whoever reads
// it decides. It also draws a student's own scenario, so that text, lab and
// grader agree on it.
package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
)

// MIME is the type under which a notebook stores a record in a cell's output.
const MIME = "application/vnd.mlsysim.record+json"

// Kind is what a record says.
type Kind string

// The kinds.
const (
	Open    Kind = "open"    // a lab was opened: Lab and Student
	Predict Kind = "predict" // a guess before looking
	Answer  Kind = "answer"  // a claimed value
	Because Kind = "because" // the resource claimed to bind
	Call    Kind = "call"    // what a function that was the answer returned, for a grader's inputs
)

// A Record is one claim.
type Record struct {
	Kind    Kind    `json:"kind"`
	Lab     string  `json:"lab,omitempty"`
	Student string  `json:"student,omitempty"`
	ID      string  `json:"id,omitempty"`   // q1 or q1.compute
	Type    string  `json:"type,omitempty"` // Bytes, number, text, bool, func, design
	Unit    string  `json:"unit,omitempty"` // SI symbol of a quantity
	Number  float64 `json:"number,omitempty"`
	Text    string  `json:"text,omitempty"`   // the value as it was shown
	Fields  string  `json:"fields,omitempty"` // JSON: the fields of a design, the results of calls
	Tag     string  `json:"tag,omitempty"`    // of calls: the grader's mark
}

// Of makes the record of a value: a quantity, a plain number, a bool, an
// enumerated name or text; of an answer also the input of a solver, which is a
// design, and a function. Anything else is refused.
func Of(kind Kind, id string, v any) (Record, error) {
	r := Record{Kind: kind, ID: id, Text: describe.Text(v)}
	rv := reflect.ValueOf(v)
	unit, isUnit := v.(describe.Unit)
	_, isEnum := v.(describe.Enum)
	switch {
	case !rv.IsValid():
		return Record{}, fmt.Errorf("%s %s: no value", kind, id)
	case isUnit && rv.Kind() == reflect.Float64:
		r.Type, r.Unit, r.Number = rv.Type().Name(), unit.Symbol(), rv.Float()
	case isEnum || rv.Kind() == reflect.String:
		r.Type = "text"
	case rv.CanInt():
		r.Type, r.Number = "number", float64(rv.Int())
	case rv.CanFloat():
		r.Type, r.Number = "number", rv.Float()
	case rv.Kind() == reflect.Bool:
		r.Type = "bool"
	case rv.Kind() == reflect.Func && kind == Answer && !rv.IsNil():
		return function(r, rv.Type())
	case rv.Kind() == reflect.Struct && kind == Answer:
		return design(r, v)
	default:
		return Record{}, fmt.Errorf("%s %s: a %T cannot be an answer: want a quantity, a number, a name, true/false, a solver's input or a function", kind, id, v)
	}
	if r.Number-r.Number != 0 {
		return Record{}, fmt.Errorf("%s %s: %s is not a finite number", kind, id, r.Text)
	}
	return r, nil
}

// JSON encodes the record; a valid one always encodes.
func (r Record) JSON() []byte {
	out, err := json.Marshal(r)
	if err != nil {
		panic(err) // Of refuses the only values that cannot be encoded
	}
	return out
}

// Choose draws one of n possibilities for a parameter of a student's scenario.
// The draw depends only on lab, student and parameter name.
func Choose(lab, student, param string, n int) int {
	sum := sha256.Sum256([]byte(lab + "\x00" + student + "\x00" + param))
	return int(binary.BigEndian.Uint64(sum[:8]) % uint64(n))
}

// A Sink receives what a lab says and shows; the script engine and the kernel
// provide one. Without a sink, output goes to GoNB or the terminal.
type Sink interface {
	Record(json []byte)
	Show(bundle map[string]any)
}

// A Mute is a sink that shows nothing, so that nothing is drawn for it: a grader
// wants the records only.
type Mute interface {
	Sink
	Mute()
}

// Muted reports whether this process shows nothing.
func Muted() bool {
	_, mute := sink.(Mute)
	return mute
}

// A Stage is a sink that shows things in a cell of a notebook: they may change,
// go away, and ask.
type Stage interface {
	Sink
	ShowAs(key string, bundle map[string]any) // in place of what the key showed before
	Clear(wait bool)                          // takes the cell's output away, at once or when more comes
	Ask(prompt string) (string, error)        // waits for a line from the person
}

var sink Sink // set once by the host process before a lab runs

// Use sets the sink of this process.
func Use(s Sink) { sink = s }

// Current returns the sink of this process, or nil.
func Current() Sink { return sink }

// A Judge makes of what a session has said so far what Check shows. It may call
// functions that are answers.
type Judge func(said []Record, call func(id, tag, inputs string) (Record, bool)) show.View

var judge Judge // set once by the host process before a lab runs

// UseJudge sets the judge of this process.
func UseJudge(j Judge) { judge = j }

// Judging returns the judge of this process, or nil.
func Judging() Judge { return judge }
