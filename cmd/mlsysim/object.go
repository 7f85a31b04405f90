package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mlsysim/golab/cmd/internal/cli"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A pair is one key of a JSON object.
type pair struct {
	key   string
	value any // nil: unknown
}

// An object is a JSON object whose keys keep their order.
type object []pair

// MarshalJSON writes the object.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, p := range o {
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.key, err)
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], p.key, value)
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// A column is one column of a registry table, for people and programs alike.
type column[E any] struct {
	key   string
	head  string // for people; empty leaves the column to programs
	value func(E) any
}

// unknown is what people read where the registry has no value.
const unknown = "-"

// tabulate prints entries in the order given.
func tabulate[E any](entries []E, columns []column[E]) (*show.Table, []object) {
	t := &show.Table{}
	for i, c := range columns {
		if c.head != "" {
			t.Columns = append(t.Columns, show.Column{Name: c.head, Right: i > 0 && numeric(entries, c)})
		}
	}
	objects := make([]object, len(entries))
	for i, e := range entries {
		var cells []string
		for _, c := range columns {
			v := c.value(e)
			objects[i] = append(objects[i], pair{c.key, v})
			if c.head != "" {
				cells = append(cells, cell(v))
			}
		}
		t.Cells = append(t.Cells, cells)
	}
	return t, objects
}

func cell(v any) string {
	if v == nil {
		return unknown
	}
	return describe.Text(v)
}

// numeric reports whether a column holds numbers: the first known value tells.
func numeric[E any](entries []E, c column[E]) bool {
	for _, e := range entries {
		switch c.value(e).(type) {
		case nil:
			continue
		case describe.Unit, int, float64:
			return true
		}
		return false
	}
	return false
}

// positive is v, or nil where the registry's zero means unknown.
func positive[N ~int | ~float64](v N) any {
	if v > 0 {
		return v
	}
	return nil
}

// A catalogue is lists of objects by category.
type catalogue object

// MarshalJSON writes the lists.
func (c catalogue) MarshalJSON() ([]byte, error) { return object(c).MarshalJSON() }

// Records is the one list of the catalogue as rows: plain SI numbers under the
// keys of the JSON form, empty where a value is unknown.
func (c catalogue) Records() ([][]string, error) {
	if len(c) != 1 {
		return nil, cli.Usage("csv is one table: name one category of %s", strings.Join(kinds, ", "))
	}
	objects := c[0].value.([]object)

	var heads []string
	for _, o := range objects {
		for _, p := range o {
			if !slices.Contains(heads, p.key) {
				heads = append(heads, p.key)
			}
		}
	}
	rows := [][]string{heads}
	for _, o := range objects {
		row := make([]string, len(heads))
		for _, p := range o {
			text, err := plain(p.value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.key, err)
			}
			row[slices.Index(heads, p.key)] = text
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// plain is a value as a spreadsheet reads it.
func plain(v any) (string, error) {
	switch x := v.(type) {
	case nil:
		return "", nil
	case string:
		return x, nil
	case []string:
		return strings.Join(x, " "), nil
	}
	text, err := json.Marshal(v)
	return strings.Trim(string(text), `"`), err
}
