package export

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
	"time"
)

// Visible says who sees a test on Gradescope.
type Visible string

// Visibilities lists what Gradescope knows.
func Visibilities() []Visible {
	return []Visible{"visible", "hidden", "after_due_date", "after_published"}
}

type gradescopeResult struct {
	Time    float64          `json:"execution_time,omitempty"` // seconds
	Output  string           `json:"output"`
	Format  string           `json:"output_format"`
	Visible Visible          `json:"visibility"`
	Stdout  Visible          `json:"stdout_visibility"`
	Tests   []gradescopeTest `json:"tests"`
	Extra   map[string]any   `json:"extra_data"`
}

type gradescopeTest struct {
	Score   *float64 `json:"score,omitempty"` // nothing if it is not graded
	Max     float64  `json:"max_score"`
	Status  string   `json:"status"`
	Name    string   `json:"name"`
	Number  string   `json:"number"`
	Output  string   `json:"output"`
	Format  string   `json:"output_format"`
	Visible Visible  `json:"visibility"`
}

// Gradescope prints the result of one submission as Gradescope's results.json.
// A question that is not graded has no score, not 0: the caller is to end with
// an exit code other than 0, so that Gradescope shows the run as failed.
// Lateness is left to Gradescope.
func Gradescope(w io.Writer, r Report, s Submission, took time.Duration, visible Visible) error {
	g := gradescopeResult{
		Time: took.Seconds(), Format: "text", Visible: visible, Stdout: "hidden",
		Extra: map[string]any{"lab": r.Lab, "lab_version": r.Version, "engine": r.Engine, "registry": r.Registry, "isolation": r.Isolation},
	}
	var say []string
	if s.Outcome == NotGraded {
		say = append(say, "Not graded, staff notified: no points are recorded, not even zero.")
	}
	if s.Scenario != "" {
		say = append(say, "Your scenario: "+s.Scenario+".")
	}
	if s.Problem != "" {
		say = append(say, s.Problem)
	}
	g.Output = strings.Join(append(append(say, s.Ends...), s.Notes...), "\n")
	for i, q := range s.Questions {
		g.Tests = append(g.Tests, testOf(i, q, visible))
	}
	data, err := encode(g, "")
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func testOf(i int, q Question, visible Visible) gradescopeTest {
	t := gradescopeTest{
		Max: q.Max, Status: "failed", Name: q.ID + " " + q.Title, Number: fmt.Sprint(i + 1), Format: "text", Visible: visible,
	}
	if q.Outcome != NotGraded && q.Outcome != NeedsManual {
		t.Score = &q.Points
	}
	if q.Outcome == Graded && q.OK() {
		t.Status = "passed"
	}
	p := pageOf(q)
	var say []string
	if p.Why != "" {
		say = append(say, p.Why)
	}
	if q.Outcome == NotGraded {
		say = append(say, "staff notified")
	}
	if p.Claimed != "" {
		say = append(say, "you said: "+p.Claimed)
	}
	for _, part := range p.Parts {
		say = append(say, fmt.Sprintf("%s: %s of %s: %s", part.Name, part.Points, part.Max, part.Message))
		if part.Broken != "" {
			say = append(say, "  broken: "+part.Broken)
		}
		if part.Counter != "" {
			say = append(say, "  counter-example: "+part.Counter)
		}
	}
	t.Output = strings.Join(say, "\n")
	return t
}

// setupScript runs once, as root, when Gradescope builds the image. There is
// nothing to install: mlgrade is one static program.
const setupScript = `#!/bin/sh
set -e
chmod +x /autograder/source/mlgrade /autograder/source/run_autograder
`

// runScript runs once for each submission.
const runScript = `#!/bin/sh
root=${AUTOGRADER_ROOT:-/autograder}
exec "$root/source/mlgrade" gradescope run --root "$root" %s
`

// GradescopeZip writes the zip file that an instructor uploads to Gradescope:
// setup.sh, run_autograder, the program, and a secret that draws hidden inputs. The
// arguments end up in a shell
// script, so they may have letters, digits and -._=/ only.
func GradescopeZip(w io.Writer, program io.Reader, secret string, args []string) error {
	for _, a := range args {
		if strings.Trim(a, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._=/") != "" || a == "" {
			return fmt.Errorf("argument %q: want letters, digits and -._=/", a)
		}
	}
	z := zip.NewWriter(w)
	for _, f := range []struct {
		name string
		data io.Reader
	}{
		{"setup.sh", strings.NewReader(setupScript)},
		{"run_autograder", strings.NewReader(fmt.Sprintf(runScript, strings.Join(args, " ")))},
		{"secret", strings.NewReader(secret)},
		{"mlgrade", program},
	} {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		h.SetMode(0o755)
		out, err := z.CreateHeader(h)
		if err != nil {
			return fmt.Errorf("writing the zip file: %w", err)
		}
		if _, err := io.Copy(out, f.data); err != nil {
			return fmt.Errorf("writing the zip file: %w", err)
		}
	}
	return z.Close()
}
