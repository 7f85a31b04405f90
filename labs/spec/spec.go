// Package spec says what a lab is: its scenario, its questions with their
// checks, and the code of its cells. Text, notebook, script, tests and grader
// all come from one Lab value.
//
//	d := lab.Draw("s123")          // the student's own scenario
//	right := lab.Questions[0].Right(d)
//	v := lab.Questions[0].Answer(d, right.Claims())
//
// It leaves out how a lab is printed and graded: package labs does that, and
// labs/README.md says how to write one.
package spec

import (
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Lab is one laboratory exercise.
type Lab struct {
	ID            string // T0, L01
	Slug          string // hello_world
	Title         string
	Version       int // of questions and checks; grown with every change that moves a grade
	Minutes       int
	Week          int      // of a course of fourteen
	Prerequisites []string // ids of labs
	Objective     string   // one sentence, under the title
	Objectives    []string // what a student can do afterwards, for instructors
	Params        []Param
	Setup         string // declarations after the parameters, inside var ( )
	First         string // statements of the first look
	Text          string // blocks of Markdown, each behind a line "# name"
	Questions     []Question
}

// A Question is one graded step: predict, explore, answer, say why.
type Question struct {
	ID      string // q1
	Title   string
	Kinds   []check.Kind // what it is judged by
	Points  float64
	Claims  []string // ids of the answers: q1, or q1.compute and q1.memory
	Predict string   // statements of the predict cell
	Explore string   // statements of the explore cell
	Locked  bool     // the explore cell shows nothing before a prediction; what it declares stays inside
	Blank   string   // statements of the answer cell that a student completes
	Because string   // statement of the because cell; empty if nothing is attributed
	Worked  string   // statements of a right answer: Predict, Answer, Because

	Right       func(d Draw) Values         // the answers that Worked records
	Binds       func(d Draw) walls.Resource // what Worked names as binding; nil if nothing is attributed
	Answer      func(d Draw, c check.Claims) check.Verdict
	Attribution func(d Draw, c check.Claims) check.Verdict // nil if nothing is attributed
	Function    *Function                                  // the answer is a function: in place of Right and Answer
	Manual      bool                                       // the answer is text that a person grades: in place of Answer

	Misconceptions []Misconception
	Options        map[string][]string // other texts that an answer by name may take
	Shared         bool                // the same answer is right for everybody, as with ln 100
	Quick          bool                // Right takes microseconds: wrong answers are compared with those of all scenarios
	Mutants        []Mutant
	Survivors      map[string]string // mutants that rightly pass, with the reason
}

// A Misconception is a wrong idea, the answers that it leads to, and what the
// student is told.
type Misconception struct {
	Name  string              // what people believe: "compute and memory add up"
	Wrong func(d Draw) Values // the answers that it changes; nil if it only names a resource
	Binds walls.Resource      // the resource that it names
	Says  string              // feedback; never the answer
}

// A Mutant is a wrong answer that the checks must refuse, without feedback of its
// own.
type Mutant struct {
	Name  string
	Wrong func(d Draw) Values // the answers that it changes
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
