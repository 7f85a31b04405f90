package search

import (
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Cloud is a solved space; the last axis runs fastest. It keeps the verdict and
// the metrics that were asked for; a whole result is solved again when it is
// looked at, so that a million of them need no room.
type Cloud struct {
	Title    string      `help:"solver"`
	Axes     []string    `help:"fields that were varied"`
	Total    int         `help:"combinations"`
	Fitting  int         `help:"combinations that fit and keep every limit" better:"higher"`
	Missed   int         `help:"combinations that the search did not come to"`
	Rejected []Rejection `help:"why the others do not, with their number"`

	plan     *plan
	tally    []int // by verdict
	best     champion
	front    []int
	verdicts []verdict
	values   [][]float64
}

// A Candidate is one combination.
type Candidate struct {
	At     []string `help:"value of each axis"`
	Fits   bool     `help:"it fits and keeps every limit"`
	Why    string   `help:"why it does not"`
	Result any      `help:"the solver's result; nothing if the input was refused"`
}

// Value returns a metric of the candidate, named as in Go or JSON.
func (c Candidate) Value(metric string) float64 {
	if c.Result == nil {
		panic(fmt.Errorf("%s: %s", metric, c.Why))
	}
	return walls.Must(Value(c.Result, metric))
}

// Value takes a number out of a result by its name, dotted inside a composed one.
// A number that the result does not know is an error.
func Value(result any, path string) (float64, error) {
	v := reflect.ValueOf(result)
	k, known, err := find(v.Type(), path)
	switch {
	case err != nil:
		return 0, err
	case !k.field.IsNumber():
		return 0, fmt.Errorf("%s: %s is not a number", describe.TypeName(v.Type()), k.path)
	case len(known) > 0 && !v.FieldByIndex(known).Bool():
		return 0, fmt.Errorf("%s: %s is unknown", describe.TypeName(v.Type()), k.path)
	}
	return number(v.FieldByIndex(k.index)), nil
}

// At solves combination i again and returns it whole.
func (c Cloud) At(i int) Candidate {
	if c.plan == nil || i < 0 || i >= c.Total {
		return Candidate{Why: fmt.Sprintf("no combination %d: there are %d", i, c.Total)}
	}
	return c.plan.trial().candidate(i)
}

func (t *trial) candidate(i int) Candidate {
	t.wheels.moveTo(i)
	t.run()
	out := Candidate{At: t.wheels.texts(), Fits: t.verdict == fitting, Why: t.why()}
	if t.err == nil {
		out.Result = t.out.Interface()
	}
	return out
}

// Best returns the combination with the best objective of those that fit; ties
// go to the first in the order of the axes.
func (c Cloud) Best() (Candidate, error) {
	switch {
	case c.plan == nil || c.plan.objective < 0:
		return Candidate{}, fmt.Errorf("%s: the space has no objective", c.Title)
	case !c.best.found && c.Fitting > 0:
		return Candidate{}, fmt.Errorf("%s: no combination that fits knows %s", c.Title, c.plan.metrics[c.plan.objective].path)
	case !c.best.found:
		return Candidate{}, fmt.Errorf("%s: no combination fits: %s", c.Title, c.mostly())
	}
	return c.At(c.best.index), nil
}

// mostly is the most frequent reason.
func (c Cloud) mostly() string {
	if len(c.Rejected) == 0 {
		return "there is none"
	}
	r := c.Rejected[0]
	return strconv.Itoa(r.Count) + " of " + strconv.Itoa(c.Total) + " " + r.Reason
}

// Pareto returns the fitting combinations that no other one beats in the metrics
// that the space names, in the order of the axes.
func (c Cloud) Pareto() []Candidate {
	if len(c.front) == 0 {
		return nil
	}
	t := c.plan.trial()
	out := make([]Candidate, len(c.front))
	for k, i := range c.front {
		out[k] = t.candidate(i)
	}
	return out
}

// column is a metric of every combination and whether it is known; what was not
// kept is solved again.
func (c Cloud) column(m metric) (func(i int) (float64, bool), error) {
	for k := range c.values {
		if c.plan.metrics[k].path == m.path {
			values := c.values[k]
			return func(i int) (float64, bool) { return values[i], !math.IsNaN(values[i]) }, nil
		}
	}
	if c.Total > mostShown {
		return nil, fmt.Errorf("%s: %s was not kept for %d combinations: list it in the space's Metrics", c.Title, m.path, c.Total)
	}
	t := c.plan.trial()
	g := m.on(t.out)
	values, known := make([]float64, c.Total), make([]bool, c.Total)
	for i := range values {
		t.wheels.moveTo(i)
		t.run()
		if t.err == nil {
			values[i], known[i] = g.read()
		}
	}
	return func(i int) (float64, bool) { return values[i], known[i] }, nil
}

// mostShown is how many combinations a table or a chart is made of.
const mostShown = 10_000

// SomeFit reports whether any combination fits, be it within the limits or not.
func (c Cloud) SomeFit() bool {
	for v, n := range c.tally {
		if n > 0 && (verdict(v) == fitting || verdict(v) == outOfReach || verdict(v) >= limited) {
			return true
		}
	}
	return false
}

// Refused is why the solver refused every combination, or nothing if it solved any.
func (c Cloud) Refused() string {
	if len(c.tally) == 0 || c.tally[refused] == 0 || c.tally[refused]+c.Missed < c.Total {
		return ""
	}
	return c.Rejected[0].Reason
}
