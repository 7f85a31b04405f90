package datafile

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/nearest"
)

// Mistakes are all that is wrong with a file, from its top to its end.
type Mistakes []*Mistake

// Error has a line for each.
func (all Mistakes) Error() string { return strings.Join(all.Lines(), "\n") }

// Lines lists them.
func (all Mistakes) Lines() []string {
	lines := make([]string, len(all))
	for i, m := range all {
		lines[i] = m.Error()
	}
	return lines
}

// A Reading is a file that was read into a struct: where each key stood, by its
// dotted path, so that a rule between keys can name the place too.
type Reading struct {
	file     file
	keys     map[string]ast.Node
	mistakes Mistakes
}

// Has reports whether the file gives a key.
func (d *Reading) Has(path string) bool { return d.keys[path] != nil }

// Refuse notes a mistake at a key, or at the nearest key above it that the file
// gives.
func (d *Reading) Refuse(path, format string, args ...any) {
	at := d.keys[path]
	for above := path; at == nil && above != ""; at = d.keys[above] {
		above = above[:max(0, strings.LastIndexByte(above, '.'))]
	}
	d.note(at, format, args...)
}

// At gives an error the place of a key.
func (d *Reading) At(path string, err error) error {
	at := *d
	at.mistakes = nil
	at.Refuse(path, "%s", err)
	return at.mistakes[0]
}

func (d *Reading) note(at ast.Node, format string, args ...any) {
	m := &Mistake{File: d.file.name, Line: 1, Column: 1, Text: fmt.Sprintf(format, args...)}
	if at != nil && at.GetToken() != nil {
		m.Line, m.Column = at.GetToken().Position.Line, at.GetToken().Position.Column
	}
	d.mistakes = append(d.mistakes, m)
}

// Err returns the mistakes in the order of the file, or nil.
func (d *Reading) Err() error {
	if len(d.mistakes) == 0 {
		return nil
	}
	slices.SortStableFunc(d.mistakes, func(a, b *Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return d.mistakes
}

// deepest is how deep lists and mappings may lie in one another: a file that
// only opens brackets must not exhaust the stack.
const deepest = 64

// Decode reads YAML or JSON into the struct that into points to. Keys are those
// of describe, or a name in the tag also:"..."; an unknown key, a value without
// its unit and one out of range are mistakes. All are found before it returns;
// the error is for a file that is no mapping at all.
func Decode(name string, data []byte, into any) (*Reading, error) {
	d := &Reading{file: file{name}, keys: map[string]ast.Node{}}
	if at := tooDeep(data); at > 0 {
		return nil, &Mistake{File: name, Line: at, Column: 1, Text: fmt.Sprintf("brackets %d deep: want at most %d", deepest+1, deepest)}
	}
	pairs, err := d.file.parse(data)
	if err != nil {
		return nil, err
	}
	d.object(pairs, reflect.ValueOf(into).Elem(), "")
	return d, nil
}

// tooDeep returns the line on which brackets lie too deep in one another, or 0.
func tooDeep(data []byte) int {
	depth, line := 0, 1
	for _, c := range data {
		switch c {
		case '\n':
			line++
		case '[', '{':
			if depth++; depth > deepest {
				return line
			}
		case ']', '}':
			depth = max(0, depth-1)
		}
	}
	return 0
}

// object fills a struct.
func (d *Reading) object(pairs []pair, v reflect.Value, prefix string) {
	fields := describe.Fields(v.Type())
	seen := map[string]bool{}
	for _, p := range pairs {
		f, ok := keyed(v.Type(), fields, p.key)
		if !ok {
			d.note(p.at, "unknown key %q: %s", prefix+p.key, nearest.Hint(p.key, keysOf(fields)))
			continue
		}
		if seen[f.Key] {
			d.note(p.at, "%s: given twice", prefix+p.key)
			continue
		}
		seen[f.Key] = true
		d.keys[prefix+f.Key] = p.at
		d.value(p, v.FieldByIndex(f.Index), f, prefix+f.Key)
	}
}

// keyed finds the field of a key.
func keyed(t reflect.Type, fields []describe.Field, key string) (describe.Field, bool) {
	for _, f := range fields {
		if f.Key == key {
			return f, true
		}
		if also := t.FieldByIndex(f.Index).Tag.Get("also"); also != "" && also == key {
			return f, true
		}
	}
	return describe.Field{}, false
}

func keysOf(fields []describe.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Key
	}
	return out
}

// value stores what a key says.
func (d *Reading) value(p pair, v reflect.Value, f describe.Field, path string) {
	_, isText := v.Addr().Interface().(encoding.TextUnmarshaler)
	switch {
	case v.Kind() == reflect.Slice:
		d.list(p, v, f, path)
	case v.Kind() == reflect.Pointer:
		inner := reflect.New(v.Type().Elem())
		d.value(p, inner.Elem(), f, path)
		v.Set(inner)
	case v.Kind() == reflect.Struct && !isText:
		pairs, err := d.file.pairs(p.value, path)
		if err != nil {
			d.note(p.value, "%s: want a mapping", path)
			return
		}
		d.object(pairs, v, path+".")
	default:
		d.scalar(p, v, f, path)
	}
}

// list fills a slice; an entry's path ends in its number.
func (d *Reading) list(p pair, v reflect.Value, f describe.Field, path string) {
	seq, ok := p.value.(*ast.SequenceNode)
	if !ok {
		d.note(p.value, "%s: want a list", path)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
	for i, n := range seq.Values {
		at := fmt.Sprintf("%s.%d", path, i)
		d.keys[at] = n
		d.value(pair{key: at, at: n, value: n}, v.Index(i), f, at)
	}
}

// scalar stores one plain value.
func (d *Reading) scalar(p pair, v reflect.Value, f describe.Field, path string) {
	text, err := d.file.scalar(pair{path, p.at, p.value})
	if err != nil {
		var m *Mistake
		if errors.As(err, &m) {
			d.mistakes = append(d.mistakes, m)
		}
		return
	}
	err = f.SetText(v, text, "file", nil)
	var out *describe.FieldError
	switch {
	case errors.As(err, &out):
		d.note(p.value, "%s = %s: want %s", path, out.Value, out.Want)
	case err != nil:
		d.note(p.value, "%s: %s", path, err)
	}
}
