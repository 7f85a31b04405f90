package labs

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/describe"
)

// Hidden is what a grader keeps to itself about the inputs on which it calls
// students' functions: the secret of the course, which draws them, and a tag of
// one run, by which it knows its own calls.
type Hidden struct {
	Secret []byte
	Tag    string
}

// Practice calls functions on inputs that a student may see. They are others
// than those of any grader with a secret.
func Practice() Hidden { return Hidden{Tag: "practice"} }

// each half of the inputs that are drawn: together they find an error in a
// twentieth of them 99 times of 100.
const half = 45

// inputs draws what a student's function is called with. It depends on the
// secret, the lab, its version, the student and the question only.
func (h Hidden) inputs(l Lab, q Question, d spec.Draw, student string) (in [][]any, near int) {
	mac := hmac.New(sha256.New, h.Secret)
	fmt.Fprintf(mac, "%s\x00%d\x00%s\x00%s", l.ID, l.Version, student, q.ID)
	r := rand.New(rand.NewChaCha8([32]byte(mac.Sum(nil))))
	draw := q.Function.Near
	if draw == nil {
		draw = q.Function.Draw
	}
	for range half {
		in = append(in, draw(d, r))
	}
	for range half {
		in = append(in, q.Function.Draw(d, r))
	}
	if q.Function.Edges != nil {
		in = append(in, q.Function.Edges(d)...)
	}
	return in, half
}

// A Call is a cell to run after those of a submission.
type Call struct{ Name, Source, ID, Inputs string }

// Calls lists the cells that call the functions of a student, one for each
// question that asks for one. What they record goes to CheckHidden.
func Calls(l Lab, student string, h Hidden) []Call {
	d := l.Draw(student)
	var out []Call
	for _, q := range l.Questions {
		if q.Function == nil {
			continue
		}
		in, _ := h.inputs(l, q, d, student)
		data, err := json.Marshal(in)
		if err != nil {
			panic(fmt.Errorf("%s %s: %w", l.ID, q.ID, err)) // an input that is no plain value, which the lab's tests tell
		}
		out = append(out, Call{callName + q.ID, fmt.Sprintf("CallAnswer(%q, %q, %q)", q.ID, h.Tag, data), q.ID, string(data)})
	}
	return out
}

// callName begins the name of the cells that call functions.
const callName = "call of "

// IsCall reports whether a cell is one of Calls: what it says when it ends badly
// may hold an input.
func IsCall(cell string) bool { return strings.HasPrefix(cell, callName) }

// Own drops what a student's functions record while a grader calls them: an
// answer made there could carry the inputs out.
func (h Hidden) Own(records []record.Record) []record.Record {
	var out []record.Record
	calling := false
	for _, r := range records {
		ours := r.Kind == record.Call && r.Tag == h.Tag
		if calling = calling || ours; ours || !calling {
			out = append(out, r)
		}
	}
	return out
}

// Called are the records of a student who answers with f, as the engine makes
// them, for tests of a lab's checks.
func Called(l Lab, q Question, student string, h Hidden, f func(d spec.Draw, in []any) any) []record.Record {
	d := l.Draw(student)
	in, _ := h.inputs(l, q, d, student)
	var results []record.Result
	for _, one := range in {
		results = append(results, result(f(d, one)))
	}
	fields, _ := json.Marshal(results) // numbers and text always encode
	return []record.Record{
		{Kind: record.Answer, ID: q.ID, Type: "func", Text: q.Function.Signature},
		{Kind: record.Call, ID: q.ID, Type: "func", Tag: h.Tag, Fields: string(fields)},
	}
}

// result is a value as record.Results writes it.
func result(v any) record.Result {
	rv := reflect.ValueOf(v)
	_, enum := v.(describe.Enum)
	switch {
	case rv.CanFloat():
		return record.Result{Number: rv.Float()}
	case rv.CanInt() && !enum:
		return record.Result{Number: float64(rv.Int())}
	}
	return record.Result{Text: describe.Text(v)}
}

// judge compares what the student's function returned with the solver.
func (h Hidden) judge(l Lab, q Question, d spec.Draw, student string, s said) check.Verdict {
	f := q.Function
	v := check.Verdict{Invariant: "ID: your function returns what " + f.Cites + " gives, for inputs that you have not seen"}
	claim, ok := s.answers[q.ID]
	switch {
	case !ok || claim.Type != "func":
		v.Message = fmt.Sprintf("there is no function: want AnswerFunc(%q, f) with f a %s", q.ID, f.Signature)
		return v
	case claim.Text != f.Signature:
		v.Message = fmt.Sprintf("your function is a %s: want a %s", claim.Text, f.Signature)
		return v
	}
	in, near := h.inputs(l, q, d, student)
	got, ok := h.results(q.ID, s.calls, len(in))
	if !ok {
		v.Message = "your function was called and did not come back"
		return v
	}
	h.compare(&v, f, d, in, got, near)
	return v
}

// results are those of the first calls with our tag.
func (h Hidden) results(id string, calls []record.Record, n int) ([]record.Result, bool) {
	for _, r := range calls {
		var out []record.Result
		if r.ID == id && r.Tag == h.Tag && json.Unmarshal([]byte(r.Fields), &out) == nil && len(out) == n {
			return out, true
		}
	}
	return nil, false
}

// compare counts the inputs for which the results agree.
func (h Hidden) compare(v *check.Verdict, f *spec.Function, d spec.Draw, in [][]any, got []record.Result, near int) {
	agree := func(g func(d spec.Draw, in []any) any) (n, nearby int, first int) {
		first = -1
		for i, one := range in {
			if alikeResults(got[i], result(g(d, one)), f.Tolerance) {
				n++
				if i < near {
					nearby++
				}
			} else if first < 0 || size(one) < size(in[first]) {
				first = i
			}
		}
		return n, nearby, first
	}
	right, nearby, first := agree(f.Want)
	if right == len(in) {
		v.OK, v.Score, v.Message = true, 1, fmt.Sprintf("your function is right for all %d inputs", len(in))
		return
	}
	v.Score = 0.5 * float64(right) / float64(len(in))
	if right <= len(in)/4 {
		v.Score = 0 // a constant is right now and then
	}
	v.Message = told(right, nearby, near, in, got, first)
	public := h.Tag == Practice().Tag && len(h.Secret) == 0 // inputs of a grader are never told, nor what a function says about them
	if fails := got[first].Err; fails != "" && public {
		v.Message += ": " + fails
	}
	for _, w := range f.Wrong {
		if n, _, _ := agree(w.Func); n == len(in) {
			v.Message = w.Says
		}
	}
	if public {
		v.CounterExample = fmt.Sprintf("f(%s) = %s", listed(in[first]), shown(got[first], f.Want(d, in[first])))
	}
}

// told says what kind of inputs the function fails for.
func told(right, nearby, near int, in [][]any, got []record.Result, first int) string {
	same := true
	for _, r := range got {
		same = same && r == got[0]
	}
	switch {
	case got[first].Err != "":
		return fmt.Sprintf("your function is right for %d of %d inputs, and fails for some", right, len(in))
	case same:
		return "your function returns the same for every input"
	case right-nearby == len(in)-near:
		return fmt.Sprintf("your function is right for %d of %d inputs, and wrong near the point where another term takes over", right, len(in))
	}
	return fmt.Sprintf("your function is right for %d of %d inputs", right, len(in))
}

// alikeResults compares numbers with a relative tolerance and names exactly.
func alikeResults(got, want record.Result, tolerance float64) bool {
	return got.Err == "" && strings.EqualFold(got.Text, want.Text) &&
		math.Abs(got.Number-want.Number) <= tolerance*math.Abs(want.Number)
}

// size orders inputs, so that the smallest can be shown.
func size(in []any) float64 {
	sum := 0.0
	for _, v := range in {
		sum += math.Log1p(math.Abs(result(v).Number))
	}
	return sum
}

func listed(in []any) string {
	var parts []string
	for _, v := range in {
		parts = append(parts, describe.Text(v))
	}
	return strings.Join(parts, ", ")
}

// shown prints a result as a value like want.
func shown(r record.Result, want any) string {
	switch rv := reflect.ValueOf(want); {
	case r.Err != "":
		return r.Err
	case r.Text != "":
		return r.Text
	case rv.CanFloat():
		return describe.Text(reflect.ValueOf(r.Number).Convert(rv.Type()).Interface())
	}
	return describe.Text(r.Number)
}
