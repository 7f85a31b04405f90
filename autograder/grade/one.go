package grade

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/mlsysim/golab/autograder/answer"
	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/autograder/notebook"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/labs"
)

// one grades a single submission. The error is a fault of the machine; then
// there is no result.
func (g *grader) one(ctx context.Context, student, file string, data []byte) (export.Submission, ledger.Timing, error) {
	t := ledger.Timing{Started: time.Now()}
	s, err := g.subject.judge(ctx, g.subject.blank(student, file), data, g.Limits, &t)
	if err != nil {
		return g.subject.unjudged(s, err.Error()), t, err
	}
	return s, t, nil
}

// labJudge runs a submission to a lab and has the lab judge its claims.
func labJudge(subject Subject, lab labs.Lab, secret []byte) judgeFunc {
	known := handout(lab)
	return func(ctx context.Context, s export.Submission, data []byte, l sandbox.Limits, t *ledger.Timing) (export.Submission, error) {
		sub, err := notebook.ReadAs(baseName(s.File), data)
		t.Read = time.Since(t.Started)
		if err != nil {
			return subject.unjudged(s, err.Error()), nil
		}
		s.Sketch = sketch(sub, known)
		began := time.Now()
		hidden := labs.Hidden{Secret: secret, Tag: rand.Text()} // the tag is in no report
		run, err := sandbox.Run(ctx, l, append(cells(sub), calls(lab, s.Student, hidden)...))
		t.Run = time.Since(began)
		if err != nil {
			return s, err
		}
		began = time.Now()
		records, notes := answer.Read(run.Claims)
		records, run.Ends = hidden.Own(records), quiet(run.Ends)
		for _, end := range run.Ends {
			s.Ends = append(s.Ends, end.String())
		}
		s.Notes = append(notes, remarks(lab, s.Student, sub, labs.Opened(lab, records), labs.Unknown(lab, records))...)
		judge(&s, labs.CheckHidden(lab, s.Student, records, hidden), sub, run.Ends)
		t.Check = time.Since(began)
		return s, nil
	}
}

func baseName(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }

func cells(sub notebook.Submission) []sandbox.Cell {
	var out []sandbox.Cell
	for _, c := range sub.Cells {
		out = append(out, sandbox.Cell{Name: c.Name, Src: c.Source})
	}
	return out
}

// remarks are what a student should know beside the verdicts.
func remarks(lab labs.Lab, student string, sub notebook.Submission, opened string, unknown []string) []string {
	var out []string
	switch {
	case opened == "":
		out = append(out, fmt.Sprintf("the lab was not opened: want Open(%q, %q)", lab.ID, student))
	case opened != student:
		out = append(out, fmt.Sprintf("the lab was opened as %q but handed in by %q: it is graded at the scenario of %q", opened, student, student))
	}
	if sub.Lab != "" && sub.Lab != lab.ID {
		out = append(out, fmt.Sprintf("the notebook says that it is lab %q", sub.Lab))
	}
	if len(unknown) > 0 {
		out = append(out, "the lab does not ask for "+strings.Join(unknown, ", "))
	}
	return out
}

// judge enters the verdicts: a question without an answer failed if code of the
// student ended badly, and is graded with what it earns otherwise.
func judge(s *export.Submission, verdicts []labs.Verdict, sub notebook.Submission, ends []sandbox.End) {
	s.Outcome = export.Graded
	for _, v := range verdicts {
		v.Points = math.Round(v.Points*100) / 100
		q := export.Question{Outcome: export.Graded, Verdict: v}
		if v.Fault != "" {
			q.Outcome, q.Why = export.NotGraded, v.Fault
		}
		if v.Manual {
			q.Outcome, q.Why = export.NeedsManual, "a person grades this answer"
		}
		if !v.Answered && len(ends) > 0 {
			q.Outcome, q.Why = export.Failed, blame(v.ID, sub, ends)
			q.Points, q.Parts = 0, nil
		}
		count(s, q)
	}
}

// blame is the bad end that concerns a question: that of a cell which names it,
// or the first.
func blame(id string, sub notebook.Submission, ends []sandbox.End) string {
	for _, e := range ends {
		i := slices.IndexFunc(sub.Cells, func(c notebook.Cell) bool { return c.Name == e.Cell })
		if i >= 0 && strings.Contains(sub.Cells[i].Source, `"`+id) {
			return e.Message
		}
	}
	return ends[0].Message
}
