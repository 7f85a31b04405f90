package grade

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mlsysim/golab/autograder/assignment"
	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/labs"
)

// A Subject is what is graded: a lab, or a notebook in nbgrader's format.
type Subject struct {
	ID        string
	Title     string
	Version   int
	Questions []Question
	isolation string
	digest    string                      // of the source
	scenario  func(student string) string // nil if all students have the same
	judge     judgeFunc
}

// A Question is the head of one question.
type Question struct {
	ID, Title string
	Points    float64
}

// judgeFunc grades one submission; the error is a fault of the machine.
type judgeFunc func(ctx context.Context, s export.Submission, data []byte, l sandbox.Limits, t *ledger.Timing) (export.Submission, error)

// LabSubject is a lab. The secret of the course draws the inputs on which students'
// functions are called.
func LabSubject(lab labs.Lab, secret []byte) Subject {
	s := Subject{
		ID: lab.ID, Title: lab.Title, Version: lab.Version,
		scenario: func(student string) string { return lab.Draw(student).String() },
	}
	for _, q := range lab.Questions {
		s.Questions = append(s.Questions, Question{q.ID, q.Title, q.Points})
	}
	s.judge = labJudge(s, lab, secret)
	return s
}

// Named is the lab of a name, or else a notebook assignment of which only the
// name is known.
func Named(id string) Subject {
	if lab, err := labs.Find(id); err == nil {
		return LabSubject(lab, nil)
	}
	return Subject{ID: id}
}

func subjectOf(ctx context.Context, o Options) (Subject, error) {
	if o.Source == nil {
		lab, err := labs.Find(o.Lab)
		if err != nil {
			return Subject{}, err
		}
		s := LabSubject(lab, o.Secret)
		s.isolation = o.Limits.Isolation()
		return s, nil
	}
	n, err := assignment.Read(o.Source)
	if err != nil {
		return Subject{}, err
	}
	g, err := n.Prepare(ctx, assignment.Limits{Wall: o.Limits.Wall, Memory: o.Limits.Memory, Python: o.Python})
	if err != nil {
		return Subject{}, err
	}
	s := Subject{ID: o.Lab, Version: 1, isolation: assignment.Isolation(), digest: ledger.Digest(o.Source)}
	for _, c := range n.Cells {
		if c.Meta != nil && c.Meta.Points != nil {
			s.Questions = append(s.Questions, Question{ID: c.Meta.ID, Points: *c.Meta.Points})
		}
	}
	if len(s.Questions) == 0 {
		return s, errors.New("the source has no cells with points")
	}
	s.judge = notebookJudge(s, g)
	return s, nil
}

// report is the head of a report on the subject.
func (s Subject) report() Report {
	r := Report{Lab: s.ID, Title: s.Title, Version: s.Version, Isolation: s.isolation}
	for _, q := range s.Questions {
		r.Max += q.Points
	}
	return r
}

// blank is a submission before it is graded.
func (s Subject) blank(student, file string) export.Submission {
	out := export.Submission{Student: student, File: file, Outcome: export.NotGraded}
	if s.scenario != nil {
		out.Scenario = s.scenario(student)
	}
	return out
}

// unjudged is a submission without a verdict.
func (s Subject) unjudged(out export.Submission, why string) export.Submission {
	out.Problem = why
	for _, q := range s.Questions {
		out.Max += q.Points
		out.Questions = append(out.Questions, export.Question{
			Outcome: export.NotGraded, Why: why, Verdict: labs.Verdict{ID: q.ID, Title: q.Title, Max: q.Points},
		})
	}
	return out
}

// notebookJudge runs the test cells of an nbgrader notebook.
func notebookJudge(subject Subject, g *assignment.Grader) judgeFunc {
	return func(ctx context.Context, s export.Submission, data []byte, _ sandbox.Limits, t *ledger.Timing) (export.Submission, error) {
		m, err := g.Grade(ctx, data)
		t.Run = time.Since(t.Started)
		var unreadable assignment.Unreadable
		if errors.As(err, &unreadable) {
			return subject.unjudged(s, fmt.Sprintf("%s: %v", baseName(s.File), err)), nil
		}
		if err != nil {
			return s, err
		}
		s.Ends, s.Notes, s.Outcome = m.Ends, m.Notes, export.Graded
		for _, mark := range m.Marks {
			q := questionOf(mark)
			count(&s, q)
		}
		return s, nil
	}
}

// count adds a question to a submission.
func count(s *export.Submission, q export.Question) {
	s.Questions = append(s.Questions, q)
	s.Points += q.Points
	s.Max += q.Max
	s.Outcome = worse(s.Outcome, q.Outcome)
	if q.Outcome == export.NotGraded || q.Outcome == export.NeedsManual {
		s.Problem = cmp.Or(s.Problem, q.ID+": "+q.Why)
	}
}

// worse is the outcome of a submission with one question more. While a question
// waits for a person the sum is not known, so the submission is not graded.
func worse(a, b export.Outcome) export.Outcome {
	if b == export.NeedsManual {
		b = export.NotGraded
	}
	for _, o := range []export.Outcome{export.NotGraded, export.Failed} {
		if a == o || b == o {
			return o
		}
	}
	return a
}

func questionOf(m assignment.Mark) export.Question {
	q := export.Question{Outcome: export.Outcome(m.Outcome), Verdict: labs.Verdict{ID: m.ID, Points: m.Points, Max: m.Max, Answered: true}}
	if m.Manual {
		q.Outcome = export.NeedsManual
	}
	if q.Outcome != export.Graded {
		q.Why = m.Why
		return q
	}
	v := check.Verdict{OK: m.Points == m.Max && m.Why == "", Message: cmp.Or(m.Why, "all tests of the cell passed"), Invariant: "the tests of cell " + m.ID}
	if m.Max > 0 {
		v.Score = m.Points / m.Max
	}
	if m.Why == "" && !v.OK {
		v.Message = "some tests of the cell passed"
	}
	if m.Mode == assignment.Shared || m.Mode == assignment.Ordered {
		v.Message += " (tested inside the student's process)"
	}
	q.Parts = []labs.Part{{Name: "tests", Points: m.Points, Max: m.Max, Verdict: v}}
	return q
}
