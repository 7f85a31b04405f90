// Package mlsysim is the library's face: judge a network on a device, sweep a
// design, compare two. Engineers who need more import the solver packages.
//
//	card, err := mlsysim.Evaluate(models.Llama3_8B, hardware.H100)
//
// Labs dot-import kernelext/lab instead, which has the same names without the
// errors.
package mlsysim

import (
	"context"
	"fmt"
	"reflect"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

// RegistryVersion names the data behind every answer: the edition of the
// registries and the start of the hash over all their values, names and sources.
// Scorecards, exported records and grades carry it.
func RegistryVersion() string { return source.Stamp() }

// Evaluate judges a network on a device through three lenses, with the usual
// defaults: batch 1, 2048 tokens of context, the best 16-bit format, 30 days in
// the United States. scenario.Evaluation has the rest.
func Evaluate(m models.Model, h hardware.Device) (scenario.Scorecard, error) {
	return scenario.Evaluate(m, h)
}

// Sweep solves a solver input for every value of one of its numeric fields, such
// as Batch or Hardware.Bandwidth.
func Sweep(solver any, field string, values []float64) (search.Front, error) {
	return search.Sweep(catalog.Compiled(solver), field, values)
}

// Search solves a space of designs: every combination of the values of several
// fields.
func Search(ctx context.Context, s search.Space) (search.Cloud, error) {
	s.Solver = catalog.Compiled(s.Solver)
	return s.Solve(ctx)
}

// A Comparison sets two results of the same type side by side.
type Comparison struct {
	Before, After any
	Rows          []Difference
}

// A Difference is one field of both results.
type Difference struct {
	Field         string
	Before, After string
	Ratio         float64 // after / before; 0 where it means nothing
	Better        bool    // after is better
}

// Compare lists the fields of two results that have a better direction.
func Compare(before, after any) (Comparison, error) {
	a, b := reflect.ValueOf(before), reflect.ValueOf(after)
	if !a.IsValid() || !b.IsValid() || a.Type() != b.Type() || a.Kind() != reflect.Struct {
		return Comparison{}, fmt.Errorf("compare: %T and %T: want two results of one type", before, after)
	}
	c := Comparison{Before: before, After: after}
	for _, f := range describe.Fields(a.Type()) {
		x, y := a.FieldByIndex(f.Index), b.FieldByIndex(f.Index)
		if f.Better == "" || !x.CanFloat() || !f.IsKnown(a) || !f.IsKnown(b) {
			continue
		}
		d := Difference{Field: f.Name, Before: describe.Text(x.Interface()), After: describe.Text(y.Interface())}
		if x.Float() != 0 {
			d.Ratio = y.Float() / x.Float()
		}
		d.Better = x.Float() != y.Float() && (y.Float() < x.Float()) == (f.Better == "lower")
		c.Rows = append(c.Rows, d)
	}
	return c, nil
}

// View describes the comparison as a table.
func (c Comparison) View() show.View {
	t := &show.Table{MutedBy: "unchanged", Columns: []show.Column{{Name: "field"}, {Name: "before", Right: true}, {Name: "after", Right: true}, {Name: "ratio", Right: true}}}
	for _, d := range c.Rows {
		ratio := ""
		if d.Ratio != 0 {
			ratio = units.Number(d.Ratio)
		}
		same := d.Before == d.After
		t.Cells = append(t.Cells, []string{d.Field, d.Before, d.After, ratio})
		t.Best = append(t.Best, []bool{false, !same && !d.Better, !same && d.Better, false})
		t.Muted = append(t.Muted, same)
	}
	return show.View{Title: "before and after", Blocks: []show.Block{{Table: t}}, Data: c.Rows}
}
