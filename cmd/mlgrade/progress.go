package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/mlsysim/golab/autograder/grade"
)

// progress shows how far grading is: a bar on a terminal, a line each elsewhere.
func progress(w io.Writer) func(grade.Progress) {
	file, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return func(p grade.Progress) { fmt.Fprintf(w, "%d/%d %s\n", p.Done, p.Total, p.Student) }
	}

	var bar *progressbar.ProgressBar
	return func(p grade.Progress) {
		if bar == nil {
			bar = progressbar.NewOptions(p.Total, progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(30),
				progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		bar.Describe(p.Student)
		bar.Set(p.Done)
	}
}

// lines prints each submission as a line of JSON.
func lines(w io.Writer) func(grade.Progress) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return func(p grade.Progress) { e.Encode(p) } // a reader that went away does not end grading
}
