package labs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"path/filepath"
	"strings"
)

// Prelude is the import that a notebook's first cell makes; scripts and our
// kernel do without.
const Prelude = `import . "github.com/mlsysim/golab/kernelext/lab"`

// anyone stands in Open until a student puts an id in.
const anyone = "your-id"

// Base is the name of a lab's files without the extension: T0_hello_world.
func Base(l Lab) string { return l.ID + "_" + l.Slug }

// A File is one generated form of a lab.
type File struct {
	Name string
	Data []byte
}

// Files lists the notebook and the script of a lab.
func Files(l Lab) []File {
	return []File{{Base(l) + ".ipynb", Notebook(l)}, {Base(l) + ".lab", Script(l)}}
}

// Build writes the notebook and the script of every lab into a directory, and
// the page that lists them, and returns their paths; for instructors also the
// notebooks with solutions, in a folder of their own.
func Build(dir string, instructor bool) ([]string, error) {
	student, teacher := []File{Index()}, []File{}
	for _, l := range All() {
		student = append(student, Files(l)...)
		teacher = append(teacher, File{Base(l) + "_solutions.ipynb", Instructor(l)})
	}
	paths, err := write(dir, student)
	if err != nil || !instructor {
		return paths, err
	}
	more, err := write(filepath.Join(dir, "instructor"), teacher)
	return append(paths, more...), err
}

// A cell is one cell of a lab before it is printed.
type cell struct {
	question, role string
	markdown       bool
	source         string
}

// cells lists a lab's cells. Statements stand behind a line that GoNB reads as
// "main starts here" and that is a comment everywhere else; declarations stand
// bare, because GoNB keeps those from cell to cell.
func cells(l Lab) []cell {
	title := fmt.Sprintf("# %s %s\n\n*%s* About %d minutes.\n\n", l.ID, l.Title, l.Objective, l.Minutes)
	out := []cell{
		{role: "text", markdown: true, source: title + l.Block("intro")},
		{role: "open", source: opening(l)},
		{question: "scorecard", role: "text", markdown: true, source: l.Block("scorecard")},
		{question: "scorecard", role: "explore", source: statements(l.First)},
	}
	for _, q := range l.Questions {
		out = append(
			out,
			cell{q.ID, "text", true, l.Block(q.ID)},
			cell{q.ID, "predict", false, statements(q.Predict)},
			cell{q.ID, "explore", false, statements(exploring(q))},
			cell{q.ID, "answer", false, statements(q.Blank)},
		)
		if q.Because != "" {
			out = append(out, cell{q.ID, "because", false, statements(q.Because)})
		}
	}
	return append(out, cell{role: "check", source: statements("Check()")}, cell{role: "text", markdown: true, source: l.Block("end")})
}

func statements(code string) string { return "//gonb:%%\n" + code }

// exploring is the explore cell, behind its lock if it has one.
func exploring(q Question) string {
	switch {
	case !q.Locked:
		return q.Explore
	case !strings.Contains(q.Explore, "\n"):
		return fmt.Sprintf("Explore(%q, func() { %s })", q.ID, q.Explore)
	}
	return fmt.Sprintf("Explore(%q, func() {\n\t%s\n})", q.ID, strings.ReplaceAll(q.Explore, "\n", "\n\t"))
}

// opening declares the student's scenario.
func opening(l Lab) string {
	return Prelude + "\n\n" + declarations(l, anyone) + "\n\n" + statements(scenario(l))
}

// scenario shows the student what was drawn, before the first prediction.
func scenario(l Lab) string {
	var b strings.Builder
	b.WriteString(`Show(fmt.Sprint("your scenario: `)
	for i, p := range l.Params {
		if i > 0 {
			b.WriteString(`, ", `)
		}
		fmt.Fprintf(&b, "%s \", %s", p.Name, p.Shown())
	}
	b.WriteString("))")
	return b.String()
}

// declarations draw the scenario of a student.
func declarations(l Lab, student string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "var (\nl = Open(%q, %q)\n", l.ID, student)
	for _, p := range l.Params {
		fmt.Fprintf(&b, "%s = %s\n", p.Var, p.Code())
	}
	fmt.Fprintf(&b, "%s\n)", l.Setup)
	out, err := format.Source([]byte(b.String()))
	if err != nil {
		panic(err) // a lab whose set-up is not Go, which its tests would have told
	}
	return string(out)
}

// Script prints a lab as one script with the same question ids.
func Script(l Lab) []byte {
	return []byte(script(l, anyone, blanks))
}

// Worked prints the script of a student who answers everything right, for tests
// and instructors.
func Worked(l Lab, student string) string {
	return script(l, student, func(q Question) string { return q.Worked })
}

func blanks(q Question) string {
	if q.Because == "" {
		return q.Blank
	}
	return q.Blank + "\n" + q.Because
}

func script(l Lab, student string, answers func(Question) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s %s: mlsysim lab run %s.lab, then mlsysim lab check %s.lab\n", l.ID, l.Title, Base(l), Base(l))
	fmt.Fprintf(&b, "%s\n\n%s\n%s\n", declarations(l, student), scenario(l), l.First)
	for _, q := range l.Questions {
		fmt.Fprintf(&b, "\n// %s: %s\n%s\n%s\n%s\n", q.ID, q.Title, q.Predict, exploring(q), answers(q))
	}
	b.WriteString("\nCheck()\n")
	return b.String()
}

// Notebook prints a lab as a Jupyter notebook, format 4.5, without outputs.
func Notebook(l Lab) []byte { return notebook(l, cells(l)) }

func notebook(l Lab, list []cell) []byte {
	type object = map[string]any
	var out []object
	seen := map[string]int{}
	for _, c := range list {
		id := strings.ToLower(strings.Join([]string{l.ID, c.question, c.role}, "-"))
		id = strings.ReplaceAll(id, "--", "-")
		if seen[id]++; seen[id] > 1 {
			id = fmt.Sprintf("%s-%d", id, seen[id])
		}
		o := object{
			"id": id, "source": lines(c.source), "cell_type": "markdown",
			"metadata": object{"mlsysim": object{"lab": l.ID, "question": c.question, "role": c.role, "version": l.Version}},
		}
		if !c.markdown {
			o["cell_type"], o["execution_count"], o["outputs"] = "code", nil, []any{}
		}
		out = append(out, o)
	}
	return encode(object{
		"nbformat": 4, "nbformat_minor": 5, "cells": out,
		"metadata": object{
			"kernelspec":    object{"name": "mlsysim", "display_name": "MLSysim (Go)", "language": "go"},
			"language_info": object{"name": "go", "file_extension": ".go", "mimetype": "text/x-go"},
			"mlsysim":       object{"lab": l.ID, "version": l.Version},
		},
	})
}

// lines cuts a source as Jupyter stores it: each line with its newline.
func lines(source string) []string {
	return strings.SplitAfter(source, "\n")
}

// encode prints JSON as Jupyter does: one space a level, characters as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		panic(err) // maps, lists, text and numbers always encode
	}
	return b.Bytes()
}
