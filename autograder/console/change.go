package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/ledger"
)

// mostPoints is far above what any lab gives: more is a slip of the finger.
const mostPoints = 10_000

var errMeanwhile = errors.New("this submission changed since the page was loaded: look at it once more, then send the form again")

// readForm reads a form about points.
func readForm(r *http.Request) (form, query) {
	v, _ := url.ParseQuery(r.PostFormValue("query")) // anything else is no filter
	return form{
		Student: r.PostFormValue("student"), Question: r.PostFormValue("question"), Stamp: r.PostFormValue("stamp"),
		Points: strings.TrimSpace(r.PostFormValue("points")), Reason: strings.TrimSpace(r.PostFormValue("reason")),
	}, readQuery(v)
}

// points records points by hand.
func (c *Console) points(w http.ResponseWriter, r *http.Request) {
	f, q := readForm(r)
	p, err := strconv.ParseFloat(strings.Replace(f.Points, ",", ".", 1), 64)
	if err != nil || !(p >= 0 && p <= mostPoints) {
		f.Wrong = fmt.Sprintf("points: %q: want a number from 0 to %d", f.Points, mostPoints)
		c.showSubmission(w, r, http.StatusUnprocessableEntity, f.Student, q, f)
		return
	}
	c.change(w, r, f, q, "Points by hand are recorded: "+export.Points(p)+".", func(l *ledger.Ledger, o ledger.Override) error {
		o.Points = p
		return l.Override(o)
	})
}

// withdraw lets the points of the checks count again.
func (c *Console) withdraw(w http.ResponseWriter, r *http.Request) {
	f, q := readForm(r)
	c.change(w, r, f, q, "The points of the checks count again.", (*ledger.Ledger).Withdraw)
}

// change writes to the history of one submission, if it is still what the person
// saw, and shows it again.
func (c *Console) change(w http.ResponseWriter, r *http.Request, f form, q query, said string, do func(*ledger.Ledger, ledger.Override) error) {
	err := c.hasQuestion(f.Student, f.Question)
	if err == nil {
		err = c.write(func(l *ledger.Ledger) error {
			if err := unchanged(l, c.assignment(), f); err != nil {
				return err
			}
			return do(l, ledger.Override{Assignment: c.assignment(), Student: f.Student, Question: f.Question, Who: c.options.Who, Reason: f.Reason})
		})
	}
	if err != nil {
		f.Wrong = err.Error()
		status := http.StatusUnprocessableEntity
		if errors.Is(err, ledger.ErrBusy) || errors.Is(err, errMeanwhile) {
			status = http.StatusConflict
		}
		c.showSubmission(w, r, status, f.Student, q, f)
		return
	}
	sessionOf(r).say(said)
	back(w, r, q, f.Student, f.Question)
}

// unchanged compares a submission with what a person saw of it.
func unchanged(l *ledger.Ledger, assignment string, f form) error {
	all, err := l.Stamps(assignment)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s ledger.Stamp) bool { return s.Student == f.Student })
	if i < 0 || all[i].Value != f.Stamp {
		return errMeanwhile
	}
	return nil
}

// hasQuestion wants a question of the submission, or none.
func (c *Console) hasQuestion(student, question string) error {
	rows, _, err := c.rows()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(r *row) bool { return r.Student == student })
	if i < 0 {
		return fmt.Errorf("%s has no submission for %s", student, c.assignment())
	}
	if _, known := rows[i].cell(question); !known && question != "" {
		return fmt.Errorf("%s has no question %q", c.assignment(), question)
	}
	return nil
}

// back leads to a submission, at a question.
func back(w http.ResponseWriter, r *http.Request, q query, student, question string) {
	to := q.submission(student)
	if question != "" {
		to += "#q-" + url.PathEscape(question)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// request records a regrade request that a student made elsewhere.
func (c *Console) request(w http.ResponseWriter, r *http.Request) {
	f, q := readForm(r)
	err := c.hasQuestion(f.Student, f.Question)
	if err == nil {
		err = c.write(func(l *ledger.Ledger) error {
			_, err := l.Request(ledger.Request{Assignment: c.assignment(), Student: f.Student, Question: f.Question, Text: f.Reason, Who: c.options.Who})
			return err
		})
	}
	if err != nil {
		f.Wrong, f.Question = err.Error(), "request" // the text stays in its own form
		c.showSubmission(w, r, http.StatusUnprocessableEntity, f.Student, q, f)
		return
	}
	sessionOf(r).say("The regrade request is recorded.")
	back(w, r, q, f.Student, f.Question)
}

// decide closes a regrade request.
func (c *Console) decide(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
	if err == nil {
		err = c.write(func(l *ledger.Ledger) error {
			return l.Decide(id, c.options.Who, strings.TrimSpace(r.PostFormValue("reason")))
		})
	}
	if err != nil {
		c.showRequests(w, r, http.StatusUnprocessableEntity, err.Error())
		return
	}
	f, q := readForm(r)
	sessionOf(r).say(fmt.Sprintf("Request %d is closed.", id))
	if f.Student == "" {
		http.Redirect(w, r, "/requests", http.StatusSeeOther)
		return
	}
	back(w, r, q, f.Student, f.Question)
}
