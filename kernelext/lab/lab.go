// Package lab is what labs dot-import: the library's everyday names, and the
// verbs of a lab: Open, Predict, Answer, Because, Show. The same source runs in
// our kernel, in GoNB, in a script and compiled.
//
//	l := Open("T0", "s123")
//	r := SingleNode{Model: Llama3_8B, Hardware: H100, Batch: l.Int("batch", 8, 16, 32)}.Run()
//	Answer("q1.compute", r.Compute)
//	Because("q2", MemoryBandwidth)
//
// A mistake in an input ends the cell with a readable error.
package lab

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/gonb"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/walls"
)

//go:generate go run ../../mlsysim/internal/gen/lab

// A Lab is one student's session of a lab; it draws the scenario.
type Lab struct {
	ID      string
	Student string
}

// Open starts a lab with your student id. The id picks your scenario: numbers
// from another student's notebook do not fit yours.
func Open(lab, student string) Lab {
	student = strings.TrimSpace(student)
	if student == "" {
		panic(fmt.Errorf("open %s: no student id: want Open(%q, \"your id\")", lab, lab))
	}
	emit(record.Record{Kind: record.Open, Lab: lab, Student: student}, fmt.Sprintf("lab %s, student %s", lab, student))
	return Lab{ID: lab, Student: student}
}

// Int draws a whole number of the scenario.
func (l Lab) Int(name string, choices ...int) int {
	return choices[l.draw(name, len(choices))]
}

// Number draws a number of the scenario.
func (l Lab) Number(name string, choices ...float64) float64 {
	return choices[l.draw(name, len(choices))]
}

// Device draws a device of the scenario.
func (l Lab) Device(name string, choices ...Device) Device {
	return choices[l.draw(name, len(choices))]
}

// Model draws a network of the scenario.
func (l Lab) Model(name string, choices ...Model) Model {
	return choices[l.draw(name, len(choices))]
}

func (l Lab) draw(name string, n int) int {
	if n == 0 {
		panic(fmt.Errorf("lab %s: %s has no choices", l.ID, name))
	}
	return record.Choose(l.ID, l.Student, name, n)
}

// Predict records a guess before you look. It is kept, never scored for truth.
func Predict(id string, v any) { say(record.Predict, id, v) }

// Answer records the value you claim for a question, such as q1 or q1.compute: a
// quantity, a number, a name, true or false, text in your own words, or a design,
// which is the input of a solver.
func Answer(id string, v any) { say(record.Answer, id, v) }

// Because records which resource you say binds.
func Because(id string, r Resource) { say(record.Because, id, r) }

func say(kind record.Kind, id string, v any) {
	r := walls.Must(record.Of(kind, id, v))
	emit(r, fmt.Sprintf("%s %s = %s", kind, id, r.Text))
}

// emit hands a record to the host, or stores it in the cell's output.
func emit(r record.Record, text string) {
	note(r)
	if s := record.Current(); s != nil {
		s.Record(r.JSON())
		s.Show(map[string]any{"text/plain": text})
		return
	}
	display(map[string]any{"text/plain": text, record.MIME: string(r.JSON())})
}

// Show shows a value: a result, a sweep, a chart, a derivation, a number.
func Show(v any) {
	if !record.Muted() {
		display(chart.Bundle(v))
	}
}

func display(bundle map[string]any) {
	if s := record.Current(); s != nil {
		s.Show(bundle)
		return
	}
	walls.Must(struct{}{}, gonb.Show(bundle))
}

// Evaluate judges a network on a device through three lenses.
func Evaluate(m Model, h Device) Scorecard { return walls.Must(scenario.Evaluate(m, h)) }

// Sweep solves a solver for every value of one of its numeric fields, such as
// Batch, Hardware.Bandwidth, or serve.Batch of a pipeline.
func Sweep(solver any, field string, values []float64) Front {
	return walls.Must(search.Sweep(catalog.Compiled(solver), field, values))
}

// Pow2 lists the powers of two from lo to hi.
func Pow2(lo, hi int) []float64 { return search.Pow2(lo, hi) }

// Steps lists lo, lo+step, ... up to hi.
func Steps(lo, hi, step float64) []float64 { return walls.Must(search.Steps(lo, hi, step)) }

// HardwareNamed finds a device of the registry by any of its names.
func HardwareNamed(name string) Device { return walls.Must(hardware.Find(name)) }

// ModelNamed finds a network of the registry by any of its names.
func ModelNamed(name string) Model { return walls.Must(models.Find(name)) }
