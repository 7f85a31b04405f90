// Package mutant tries wrong answers on the checks of a lab: the right ones with
// bits for bytes, GB for GiB, a factor, a sign, a neighbour, another name or
// another student's numbers, and the lab's own wrong ideas.
//
//	r := mutant.Run(lab, []string{"ada", "bob"})
//	fmt.Println(r) // T0: 212 of 212 mutants killed (100 %)
//
// A mutant that passes is a survivor; the lab lists it with a reason, or its
// checks are too weak. It leaves out wrong code: only values are changed.
package mutant

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A Mutant is one wrong answer of one student.
type Mutant struct {
	Question string
	Name     string // what was changed: q1.latency x2
	Student  string
	Says     string // feedback that must come, if any
	answers  spec.Values
	because  walls.Resource
	function function // the answer, where it is a function
}

type function = func(d spec.Draw, in []any) any

// A Survivor is a mutant that passed, with those for whom it did.
type Survivor struct {
	Question, Name string
	Students       []string
}

// A Report counts the mutants of a lab.
type Report struct {
	Lab       string
	Tried     int // mutants times students
	Killed    int
	Survivors []Survivor // by question and name
	Silent    []string   // wrong ideas whose feedback did not come
}

// Rate is the share that was killed.
func (r Report) Rate() float64 { return float64(r.Killed) / float64(max(1, r.Tried)) }

// String is the kill rate in a sentence.
func (r Report) String() string {
	return fmt.Sprintf("%s: %d of %d mutants killed (%.4g %%)", r.Lab, r.Killed, r.Tried, 100*r.Rate())
}

// Run tries every mutant of a lab at the scenario of some students.
func Run(l spec.Lab, students []string) Report {
	r := Report{Lab: l.ID}
	alive := map[string]*Survivor{}
	for _, s := range students {
		for i, q := range l.Questions {
			for _, m := range of(l, q, s, students) {
				v := judge(l, i, m)
				r.Tried++
				if !v.OK {
					r.Killed++
					if m.Says != "" && !strings.Contains(v.Message, m.Says) {
						r.Silent = append(r.Silent, fmt.Sprintf("%s %s, %s: %q, not %q", q.ID, m.Name, s, v.Message, m.Says))
					}
					continue
				}
				key := q.ID + " " + m.Name
				if alive[key] == nil {
					alive[key] = &Survivor{Question: q.ID, Name: m.Name}
				}
				alive[key].Students = append(alive[key].Students, s)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(alive)) {
		r.Survivors = append(r.Survivors, *alive[key])
	}
	return r
}

// judge is the verdict of the part that the mutant is about, by the same way as
// a submission's.
func judge(l spec.Lab, question int, m Mutant) check.Verdict {
	records := records(l, m)
	part := "answer"
	if m.because != walls.Nothing {
		part = "attribution"
	}
	for _, p := range labs.Check(l, m.Student, records)[question].Parts {
		if p.Name == part {
			return p.Verdict
		}
	}
	return check.Verdict{}
}

// Right are the records of a student who answers everything right.
func Right(l spec.Lab, student string) []record.Record {
	return records(l, Mutant{Student: student})
}

// records are those of a student who answers one question with a mutant, and the
// others right.
func records(l spec.Lab, m Mutant) []record.Record {
	d := l.Draw(m.Student)
	out := []record.Record{{Kind: record.Open, Lab: l.ID, Student: m.Student}}
	say := func(kind record.Kind, id string, v any) {
		out = append(out, walls.Must(record.Of(kind, id, v)))
	}
	var calls []record.Record // come last
	answer := func(q spec.Question, f function) {
		list := labs.Called(l, q, m.Student, labs.Practice(), f)
		out, calls = append(out, list[0]), append(calls, list[1])
	}
	for _, q := range l.Questions {
		own := q.ID == m.Question
		say(record.Predict, q.ID, "a guess")
		switch {
		case q.Function != nil && own && m.function != nil:
			answer(q, m.function)
		case q.Function != nil:
			answer(q, q.Function.Want)
		case q.Manual:
			say(record.Answer, q.ID, "some text")
		default:
			values := m.answers
			if !own || values == nil {
				values = q.Right(d)
			}
			for _, id := range slices.Sorted(maps.Keys(values)) {
				say(record.Answer, id, values[id])
			}
		}
		if binds := named(q, m, d); binds != walls.Nothing {
			say(record.Because, q.ID, binds)
		}
	}
	return append(out, calls...)
}

// named is the resource that a student names.
func named(q spec.Question, m Mutant, d spec.Draw) walls.Resource {
	switch {
	case q.ID == m.Question && m.because != walls.Nothing:
		return m.because
	case q.Binds != nil:
		return q.Binds(d)
	}
	return walls.Nothing
}
