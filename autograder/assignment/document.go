// Package assignment makes assignments of notebooks in nbgrader's format, so that
// courses that have them go on: it releases the student version, puts a
// student's answers back into the instructor's source, and runs the test cells
// of Python notebooks.
//
//	src, err := assignment.Read(data)        // the instructor's notebook
//	student, err := src.Release()            // solutions and hidden tests are gone
//	work := src.Restore(handedIn)            // answers by grade_id, all else from src
//	verdicts, err := src.Grade(ctx, limits, handedIn)
//
// Points, tests and locked cells are the instructor's, always: what a student's
// file says about itself is not read.
//
// A test cell runs in a process of its own, without a line of the student's code.
// The student's functions run in a second process, and arguments and values pass
// between the two as plain data. A test passes if that first process says a random
// word at its end, which no other process knows. So replacing math.isclose,
// objects that equal everything, dropped asserts and forged outputs gain nothing.
//
// Where the instructor's own solution does not pass so, because the test looks into
// objects or modules of the student, the test runs in the student's process after
// the student's code, mode Shared. That can be fooled, by whoever sets out to: the
// code can leave behind changed builtins and modules, objects that equal
// everything, or a thread that looks for the word. Marks of such cells say so;
// write tests that call functions on numbers, texts and lists instead. A student
// cannot bring this mode about: the solution decides it.
//
// Values a student computes at the top of a cell are claims like any other: a test
// of a variable sees whatever the student put there. The processes see Python and
// their own empty folder, no network, and not each other; memory, time and file
// sizes are limited. The number of processes is not, for a grader that runs as
// root: the wall clock ends them. This needs Linux with namespaces and landlock,
// and nothing runs without. IPython's lines that begin with % and ! are left out.
//
// It leaves out nbgrader's database, exchange and formgrader, and test cells of
// other languages than Python.
package assignment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// A Notebook is an instructor's source.
type Notebook struct {
	root     map[string]any
	Cells    []Cell
	Language string // of the kernel
}

// A Cell is one cell of a source.
type Cell struct {
	Type   string // code, markdown, raw
	Source string
	Meta   *Meta // nil for cells that nbgrader does not know
	raw    map[string]any
}

// Read reads an instructor's source. Mistakes in its metadata are errors: the
// course would be graded by them.
func Read(data []byte) (*Notebook, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	n := &Notebook{}
	if err := d.Decode(&n.root); err != nil {
		return nil, fmt.Errorf("reading the source: not a notebook: %w", err)
	}
	if fmt.Sprint(n.root["nbformat"]) != "4" {
		return nil, fmt.Errorf("reading the source: nbformat = %v: want 4", n.root["nbformat"])
	}
	n.Language = language(n.root)
	list, _ := n.root["cells"].([]any)
	seen := map[string]bool{}
	for i, c := range list {
		raw, _ := c.(map[string]any)
		if raw == nil {
			return nil, fmt.Errorf("reading the source: cell %d: not an object", i+1)
		}
		cell := Cell{Type: fmt.Sprint(raw["cell_type"]), Source: joined(raw["source"]), raw: raw}
		var err error
		if cell.Meta, err = readMeta(raw); err != nil {
			return nil, fmt.Errorf("reading the source: cell %d: %w", i+1, err)
		}
		if m := cell.Meta; m != nil {
			if seen[m.ID] {
				return nil, fmt.Errorf("reading the source: cell %d: grade_id %q is used twice", i+1, m.ID)
			}
			seen[m.ID] = true
		}
		n.Cells = append(n.Cells, cell)
	}
	if len(n.Cells) == 0 {
		return nil, errors.New("reading the source: the notebook has no cells")
	}
	return n, nil
}

// language is that of the kernel, in lower case.
func language(root map[string]any) string {
	meta, _ := root["metadata"].(map[string]any)
	for _, key := range [][2]string{{"kernelspec", "language"}, {"language_info", "name"}} {
		if part, ok := meta[key[0]].(map[string]any); ok {
			if name, ok := part[key[1]].(string); ok && name != "" {
				return strings.ToLower(name)
			}
		}
	}
	return "python"
}

// joined reads a source, which is a text or a list of lines.
func joined(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, line := range v {
			text, _ := line.(string)
			b.WriteString(text)
		}
		return b.String()
	}
	return ""
}

// bytes prints a notebook as Jupyter does: sorted keys, one space a level.
func encode(root map[string]any, cells []map[string]any) ([]byte, error) {
	out := map[string]any{}
	for k, v := range root {
		out[k] = v
	}
	out["cells"] = cells
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("writing a notebook: %w", err)
	}
	return b.Bytes(), nil
}

// with is a copy of a cell with another source and metadata, without outputs.
func (c Cell) with(source string, m *Meta) map[string]any {
	out := map[string]any{}
	for k, v := range c.raw {
		out[k] = v
	}
	out["source"] = strings.SplitAfter(source, "\n")
	if c.Type == code {
		out["outputs"], out["execution_count"] = []any{}, nil
	}
	meta := map[string]any{}
	if old, ok := c.raw["metadata"].(map[string]any); ok {
		for k, v := range old {
			meta[k] = v
		}
	}
	delete(meta, "nbgrader")
	if m != nil {
		meta["nbgrader"] = m
	}
	out["metadata"] = meta
	return out
}
