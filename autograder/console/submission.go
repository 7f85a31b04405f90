package console

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mlsysim/golab/autograder/assignment"
	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/autograder/notebook"
	"github.com/mlsysim/golab/labs"
)

// A submissionPage is one submission beside its verdicts.
type submissionPage struct {
	frame
	Query     string
	S         export.Submission
	State     string
	Class     string
	Score     string
	Penalty   string
	Whole     form
	Questions []card
	Source    source
	Requests  []ledger.Request // that name no question, and closed ones
	Events    []event
	Timing    string
	List      string // addresses; empty: there is none
	Before    string
	After     string
	Asked     string // the text of a request that did not do
	Place     int
	Of        int
}

// A card is one question.
type card struct {
	export.Question
	Standing export.Standing
	Parts    []part
	Cells    []link // where the submission says that it answers
	Form     form
	Requests []ledger.Request
}

type part struct {
	Name, Points, Max, Message string
	OK                         bool
	Invariant, Counter         string
}

type link struct{ Name, Anchor string }

// A form gives points by hand.
type form struct {
	Token, Student, Question, Query string
	Stamp                           string // of what the person sees
	Max                             float64
	Manual                          *export.Manual
	Open                            bool   // shown from the start
	Points, Reason, Wrong           string // as it was sent, if it did not do
}

// submission shows one submission.
func (c *Console) submission(w http.ResponseWriter, r *http.Request) {
	v := r.URL.Query()
	c.showSubmission(w, r, http.StatusOK, v.Get("student"), readQuery(v), form{})
}

// showSubmission shows one with a form that did not do, if it has an error.
func (c *Console) showSubmission(w http.ResponseWriter, r *http.Request, status int, student string, q query, bad form) {
	p, err := c.submissionPage(r, student, q, bad)
	if err != nil {
		c.trouble(w, r, http.StatusNotFound, err)
		return
	}
	show(w, status, "submission.html", p)
}

func (c *Console) submissionPage(r *http.Request, student string, q query, bad form) (submissionPage, error) {
	rows, _, err := c.rows()
	if err != nil {
		return submissionPage{}, err
	}
	g, err := c.read.Grade(c.assignment(), student)
	if err != nil {
		return submissionPage{}, err
	}
	p := submissionPage{frame: c.frame(r, student), Query: q.values().Encode(), List: q.list(), S: grade.Submission(c.read, c.subject, g)}
	if p.Wrong = bad.Wrong; bad.Question == "request" {
		p.Asked = bad.Reason
	}
	p.State = stateOf(g, p.S)
	p.Class = stateClass(p.State)
	p.Score = p.S.Score()
	p.neighbours(q.apply(rows, student), student, q)
	p.Source = c.source(g.Job.Submission)
	p.Timing = c.timing(g.Job.Key)
	if err := p.fillRequests(c); err != nil {
		return p, err
	}
	stamp := ""
	if i := slices.IndexFunc(rows, func(r *row) bool { return r.Student == student }); i >= 0 {
		stamp = rows[i].stamp
	}
	blank := form{Token: p.Token, Student: student, Query: p.Query, Stamp: stamp}
	p.fillForms(blank, bad)
	for e, err := range c.read.History(c.assignment(), student) {
		if err != nil {
			return p, err
		}
		p.Events = append(p.Events, eventOf(e))
	}
	slices.Reverse(p.Events)
	return p, nil
}

// fillForms makes the cards and their forms.
func (p *submissionPage) fillForms(blank, bad form) {
	with := func(question string, most float64, manual *export.Manual, open bool) form {
		f := blank
		f.Question, f.Max, f.Manual, f.Open = question, most, manual, open
		if manual != nil {
			f.Points = export.Points(manual.Points)
		}
		if bad.Wrong != "" && bad.Question == question {
			f.Points, f.Reason, f.Wrong, f.Open = bad.Points, bad.Reason, bad.Wrong, true
		}
		return f
	}
	p.Whole = with("", p.S.Max, p.S.Manual, false)
	for _, q := range p.S.Questions {
		one := card{Question: q, Standing: q.Standing()}
		one.Form = with(q.ID, q.Max, q.Manual, one.Standing == export.Pending)
		for _, s := range p.Source.Cells {
			if s.Question == q.ID && !s.Given {
				one.Cells = append(one.Cells, link{s.Name, s.Anchor})
			}
		}
		for _, part := range q.Parts {
			one.Parts = append(one.Parts, partOf(part.Name, part.Points, part.Max, part.Verdict.OK, part.Verdict.Message, part.Verdict.Invariant, part.Verdict.CounterExample))
		}
		one.Requests = p.take(q.ID)
		p.Questions = append(p.Questions, one)
	}
}

func partOf(name string, points, most float64, ok bool, message, invariant, counter string) part {
	return part{Name: name, Points: export.Points(points), Max: export.Points(most), OK: ok, Message: message, Invariant: invariant, Counter: counter}
}

// take moves the open requests about a question out of the page's own list.
func (p *submissionPage) take(question string) []ledger.Request {
	var own []ledger.Request
	p.Requests = slices.DeleteFunc(p.Requests, func(r ledger.Request) bool {
		if r.Question != question || r.Decision != "" {
			return false
		}
		own = append(own, r)
		return true
	})
	return own
}

func (p *submissionPage) fillRequests(c *Console) error {
	all, err := c.read.Requests(c.assignment())
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Student == p.S.Student {
			p.Requests = append(p.Requests, r)
		}
	}
	return nil
}

// neighbours finds the submissions before and after this one in the list that the
// person came from.
func (p *submissionPage) neighbours(list []*row, student string, q query) {
	i := slices.IndexFunc(list, func(r *row) bool { return r.Student == student })
	p.Place, p.Of = i+1, len(list)
	if i > 0 {
		p.Before = q.submission(list[i-1].Student)
	}
	if i+1 < len(list) {
		p.After = q.submission(list[i+1].Student)
	}
}

func (c *Console) timing(key string) string {
	all, err := c.read.Timings(key)
	if err != nil || len(all) == 0 {
		return ""
	}
	t := all[len(all)-1]
	return "read " + short(t.Read) + ", run " + short(t.Run) + ", check " + short(t.Check)
}

func short(d time.Duration) string { return d.Round(time.Millisecond).String() }

// A source is what was handed in, as a person reads it.
type source struct {
	File  string
	Wrong string // why it cannot be read as a notebook
	Cut   bool   // it is longer than what is shown
	Cells []shownCell
}

type shownCell struct {
	notebook.Shown
	Anchor string
	Given  bool // it is as it was handed out
	Lines  []string
}

// mostSource is how much of a submission a page shows.
const mostSource = 512 << 10

func (c *Console) source(s ledger.Submission) source {
	out := source{File: s.File}
	if s.Blob == "" {
		out.Wrong = s.Problem
		return out
	}
	data, err := c.read.Get(s.Blob)
	if err != nil {
		out.Wrong = err.Error()
		return out
	}
	cells, err := notebook.View(s.File, data)
	if err != nil {
		out.Wrong = err.Error()
		cells = []notebook.Shown{{Name: "the file as it is", Type: "raw", Source: string(data)}}
	}
	left := mostSource
	for i, cell := range cells {
		if out.Cut = len(cell.Source) > left; out.Cut {
			cell.Source = cell.Source[:left]
		}
		left -= len(cell.Source)
		text := seen(strings.ToValidUTF8(strings.ReplaceAll(cell.Source, "\r\n", "\n"), "\ufffd"))
		out.Cells = append(out.Cells, shownCell{Shown: cell, Given: c.given[strings.TrimSpace(cell.Source)], Anchor: fmt.Sprintf("cell-%d", i+1), Lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")})
		if out.Cut {
			break
		}
	}
	return out
}

// handedOut are the cells that every student starts from.
func handedOut(o grade.Options) map[string]bool {
	var data []byte
	if lab, err := labs.Find(o.Lab); err == nil {
		data = labs.Notebook(lab)
	} else if source, err := assignment.Read(o.Source); err == nil {
		data, _ = source.Release() // what cannot be released has no cells
	}
	cells, _ := notebook.View("handout.ipynb", data)
	out := map[string]bool{}
	for _, c := range cells {
		out[strings.TrimSpace(c.Source)] = true
	}
	return out
}

// feedback shows the page that the student gets.
func (c *Console) feedback(w http.ResponseWriter, r *http.Request) {
	c.showFeedback(w, r, r.URL.Query().Get("student"))
}

func (c *Console) showFeedback(w http.ResponseWriter, r *http.Request, student string) {
	g, err := c.read.Grade(c.assignment(), student)
	if err != nil {
		c.trouble(w, r, http.StatusNotFound, err)
		return
	}
	head := export.Report{Lab: c.subject.ID, Title: c.subject.Title, Version: c.subject.Version, Engine: "-", Registry: "-"}
	still(w)
	io.WriteString(w, export.Page(head, grade.Submission(c.read, c.subject, g)))
}
