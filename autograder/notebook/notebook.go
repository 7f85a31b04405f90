// Package notebook reads a submission: a Jupyter notebook (format 4) or a
// script, as a list of code cells to run. A submission is hostile until proven
// otherwise: sizes, nesting and types are checked, links are not followed, and
// every complaint names the place.
//
//	s, err := notebook.Read("s123.ipynb")
//	for _, c := range s.Cells { fmt.Println(c.Name, c.Role) } // cell 4 answer
//
// Outputs and metadata are data, never evidence: nothing here or later grades
// by them. Nothing is run here.
package notebook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// The caps on a submission.
const (
	MaxFile   = 16 << 20 // bytes of a file, outputs included
	MaxSource = 1 << 20  // bytes of code in all
	MaxCells  = 1000
	maxDepth  = 64
)

// A Submission is the code of one student in order.
type Submission struct {
	Lab   string // what the metadata says; may be wrong or missing
	Cells []Cell
}

// A Cell is one piece of code. Its lines are the cell's own, so that an error
// in it can be found again.
type Cell struct {
	Name                string // cell 4, counted from the top, text cells included; script
	Source              string
	Lab, Question, Role string // what the metadata says; may be wrong or missing
}

// Extensions lists the kinds of file that Read takes.
func Extensions() []string { return []string{".ipynb", ".lab", ".go"} }

// Read reads a notebook or a script by its extension.
func Read(path string) (Submission, error) {
	data, err := load(path)
	if err != nil {
		return Submission{}, err
	}
	return ReadAs(filepath.Base(path), data)
}

// ReadAs reads a content as a notebook or a script, by the extension of the name
// that errors begin with.
func ReadAs(name string, data []byte) (Submission, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // some editors on Windows put one there
	read := Script
	if filepath.Ext(name) == ".ipynb" {
		read = Parse
	}
	s, err := read(data)
	if err != nil {
		return Submission{}, fmt.Errorf("%s: %w", name, err)
	}
	return s, nil
}

// load reads a regular file that is not a link.
func load(path string) ([]byte, error) {
	name := filepath.Base(path)
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		var at *os.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", name, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", name, err)
	case len(data) > MaxFile:
		return nil, fmt.Errorf("%s: too large: want at most %d MiB", name, MaxFile>>20)
	}
	return data, nil
}

// Script reads a script: one cell.
func Script(data []byte) (Submission, error) {
	switch {
	case len(strings.TrimSpace(string(data))) == 0:
		return Submission{}, errors.New("empty file")
	case len(data) > MaxSource:
		return Submission{}, fmt.Errorf("too much code: want at most %d KiB", MaxSource>>10)
	case !utf8.Valid(data):
		return Submission{}, errors.New("not UTF-8 text")
	}
	return Submission{Cells: []Cell{{Name: "script", Source: string(data)}}}, nil
}

// mark is our key in the metadata of a notebook and of its cells.
type mark struct {
	Lab      string `json:"lab"`
	Question string `json:"question"`
	Role     string `json:"role"`
}

type metadata struct {
	MLSysim json.RawMessage `json:"mlsysim"`
}

// mark returns our part of the metadata; students edit it, so what is not ours
// is left out rather than refused.
func (m metadata) mark() mark {
	var k mark
	if json.Unmarshal(m.MLSysim, &k) != nil {
		return mark{}
	}
	return k
}

// Parse reads a notebook.
func Parse(data []byte) (Submission, error) {
	if len(strings.TrimSpace(string(data))) == 0 {
		return Submission{}, errors.New("empty file")
	}
	if err := wellFormed(data); err != nil {
		return Submission{}, err
	}
	var nb struct {
		Format   *int              `json:"nbformat"`
		Metadata metadata          `json:"metadata"`
		Cells    []json.RawMessage `json:"cells"`
	}
	if err := json.Unmarshal(data, &nb); err != nil {
		return Submission{}, plain("", err)
	}
	switch {
	case nb.Format == nil:
		return Submission{}, errors.New("nbformat: missing: want a Jupyter notebook of format 4")
	case *nb.Format != 4:
		return Submission{}, fmt.Errorf("nbformat = %d: want 4", *nb.Format)
	case len(nb.Cells) == 0:
		return Submission{}, errors.New("cells: the notebook has none")
	case len(nb.Cells) > MaxCells:
		return Submission{}, fmt.Errorf("cells: %d: want at most %d", len(nb.Cells), MaxCells)
	}
	cells, err := readCells(nb.Cells)
	return Submission{Lab: nb.Metadata.mark().Lab, Cells: cells}, err
}

// readCells returns the code cells that hold anything.
func readCells(list []json.RawMessage) ([]Cell, error) {
	var out []Cell
	size := 0
	for i, raw := range list {
		c, isCode, err := readCell(fmt.Sprintf("cell %d", i+1), raw)
		if err != nil {
			return nil, err
		}
		if size += len(c.Source); size > MaxSource {
			return nil, fmt.Errorf("%s: too much code: want at most %d KiB in all", c.Name, MaxSource>>10)
		}
		if isCode && strings.TrimSpace(c.Source) != "" {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("cells: the notebook has no code")
	}
	return out, nil
}

func readCell(name string, raw json.RawMessage) (Cell, bool, error) {
	var c struct {
		Type     string          `json:"cell_type"`
		Source   json.RawMessage `json:"source"`
		Metadata metadata        `json:"metadata"`
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return Cell{}, false, plain(name+": ", err)
	}
	switch c.Type {
	case "code", "markdown", "raw":
	default:
		return Cell{}, false, fmt.Errorf("%s: cell_type = %q: want code, markdown or raw", name, c.Type)
	}
	source, err := joined(c.Source)
	if err != nil {
		return Cell{}, false, fmt.Errorf("%s: source: %w", name, err)
	}
	k := c.Metadata.mark()
	return Cell{Name: name, Source: quiet(source), Lab: k.Lab, Question: k.Question, Role: k.Role}, c.Type == "code", nil
}

// quiet turns the lines by which GoNB tells statements from declarations into
// comments; the lines keep their numbers.
func quiet(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		if word, _, _ := strings.Cut(strings.TrimSpace(line), " "); word == "%%" || word == "%main" {
			b.WriteString("// ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// joined reads a source, which is a text or a list of lines.
func joined(raw json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil && len(raw) > 0 && raw[0] == '"' {
		return text, nil
	}
	var lines []*string
	if err := json.Unmarshal(raw, &lines); err != nil || raw[0] != '[' {
		return "", errors.New("want a text or a list of lines")
	}
	var b strings.Builder
	for i, l := range lines {
		if l == nil {
			return "", fmt.Errorf("line %d: want a text", i+1)
		}
		b.WriteString(*l)
	}
	return b.String(), nil
}

// plain says what a decoder found wrong in words about the notebook.
func plain(where string, err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		field := t.Field
		if field == "" {
			field = "notebook"
		}
		return fmt.Errorf("%s%s: a %s: want %s", where, field, t.Value, kindName(t))
	}
	return fmt.Errorf("%s%w", where, err)
}

func kindName(t *json.UnmarshalTypeError) string {
	switch t.Type.Kind().String() {
	case "struct":
		return "an object"
	case "slice":
		return "a list"
	case "int":
		return "a whole number"
	}
	return "a text"
}
