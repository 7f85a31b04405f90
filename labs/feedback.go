package labs

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/mlsysim/show"
)

// Feedback is what Check shows in a session: the verdicts so far, at the scenario
// of the student who opened the lab. Questions without an answer are left out.
// Functions are called on inputs of practice.
func Feedback(said []record.Record, call func(id, tag, inputs string) (record.Record, bool)) show.View {
	id := ""
	for _, r := range said {
		if r.Kind == record.Open {
			id = r.Lab
		}
	}
	l, err := Find(id)
	if err != nil {
		return hint("Nothing to check", fmt.Sprintf("no lab of ours is open (%q): run the cell with Open first", id))
	}
	student := Opened(l, said)
	for _, c := range Calls(l, student, Practice()) {
		if r, ok := call(c.ID, Practice().Tag, c.Inputs); ok {
			said = append(said, r)
		}
	}
	var answered []Verdict
	points, most := 0.0, 0.0
	for _, v := range Check(l, student, said) {
		if most += v.Max; v.Answered {
			answered = append(answered, v)
			points += v.Points
		}
	}
	if len(answered) == 0 {
		return hint(l.ID+" "+l.Title, "there is no answer yet")
	}
	v := show.View{Title: l.ID + " " + l.Title, Subtitle: l.Draw(student).String(), Status: show.Pass}
	blocks, ok := Blocks(answered)
	if !ok {
		v.Status = show.Fail
	}
	last := fmt.Sprintf("%.3g of %.3g points so far, %d of %d questions answered", points, most, len(answered), len(l.Questions))
	v.Blocks = append(blocks, show.Block{Notes: []string{last}})
	v.Data = map[string]any{"lab": l.ID, "ok": ok, "questions": answered}
	return v
}

func hint(title, text string) show.View {
	return show.View{Title: title, Status: show.Info, Blocks: []show.Block{{Notes: []string{text}}}}
}

// Blocks shows verdicts to a student, part by part, and says whether all passed.
func Blocks(verdicts []Verdict) (blocks []show.Block, ok bool) {
	ok = true
	for _, q := range verdicts {
		b := show.Block{Heading: q.ID + ": " + q.Title, Status: show.Pass}
		for _, p := range q.Parts {
			value := "passed"
			if !p.Verdict.OK {
				b.Status, ok, value = show.Fail, false, "not yet"
			}
			b.Rows = append(b.Rows, show.Row{Label: p.Name, Value: value, Note: p.Verdict.Message, Help: p.Verdict.Invariant})
			if note := broken(p); note != "" {
				b.Notes = append(b.Notes, note)
			}
		}
		blocks = append(blocks, b)
	}
	return blocks, ok
}

// broken is the invariant that a part breaks, and what shows that it is broken.
func broken(p Part) string {
	var said []string
	if !p.Verdict.OK && p.Name != "prediction" {
		said = append(said, "broken: "+p.Verdict.Invariant)
	}
	if p.Verdict.CounterExample != "" {
		said = append(said, "counter-example: "+p.Verdict.CounterExample)
	}
	return strings.Join(said, "; ")
}
