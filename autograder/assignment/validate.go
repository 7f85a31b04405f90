package assignment

import (
	"context"
	"fmt"
	"strings"
)

// A Check is how one test cell ended for a student, or in a trial of the
// instructor.
type Check struct {
	ID     string `json:"id"`
	Passed bool   `json:"passed"`
	Why    string `json:"why,omitempty"`
}

// Validate runs the test cells that a student can see on the student's own
// notebook, as Jupyter would, from top to bottom in a fresh process. It says
// nothing about hidden tests and gives no points.
func Validate(ctx context.Context, l Limits, data []byte) ([]Check, error) {
	n, err := Read(data)
	if err != nil {
		return nil, err
	}
	g, err := n.grader(ctx, l)
	if err != nil {
		return nil, err
	}
	steps := n.merge(n.solution(), nil).Cells
	bad, _, err := g.runner.probe(ctx, jobs(steps, false, nil))
	if err != nil {
		return nil, err
	}
	var out []Check
	for i, s := range steps {
		if s.Kind != Tests {
			continue
		}
		v, err := g.run(ctx, steps, i, Shared, bad)
		if err != nil {
			return out, err
		}
		c := Check{ID: s.ID, Passed: v.right(s.Points), Why: v.Error}
		if !c.Passed && v.Passed {
			c.Why = v.reason(s.Points)
		}
		if v.Line > 0 {
			c.Why = fmt.Sprintf("line %d: %s", v.Line, c.Why)
		}
		out = append(out, c)
	}
	return out, nil
}

// A Finding is one thing that lint has to say about a test cell.
type Finding struct {
	ID      string `json:"id"`
	Serious bool   `json:"serious"` // points can be had without an answer, or not at all
	Text    string `json:"text"`
}

// constants are what a function could always return.
var constants = []string{"None", "0", "1", "True", "''", "[]", "float('inf')"}

// Lint tries the tests of an assignment: the solution must pass them, the stub
// and functions that always return the same must not, and tests should run apart
// from the student's code.
func (n *Notebook) Lint(ctx context.Context, l Limits) ([]Finding, error) {
	g, err := n.Prepare(ctx, l)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, t := range g.Tests {
		switch t.Mode {
		case Broken:
			out = append(out, Finding{t.ID, true, "the solution does not pass: " + t.Why})
		case Shared, Ordered:
			out = append(out, Finding{t.ID, false, "it runs in the student's process, where it can be fooled: call functions on numbers, texts and lists instead"})
		}
	}
	stubs := map[string][]string{}
	for id := range n.solution() {
		stubs[id] = []string{n.stub(id)}
	}
	found, err := g.earns(ctx, stubs, "the stub")
	if err != nil {
		return out, err
	}
	out = append(out, found...)
	for _, value := range constants {
		fixed := map[string][]string{}
		for id, source := range n.solution() {
			fixed[id] = []string{constant(source[0], value)}
		}
		found, err := g.earns(ctx, fixed, "a function that always returns "+value)
		if err != nil {
			return out, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// earns lists the tests that some answers get points from.
func (g *Grader) earns(ctx context.Context, answers map[string][]string, who string) ([]Finding, error) {
	steps := g.source.merge(answers, nil).Cells
	var out []Finding
	for i, s := range steps {
		if s.Kind != Tests || g.test(s.ID).Mode == Broken || s.Points == 0 {
			continue
		}
		v, err := g.run(ctx, steps, i, g.test(s.ID).Mode, nil)
		if err != nil {
			return nil, err
		}
		points := s.Points
		if v.Score != nil {
			points = *v.Score
		}
		if v.Passed && points > 0 {
			out = append(out, Finding{s.ID, true, fmt.Sprintf("%s gets %v of %v points", who, points, s.Points)})
		}
	}
	return out, nil
}

// constant lets every function at the top level of a cell return one value: it
// adds definitions behind the cell, so that it needs no parser.
func constant(source, value string) string {
	var b strings.Builder
	b.WriteString(source)
	for line := range strings.Lines(source) {
		name, ok := strings.CutPrefix(line, "def ")
		if end := strings.IndexByte(name, '('); ok && end > 0 {
			fmt.Fprintf(&b, "\ndef %s(*args, **keywords):\n    return %s\n", strings.TrimSpace(name[:end]), value)
		}
	}
	return b.String()
}
