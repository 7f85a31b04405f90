// Package spec says what a lab is: its scenario, its questions with their
// checks, and the code of its cells. Text, notebook, script and grader all come
// from one Lab value.
//
//	d := lab.Draw("s123")       // the student's own scenario
//	v := lab.Questions[0].Answer(d, claims)
//
// It leaves out how a lab is printed and graded: package labs does that.
package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
)

// A Lab is one laboratory exercise.
type Lab struct {
	ID        string // T0
	Slug      string // hello_world
	Title     string
	Version   int // of questions and checks; grown with every change that moves a grade
	Minutes   int
	Objective string
	Params    []Param
	Setup     string // declarations after the parameters
	First     string // statements of the first look
	Text      string // blocks of Markdown, each behind a line "# name"
	Questions []Question
}

// A Param is one number of the scenario that differs from student to student.
type Param struct {
	Name    string // in sentences
	Var     string // in code
	Choices []int
}

// A Question is one graded step: predict, explore, answer, say why.
type Question struct {
	ID      string // q1
	Title   string
	Points  float64
	Claims  []string // ids of the answers
	Predict string   // statements of the predict cell
	Explore string   // statements of the explore cell
	Blank   string   // statements of the answer cell that a student completes
	Because string   // statement of the because cell; empty if nothing is attributed
	Worked  string   // statements of a right answer, for tests and instructors

	Answer      func(d Draw, c check.Claims) check.Verdict
	Attribution func(d Draw, c check.Claims) check.Verdict // nil if nothing is attributed
}

// A Draw is one student's scenario: the value of each parameter by name.
type Draw map[string]int

// Draw returns the scenario of a student. It is the one that lab.Open draws.
func (l Lab) Draw(student string) Draw {
	d := Draw{}
	for _, p := range l.Params {
		d[p.Name] = p.Choices[record.Choose(l.ID, student, p.Name, len(p.Choices))]
	}
	return d
}

// Draws lists every scenario in a fixed order.
func (l Lab) Draws() []Draw {
	all := []Draw{{}}
	for _, p := range l.Params {
		var next []Draw
		for _, d := range all {
			for _, v := range p.Choices {
				one := Draw{p.Name: v}
				for name, value := range d {
					one[name] = value
				}
				next = append(next, one)
			}
		}
		all = next
	}
	return all
}

// String lists the scenario as "batch 8, context 700".
func (d Draw) String() string {
	var parts []string
	for name, v := range d {
		parts = append(parts, fmt.Sprintf("%s %d", name, v))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// Block returns the Markdown behind the line "# name" of the text.
func (l Lab) Block(name string) string {
	var out []string
	inside := false
	for line := range strings.Lines(l.Text) {
		if head, ok := strings.CutPrefix(line, "# "); ok {
			inside = strings.TrimSpace(head) == name
			continue
		}
		if inside {
			out = append(out, line)
		}
	}
	return strings.TrimSpace(strings.Join(out, ""))
}

// Find returns a question by its id.
func (l Lab) Find(id string) (Question, bool) {
	i := slices.IndexFunc(l.Questions, func(q Question) bool { return q.ID == id })
	if i < 0 {
		return Question{}, false
	}
	return l.Questions[i], true
}
