package labs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Pages lists the pages of the documentation: one for each lab, their list, what
// instructors should know, and how a lab is written.
func Pages() []File {
	out := []File{{"_index.md", []byte(index())}, {"instructors.md", []byte(instructors())}, {"writing.md", []byte(writing())}}
	for i, l := range All() {
		out = append(out, File{strings.ToLower(Base(l)) + ".md", []byte(page(l, i+1))})
	}
	return out
}

// BuildPages writes the pages of the documentation into a directory.
func BuildPages(dir string) ([]string, error) { return write(dir, Pages()) }

func write(dir string, files []File) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("building the labs: %w", err)
	}
	var paths []string
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			return nil, fmt.Errorf("building the labs: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func front(title string, weight int) string {
	return fmt.Sprintf("---\n# Written by go test ./labs -update; edit labs/ instead.\ntitle: %q\nweight: %d\nmath: true\n---\n\n", title, weight)
}

// index lists the labs by week.
func index() string {
	var b strings.Builder
	b.WriteString(front("Labs", 30))
	b.WriteString("Each lab asks for a decision. You predict, explore, answer and say why; `Check()` tells which invariant of the\nsolvers an answer breaks. Your numbers are your own: the scenario is drawn from your student id.\n\n")
	b.WriteString("| Week | Lab | You learn to | Minutes | Questions | After |\n|--:|---|---|--:|--:|---|\n")
	for _, l := range All() {
		fmt.Fprintf(&b, "| %d | [%s %s](%s/) | %s | %d | %d | %s |\n", l.Week, l.ID, l.Title, strings.ToLower(Base(l)), piped(l.Objective), l.Minutes, len(l.Questions), strings.Join(l.Prerequisites, ", "))
	}
	b.WriteString("\n`mlsysim lab build DIR` writes the notebooks and scripts, `mlsysim lab run T0` runs one in a terminal.\n")
	return b.String()
}

// page is a lab to read: its text, and the code that explores.
func page(l Lab, weight int) string {
	var b strings.Builder
	b.WriteString(front(l.ID+" "+l.Title, weight))
	fmt.Fprintf(&b, "*%s* About %d minutes; open `%s.ipynb` to work through it.\n\n%s\n", l.Objective, l.Minutes, Base(l), l.Block("intro"))
	code := func(src string) { fmt.Fprintf(&b, "\n```go\n%s\n```\n", src) }
	code(declarations(l, anyone))
	fmt.Fprintf(&b, "\n%s\n", l.Block("scorecard"))
	code(l.First)
	for _, q := range l.Questions {
		fmt.Fprintf(&b, "\n%s\n", l.Block(q.ID))
		code(strings.TrimSpace(q.Predict + "\n" + exploring(q) + "\n" + blanks(q)))
	}
	fmt.Fprintf(&b, "\n%s\n", l.Block("end"))
	return b.String()
}
