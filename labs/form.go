package labs

import (
	"slices"
	"strings"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/kernelext/lab/record"
)

// Form judges what can be judged without knowing a lab: that each question has
// an answer, and a prediction before it. It says nothing about the values.
func Form(records []record.Record) []Verdict {
	s := collect(records)
	var ids []string
	for _, r := range records {
		id, _, _ := strings.Cut(r.ID, ".")
		if r.Kind != record.Open && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	var out []Verdict
	for _, id := range ids {
		v := Verdict{ID: id, Title: "form", Max: 1, Answered: s.answered[id]}
		for _, r := range records {
			if question, _, _ := strings.Cut(r.ID, "."); r.Kind == record.Answer && question == id {
				v.Claimed = append(v.Claimed, r.Text)
			}
		}
		v.add("answer", 1-predictionShare, answered(v.Answered))
		v.add("prediction", predictionShare, predicted(id, v.Answered, s))
		out = append(out, v)
	}
	return out
}

func answered(ok bool) check.Verdict {
	v := check.Verdict{Invariant: "a question has an answer", OK: ok, Message: "there is an answer"}
	if ok {
		v.Score = 1
		return v
	}
	v.Message = "there is no Answer to this question"
	return v
}
