package export

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim/show"
)

// Page prints the feedback for one student as an HTML file of its own.
func Page(r Report, s Submission) string { return show.Page(Feedback(r, s)) }

// Feedback describes the feedback for one student.
func Feedback(r Report, s Submission) show.View {
	v := show.View{Title: fmt.Sprintf("%s %s: %s", r.Lab, r.Title, s.Student), Status: status(s), Data: s}
	switch s.Outcome {
	case NotGraded:
		v.Subtitle = "not graded: no points are recorded, not even zero"
	default:
		v.Subtitle = fmt.Sprintf("%s of %s points", Points(s.Points), Points(s.Max))
	}
	if s.Scenario != "" {
		v.Subtitle += "; your scenario: " + s.Scenario
	}
	var notes []string
	if s.Problem != "" {
		notes = append(notes, s.Problem)
	}
	notes = append(notes, s.Ends...)
	notes = append(notes, s.Notes...)
	if len(notes) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "When your code ran", Notes: notes})
	}
	for _, q := range s.Questions {
		v.Blocks = append(v.Blocks, block(q))
	}
	v.Blocks = append(v.Blocks, show.Block{Notes: []string{fmt.Sprintf("lab version %d, engine %s, registry %s", r.Version, r.Engine, r.Registry)}})
	return v
}

func status(s Submission) show.Status {
	if s.Outcome == NotGraded {
		return show.Unknown
	}
	if s.Outcome == Failed {
		return show.Fail
	}
	for _, q := range s.Questions {
		if !q.OK() {
			return show.Info
		}
	}
	return show.Pass
}

func block(q Question) show.Block {
	b := show.Block{Heading: fmt.Sprintf("%s  %s", q.ID, q.Title)}
	switch q.Outcome {
	case NotGraded:
		b.Status = show.Unknown
		b.Notes = []string{"not graded: " + q.Why}
		return b
	case Failed:
		b.Status = show.Fail
		b.Rows = []show.Row{{Label: "points", Value: "0", Note: "of " + Points(q.Max)}}
		b.Notes = []string{"failed: " + q.Why}
		return b
	}
	b.Status = show.Info
	switch {
	case q.OK():
		b.Status = show.Pass
	case q.Points == 0:
		b.Status = show.Fail
	}
	b.Rows = append(b.Rows, show.Row{Label: "points", Value: Points(q.Points) + " of " + Points(q.Max)})
	if len(q.Claimed) > 0 {
		b.Rows = append(b.Rows, show.Row{Label: "you said", Value: strings.Join(q.Claimed, ", ")})
	}
	b.Table = &show.Table{Columns: []show.Column{{Name: "part"}, {Name: "points", Right: true}, {Name: "of", Right: true}, {Name: "remark"}}}
	for _, p := range q.Parts {
		b.Table.Cells = append(b.Table.Cells, []string{p.Name, Points(p.Points), Points(p.Max), p.Verdict.Message})
		b.Notes = append(b.Notes, why(p)...)
	}
	return b
}

// why lists the broken invariant of a part and the counter-example.
func why(p labs.Part) []string {
	if p.Verdict.OK || p.Name == "prediction" {
		return nil
	}
	out := []string{"broken: " + p.Verdict.Invariant}
	if p.Verdict.CounterExample != "" {
		out = append(out, "counter-example: "+p.Verdict.CounterExample)
	}
	return out
}

var index = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width,initial-scale=1"/>
<title>{{.Title}}</title>
<style>:root{color-scheme:light dark}body{margin:24px auto;max-width:70em;padding:0 16px;font:15px/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff}
table{border-collapse:collapse}td,th{padding:3px 14px 3px 0;text-align:left;vertical-align:top}th{border-bottom:1px solid #8888}.n{text-align:right}a{color:#0072b2}
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#16181c}a{color:#7cc4f0}}</style></head>
<body><h1>{{.Title}}</h1><p>{{.Summary}}</p>
<table><thead><tr>{{range .Head}}<th>{{.}}</th>{{end}}</tr></thead><tbody>
{{range .Rows}}<tr><td><a href="{{.Page}}">{{.Student}}</a></td>{{range .Cells}}<td>{{.}}</td>{{end}}</tr>
{{end}}</tbody></table>
{{range .Notes}}<p>{{.}}</p>{{end}}</body></html>
`))

// Index prints the table of all students with links to their pages.
func Index(r Report) ([]byte, error) {
	type row struct {
		Student, Page string
		Cells         []string
	}
	v := r.View()
	table := v.Blocks[0].Table
	data := struct {
		Title, Summary string
		Head, Notes    []string
		Rows           []row
	}{Title: v.Title, Summary: v.Subtitle, Notes: v.Blocks[1].Notes}
	for _, c := range table.Columns {
		data.Head = append(data.Head, c.Name)
	}
	for i, s := range r.Submissions {
		data.Rows = append(data.Rows, row{s.Student, pageName(s.Student), table.Cells[i][1:]})
	}
	var b bytes.Buffer
	if err := index.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("printing the index: %w", err)
	}
	return b.Bytes(), nil
}
