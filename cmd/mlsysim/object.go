package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mlsysim/golab/cmd/internal/cli"
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

// A catalogue is lists of objects by category.
type catalogue object

// MarshalJSON writes the lists.
func (c catalogue) MarshalJSON() ([]byte, error) { return object(c).MarshalJSON() }

// Records is the one list of the catalogue as rows: plain SI numbers under the
// keys of the JSON form, empty where a value is unknown.
func (c catalogue) Records() ([][]string, error) {
	if len(c) != 1 {
		return nil, cli.Usage("csv is one table: name one category of %s", strings.Join(categoryNames(), ", "))
	}
	return records(c[0].value.([]object))
}

// records is objects as rows: the keys of all of them, then the values.
func records(objects []object) ([][]string, error) {
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
