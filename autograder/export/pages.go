package export

import (
	"embed"
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/mlsysim/golab/labs"
)

//go:embed pages
var pages embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"style": func() (template.CSS, error) {
		text, err := pages.ReadFile("pages/style.css")
		return template.CSS(text), err // our own file
	},
}).ParseFS(pages, "pages/*.html"))

// A feedback is what a student's page shows.
type feedback struct {
	R         Report
	S         Submission
	Graded    bool
	Sum       string
	Percent   float64
	Late      string
	Notes     []string
	Questions []questionPage
	Version   int
	Engine    string
	Registry  string
}

type questionPage struct {
	ID, Title, Class, Mark, Word string
	Points, Why, Claimed         string
	Manual                       *Manual
	Parts                        []partPage
}

type partPage struct {
	Name, Points, Max, Message string
	Broken, Counter            string // the rule that is broken, and where
}

// Page prints the feedback for one student as an HTML file of its own. It shows
// the student's own values and what they break, never the answer.
func Page(r Report, s Submission) string {
	r.Submissions, r.Stream = nil, nil
	f := feedback{R: r, S: s, Graded: s.Outcome != NotGraded, Late: lateText(s), Version: r.Version, Engine: r.Engine, Registry: r.Registry}
	if s.Made != nil {
		f.Version, f.Engine, f.Registry = s.Made.Version, s.Made.Engine, s.Made.Registry
	}
	f.Sum = fmt.Sprintf("%s of %s points", Points(s.Final()), Points(s.Max))
	if s.Max > 0 {
		f.Percent = math.Round(100 * math.Min(1, s.Final()/s.Max))
	}
	if s.Problem != "" {
		f.Notes = append(f.Notes, s.Problem)
	}
	f.Notes = append(append(f.Notes, s.Ends...), s.Notes...)
	for _, q := range s.Questions {
		f.Questions = append(f.Questions, pageOf(q))
	}
	var b strings.Builder
	if err := templates.ExecuteTemplate(&b, "student.html", f); err != nil {
		panic(err) // a template of ours that does not fit its data, which every test shows
	}
	return b.String()
}

// lateText says what lateness cost.
func lateText(s Submission) string {
	switch {
	case s.Late == nil || s.Outcome == NotGraded:
		return ""
	case s.Late.Penalty > 0:
		text := fmt.Sprintf("Handed in %s, due %s (UTC): %d days late, %s of %s points are taken off.", stamp(s.Submitted), stamp(s.Late.Due), s.Late.Days, Points(s.Late.Penalty), Points(s.Points))
		if s.Late.Note != "" {
			text += " It was " + s.Late.Note + "."
		}
		return text
	}
	return ""
}

func pageOf(q Question) questionPage {
	p := questionPage{ID: q.ID, Title: q.Title, Manual: q.Manual, Claimed: strings.Join(q.Claimed, ", ")}
	p.Points = Points(q.Points) + " of " + Points(q.Max)
	standing := q.Standing()
	p.Word, p.Class, p.Mark = string(standing), standing.Class(), standing.Mark()
	switch standing {
	case Unjudged:
		return questionPage{ID: q.ID, Title: q.Title, Class: p.Class, Mark: p.Mark, Word: p.Word, Why: "not graded: " + q.Why}
	case Pending:
		return questionPage{ID: q.ID, Title: q.Title, Class: p.Class, Mark: p.Mark, Word: p.Word, Why: "not graded yet: " + q.Why, Claimed: p.Claimed}
	case Broken:
		p.Why = "failed: " + q.Why
		return p
	}
	for _, part := range q.Parts {
		p.Parts = append(p.Parts, partOf(part))
	}
	return p
}

func partOf(p labs.Part) partPage {
	out := partPage{Name: p.Name, Points: Points(p.Points), Max: Points(p.Max), Message: p.Verdict.Message}
	if !p.Verdict.OK && p.Name != "prediction" {
		out.Broken, out.Counter = p.Verdict.Invariant, p.Verdict.CounterExample
	}
	return out
}
