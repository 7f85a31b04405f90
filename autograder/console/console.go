// Package console is the instructor's page on a class: what is graded so far, each
// submission beside its verdicts, points by hand, regrade requests, files for
// gradebooks.
//
//	c, err := console.New(console.Options{Ledger: "class.db", Grade: grade.Options{Lab: "T0", Dir: "submissions"}, Who: "ada"})
//	fmt.Println("http://127.0.0.1:8080" + c.Link())
//	http.ListenAndServe("127.0.0.1:8080", c.Handler())
//
// It shows what the ledger holds and grades nothing by itself: package grade does,
// here or in another process. It is for one person on this machine: whoever has a
// link that was not used yet gets in. What students wrote is text and nothing else:
// every page is escaped, no page runs a script but htmx, and none asks another
// machine for anything. It leaves out accounts, roles and TLS; to use it from afar,
// forward the port through ssh.
package console

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"sync"
	"time"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
)

// Options say what is shown and how it is graded.
type Options struct {
	Ledger string        // the file, which exists
	Grade  grade.Options // the subject, and what the grade button does; Ledger and Progress are set here
	Who    string        // the person, for the history
}

// A Console is the page. Its methods may be called from many goroutines.
type Console struct {
	options Options
	subject grade.Subject
	read    *ledger.Ledger
	given   map[string]bool // cells as they were handed out
	guard   guard
	list    list
	run     run
	books   gradebooks
	writing sync.Mutex // the ledger has one writer
}

// New opens the ledger for reading. It is opened for writing only while something
// is written, so that mlgrade grade can run beside the console.
func New(o Options) (*Console, error) {
	read, err := ledger.OpenReader(o.Ledger)
	if err != nil {
		return nil, err
	}
	c := &Console{options: o, subject: grade.Named(o.Grade.Lab), read: read, given: handedOut(o.Grade)}
	c.guard.start()
	c.list.rows = map[string]*row{}
	return c, nil
}

// Close ends grading, waits for it and closes the ledger.
func (c *Console) Close() error {
	c.run.stop()
	c.run.wait()
	return c.read.Close()
}

// Link is the path and query of a new link into the console. It works once; a
// link that was made before no longer works.
func (c *Console) Link() string { return "/open?token=" + c.guard.link() }

// Handler serves the console.
func (c *Console) Handler() http.Handler {
	inside := http.NewServeMux()
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET /{$}":                    c.class,
		"GET /live":                   c.live,
		"GET /submission":             c.submission,
		"GET /feedback":               c.feedback,
		"GET /requests":               c.requests,
		"GET /history":                c.history,
		"GET /export":                 c.export,
		"GET /files/{name}":           c.file,
		"GET /report/{$}":             c.report,
		"GET /report/feedback/{page}": c.reportFeedback,
		"POST /points":                c.points,
		"POST /withdraw":              c.withdraw,
		"POST /request":               c.request,
		"POST /decide":                c.decide,
		"POST /grade":                 c.startGrading,
		"POST /stop":                  c.stopGrading,
		"POST /requeue":               c.requeue,
		"POST /canvas":                c.uploadCanvas,
		"POST /canvas/fill":           c.fillCanvas,
		"POST /leave":                 c.leave,
	} {
		inside.HandleFunc(pattern, serve)
	}
	outside := http.NewServeMux()
	outside.HandleFunc("GET /assets/{name}", asset)
	outside.HandleFunc("GET /open", c.open)
	outside.Handle("/", c.guard.needSession(inside))
	return secure(outside)
}

//go:embed pages
var pages embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"points": export.Points,
	"seen":   seen,
	"anchor": anchor,
	"pair": func(p submissionPage, one ledger.Request) any {
		return struct {
			Page submissionPage
			One  ledger.Request
		}{p, one}
	},
	"when": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
}).ParseFS(pages, "pages/*.html"))

// assets are the files that pages ask for.
var assets = map[string]string{"htmx.min.js": "text/javascript", "style.css": "text/css", "icon.svg": "image/svg+xml"}

func asset(w http.ResponseWriter, r *http.Request) {
	kind, known := assets[r.PathValue("name")]
	if !known {
		http.NotFound(w, r)
		return
	}
	data, err := pages.ReadFile("pages/" + r.PathValue("name"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Write(data) // a reader that went away is no fault
}

// A frame is what every page has.
type frame struct {
	Title  string // of the page
	Lab    string
	Name   string // of the lab
	Ledger string
	Who    string
	Token  string // for the forms
	Said   string // what the last form did
	Wrong  string // why it did not
	Open   int    // regrade requests without a decision
}

func (c *Console) frame(r *http.Request, title string) frame {
	s := sessionOf(r)
	return frame{
		Title: title, Lab: c.subject.ID, Name: c.subject.Title, Ledger: c.options.Ledger, Who: c.options.Who,
		Token: s.token, Said: s.takeSaid(), Open: c.openRequests(),
	}
}

// show prints a page, whole or not at all.
func show(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, "printing the page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// trouble shows a page about something that does not work.
func (c *Console) trouble(w http.ResponseWriter, r *http.Request, status int, err error) {
	f := c.frame(r, http.StatusText(status))
	f.Wrong = err.Error()
	show(w, status, "trouble.html", f)
}

// write opens the ledger for writing and does something, or does it with the
// ledger that grading has open.
func (c *Console) write(do func(l *ledger.Ledger) error) (err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if l := c.run.ledger; l != nil {
		return do(l)
	}
	l, err := ledger.Open(c.options.Ledger)
	if err != nil {
		return busy(err)
	}
	defer func() {
		if closed := l.Close(); err == nil {
			err = closed
		}
	}()
	return do(l)
}

// assignment is the name of the subject in the ledger.
func (c *Console) assignment() string { return c.subject.ID }

// busy says what to do about a ledger that another process writes to.
func busy(err error) error {
	if !errors.Is(err, ledger.ErrBusy) {
		return err
	}
	return fmt.Errorf("%w: if mlgrade is grading elsewhere, wait until it has ended", err)
}
