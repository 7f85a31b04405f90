package main

import (
	"reflect"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A column is one column of a registry table, for people and programs alike.
type column[E any] struct {
	key   string
	head  string // for people; empty leaves the column to programs
	value func(E) any
}

// unknown is what people read where the registry has no value.
const unknown = "-"

// A sheet is a table of entries of one kind, whatever their type.
type sheet struct {
	keys, heads []string
	rows        []int // the entries that are shown, in order
	at          func(row, col int) any
}

func sheetOf[E any](entries []E, columns []column[E]) sheet {
	s := sheet{at: func(row, col int) any { return columns[col].value(entries[row]) }}
	for _, c := range columns {
		s.keys, s.heads = append(s.keys, c.key), append(s.heads, c.head)
	}
	for i := range entries {
		s.rows = append(s.rows, i)
	}
	return s
}

// sample is the first known value of a column, or nil.
func (s sheet) sample(col int) any {
	for _, row := range s.rows {
		if v := s.at(row, col); v != nil {
			return v
		}
	}
	return nil
}

// table is what people read.
func (s sheet) table() *show.Table {
	t := &show.Table{Cells: make([][]string, len(s.rows))}
	for col, head := range s.heads {
		if head == "" {
			continue
		}
		t.Columns = append(t.Columns, show.Column{Name: head, Right: col > 0 && numeric(s.sample(col))})
		for i, row := range s.rows {
			t.Cells[i] = append(t.Cells[i], cell(s.at(row, col)))
		}
	}
	return t
}

// objects is what programs read.
func (s sheet) objects() []object {
	out := make([]object, len(s.rows))
	for i, row := range s.rows {
		for col, key := range s.keys {
			if key != "" {
				out[i] = append(out[i], pair{key, s.at(row, col)})
			}
		}
	}
	return out
}

// tabulate prints entries in the order given.
func tabulate[E any](entries []E, columns []column[E]) (*show.Table, []object) {
	s := sheetOf(entries, columns)
	return s.table(), s.objects()
}

func cell(v any) string {
	if v == nil {
		return unknown
	}
	return describe.Text(v)
}

// numeric reports whether a value is a number to align right.
func numeric(v any) bool {
	switch v.(type) {
	case describe.Unit, int, float64:
		return true
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

// named is a name, or nil where there is none.
func named(name string) any {
	if name == "" {
		return nil
	}
	return name
}

// number is the number that a value is sorted and compared by, if it is one;
// values of an enum are in their order.
func number(v any) (float64, bool) {
	if v == nil {
		return 0, false
	}
	switch rv := reflect.ValueOf(v); {
	case rv.CanFloat():
		return rv.Float(), true
	case rv.CanInt():
		return float64(rv.Int()), true
	case rv.CanUint():
		return float64(rv.Uint()), true
	}
	return 0, false
}
