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
	"iter"
	"math"
	"strings"
	"time"

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

	// Stream reads the submissions one at a time instead, where they are many.
	Stream iter.Seq2[Submission, error] `json:"-"`
}

// All goes through the submissions by student.
func (r Report) All() iter.Seq2[Submission, error] {
	if r.Stream != nil {
		return r.Stream
	}
	return func(yield func(Submission, error) bool) {
		for _, s := range r.Submissions {
			if !yield(s, nil) {
				return
			}
		}
	}
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

	Submitted time.Time `json:"submitted,omitzero"` // as the platform says it
	Late      *Late     `json:"late,omitempty"`     // nothing without a late policy
	Manual    *Manual   `json:"manual,omitempty"`   // Points are those of a person
	Made      *Made     `json:"made,omitempty"`     // by what it was graded
	Sketch    []uint32  `json:"-"`                  // of the student's own code, to compare
}

// Late is what a late policy takes off.
type Late struct {
	Due     time.Time `json:"due"`
	Days    int       `json:"days"`
	Percent float64   `json:"percent"`
	Penalty float64   `json:"penalty"` // points
	Note    string    `json:"note,omitempty"`
}

// Manual is a number of points that a person gave.
type Manual struct {
	Points float64 `json:"points"`
	By     string  `json:"by"`
	Reason string  `json:"reason"`
}

// Made says by what a submission was graded.
type Made struct {
	Version     int    `json:"version"` // of the lab
	Engine      string `json:"engine"`
	Registry    string `json:"registry"`
	Tier        string `json:"tier"`        // what held the submission
	Environment string `json:"environment"` // digest of all of these
	Seed        string `json:"seed"`        // of the hidden inputs
	Submission  string `json:"submission"`  // digest of the file
}

// A Question is the result of one question.
type Question struct {
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why,omitempty"` // for failed and not graded
	Manual  *Manual `json:"manual,omitempty"`
	labs.Verdict
}

// Points prints a number of points: one decimal, none where it is whole.
func Points(p float64) string { return units.Number(math.Round(p*10) / 10) }

// Penalty is the points that lateness costs.
func (s Submission) Penalty() float64 {
	if s.Late == nil {
		return 0
	}
	return s.Late.Penalty
}

// Final is a submission's points after lateness.
func (s Submission) Final() float64 { return math.Max(0, s.Points-s.Penalty()) }

// Score is a submission's final points, or blank where there is nothing to count.
func (s Submission) Score() string {
	if s.Outcome == NotGraded {
		return ""
	}
	return Points(s.Final())
}

// AllRight reports whether every submission is graded with every check passed.
func (r Report) AllRight() bool {
	for s, err := range r.All() {
		if err != nil || s.Outcome != Graded || !s.allRight() {
			return false
		}
	}
	return true
}

func (s Submission) allRight() bool {
	for _, q := range s.Questions {
		if !q.OK() {
			return false
		}
	}
	return true
}

// tableRemark is how long a remark in a table may be.
const tableRemark = 44

// View describes the report as a table.
func (r Report) View() show.View {
	t := &show.Table{}
	count := map[Outcome]int{}
	var notes []string
	for s, err := range r.All() {
		if err != nil {
			notes = append(notes, "the list ends early: "+err.Error())
			break
		}
		if len(t.Cells) == 0 {
			t.Columns = columnsOf(s)
		}
		row := []string{s.Student, string(s.Outcome)}
		for _, q := range s.Questions {
			row = append(row, q.Cell())
		}
		t.Cells = append(t.Cells, append(row, s.Score(), s.Remark(tableRemark)))
		count[s.Outcome]++
	}
	if r.Cancelled {
		notes = append(notes, "cancelled: what was not finished is not graded")
	}
	notes = append(notes, "isolation: "+r.Isolation, "engine "+r.Engine+", registry "+r.Registry)
	return show.View{
		Title: r.Lab + " " + r.Title, Subtitle: r.summary(count), Data: r,
		Blocks: []show.Block{{Table: t}, {Notes: notes}},
	}
}

func (r Report) summary(count map[Outcome]int) string {
	return fmt.Sprintf("%d submissions: %d graded, %d failed, %d not graded; at most %s points",
		count[Graded]+count[Failed]+count[NotGraded], count[Graded], count[Failed], count[NotGraded], Points(r.Max))
}

func columnsOf(s Submission) []show.Column {
	out := []show.Column{{Name: "student"}, {Name: "outcome"}}
	for _, q := range s.Questions {
		out = append(out, show.Column{Name: q.ID, Right: true, Help: q.Title})
	}
	return append(out, show.Column{Name: "points", Right: true}, show.Column{Name: "remark"})
}

// Cell is a question in a table: points, or how it ended.
func (q Question) Cell() string {
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

// Remark is the first thing worth knowing about a submission, cut after some bytes.
func (s Submission) Remark(most int) string {
	text := s.Problem
	if s.Manual != nil {
		text = "points by hand"
	}
	if text == "" && s.Penalty() > 0 {
		text = fmt.Sprintf("%d days late: %s points off", s.Late.Days, Points(s.Penalty()))
	}
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
	return shorten(text, most)
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
