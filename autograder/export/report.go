// Package export holds the report on a folder of submissions and writes it:
// results.json, grades.csv, a feedback page per student and an index of them.
//
//	err := export.Write(report, "out")
//	fmt.Print(show.Text(report.View(), show.Options{}))
//
// A feedback page shows the student's own values, what they break and a
// counter-example, never the answer. Nothing is graded here, and the same
// report always gives the same bytes.
package export

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Outcome is how a question or a submission ended. None stands for another.
type Outcome string

// The outcomes.
const (
	Graded    Outcome = "graded"     // a check was completed, whatever its verdict
	Failed    Outcome = "failed"     // the student's code ended before there was an answer: 0 points
	NotGraded Outcome = "not graded" // nothing to judge, or a fault of the machine: no points, not even 0

	NeedsManual Outcome = "needs manual" // of a question: a person grades the text; what is counted so far is not all
)

// A Report is the result of grading a folder.
type Report struct {
	Lab         string       `json:"lab"`
	Title       string       `json:"title"`
	Version     int          `json:"version"`   // of the lab
	Engine      string       `json:"engine"`    // of this program
	Registry    string       `json:"registry"`  // version and hash of the data
	Isolation   string       `json:"isolation"` // what held the submissions
	Max         float64      `json:"max"`
	Cancelled   bool         `json:"cancelled,omitempty"`
	Submissions []Submission `json:"submissions"` // by student
}

// A Submission is the result of one student.
type Submission struct {
	Student   string     `json:"student"`
	File      string     `json:"file,omitempty"`
	Outcome   Outcome    `json:"outcome"`
	Points    float64    `json:"points"` // of the questions that count; see Outcome
	Max       float64    `json:"max"`
	Scenario  string     `json:"scenario,omitempty"`
	Problem   string     `json:"problem,omitempty"` // why it is not graded
	Ends      []string   `json:"ends,omitempty"`    // cells that did not run to their end
	Notes     []string   `json:"notes,omitempty"`
	Questions []Question `json:"questions"`
}

// A Question is the result of one question.
type Question struct {
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why,omitempty"` // for failed and not graded
	labs.Verdict
}

// Points prints a number of points: one decimal, none where it is whole.
func Points(p float64) string { return units.Number(float64(int64(p*10+0.5)) / 10) }

// Score is a submission's points, or blank where there is nothing to count.
func (s Submission) Score() string {
	if s.Outcome == NotGraded {
		return ""
	}
	return Points(s.Points)
}

// Counts returns how many submissions ended in each way.
func (r Report) Counts() (graded, failed, not int) {
	for _, s := range r.Submissions {
		switch s.Outcome {
		case Graded:
			graded++
		case Failed:
			failed++
		default:
			not++
		}
	}
	return graded, failed, not
}

// AllRight reports whether every submission is graded with every check passed.
func (r Report) AllRight() bool {
	for _, s := range r.Submissions {
		if s.Outcome != Graded {
			return false
		}
		for _, q := range s.Questions {
			if !q.OK() {
				return false
			}
		}
	}
	return true
}

// View describes the report as a table.
func (r Report) View() show.View {
	t := &show.Table{Columns: []show.Column{{Name: "student"}, {Name: "outcome"}}}
	if len(r.Submissions) > 0 {
		for _, q := range r.Submissions[0].Questions {
			t.Columns = append(t.Columns, show.Column{Name: q.ID, Right: true, Help: q.Title})
		}
	}
	t.Columns = append(t.Columns, show.Column{Name: "points", Right: true}, show.Column{Name: "remark"})
	for _, s := range r.Submissions {
		row := []string{s.Student, string(s.Outcome)}
		for _, q := range s.Questions {
			row = append(row, cell(q))
		}
		t.Cells = append(t.Cells, append(row, s.Score(), remark(s)))
	}
	graded, failed, not := r.Counts()
	sum := fmt.Sprintf("%d submissions: %d graded, %d failed, %d not graded; at most %s points", len(r.Submissions), graded, failed, not, Points(r.Max))
	notes := []string{"isolation: " + r.Isolation, "engine " + r.Engine + ", registry " + r.Registry}
	if r.Cancelled {
		notes = append([]string{"cancelled: what was not finished is not graded"}, notes...)
	}
	return show.View{
		Title: r.Lab + " " + r.Title, Subtitle: sum, Data: r,
		Blocks: []show.Block{{Table: t}, {Notes: notes}},
	}
}

// cell is a question in a table: points, or how it ended.
func cell(q Question) string {
	switch q.Outcome {
	case Graded:
		return Points(q.Points)
	case Failed:
		return "failed"
	case NeedsManual:
		return "manual"
	}
	return "-"
}

// remark is the first thing worth knowing about a submission.
func remark(s Submission) string {
	text := s.Problem
	if text == "" && len(s.Ends) > 0 {
		text = s.Ends[0]
	}
	for _, q := range s.Questions {
		for _, p := range q.Parts {
			if text == "" && q.Outcome == Graded && !p.Verdict.OK {
				text = q.ID + ": " + p.Verdict.Message
			}
		}
	}
	return shorten(text, 44)
}

// shorten cuts a text after whole words; the feedback page has all of it.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	if i := strings.LastIndexByte(text[:most], ' '); i > 0 {
		text = text[:i]
	}
	return strings.TrimRight(text, " ,;:(") + " …"
}
