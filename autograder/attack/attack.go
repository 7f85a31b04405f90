// Package attack grades submissions that try to beat the grader, beside honest
// ones that are broken, and says what each got.
//
//	rows, err := attack.Grade(ctx, attack.Options{Tier: sandbox.Wasm, Dir: dir})
//	fmt.Print(show.Text(attack.View(...), show.Options{}))
//
// Every case has the points that a fair grader gives. A row is bad if its case
// got more, if an honest one got less, if a secret of the grader is in anything
// that the grader wrote, or if a neighbour in the same class lost a point. The
// submissions are made by code, so that each says in one place what it tries.
//
// Platform are cases by way of zip files and names, for Options.More; Downloads
// grades classes as Canvas, Moodle and nbgrader hand them over, with a ledger.
package attack

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/sandbox"
)

// A Case is one submission to lab T0.
type Case struct {
	ID    string // also the student's id, unless As is given
	As    string
	Name  string
	True  float64 // the points a fair grader gives
	None  bool    // a fair grader gives no grade
	Maybe bool    // and may give none as well

	Cells func(student string) []string             // the code cells of a notebook, or
	Make  func(class, student, secret string) error // whatever lies in the folder
	While func(class string, stop <-chan struct{})  // runs beside the grader
	Also  func(r export.Report, out string) string  // what else went wrong; empty if nothing did
}

func (c Case) student() string {
	if c.As != "" {
		return c.As
	}
	return c.ID
}

// Options say where and what to grade.
type Options struct {
	Tier   string
	Dir    string // an empty folder
	Secret string // what must not come out: it is in a file beside the class, and in the caller's environment if that is wanted
	More   []Case // of other packages
	Only   []Case // instead of all
}

// A Row is what became of one case.
type Row struct {
	ID, Name string
	Tier     string
	True     float64
	Got      float64
	Outcome  export.Outcome
	Problems []string // empty if all is well
	Gained   float64
	Leaks    int
	Lost     int // neighbours
}

// limits are small, so that every bomb is a short one.
func limits(tier string) sandbox.Limits {
	return sandbox.Limits{Wall: 6 * time.Second, Memory: 256 << 20, Output: 256 << 10, Steps: 200_000, Tier: tier}
}

// neighbours are right submissions spread over the class.
var neighbours = []string{"!first", "M-middle", "~last"}

// Grade grades one class of all cases in the lab language.
func Grade(ctx context.Context, o Options) ([]Row, error) {
	class, out := filepath.Join(o.Dir, "class"), filepath.Join(o.Dir, "out")
	cases := slices.Concat(Honest(), Tampering(), Own(), o.More)
	if o.Only != nil {
		cases = o.Only
	}
	if err := fill(o, class, cases); err != nil {
		return nil, err
	}
	stop := make(chan struct{})
	for _, c := range cases {
		if c.While != nil {
			go c.While(class, stop)
		}
	}
	r, err := grade.Run(ctx, grade.Options{Lab: "T0", Dir: class, Out: out, Limits: limits(o.Tier)})
	close(stop)
	if err != nil {
		return nil, err
	}
	return judge(o, cases, r, out)
}

// fill writes the class, and the secret beside it.
func fill(o Options, class string, cases []Case) error {
	if err := os.MkdirAll(class, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.Dir, "key.txt"), []byte(o.Secret), 0o644); err != nil {
		return err
	}
	for _, n := range neighbours {
		if err := write(class, n+".ipynb", notebook(good(n), nil)); err != nil {
			return err
		}
	}
	for _, c := range cases {
		var err error
		if c.Make != nil {
			err = c.Make(class, c.student(), o.Secret)
		} else {
			err = write(class, c.student()+".ipynb", notebook(c.Cells(c.student()), nil))
		}
		if err != nil {
			return fmt.Errorf("case %s: %w", c.ID, err)
		}
	}
	return nil
}

func write(dir, name, text string) error {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// judge compares what each case got with what it should.
func judge(o Options, cases []Case, r export.Report, out string) ([]Row, error) {
	got := map[string]export.Submission{}
	for _, s := range r.Submissions {
		got[s.Student] = s
		got[strings.TrimSuffix(s.File, ".ipynb")] = s // whose id the grader writes in another way
	}
	lost := 0
	for _, n := range neighbours {
		if got[n].Points != 30 {
			lost++
		}
	}
	var rows []Row
	for _, c := range cases {
		s, ok := got[c.student()]
		row := Row{ID: c.ID, Name: c.Name, Tier: o.Tier, True: c.True, Got: s.Points, Outcome: s.Outcome}
		row.check(c, s, ok)
		if c.Also != nil {
			if problem := c.Also(r, out); problem != "" {
				row.Problems = append(row.Problems, problem)
			}
		}
		rows = append(rows, row)
	}
	all, err := whole(o, r, out, lost)
	return append(rows, all), err
}

// whole is the row of everything that the grader wrote, and of the neighbours.
func whole(o Options, r export.Report, out string, lost int) (Row, error) {
	all := Row{ID: "all", Name: "what the grader wrote, and the neighbours", Tier: o.Tier, Outcome: export.Graded, True: 90, Got: float64(30 * (3 - lost)), Lost: lost}
	if lost > 0 {
		all.Problems = append(all.Problems, fmt.Sprintf("%d neighbours lost points", lost))
	}
	leaks, err := search(out, o.Secret)
	if err != nil {
		return all, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return all, err
	}
	if strings.Contains(string(text), o.Secret) {
		leaks = append(leaks, "the report")
	}
	all.Leaks = len(leaks)
	for _, l := range leaks {
		all.Problems = append(all.Problems, "the secret is in "+l)
	}
	return all, nil
}

// slip is what rounding may do to points.
const slip = 0.01

func (row *Row) check(c Case, s export.Submission, ok bool) {
	say := func(format string, args ...any) { row.Problems = append(row.Problems, fmt.Sprintf(format, args...)) }
	switch {
	case !ok:
		row.Outcome = "not found"
		if !c.None {
			say("not in the report")
		}
	case c.None && s.Outcome != export.NotGraded:
		say("graded: want no grade")
	case c.Maybe && s.Outcome == export.NotGraded:
	case !c.None && s.Outcome == export.NotGraded:
		say("not graded: %s", s.Problem)
	case s.Points > c.True+slip:
		row.Gained = s.Points - c.True
		say("gained %g points", row.Gained)
	case s.Points < c.True-slip:
		say("lost %g points: %v", c.True-s.Points, s.Ends)
	}
}

// search lists the files below a folder that hold the secret.
func search(dir, secret string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), secret) {
			found = append(found, filepath.Base(path))
		}
		return err
	})
	return found, err
}
