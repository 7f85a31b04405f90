package console

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strings"
	"sync"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
)

// still prepares an answer for a page of package export.
func still(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", stillPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
}

// report shows the class report.
func (c *Console) report(w http.ResponseWriter, r *http.Request) {
	report, err := grade.Recorded(c.read, c.subject)
	var b bytes.Buffer
	if err == nil {
		err = export.Class(&b, report)
	}
	if err != nil {
		c.trouble(w, r, http.StatusInternalServerError, err)
		return
	}
	still(w)
	w.Write(b.Bytes())
}

// reportFeedback is where the links of the class report lead.
func (c *Console) reportFeedback(w http.ResponseWriter, r *http.Request) {
	rows, _, err := c.rows()
	if err != nil {
		c.trouble(w, r, http.StatusInternalServerError, err)
		return
	}
	for _, row := range rows {
		if export.PageName(row.Student) == "feedback/"+r.PathValue("page") {
			c.showFeedback(w, r, row.Student)
			return
		}
	}
	c.trouble(w, r, http.StatusNotFound, errors.New("no student has this page"))
}

// An exportPage offers the files.
type exportPage struct {
	frame
	Book    string // of the gradebook that was sent
	File    string
	Columns []string
	Likely  string // the column that is probably meant
	Filled  *export.Filled
}

func (c *Console) export(w http.ResponseWriter, r *http.Request) {
	show(w, http.StatusOK, "export.html", exportPage{frame: c.frame(r, "Export")})
}

// file sends one file to keep.
func (c *Console) file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	switch name {
	case "submission":
		c.sendSubmission(w, r)
		return
	case "canvas.csv":
		c.sendCanvas(w, r)
		return
	}
	write, kind := writer(name)
	if write == nil {
		http.NotFound(w, r)
		return
	}
	report, err := grade.Recorded(c.read, c.subject)
	if err != nil {
		c.trouble(w, r, http.StatusInternalServerError, err)
		return
	}
	attach(w, anchor(c.assignment())+"-"+name, kind)
	if err := write(w, report); err != nil {
		panic(http.ErrAbortHandler) // half a file must not look whole
	}
}

// writer is what writes a file, and the file's type.
func writer(name string) (func(io.Writer, grade.Report) error, string) {
	switch name {
	case "grades.csv":
		return export.Grades, "text/csv; charset=utf-8"
	case "results.jsonl":
		return export.Lines, "application/jsonl; charset=utf-8"
	case "results.json":
		return export.Results, "application/json; charset=utf-8"
	case "feedback.zip":
		return export.Zip, "application/zip"
	}
	return nil, ""
}

// attach makes an answer a file to keep, which no browser shows.
func attach(w http.ResponseWriter, name, kind string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
}

// sendSubmission sends what was handed in, byte for byte.
func (c *Console) sendSubmission(w http.ResponseWriter, r *http.Request) {
	g, err := c.read.Grade(c.assignment(), r.URL.Query().Get("student"))
	var data []byte
	if err == nil {
		data, err = c.read.Get(g.Job.Submission.Blob)
	}
	if err != nil {
		c.trouble(w, r, http.StatusNotFound, err)
		return
	}
	attach(w, anchor(g.Job.Submission.Student)+filepath.Ext(anchor(g.Job.Submission.File)), "application/octet-stream")
	w.Write(data)
}

// gradebooks are the files that the person sent, in memory only; the last few.
type gradebooks struct {
	mu    sync.Mutex
	books []gradebook
}

const mostBooks = 4

type gradebook struct {
	id, name     string
	data, filled []byte
}

func (b *gradebooks) keep(g gradebook) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.books = append(b.books, g)
	b.books = b.books[max(0, len(b.books)-mostBooks):]
}

func (b *gradebooks) find(id string) (gradebook, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.books) - 1; i >= 0; i-- {
		if b.books[i].id == id {
			return b.books[i], nil
		}
	}
	return gradebook{}, errors.New("this gradebook is no longer here: send it again")
}

// uploadCanvas takes a gradebook and asks for the column.
func (c *Console) uploadCanvas(w http.ResponseWriter, r *http.Request) {
	g := gradebook{id: rand.Text()}
	p := exportPage{frame: c.frame(r, "Export")}
	err := g.receive(r)
	var book *export.Gradebook
	if err == nil {
		book, err = export.ReadCanvas(g.data)
	}
	if err == nil && len(book.Columns()) == 0 {
		err = errors.New("canvas gradebook: it has no assignment that can be filled")
	}
	if err != nil {
		p.Wrong = err.Error()
		show(w, http.StatusUnprocessableEntity, "export.html", p)
		return
	}
	c.books.keep(g)
	p.Book, p.File, p.Columns = g.id, g.name, book.Columns()
	for _, column := range p.Columns {
		if p.Likely == "" && strings.Contains(column, c.assignment()) {
			p.Likely = column
		}
	}
	show(w, http.StatusOK, "export.html", p)
}

func (g *gradebook) receive(r *http.Request) error {
	f, head, err := r.FormFile("gradebook")
	if err != nil {
		return errors.New("gradebook: choose the file that Canvas exported")
	}
	defer f.Close()
	g.name = head.Filename
	g.data, err = io.ReadAll(f)
	return err
}

// fillCanvas fills the column and says what became of whom.
func (c *Console) fillCanvas(w http.ResponseWriter, r *http.Request) {
	p := exportPage{frame: c.frame(r, "Export")}
	g, filled, err := c.fill(r.PostFormValue("book"), r.PostFormValue("column"))
	if err != nil {
		p.Wrong = err.Error()
		show(w, http.StatusUnprocessableEntity, "export.html", p)
		return
	}
	c.books.keep(g)
	p.Book, p.File, p.Filled = g.id, g.name, &filled
	show(w, http.StatusOK, "export.html", p)
}

func (c *Console) fill(id, column string) (gradebook, export.Filled, error) {
	g, err := c.books.find(id)
	if err != nil {
		return g, export.Filled{}, err
	}
	book, err := export.ReadCanvas(g.data)
	if err != nil {
		return g, export.Filled{}, err
	}
	at, err := book.Column(column)
	if err != nil {
		return g, export.Filled{}, err
	}
	report, err := grade.Recorded(c.read, c.subject)
	if err != nil {
		return g, export.Filled{}, err
	}
	filled, err := book.Fill(report, at)
	g.filled = book.Bytes()
	return g, filled, err
}

func (c *Console) sendCanvas(w http.ResponseWriter, r *http.Request) {
	g, err := c.books.find(r.URL.Query().Get("book"))
	if err == nil && g.filled == nil {
		err = fmt.Errorf("%s is not filled yet", g.name)
	}
	if err != nil {
		c.trouble(w, r, http.StatusNotFound, err)
		return
	}
	attach(w, anchor(c.assignment())+"-canvas.csv", "text/csv; charset=utf-8")
	w.Write(g.filled)
}
