package labs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs/spec"
)

// The shares of a question's points: the answer, the resource named as binding,
// and a prediction made before the answer. Where nothing is attributed, that
// share belongs to the answer.
const (
	answerShare      = 0.6
	attributionShare = 0.3
	predictionShare  = 0.1
)

// A Part is one share of a question with its verdict.
type Part struct {
	Name    string        `json:"name"` // answer, attribution or prediction
	Points  float64       `json:"points"`
	Max     float64       `json:"max"`
	Verdict check.Verdict `json:"verdict"`
}

// A Verdict is the judgement of one question.
type Verdict struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Points   float64  `json:"points"`
	Max      float64  `json:"max"`
	Parts    []Part   `json:"parts"`
	Claimed  []string `json:"claimed"` // the student's values, as they were shown
	Answered bool     `json:"answered"`
	Manual   bool     `json:"manual,omitempty"` // a person has to grade the answer
	Fault    string   `json:"fault,omitempty"`  // of the lab's check, not of the student: there is no verdict
}

// OK reports whether every part passed.
func (v Verdict) OK() bool {
	return !slices.ContainsFunc(v.Parts, func(p Part) bool { return !p.Verdict.OK })
}

// Check judges a student's records, question by question, at the scenario of
// that student. The student is the one who hands in; what the records say about
// it is not believed.
//
// Functions are judged by the calls of Practice; a grader has inputs of its own
// and uses CheckHidden.
func Check(l Lab, student string, records []record.Record) []Verdict {
	return CheckHidden(l, student, records, Practice())
}

// CheckHidden is Check with functions judged by the calls of a grader.
func CheckHidden(l Lab, student string, records []record.Record, h Hidden) []Verdict {
	records = h.Own(records)
	s := collect(records)
	d := l.Draw(student)
	other := d
	if opened := Opened(l, records); opened != "" {
		other = l.Draw(opened)
	}
	var out []Verdict
	for _, q := range l.Questions {
		out = append(out, guarded(q, func() Verdict {
			v := judge(q, d, s, answerOf(l, q, d, student, s, h))
			v.explain(l, q, d, other, s)
			return v
		}))
	}
	return out
}

// guarded judges a question; a check that panics costs nobody points and nobody
// else a verdict.
func guarded(q Question, judge func() Verdict) (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			fault := fmt.Sprintf("the check of %s broke down: %v", q.ID, p)
			v = Verdict{ID: q.ID, Title: q.Title, Max: q.Points, Fault: fault}
			v.add("answer", 1, check.Verdict{Invariant: "the check comes to an end", Message: fault})
		}
	}()
	return judge()
}

// Opened returns the student id that the last Open of a lab names.
func Opened(l Lab, records []record.Record) string {
	id := ""
	for _, r := range records {
		if r.Kind == record.Open && r.Lab == l.ID {
			id = r.Student
		}
	}
	return id
}

// Unknown lists, in order, the ids of records that the lab does not ask for.
func Unknown(l Lab, records []record.Record) []string {
	known := map[string]bool{"": true}
	for _, q := range l.Questions {
		known[q.ID] = true
		for _, id := range q.Claims {
			known[id] = true
		}
	}
	unknown := map[string]bool{}
	for _, r := range records {
		if !known[r.ID] {
			unknown[r.ID] = true
		}
	}
	return slices.Sorted(maps.Keys(unknown))
}

// said is what a student's records claim; of several answers the last counts.
type said struct {
	answers, because check.Claims
	predicted        map[string]bool // before the first answer of the question
	answered         map[string]bool // with any id below the question's
	calls            []record.Record
}

func collect(records []record.Record) said {
	s := said{answers: check.Claims{}, because: check.Claims{}, predicted: map[string]bool{}, answered: map[string]bool{}}
	for _, r := range records {
		claim := spec.Claim(r)
		question, _, _ := strings.Cut(r.ID, ".")
		switch r.Kind {
		case record.Predict:
			s.predicted[question] = s.predicted[question] || !s.answered[question]
		case record.Answer:
			s.answers[r.ID], s.answered[question] = claim, true
		case record.Because:
			s.because[r.ID] = claim
		case record.Call:
			s.calls = append(s.calls, r)
		}
	}
	return s
}

// answerOf judges the answer of a question by its shape.
func answerOf(l Lab, q Question, d spec.Draw, student string, s said, h Hidden) check.Verdict {
	switch {
	case q.Manual:
		return readable(q, s.answers)
	case q.Function != nil:
		return h.judge(l, q, d, student, s)
	}
	return q.Answer(d, s.answers)
}

// readable wants a text for a person to read.
func readable(q Question, c check.Claims) check.Verdict {
	v := check.Verdict{Invariant: "a person reads and grades this answer"}
	claim, ok := c[q.ID]
	switch {
	case !ok || strings.TrimSpace(claim.Text) == "":
		v.Message = "there is no answer " + q.ID
	case claim.Type != "text":
		v.Message = claim.String() + ": want text in quotes"
	default:
		v.OK, v.Message = true, "your text is kept for a person to grade"
	}
	return v
}

func judge(q Question, d spec.Draw, s said, answer check.Verdict) Verdict {
	v := Verdict{ID: q.ID, Title: q.Title, Max: q.Points}
	for _, id := range q.Claims {
		if c, ok := s.answers[id]; ok {
			v.Claimed, v.Answered = append(v.Claimed, repeated(q, c)), true
		}
	}
	share := answerShare
	if q.Attribution == nil {
		share += attributionShare
	}
	v.Manual = q.Manual && answer.OK
	v.add("answer", share, answer)
	if q.Attribution != nil {
		if c, ok := s.because[q.ID]; ok {
			v.Claimed = append(v.Claimed, "because "+c.Text)
		}
		v.add("attribution", attributionShare, coupled(answer, q.Attribution(d, s.reasons(q.ID))))
	}
	v.add("prediction", predictionShare, predicted(q.ID, v.Answered, s))
	return v
}

// reasons are the resources named, beside the answers that they must agree with.
func (s said) reasons(question string) check.Claims {
	out := maps.Clone(s.answers)
	delete(out, question) // an answer is no attribution
	maps.Copy(out, s.because)
	return out
}

// repeated is an answer as it was given: in full where a person has to read it.
func repeated(q Question, c check.Claim) string {
	if q.Manual {
		return c.ID + " = " + c.Text
	}
	return c.String()
}

func (v *Verdict) add(name string, share float64, verdict check.Verdict) {
	p := Part{Name: name, Max: share * v.Max, Verdict: verdict}
	p.Points = p.Max * verdict.Score
	v.Parts = append(v.Parts, p)
	v.Points += p.Points
}

// coupled gives a named resource credit only beside an answer that supports it:
// alone it is a guess among three.
func coupled(answer, named check.Verdict) check.Verdict {
	if named.OK && answer.Score == 0 {
		named.OK, named.Score = false, 0
		named.Message += ", but it counts only together with an answer that shows it"
	}
	return named
}

// predicted asks for a guess, never for a right one.
func predicted(id string, answered bool, s said) check.Verdict {
	v := check.Verdict{Invariant: "a prediction comes before the answer"}
	switch {
	case !answered:
		v.Message = "a prediction counts once there is an answer"
	case s.predicted[id]:
		v.OK, v.Score, v.Message = true, 1, "you predicted before you looked"
	default:
		v.Message = fmt.Sprintf("there is no Predict(%q, ...) before the answer", id)
	}
	return v
}
