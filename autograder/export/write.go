package export

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Write writes results.json, grades.csv, feedback/*.html and index.html below a
// directory, each file whole or not at all. One submission at a time is held in
// memory.
func Write(r Report, dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "feedback"), 0o755); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return files(r, func(name string, write func(io.Writer) error) error {
		return replaceWith(filepath.Join(dir, filepath.FromSlash(name)), write)
	})
}

// Zip writes the files of Write as a zip file.
func Zip(w io.Writer, r Report) error {
	z := zip.NewWriter(w)
	err := files(r, func(name string, write func(io.Writer) error) error {
		f, err := z.Create(name)
		if err != nil {
			return err
		}
		return write(f)
	})
	return errors.Join(err, z.Close())
}

// files gives each file of a report to put.
func files(r Report, put func(name string, write func(io.Writer) error) error) error {
	c := newClass(r)
	for s, err := range r.All() {
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		c.add(s)
		page := func(w io.Writer) error {
			_, err := io.WriteString(w, Page(r, s))
			return err
		}
		if err := put(PageName(s.Student), page); err != nil {
			return fmt.Errorf("writing %s: %w", PageName(s.Student), err)
		}
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"results.json", func(w io.Writer) error { return Results(w, r) }},
		{"grades.csv", func(w io.Writer) error { return Grades(w, r) }},
		{"index.html", c.page},
	} {
		if err := put(f.name, f.write); err != nil {
			return fmt.Errorf("writing %s: %w", f.name, err)
		}
	}
	return nil
}

// Class prints the report on the class as a page; its links lead to PageName.
func Class(w io.Writer, r Report) error {
	c := newClass(r)
	for s, err := range r.All() {
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		c.add(s)
	}
	return c.page(w)
}

// replaceWith writes beside the file and renames, so that a reader never sees
// half.
func replaceWith(path string, write func(io.Writer) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	b := bufio.NewWriter(tmp)
	if err := errors.Join(write(b), b.Flush(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// Results prints the report as JSON.
func Results(w io.Writer, r Report) error {
	head := r
	head.Submissions = nil
	top, err := encode(head, "")
	if err != nil {
		return err
	}
	const empty = "null\n}\n" // the submissions come last
	if _, err := w.Write(append(bytes.TrimSuffix(top, []byte(empty)), '[')); err != nil {
		return err
	}
	before := "\n    "
	for s, err := range r.All() {
		if err != nil {
			return err
		}
		one, err := encode(s, "    ")
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s%s", before, bytes.TrimSuffix(one, []byte("\n"))); err != nil {
			return err
		}
		before = ",\n    "
	}
	_, err = io.WriteString(w, "\n  ]\n}\n")
	return err
}

func encode(v any, prefix string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent(prefix, "  ")
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("printing the results: %w", err)
	}
	return b.Bytes(), nil
}

// Lines prints the submissions as JSON, one in a line.
func Lines(w io.Writer, r Report) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for s, err := range r.All() {
		if err != nil {
			return err
		}
		if err := e.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// columns are those of nbgrader's grades.csv, and ours at the end.
var columns = []string{
	"assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
	"raw_score", "late_submission_penalty", "score", "max_score", "status",
}

// Grades prints the report as a table for gradebooks. What is not graded has a
// blank score: a gradebook must not read it as 0.
func Grades(w io.Writer, r Report) error {
	c := csv.NewWriter(w)
	if err := c.Write(columns); err != nil {
		return err
	}
	for s, err := range r.All() {
		if err != nil {
			return err
		}
		raw, penalty, due := "", "", ""
		if s.Outcome != NotGraded {
			raw, penalty = Points(s.Points), Points(s.Penalty())
		}
		if s.Late != nil {
			due = stamp(s.Late.Due)
		}
		err := c.Write([]string{
			r.Lab, due, stamp(s.Submitted), harmless(s.Student), "", "", "",
			raw, penalty, s.Score(), Points(s.Max), string(s.Outcome),
		})
		if err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// stamp prints a time as nbgrader does: UTC without a zone.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// harmless keeps a spreadsheet from reading a text as a formula. Some trim blanks
// first, and some read wide characters as their plain form.
func harmless(text string) string {
	rest := strings.TrimLeft(text, " \u00a0")
	if strings.IndexAny(rest, "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") == 0 {
		return "'" + text
	}
	return text
}

// PageName is where a student's page lies: a name of letters, digits, dots,
// dashes and underlines; any other byte is written in hexadecimal.
func PageName(student string) string {
	var b strings.Builder
	for i := range len(student) {
		c := student[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && i > 0
		if plain {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "~%02x", c)
	}
	return "feedback/" + b.String() + ".html"
}
