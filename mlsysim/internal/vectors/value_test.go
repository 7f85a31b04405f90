package vectors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A value is our figure for one output of theirs.
type value struct {
	kind   kind
	number float64
	truth  bool
	word   string // a text, or why there is no figure
}

type kind uint8

const (
	unmapped kind = iota // the adapter says nothing: a mistake in it
	number
	truth
	word
	unknown // the result leaves it out here
	absent  // no result of ours has it
)

// An answer is our figures by their names, dotted inside objects.
type answer map[string]value

func num(x float64) value        { return value{kind: number, number: x} }
func yes(b bool) value           { return value{kind: truth, truth: b} }
func text(s fmt.Stringer) value  { return value{kind: word, word: s.String()} }
func said(s string) value        { return value{kind: word, word: s} }
func nothing(why string) value   { return value{kind: unknown, word: why} }
func notReported(w string) value { return value{kind: absent, word: w} }

// none is an output of theirs that is there and empty.
var none = nothing("none")

// field reads a number of a result, unless the result does not know it there.
func field(result any, name string) value {
	x, f, err := describe.Number(result, name)
	if err != nil {
		panic(err) // a mistake in an adapter
	}
	if !f.IsKnown(reflect.ValueOf(result)) {
		return nothing(remarks(result))
	}
	return num(x)
}

// remarks is what a result says about itself, which is why it leaves figures out.
func remarks(result any) string {
	w, ok := reflect.ValueOf(result).FieldByName("Warnings").Interface().(walls.Warnings)
	if !ok || w == 0 {
		return "not known here"
	}
	return w.String()
}

// under prefixes the names of an answer with that of an object.
func under(name string, a answer) answer {
	out := answer{}
	for key, v := range a {
		out[name+"."+key] = v
	}
	return out
}

func merge(parts ...answer) answer {
	out := answer{}
	for _, p := range parts {
		for key, v := range p {
			out[key] = v
		}
	}
	return out
}

// A leaf is one output of theirs.
type leaf struct {
	path string
	raw  json.RawMessage
}

// leaves takes objects and lists of objects or numbers apart; a list of texts is
// one leaf.
func leaves(c golden.Case) []leaf {
	if _, bare := c.Outputs["value"]; bare && len(c.Outputs) == 2 {
		return []leaf{{"", marshal(map[string]json.RawMessage(c.Outputs))}}
	}
	var out []leaf
	for name, raw := range c.Outputs {
		out = apart(out, name, raw)
	}
	slices.SortFunc(out, func(a, b leaf) int { return strings.Compare(a.path, b.path) })
	return out
}

func apart(out []leaf, path string, raw json.RawMessage) []leaf {
	raw = bytes.TrimSpace(raw)
	join := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	var object map[string]json.RawMessage
	if raw[0] == '{' && json.Unmarshal(raw, &object) == nil && !isQuantity(object) {
		for name, part := range object {
			out = apart(out, join(name), part)
		}
		return out
	}
	var list []json.RawMessage
	if raw[0] == '[' && json.Unmarshal(raw, &list) == nil && len(list) > 0 && bytes.TrimSpace(list[0])[0] != '"' {
		for i, part := range list {
			out = apart(out, join(fmt.Sprint(i)), part)
		}
		return out
	}
	return append(out, leaf{path, raw})
}

func isQuantity(object map[string]json.RawMessage) bool {
	_, v := object["value"]
	_, u := object["unit"]
	return v && u && len(object) == 2
}

// theirs reads a leaf as a value and a unit; infinities are numbers here.
func (l leaf) theirs() (v value, unit string) {
	raw := l.raw
	var quantity map[string]json.RawMessage
	if raw[0] == '{' && json.Unmarshal(raw, &quantity) == nil {
		raw = quantity["value"]
		_ = json.Unmarshal(quantity["unit"], &unit)
	}
	if x, ok := parsed(raw); ok {
		return num(x), unit
	}
	var b bool
	var s string
	switch {
	case string(raw) == "null":
		return none, unit
	case json.Unmarshal(raw, &b) == nil:
		return yes(b), unit
	case json.Unmarshal(raw, &s) == nil:
		return said(s), unit
	default: // a list of sentences
		return said(string(raw)), unit
	}
}

// parsed reads a number, or one of the texts that stand for what JSON lacks.
func parsed(raw json.RawMessage) (float64, bool) {
	var x *float64
	if json.Unmarshal(raw, &x) == nil && x != nil {
		return *x, true
	}
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "inf":
		return math.Inf(1), true
	case "-inf":
		return math.Inf(-1), true
	case "nan":
		return math.NaN(), true
	}
	return 0, false
}

// The tolerances of solvers.md 8.2: relative, and for what is exactly zero.
const (
	tolerance = 1e-9
	nearZero  = 1e-15
)

// same compares our figure with theirs.
func same(ours, theirs value) bool {
	if ours.kind != theirs.kind {
		return false
	}
	switch ours.kind {
	case number:
		a, b := ours.number, theirs.number
		return math.Abs(a-b) <= max(tolerance*math.Abs(b), nearZero) // NaN and Inf never
	case truth:
		return ours.truth == theirs.truth
	case word:
		return ours.word == theirs.word
	default:
		return true // neither has a figure
	}
}
