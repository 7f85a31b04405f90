package mutant

import (
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// bank lists the changes to a number.
var bank = []struct {
	name   string
	counts bool // only of whole numbers
	change func(x float64) float64
}{
	{"x8 (bits)", false, times(8)},
	{"/8 (bytes)", false, times(1. / 8)},
	{"x1.024 (KiB)", false, times(1.024)},
	{"/1.024 (KB)", false, times(1 / 1.024)},
	{"x1.074 (GiB)", false, times(1.073741824)},
	{"/1.074 (GB)", false, times(1 / 1.073741824)},
	{"x1000", false, times(1000)},
	{"/1000", false, times(1. / 1000)},
	{"x100", false, times(100)},
	{"/100", false, times(1. / 100)},
	{"x2", false, times(2)},
	{"/2", false, times(0.5)},
	{"x3", false, times(3)},
	{"/3", false, times(1. / 3)},
	{"x-1 (sign)", false, times(-1)},
	{"inverse", false, func(x float64) float64 { return 1 / x }},
	{"zero", false, times(0)},
	{"+1", true, func(x float64) float64 { return x + 1 }},
	{"-1", true, func(x float64) float64 { return x - 1 }},
}

func times(factor float64) func(float64) float64 {
	return func(x float64) float64 { return factor * x }
}

// Names lists the changes to a number.
func Names() []string {
	var out []string
	for _, b := range bank {
		out = append(out, b.name)
	}
	return out
}

// of lists the mutants of a question for one student. Those that change nothing
// are left out.
func of(l spec.Lab, q spec.Question, student string, class []string) []Mutant {
	d := l.Draw(student)
	switch {
	case q.Manual:
		return nil
	case q.Function != nil:
		return functions(q, student)
	}
	right := q.Right(d)
	out := generic(q, right)
	for _, m := range q.Mutants {
		out = append(out, Mutant{Name: m.Name, answers: right.With(m.Wrong(d))})
	}
	for _, m := range q.Misconceptions {
		if m.Wrong != nil {
			out = append(out, Mutant{Name: m.Name, Says: m.Says, answers: right.With(m.Wrong(d))})
		}
	}
	for _, other := range class {
		if values := q.Right(l.Draw(other)); !q.Shared && !Same(values, right, Visible) {
			out = append(out, Mutant{Name: "another student's", answers: values})
			break
		}
	}
	out = slices.DeleteFunc(out, func(m Mutant) bool { return Same(m.answers, right, 1e-9) })
	out = append(out, blamed(q, d, right)...)
	for i := range out {
		out[i].Question, out[i].Student = q.ID, student
	}
	return out
}

// generic changes one answer at a time.
func generic(q spec.Question, right spec.Values) []Mutant {
	var out []Mutant
	add := func(id, name string, v any) {
		out = append(out, Mutant{Name: id + " " + name, answers: right.With(spec.Values{id: v})})
	}
	for _, id := range q.Claims {
		switch x := right[id].(type) {
		case nil:
		case bool:
			add(id, "not", !x)
		case string, describe.Enum:
			text := describe.Text(x)
			for _, other := range others(q, id, text) {
				add(id, "= "+other, other)
			}
			if text == check.None {
				add(id, "= 1", 1)
				add(id, "= 100", 100)
			}
		default:
			for _, b := range bank {
				if v, ok := changed(x, b.counts, b.change); ok {
					add(id, b.name, v)
				}
			}
			add(id, "= none", check.None)
			if rv := reflect.ValueOf(x); rv.Kind() == reflect.Struct {
				add(id, "empty", reflect.Zero(rv.Type()).Interface())
				add(id, "= 1", 1)
			}
		}
	}
	return out
}

// others are the names that an answer by name may take in its place.
func others(q spec.Question, id, text string) []string {
	list := slices.Concat(q.Options[id], []string{check.None, "anything"})
	if slices.Contains(check.Directions(), text) {
		list = append(list, check.Directions()...)
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return strings.EqualFold(s, text) })
}

// changed changes a number and keeps its type where it can.
func changed(v any, counts bool, change func(float64) float64) (any, bool) {
	rv := reflect.ValueOf(v)
	switch {
	case rv.CanInt():
		x := change(float64(rv.Int()))
		return x, finite(x)
	case rv.CanFloat():
		x := change(rv.Float())
		if counts && (!isPlain(v) || math.Trunc(rv.Float()) != rv.Float()) {
			return nil, false
		}
		return reflect.ValueOf(x).Convert(rv.Type()).Interface(), finite(x)
	}
	return nil, false
}

func isPlain(v any) bool {
	_, ok := v.(describe.Unit)
	return !ok
}

func finite(x float64) bool { return x-x == 0 }

// Visible is the relative difference from which on the answers of two students
// count as different.
const Visible = 0.01

// Same reports whether two answers claim the same up to a relative difference.
func Same(a, b spec.Values, difference float64) bool {
	x, y := a.Claims(), b.Claims()
	if len(x) != len(y) {
		return false
	}
	for id, claim := range x {
		other, ok := y[id]
		equal := claim.Number == other.Number || math.Abs(claim.Number-other.Number) <= difference*math.Abs(other.Number)
		if !ok || claim.Unit != other.Unit || !equal || claim.Type != "number" && claim.Unit == "" && claim.Text != other.Text {
			return false
		}
	}
	return true
}

// blamed names every other resource.
func blamed(q spec.Question, d spec.Draw, right spec.Values) []Mutant {
	if q.Binds == nil {
		return nil
	}
	var out []Mutant
	for i := range walls.Nothing.Names() {
		r := walls.Resource(i)
		if r == walls.Nothing || r == q.Binds(d) {
			continue
		}
		m := Mutant{Name: "because " + r.String(), answers: right, because: r}
		for _, idea := range q.Misconceptions {
			if idea.Binds == r {
				m.Says = idea.Says
			}
		}
		out = append(out, m)
	}
	return out
}

// functions are the right function with its result changed, a constant, and the
// lab's wrong ones.
func functions(q spec.Question, student string) []Mutant {
	var out []Mutant
	add := func(name, says string, f function) {
		out = append(out, Mutant{Question: q.ID, Student: student, Name: name, Says: says, function: f})
	}
	want := q.Function.Want
	for _, b := range bank {
		if b.counts {
			continue
		}
		add("f "+b.name, "", func(d spec.Draw, in []any) any {
			if v, ok := changed(want(d, in), false, b.change); ok {
				return v
			}
			return "anything"
		})
	}
	add("a constant", "returns the same", func(spec.Draw, []any) any { return 1.0 })
	for _, w := range q.Function.Wrong {
		add(w.Name, w.Says, w.Func)
	}
	return out
}
