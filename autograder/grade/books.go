package grade

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"sync"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/autograder/queue"
)

// withLedger enters what was handed in, does the work that has no result, and
// reports on everything that the ledger holds for the lab.
func (g *grader) withLedger(ctx context.Context) error {
	g.report.Stream = g.stream
	if g.Dir != "" {
		if err := g.enter(ctx); err != nil {
			return err
		}
	}
	for _, err := range g.Ledger.Grades(g.subject.ID) {
		if err != nil {
			return err
		}
		g.total++
	}
	if g.total == 0 {
		return fmt.Errorf("%s: no submissions to %s", g.Ledger.Path(), g.subject.ID)
	}
	var mu sync.Mutex
	return queue.Run(ctx, g.Workers, g.jobs(&mu), func(ctx context.Context, j ledger.Job) error { return g.do(ctx, j, &mu) })
}

// enter stores the submissions of the folder, one at a time.
func (g *grader) enter(ctx context.Context) error {
	found, err := g.open()
	if err != nil {
		return err
	}
	defer found.Close()
	for _, i := range found.Items {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		file, data, problem := i.Read()
		s := ledger.Submission{Assignment: g.subject.ID, Student: i.Student, File: file, Submitted: i.Submitted}
		if problem != nil {
			s.Problem = problem.Error()
		} else if s.Blob, err = g.Ledger.Put(data); err != nil {
			return err
		}
		if _, err := g.Ledger.Submit(s); err != nil {
			return err
		}
	}
	return nil
}

// jobs are the submissions that need work; what has a result is told at once.
func (g *grader) jobs(mu *sync.Mutex) iter.Seq2[ledger.Job, error] {
	return func(yield func(ledger.Job, error) bool) {
		for grade, err := range g.Ledger.Grades(g.subject.ID) {
			var j ledger.Job
			if err == nil {
				j, err = g.Ledger.Plan(grade.Job.Submission, g.subject.Version, g.environment)
			}
			if err != nil {
				yield(j, err)
				return
			}
			if j.Done && !g.Force || j.Tries >= ledger.MaxTries {
				err = g.kept(j, mu)
				if err != nil {
					yield(j, err)
					return
				}
				continue
			}
			if !yield(j, nil) {
				return
			}
		}
	}
}

// kept tells about a job that needs no work.
func (g *grader) kept(j ledger.Job, mu *sync.Mutex) error {
	grade, err := g.Ledger.Grade(g.subject.ID, j.Submission.Student)
	if err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	s := g.subject.blank(j.Submission.Student, j.Submission.File)
	s.Outcome, s.Points, s.Problem = export.Outcome(grade.Result.Outcome), grade.Result.Points, j.Trouble
	if !j.Done {
		s.Outcome = export.NotGraded
	}
	g.finished(s, true)
	return nil
}

// do does one job. What a fault of the machine ended is tried again.
func (g *grader) do(ctx context.Context, j ledger.Job, mu *sync.Mutex) error {
	s, t, fault, err := g.work(ctx, j)
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return nil // whatever it gave is not trusted
	case fault != nil:
		if err := g.Ledger.Tried(j, fault.Error()); err != nil {
			return err
		}
		now, err := g.Ledger.Job(j.Key)
		if err != nil {
			return err
		}
		if now.Tries < ledger.MaxTries {
			return queue.ErrAgain
		}
	default:
		r, err := g.result(j, s)
		if err != nil {
			return err
		}
		if err := g.Ledger.Finish(j, r, t); err != nil {
			return err
		}
	}
	mu.Lock()
	defer mu.Unlock()
	g.finished(s, false)
	return nil
}

// work grades the submission of a job. The fault is the machine's, the error the
// ledger's.
func (g *grader) work(ctx context.Context, j ledger.Job) (s export.Submission, t ledger.Timing, fault, err error) {
	sub := j.Submission
	if sub.Blob == "" {
		return g.subject.unjudged(g.subject.blank(sub.Student, sub.File), sub.Problem), t, nil, nil
	}
	data, err := g.Ledger.Get(sub.Blob)
	if err != nil {
		return s, t, nil, err
	}
	s, t, fault = g.one(ctx, sub.Student, sub.File, data)
	return s, t, fault, nil
}

// A body is a result as the ledger keeps it. What a person or the clock adds is
// not in it, so that the same work always gives the same bytes.
type body struct {
	export.Submission
	Sketch []uint32 `json:"sketch,omitempty"`
}

func (g *grader) result(j ledger.Job, s export.Submission) (ledger.Result, error) {
	s.Made = &export.Made{
		Engine: g.report.Engine, Registry: g.report.Registry, Tier: g.report.Isolation, Environment: j.Environment,
		Version: j.Version, Seed: g.Ledger.Seed(g.subject.ID, j.Version, s.Student), Submission: j.Submission.Blob,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body{s, s.Sketch}); err != nil {
		return ledger.Result{}, fmt.Errorf("writing the result of %s: %w", s.Student, err)
	}
	return ledger.Result{
		Outcome: string(s.Outcome), Points: s.Points, Max: s.Max, Engine: s.Made.Engine, Registry: s.Made.Registry,
		Seed: s.Made.Seed, Tier: s.Made.Tier, Body: b.Bytes(),
	}, nil
}

// stream reads the results from the ledger, by student.
func (g *grader) stream(yield func(export.Submission, error) bool) {
	for s, err := range Submissions(g.Ledger, g.subject) {
		if !yield(s, err) {
			return
		}
	}
}

// Submissions reads the results of a subject from a ledger, by student, with points
// by hand and lateness. One at a time is held in memory.
func Submissions(l *ledger.Ledger, of Subject) iter.Seq2[export.Submission, error] {
	return func(yield func(export.Submission, error) bool) {
		for grade, err := range l.Grades(of.ID) {
			if err != nil {
				yield(export.Submission{}, err)
				return
			}
			if !yield(Submission(l, of, grade), nil) {
				return
			}
		}
	}
}

// Submission reads one result. A result that cannot be read is not graded.
func Submission(l *ledger.Ledger, of Subject, grade ledger.Grade) export.Submission {
	sub := grade.Job.Submission
	s := of.blank(sub.Student, sub.File)
	switch grade.State {
	case ledger.Done:
		var err error
		if s, err = load(l, grade.Result.Blob, s); err != nil {
			s = of.unjudged(s, err.Error())
		}
	case ledger.Stuck:
		s = of.unjudged(s, fmt.Sprintf("a fault of the machine, %d times: %s", grade.Job.Tries, grade.Job.Trouble))
	default:
		s = of.unjudged(s, "it has not been graded yet")
	}
	byHand(&s, grade.Overrides)
	late(&s, grade.Late)
	return s
}

func load(l *ledger.Ledger, blob string, s export.Submission) (export.Submission, error) {
	data, err := l.Get(blob)
	if err != nil {
		return s, err
	}
	var b body
	if err := json.Unmarshal(data, &b); err != nil {
		return s, errors.New("its result cannot be read")
	}
	b.Submission.Sketch = b.Sketch
	return b.Submission, nil
}

// byHand puts the points that a person gave in the place of those of the checks.
func byHand(s *export.Submission, overrides map[string]ledger.Override) {
	if len(overrides) == 0 {
		return
	}
	manual := func(o ledger.Override) *export.Manual {
		return &export.Manual{Points: o.Points, By: o.Who, Reason: o.Reason}
	}
	s.Points = 0
	s.Outcome = export.Graded
	for n := range s.Questions {
		q := &s.Questions[n]
		if o, ok := overrides[q.ID]; ok {
			q.Manual, q.Points, q.Outcome, q.Why = manual(o), o.Points, export.Graded, ""
		}
		s.Points += q.Points
		s.Outcome = worse(s.Outcome, q.Outcome)
	}
	if o, ok := overrides[""]; ok {
		s.Manual, s.Points, s.Outcome = manual(o), o.Points, export.Graded
	}
	if s.Outcome != export.NotGraded {
		s.Problem = ""
	}
}

// late takes off what lateness costs.
func late(s *export.Submission, l ledger.Lateness) {
	s.Submitted = l.Submitted
	if l.Due.IsZero() {
		return
	}
	s.Late = &export.Late{Due: l.Due, Days: l.Days, Percent: l.Percent, Note: l.Note}
	if s.Outcome != export.NotGraded {
		s.Late.Penalty = math.Round(math.Max(0, s.Points)*l.Percent) / 100
	}
}

// Recorded is the report on what a ledger holds for a subject. Nothing is graded.
func Recorded(l *ledger.Ledger, of Subject) (Report, error) {
	r := of.report()
	r.Engine, r.Registry, r.Stream = "-", "-", Submissions(l, of)
	for grade, err := range l.Grades(of.ID) {
		if err != nil {
			return r, err
		}
		if grade.State == ledger.Done { // of the last student who has a result
			r.Version, r.Engine, r.Max = grade.Job.Version, grade.Result.Engine, grade.Result.Max
			r.Registry, r.Isolation = grade.Result.Registry, grade.Result.Tier
		}
	}
	return r, nil
}
