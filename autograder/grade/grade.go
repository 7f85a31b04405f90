// Package grade grades a folder of submissions to one lab: it finds them, runs
// each in its own processes, takes the claims out and has the lab judge them
// with this program's own engine.
//
//	report, err := grade.Run(ctx, grade.Options{Lab: "T0", Dir: "class", Out: "out"})
//
// Every question ends graded, failed or not graded; a bad submission costs only
// itself. The same folder gives the same report, byte for byte. It leaves out
// rosters, deadlines and memory of earlier runs.
package grade

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/mlsysim/golab/autograder/answer"
	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/notebook"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// Report is the result of grading a folder.
type Report = export.Report

// Options say what to grade and how.
type Options struct {
	Lab      string // id of the lab
	Dir      string // folder of submissions
	Out      string // where the report is written; empty: nowhere
	Workers  int    // submissions at once; default one per processor
	Limits   sandbox.Limits
	Secret   []byte                             // of the course: draws the inputs of students' functions
	Engine   string                             // what the report names as this program; default Engine()
	Progress func(done, total int, name string) // called in turn, never twice at once
}

// Run grades a folder. The error is about the options, the folder or ctx, never
// about a submission; when ctx ends, what is finished is still reported and
// written.
func Run(ctx context.Context, o Options) (Report, error) {
	lab, err := labs.Find(o.Lab)
	if err != nil {
		return Report{}, err
	}
	entries, err := find(o.Dir)
	if err != nil {
		return Report{}, err
	}
	r := Report{
		Lab: lab.ID, Title: lab.Title, Version: lab.Version,
		Engine: cmp.Or(o.Engine, Engine()), Registry: source.Stamp(), Isolation: sandbox.Isolation(),
	}
	for _, q := range lab.Questions {
		r.Max += q.Points
	}
	before := zoo.Fingerprint()
	r.Submissions = all(ctx, lab, entries, o)
	if zoo.Fingerprint() != before {
		return r, fmt.Errorf("grading %s: the registries changed meanwhile: no verdict holds", o.Dir)
	}
	if err := ctx.Err(); err != nil {
		r.Cancelled = true
	}
	if o.Out != "" {
		if err := export.Write(r, o.Out); err != nil {
			return r, err
		}
	}
	if r.Cancelled {
		return r, fmt.Errorf("grading %s: %w", o.Dir, ctx.Err())
	}
	return r, nil
}

// Engine identifies this program: module version, or the revision it was built
// from.
func Engine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			version = s.Value
		}
	}
	if version == "" {
		version = "(devel)"
	}
	return version + ", " + runtime.Version()
}

// all grades the entries with some workers; results keep the order of entries.
func all(ctx context.Context, lab labs.Lab, entries []entry, o Options) []export.Submission {
	workers := o.Workers
	if workers <= 0 {
		workers = runtime.NumCPU()
	}
	out := make([]export.Submission, len(entries))
	next := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range min(workers, len(entries)) {
		wg.Go(func() {
			for i := range next {
				out[i] = one(ctx, lab, entries[i], o)
				mu.Lock()
				done++
				if o.Progress != nil {
					o.Progress(done, len(entries), entries[i].student)
				}
				mu.Unlock()
			}
		})
	}
	for i := range entries {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

// one grades a single submission.
func one(ctx context.Context, lab labs.Lab, e entry, o Options) export.Submission {
	s := export.Submission{Student: e.student, File: e.file, Scenario: lab.Draw(e.student).String(), Outcome: export.NotGraded}
	if e.problem != "" {
		return unjudged(s, lab, e.problem)
	}
	if ctx.Err() != nil {
		return unjudged(s, lab, "grading was cancelled before it ran")
	}
	sub, err := notebook.Read(e.path)
	if err != nil {
		return unjudged(s, lab, err.Error())
	}
	hidden := labs.Hidden{Secret: o.Secret, Tag: rand.Text()} // the tag is in no report
	run, err := sandbox.Run(ctx, o.Limits, append(cells(sub), calls(lab, e.student, hidden)...))
	if err != nil {
		return unjudged(s, lab, err.Error())
	}
	records, notes := answer.Read(run.Claims)
	records, run.Ends = hidden.Own(records), quiet(run.Ends)
	for _, end := range run.Ends {
		s.Ends = append(s.Ends, end.String())
	}
	s.Notes = append(notes, remarks(lab, e.student, sub, labs.Opened(lab, records), labs.Unknown(lab, records))...)
	judge(&s, labs.CheckHidden(lab, e.student, records, hidden), sub, run.Ends)
	return s
}

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

// unjudged is a submission without a verdict.
func unjudged(s export.Submission, lab labs.Lab, why string) export.Submission {
	s.Problem = why
	for _, q := range lab.Questions {
		s.Max += q.Points
		s.Questions = append(s.Questions, export.Question{
			Outcome: export.NotGraded, Why: why, Verdict: labs.Verdict{ID: q.ID, Title: q.Title, Max: q.Points},
		})
	}
	return s
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
			q.Outcome, q.Why, s.Outcome = export.Failed, blame(v.ID, sub, ends), export.Failed
			q.Points, q.Parts = 0, nil
		}
		s.Points += q.Points
		s.Max += v.Max
		s.Questions = append(s.Questions, q)
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
