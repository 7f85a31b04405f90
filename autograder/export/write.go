package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Write writes results.json, grades.csv, feedback/*.html and index.html below a
// directory, each file whole or not at all.
func Write(r Report, dir string) error {
	results, err := Results(r)
	if err != nil {
		return err
	}
	grades, err := Grades(r)
	if err != nil {
		return err
	}
	index, err := Index(r)
	if err != nil {
		return err
	}
	files := map[string][]byte{"results.json": results, "grades.csv": grades, "index.html": index}
	for _, s := range r.Submissions {
		files[pageName(s.Student)] = []byte(Page(r, s))
	}
	if err := os.MkdirAll(filepath.Join(dir, "feedback"), 0o755); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	for name, data := range files {
		if err := replace(filepath.Join(dir, name), data); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// replace writes beside the file and renames, so that a reader never sees half.
func replace(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(data); err != nil {
		tmp.Close()
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := os.Chmod(tmp.Name(), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// Results prints the report as JSON.
func Results(r Report) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("printing the results: %w", err)
	}
	return b.Bytes(), nil
}

// columns are those of nbgrader's grades.csv, and ours at the end.
var columns = []string{
	"assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
	"raw_score", "late_submission_penalty", "score", "max_score", "status",
}

// Grades prints the report as a table for gradebooks. What is not graded has a
// blank score: a gradebook must not read it as 0.
func Grades(r Report) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{columns}
	for _, s := range r.Submissions {
		penalty := "0"
		if s.Outcome == NotGraded {
			penalty = ""
		}
		rows = append(rows, []string{
			r.Lab, "", "", harmless(s.Student), "", "", "",
			s.Score(), penalty, s.Score(), Points(s.Max), string(s.Outcome),
		})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("printing the grades: %w", err)
	}
	return b.Bytes(), nil
}

// harmless keeps a spreadsheet from reading a text as a formula.
func harmless(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}

// pageName is where a student's page lies: a name of letters, digits, dots,
// dashes and underlines; any other byte is written in hexadecimal.
func pageName(student string) string {
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
