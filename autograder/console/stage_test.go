package console_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/autograder/console"
	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/labs"
)

func TestMain(m *testing.M) {
	sandbox.MaybeWorker() // a submission runs in this binary again
	m.Run()
}

// A stage is a console on a ledger, with a browser that is only a client.
type stage struct {
	t      *testing.T
	path   string
	c      *console.Console
	server *httptest.Server
	client *http.Client
}

// set makes a console on a ledger that fill has filled.
func set(t *testing.T, o grade.Options, fill func(l *ledger.Ledger)) *stage {
	t.Helper()
	s := &stage{t: t, path: filepath.Join(t.TempDir(), "class.db")}
	s.write(fill)
	if o.Lab == "" {
		o.Lab = "T0"
	}
	var err error
	s.c, err = console.New(console.Options{Ledger: s.path, Grade: o, Who: "prof"})
	require.NoError(t, err)
	s.server = httptest.NewServer(s.c.Handler())
	t.Cleanup(func() {
		s.server.Close()
		require.NoError(t, s.c.Close())
	})
	s.client = fresh(t)
	return s
}

func fresh(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &http.Client{Jar: jar}
}

// write does something to the ledger as another process would.
func (s *stage) write(do func(l *ledger.Ledger)) {
	s.t.Helper()
	l, err := ledger.Open(s.path)
	require.NoError(s.t, err)
	do(l)
	require.NoError(s.t, l.Close())
}

func (s *stage) reader() *ledger.Ledger {
	l, err := ledger.OpenReader(s.path)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { l.Close() })
	return l
}

// enter opens a new link.
func (s *stage) enter() *stage {
	s.t.Helper()
	status, _, _ := s.get(s.c.Link())
	require.Equal(s.t, http.StatusOK, status)
	return s
}

func (s *stage) get(path string) (status int, body string, head http.Header) {
	s.t.Helper()
	r, err := s.client.Get(s.server.URL + path)
	require.NoError(s.t, err)
	defer r.Body.Close()
	data, err := io.ReadAll(r.Body)
	require.NoError(s.t, err)
	return r.StatusCode, string(data), r.Header
}

// page is a page that must be there.
func (s *stage) page(path string) string {
	s.t.Helper()
	status, body, _ := s.get(path)
	require.Equal(s.t, http.StatusOK, status, body)
	return body
}

// post sends a form as a page of ours does; headers may be changed.
func (s *stage) post(path string, form url.Values, change ...func(r *http.Request)) (status int, body string) {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.server.URL+path, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", s.server.URL)
	for _, c := range change {
		c(r)
	}
	answer, err := s.client.Do(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return answer.StatusCode, string(data)
}

var (
	tokens = regexp.MustCompile(`name="token" value="([^"]+)"`)
	stamps = regexp.MustCompile(`name="stamp" value="([^"]+)"`)
)

func found(t *testing.T, what *regexp.Regexp, page string) string {
	t.Helper()
	m := what.FindStringSubmatch(page)
	require.NotNil(t, m, page)
	return m[1]
}

// form is that of a submission's page, with the fields that are given.
func (s *stage) form(student string, fields ...string) url.Values {
	s.t.Helper()
	page := s.page("/submission?" + url.Values{"student": {student}}.Encode())
	v := url.Values{"token": {found(s.t, tokens, page)}, "stamp": {found(s.t, stamps, page)}, "student": {student}}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return v
}

// graded enters a result by hand: what a program could have said about a file.
func graded(t *testing.T, l *ledger.Ledger, s export.Submission, file string) {
	t.Helper()
	blob, err := l.Put([]byte(file))
	require.NoError(t, err)
	sub, err := l.Submit(ledger.Submission{Assignment: "T0", Student: s.Student, File: s.File, Blob: blob})
	require.NoError(t, err)
	j, err := l.Plan(sub, 1, "env")
	require.NoError(t, err)
	body, err := json.Marshal(s)
	require.NoError(t, err)
	require.NoError(t, l.Finish(j, ledger.Result{Outcome: string(s.Outcome), Points: s.Points, Max: s.Max, Engine: "e", Registry: "r", Tier: "t", Body: body}, ledger.Timing{}))
}

// answered is a submission with one question.
func answered(student string, points float64, text string) export.Submission {
	v := check.Verdict{OK: points == 10, Score: points / 10, Invariant: "rule " + text, Message: "message " + text, CounterExample: "counter " + text}
	return export.Submission{
		Student: student, File: "work.ipynb", Outcome: export.Graded, Points: points, Max: 10,
		Ends: []string{"end " + text}, Notes: []string{"note " + text}, Scenario: "scenario " + text,
		Questions: []export.Question{{Outcome: export.Graded, Verdict: labs.Verdict{
			ID: "q1", Title: "Where?", Points: points, Max: 10, Answered: true, Claimed: []string{"claim " + text},
			Parts: []labs.Part{{Name: "answer", Points: points, Max: 10, Verdict: v}},
		}}},
	}
}

func notebookOf(source string) string {
	text, err := json.Marshal(source)
	if err != nil {
		panic(err)
	}
	return `{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "metadata": {}, "source": ` + string(text) + `}, {"cell_type": "code", "metadata": {"mlsysim": {"question": "q1"}}, "source": ` + string(text) + `}]}`
}
