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
}

// OK reports whether every part passed.
func (v Verdict) OK() bool {
	return !slices.ContainsFunc(v.Parts, func(p Part) bool { return !p.Verdict.OK })
}

// Check judges a student's records, question by question, at the scenario of
// that student. The student is the one who hands in; what the records say about
// it is not believed.
func Check(l Lab, student string, records []record.Record) []Verdict {
	s := collect(records)
	d := l.Draw(student)
	other := d
	if opened := Opened(l, records); opened != "" {
		other = l.Draw(opened)
	}
	var out []Verdict
	for _, q := range l.Questions {
		v := judge(q, d, s)
		v.explain(l, q, d, other, s)
		out = append(out, v)
	}
	return out
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
}

func collect(records []record.Record) said {
	s := said{check.Claims{}, check.Claims{}, map[string]bool{}, map[string]bool{}}
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
		}
	}
	return s
}

func judge(q Question, d spec.Draw, s said) Verdict {
	v := Verdict{ID: q.ID, Title: q.Title, Max: q.Points}
	for _, id := range q.Claims {
		if c, ok := s.answers[id]; ok {
			v.Claimed, v.Answered = append(v.Claimed, c.String()), true
		}
	}
	share := answerShare
	if q.Attribution == nil {
		share += attributionShare
	}
	answer := q.Answer(d, s.answers)
	v.add("answer", share, answer)
	if q.Attribution != nil {
		if c, ok := s.because[q.ID]; ok {
			v.Claimed = append(v.Claimed, "because "+c.Text)
		}
		v.add("attribution", attributionShare, coupled(answer, q.Attribution(d, s.because)))
	}
	v.add("prediction", predictionShare, predicted(q.ID, v.Answered, s))
	return v
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
