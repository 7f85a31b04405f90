package assignment

import (
	"context"
	"fmt"
	"math"
	"strings"
)

// A Mode says where a test cell runs.
type Mode string

// The modes.
const (
	Apart   Mode = "apart"   // in a process without a line of the student's code
	Shared  Mode = "shared"  // in the student's process: it can be fooled
	Ordered Mode = "ordered" // shared, and after all test cells before it
	Broken  Mode = "broken"  // the instructor's own solution does not pass it
)

// A Grader is an assignment that is ready to grade.
type Grader struct {
	source *Notebook
	runner *runner
	Tests  []Test // in order
}

// A Test is one test cell.
type Test struct {
	ID   string
	Max  float64
	Mode Mode
	Why  string // for Broken: what the solution does wrong
}

// An Outcome is how a question ended. The words are those of reports.
type Outcome string

// The outcomes.
const (
	Graded    Outcome = "graded"
	Failed    Outcome = "failed"
	NotGraded Outcome = "not graded"
)

// A Mark is the result of one cell with points.
type Mark struct {
	ID      string
	Max     float64
	Points  float64
	Outcome Outcome
	Why     string // what a student reads
	Mode    Mode   // of test cells
	Manual  bool   // a person grades it
}

// Marks is the result of one submission.
type Marks struct {
	Marks []Mark
	Ends  []string // cells that ended badly
	Notes []string
}

// grader can run the test cells of the notebook.
func (n *Notebook) grader(ctx context.Context, l Limits) (*Grader, error) {
	if n.Language != "python" {
		return nil, fmt.Errorf("test cells of language %s are not run: only those of python are", n.Language)
	}
	r, err := newRunner(ctx, l)
	if err != nil {
		return nil, err
	}
	return &Grader{source: n, runner: r}, nil
}

// Prepare runs the instructor's solution through every test cell. A test that it
// passes with the test in a process of its own is graded so, whatever a student
// hands in; where the solution needs the test in its own process, students'
// answers run so too.
func (n *Notebook) Prepare(ctx context.Context, l Limits) (*Grader, error) {
	g, err := n.grader(ctx, l)
	if err != nil {
		return nil, err
	}
	steps := n.merge(n.solution(), nil).Cells
	for i, s := range steps {
		if s.Kind != Tests {
			continue
		}
		t := Test{ID: s.ID, Max: s.Points, Mode: Broken}
		for _, mode := range []Mode{Apart, Shared, Ordered} {
			v, err := g.run(ctx, steps, i, mode, nil)
			if err != nil {
				return nil, err
			}
			if v.right(t.Max) {
				t.Mode, t.Why = mode, ""
				break
			}
			t.Why = v.reason(t.Max)
		}
		g.Tests = append(g.Tests, t)
	}
	return g, nil
}

// solution is the instructor's own answers.
func (n *Notebook) solution() map[string][]string {
	out := map[string][]string{}
	for _, c := range n.Cells {
		if k := c.Meta.Kind(); k == Answer || k == Manual {
			out[c.Meta.ID] = []string{c.Source}
		}
	}
	return out
}

// right holds for a test that gives the full points.
func (v Verdict) right(most float64) bool { return v.Passed && (v.Score == nil || *v.Score == most) }

func (v Verdict) reason(most float64) string {
	if v.Passed {
		return fmt.Sprintf("it gives %v of %v points", *v.Score, most)
	}
	return v.Error
}

// run runs one test cell after the steps before it.
func (g *Grader) run(ctx context.Context, steps []Step, at int, mode Mode, bad map[string]string) (Verdict, error) {
	before := jobs(steps[:at], mode == Ordered, bad)
	if mode != Apart {
		return g.runner.shared(ctx, before, steps[at].Source)
	}
	return g.runner.apart(ctx, before, g.source.before(steps[at].ID), steps[at].Source)
}

// jobs are the cells of a student's process. Earlier tests run in it only where
// tests do anyway.
func jobs(steps []Step, tests bool, bad map[string]string) []cellJob {
	out := []cellJob{}
	for i, s := range steps {
		name := s.ID
		if name == "" {
			name = fmt.Sprintf("cell %d", i+1)
		}
		runs := s.Kind == Plain || s.Kind == Answer || s.Kind == ReadOnly || s.Kind == Tests && tests
		if runs && bad[name] == "" {
			out = append(out, cellJob{Name: name, Source: s.Source})
		}
	}
	return out
}

// before is the instructor's code before a test. Of answers only the imports that
// students were given run.
func (n *Notebook) before(id string) []cellJob {
	out := []cellJob{}
	for _, c := range n.Cells {
		kind := c.Meta.Kind()
		switch {
		case c.Meta != nil && c.Meta.ID == id:
			return out
		case c.Type != code || kind == Tests || kind == Manual:
		case kind == Answer:
			if source, err := n.released(c); err == nil {
				out = append(out, cellJob{Source: source, Answer: true})
			}
		default:
			out = append(out, cellJob{Source: c.Source})
		}
	}
	return out
}

// Grade grades what a student handed in. The error is about this machine or ctx,
// or says that the file cannot be read, which is Unreadable.
func (g *Grader) Grade(ctx context.Context, data []byte) (Marks, error) {
	w, err := g.source.Restore(data)
	if err != nil {
		return Marks{}, Unreadable{err}
	}
	m := Marks{Notes: w.Notes}
	for _, id := range w.Missing {
		m.Notes = append(m.Notes, "the notebook has no cell "+id)
	}
	bad, errs, err := g.runner.probe(ctx, jobs(w.Cells, false, nil))
	if err != nil {
		return m, err
	}
	m.Ends = errs
	for _, s := range w.Cells {
		if why := bad[s.ID]; s.ID != "" && why != "" {
			m.Ends = append(m.Ends, s.ID+": "+why)
		}
	}
	for i, s := range w.Cells {
		if s.Points == 0 && s.Kind != Tests && s.Kind != Manual && s.Kind != Task {
			continue
		}
		mark, err := g.mark(ctx, w.Cells, i, bad)
		if err != nil {
			return m, err
		}
		m.Marks = append(m.Marks, mark)
	}
	return m, ctx.Err()
}

// Unreadable is the error for a file that is no notebook.
type Unreadable struct{ Err error }

// Error says why.
func (u Unreadable) Error() string { return u.Err.Error() }

// mark grades one cell with points.
func (g *Grader) mark(ctx context.Context, steps []Step, at int, bad map[string]string) (Mark, error) {
	s := steps[at]
	m := Mark{ID: s.ID, Max: s.Points, Outcome: NotGraded}
	switch {
	case s.Kind == Manual && (strings.TrimSpace(s.Source) == "" || s.Source == g.source.stub(s.ID)):
		m.Outcome, m.Why = Graded, "there is no answer"
		return m, nil
	case s.Kind != Tests:
		m.Manual, m.Why = true, "it waits for a person"
		return m, nil
	}
	t := g.test(s.ID)
	m.Mode = t.Mode
	if t.Mode == Broken {
		m.Why = "the instructor's own solution does not pass this test: staff notified"
		return m, nil
	}
	v, err := g.run(ctx, steps, at, t.Mode, bad)
	if err != nil {
		return m, err
	}
	m.Outcome = Graded
	if v.Passed {
		m.Points = m.Max
		if v.Score != nil {
			m.Points = math.Max(0, math.Min(m.Max, *v.Score))
		}
		return m, nil
	}
	m.Why = g.source.told(s.ID, v)
	if strings.HasPrefix(v.Error, "your code takes") || strings.HasPrefix(v.Error, "your code ended") {
		m.Outcome, m.Why = Failed, v.Error
	}
	return m, nil
}

func (g *Grader) test(id string) Test {
	for _, t := range g.Tests {
		if t.ID == id {
			return t
		}
	}
	return Test{ID: id, Mode: Broken}
}

// stub is what students were given as an answer.
func (n *Notebook) stub(id string) string {
	for _, c := range n.Cells {
		if c.Meta != nil && c.Meta.ID == id {
			source, _ := n.released(c)
			return source
		}
	}
	return ""
}

// told is what a student may read about a test that failed: nothing of what is
// hidden.
func (n *Notebook) told(id string, v Verdict) string {
	for _, c := range n.Cells {
		if c.Meta == nil || c.Meta.ID != id {
			continue
		}
		inside := false
		for i, line := range strings.Split(c.Source, "\n") {
			inside = inside || strings.Contains(line, hiddenTests.begin)
			if inside && (v.Line == i+1 || v.Line == 0) {
				return "a hidden test failed"
			}
			inside = inside && !strings.Contains(line, hiddenTests.end)
		}
	}
	return fmt.Sprintf("test line %d: %s", v.Line, v.Error)
}
