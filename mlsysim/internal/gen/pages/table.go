package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// A column prints one field of the entries of a table. Text is empty where the
// registry has no value.
type column[T any] struct {
	head  string
	field string // whose confidence marks the value; empty is a fact without a source
	right bool
	text  func(v *T) string
}

// A table is the rows of one kind of entry, as Markdown.
type table struct {
	heading string
	heads   []string
	right   []bool
	rows    [][]string
	entries []zoo.Entry
}

// marks follow a number, so that a page still sorts it as one.
var marks = map[source.Confidence]string{source.High: "", source.Medium: " †", source.Low: " ‡"}

// tableOf prints entries: their keys, the columns that any of them fills, and the
// documents that their numbers were read in.
func tableOf[T any](heading string, entries []registry.Entry[T], columns ...column[T]) table {
	t := table{heading: heading, heads: []string{"Name"}, right: []bool{false}, entries: registry.Erase(entries)}
	for i := range entries {
		t.rows = append(t.rows, []string{"`" + entries[i].Key + "`"})
	}
	for _, c := range columns {
		cells, any := make([]string, len(entries)), false
		for i := range entries {
			cells[i] = c.cell(&entries[i])
			any = any || cells[i] != ""
		}
		if !any {
			continue
		}
		t.heads, t.right = append(t.heads, c.head), append(t.right, c.right)
		for i, text := range cells {
			t.rows[i] = append(t.rows[i], text)
		}
	}
	t.heads, t.right = append(t.heads, "Sources"), append(t.right, false)
	for i := range entries {
		t.rows[i] = append(t.rows[i], refs(entries[i].Facts))
	}
	return t
}

func (c column[T]) cell(e *registry.Entry[T]) string {
	text := c.text(e.Value)
	if text == "" {
		return ""
	}
	fact, ok := source.Find(e.Facts, c.field)
	if c.field == "" || !ok {
		return escape(text)
	}
	return escape(text) + marks[fact.Confidence]
}

// refs lists the footnotes of an entry.
func refs(facts []source.Fact) string {
	var ids []string
	for _, f := range facts {
		ids = append(ids, f.Document)
	}
	slices.Sort(ids)
	var b strings.Builder
	for _, id := range slices.Compact(ids) {
		fmt.Fprintf(&b, "[^%s]", id)
	}
	return b.String()
}

// markdown writes the table.
func (t table) markdown(b *strings.Builder) {
	if t.heading != "" {
		fmt.Fprintf(b, "## %s\n\n", t.heading)
	}
	fmt.Fprintf(b, "| %s |\n|", strings.Join(t.heads, " | "))
	for _, right := range t.right {
		b.WriteString(map[bool]string{true: "--:|", false: "---|"}[right])
	}
	b.WriteByte('\n')
	for _, row := range t.rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
	b.WriteByte('\n')
}

// escape keeps Markdown and a maths typesetter from acting on text.
var escaper = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "$", "&#36;", "[", `\[`, "]", `\]`, "\n", " ")

func escape(text string) string { return escaper.Replace(text) }

// number makes a column of a quantity in one unit.
func number[T any, N ~float64 | ~int](head, field string, unit float64, of func(v *T) N) column[T] {
	return column[T]{head: head, field: field, right: true, text: func(v *T) string {
		x := float64(of(v)) / unit
		if x == 0 {
			return ""
		}
		return plain(x)
	}}
}

// plain prints four significant digits, or a whole number, without separators.
func plain(x float64) string {
	if x == float64(int64(x)) {
		return strconv.FormatInt(int64(x), 10)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	if err != nil {
		short = x
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// words makes a column of text.
func words[T any](head string, of func(v *T) string) column[T] {
	return column[T]{head: head, text: of}
}
