// Package grade grades a class: it finds the submissions, runs each in its own
// processes, takes the claims out and has the lab judge them with this
// program's own engine.
//
//	report, err := grade.Run(ctx, grade.Options{Lab: "T0", Dir: "class", Out: "out"})
//
// Every question ends graded, failed or not graded; a bad submission costs only
// itself. The same class gives the same report, byte for byte. With a ledger,
// work that was done before is not done again, a run that was killed goes on
// where it ended, and points by hand and lateness count. It leaves out rosters
// and remote hosts.
package grade

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"unicode"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/intake"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// Report is the result of grading a class.
type Report = export.Report

// Options say what to grade and how.
type Options struct {
	Lab      string         // id of the lab; with Source any name
	Source   []byte         // an instructor's notebook in nbgrader's format, instead of a lab
	Python   string         // interpreter for Source; default python3
	Dir      string         // folder or zip file of submissions; with a ledger may be empty: what it holds
	Intake   intake.Options // how Dir is laid out
	Out      string         // where the report is written; empty: nowhere
	Workers  int            // submissions at once; default one per processor
	Limits   sandbox.Limits
	Secret   []byte            // of the course: draws the inputs of students' functions; default the ledger's
	Engine   string            // what the report names as this program; default Engine()
	Ledger   *ledger.Ledger    // remembers; nil: nothing is remembered
	Force    bool              // grade again what the ledger has a result for
	Progress func(Progress)    // called in turn, never twice at once
	Notice   func(text string) // what the instructor should know about Dir
}

// Progress is one submission that is finished.
type Progress struct {
	Done    int            `json:"done"`
	Total   int            `json:"total"`
	Student string         `json:"student"`
	Outcome export.Outcome `json:"outcome"`
	Points  *float64       `json:"points,omitempty"` // nothing if it is not graded
	Kept    bool           `json:"kept,omitempty"`   // from an earlier run
	Problem string         `json:"problem,omitempty"`
}

// Run grades a class. The error is about the options, the folder, the ledger or
// ctx, never about a submission; when ctx ends, what is finished is still
// reported and written.
func Run(ctx context.Context, o Options) (Report, error) {
	g, err := newGrader(ctx, o)
	if err != nil {
		return Report{}, err
	}
	before := zoo.Fingerprint()
	if o.Ledger != nil {
		err = g.withLedger(ctx)
	} else {
		err = g.inMemory(ctx)
	}
	if err != nil && ctx.Err() == nil {
		return g.report, err
	}
	if zoo.Fingerprint() != before {
		return g.report, fmt.Errorf("grading %s: the registries changed meanwhile: no verdict holds", o.Dir)
	}
	g.report.Cancelled = ctx.Err() != nil
	if o.Out != "" {
		if err := export.Write(g.report, o.Out); err != nil {
			return g.report, err
		}
	}
	if g.report.Cancelled {
		return g.report, fmt.Errorf("grading %s: %w", o.Dir, ctx.Err())
	}
	return g.report, nil
}

// A grader is one run.
type grader struct {
	Options
	subject     Subject
	report      Report
	environment string // digest of all that may change a result beside the subject's version
	done, total int
}

func newGrader(ctx context.Context, o Options) (*grader, error) {
	if o.Ledger != nil && o.Secret == nil {
		o.Secret = o.Ledger.Secret()
	}
	subject, err := subjectOf(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.NumCPU()
	}
	g := &grader{Options: o, subject: subject}
	g.report = subject.report()
	g.report.Engine, g.report.Registry = cmp.Or(o.Engine, Engine()), source.Stamp()
	g.environment, err = environment(g.report, subject.digest, o.Limits)
	return g, err
}

// finished tells about one submission.
func (g *grader) finished(s export.Submission, kept bool) {
	g.done++
	if g.Progress == nil {
		return
	}
	p := Progress{Done: g.done, Total: g.total, Student: s.Student, Outcome: s.Outcome, Kept: kept, Problem: s.Problem}
	if s.Outcome != export.NotGraded {
		p.Points = &s.Points
	}
	g.Progress(p)
}

// notice passes on a text without what a terminal would obey: names of files are
// the students'.
func (g *grader) notice(text string) {
	if g.Notice == nil {
		return
	}
	g.Notice(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text))
}

// Engine identifies this program: module version, or the revision it was built
// from.
func Engine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			version = s.Value
		}
	}
	if version == "" {
		version = "(devel)"
	}
	return version + ", " + runtime.Version()
}

// environment is a digest of the program, its data, the isolation and the
// limits. A program without a release's version is known by its own bytes.
func environment(r Report, subject string, l sandbox.Limits) (string, error) {
	limits, err := json.Marshal(l)
	if err != nil {
		return "", fmt.Errorf("writing down the limits: %w", err)
	}
	program := ""
	if strings.Contains(r.Engine, "dev") || strings.Contains(r.Engine, "dirty") || strings.Contains(r.Engine, "unknown") {
		if program, err = ownDigest(); err != nil {
			return "", err
		}
	}
	parts := []string{subject, r.Engine, program, runtime.Version(), runtime.GOOS, runtime.GOARCH, r.Registry, r.Isolation, string(limits)}
	return ledger.Digest([]byte(strings.Join(parts, "\n"))), nil
}

func ownDigest() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding this executable: %w", err)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("reading this executable: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading this executable: %w", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
