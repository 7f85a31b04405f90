package grade_test

import (
	"context"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
)

var seeds = regexp.MustCompile(`"seed": "[0-9a-f]{64}"`)

func openLedger(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(filepath.Join(t.TempDir(), "class.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// sample copies some of the sample submissions.
func sample(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		data, err := os.ReadFile(filepath.Join(class, n))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, n), data, 0o600))
	}
	return dir
}

func gradeWith(t *testing.T, o grade.Options) (fresh, kept int) {
	t.Helper()
	o.Progress = func(p grade.Progress) {
		if p.Kept {
			kept++
		} else {
			fresh++
		}
	}
	_, err := grade.Run(context.Background(), o)
	require.NoError(t, err)
	return fresh, kept
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(data)
}

// What was graded is not graded again, and grading it again by force gives the
// same bytes.
func TestUnchangedWorkIsSkipped(t *testing.T) {
	o := options()
	o.Ledger, o.Out = openLedger(t), t.TempDir()
	o.Dir = sample(t, "correct.ipynb", "wrong_unit.ipynb", "no_compile.ipynb", "truncated.ipynb")
	fresh, kept := gradeWith(t, o)
	require.Equal(t, 4, fresh)
	require.Zero(t, kept)
	before := read(t, o.Out, "results.json")
	require.Contains(t, before, `"engine": "(devel), go1`)
	require.Regexp(t, seeds, before)

	fresh, kept = gradeWith(t, o)
	require.Zero(t, fresh)
	require.Equal(t, 4, kept)
	require.Equal(t, before, read(t, o.Out, "results.json"))

	o.Force = true
	fresh, _ = gradeWith(t, o)
	require.Equal(t, 4, fresh)
	require.Equal(t, before, read(t, o.Out, "results.json"))
	for g, err := range o.Ledger.Grades("T0") {
		require.NoError(t, err)
		require.LessOrEqual(t, g.Result.Revision, 1)
		times, err := o.Ledger.Timings(g.Job.Key)
		require.NoError(t, err)
		require.Len(t, times, 2)
	}

	o.Force = false
	require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "correct.ipynb"), []byte(read(t, class, "wrong_unit.ipynb")), 0o600))
	fresh, kept = gradeWith(t, o)
	require.Equal(t, 1, fresh)
	require.Equal(t, 3, kept)
	o.Limits.Steps++ // another environment
	fresh, _ = gradeWith(t, o)
	require.Equal(t, 4, fresh)
}

// With and without a ledger the verdicts are the same.
func TestSameWithAndWithoutLedger(t *testing.T) {
	o := options()
	o.Dir, o.Out = sample(t, "correct.ipynb", "wrong_unit.ipynb", "no_compile.ipynb", "truncated.ipynb"), t.TempDir()
	gradeWith(t, o)
	plain := o.Out
	o.Ledger, o.Out = openLedger(t), t.TempDir()
	gradeWith(t, o)
	for _, name := range []string{"grades.csv", "index.html", "feedback/correct.html", "feedback/no_compile.html", "feedback/truncated.html"} {
		require.Equal(t, read(t, plain, name), read(t, o.Out, name), name)
	}
}

func TestPointsByHandAndLateness(t *testing.T) {
	o := options()
	o.Ledger, o.Out, o.Dir = openLedger(t), t.TempDir(), sample(t, "correct.ipynb", "wrong_unit.ipynb", "no_compile.ipynb", "truncated.ipynb")
	gradeWith(t, o)
	o.Dir = ""
	by := func(student, question string, points float64) {
		require.NoError(t, o.Ledger.Override(ledger.Override{Assignment: "T0", Student: student, Question: question, Points: points, Who: "prof", Reason: "read it <myself>"}))
	}
	by("no_compile", "q1", 6)
	by("truncated", "", 12)
	due := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	require.NoError(t, o.Ledger.SetPolicy("T0", "prof", ledger.Policy{Due: due, PerDay: 10}))
	for g, err := range o.Ledger.Grades("T0") {
		require.NoError(t, err)
		s := g.Job.Submission
		s.Submitted = due.Add(-time.Hour)
		if s.Student == "correct" {
			s.Submitted = due.Add(25 * time.Hour)
		}
		_, err = o.Ledger.Submit(s)
		require.NoError(t, err)
	}
	_, kept := gradeWith(t, o)
	require.Equal(t, 4, kept)
	csv := read(t, o.Out, "grades.csv")
	for _, row := range []string{
		"T0,2026-11-01 12:00:00,2026-11-02 13:00:00,correct,,,,30,6,24,30,graded\n",
		"T0,2026-11-01 12:00:00,2026-11-01 11:00:00,no_compile,,,,26,0,26,30,graded\n",
		",truncated,,,,12,0,12,30,graded\n", ",wrong_unit,,,,25.5,0,25.5,30,graded\n",
	} {
		require.Contains(t, csv, row)
	}
	require.Contains(t, read(t, o.Out, "feedback", "correct.html"), "2 days late, 6 of 30 points are taken off")
	page := read(t, o.Out, "feedback", "no_compile.html")
	require.Contains(t, html.UnescapeString(page), "set the points by hand: read it <myself>")
	require.NotContains(t, page, "<myself>")
	require.NotContains(t, page, "prof", "who stays with the instructor")
}

// A student whose work met a fault of the machine is neither lost nor given 0,
// and is graded once the machine is well.
func TestFaultsOfTheMachine(t *testing.T) {
	o := options()
	o.Ledger, o.Out, o.Dir = openLedger(t), t.TempDir(), sample(t, "correct.ipynb")
	well := o.Limits
	o.Limits.Memory = 4 << 20
	gradeWith(t, o)
	g, err := o.Ledger.Grade("T0", "correct")
	require.NoError(t, err)
	require.Equal(t, ledger.Stuck, g.State)
	require.Equal(t, ledger.MaxTries, g.Job.Tries)
	require.Contains(t, read(t, o.Out, "grades.csv"), "correct,,,,,,,30,not graded\n")
	fresh, kept := gradeWith(t, o)
	require.Equal(t, []int{0, 1}, []int{fresh, kept}, "it is not tried for ever")

	o.Limits = well
	gradeWith(t, o)
	require.Contains(t, read(t, o.Out, "grades.csv"), "correct,,,,30,0,30,30,graded\n")
}

func TestCancelledWithLedger(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := options()
	o.Ledger, o.Workers, o.Out = openLedger(t), 1, t.TempDir()
	o.Progress = func(p grade.Progress) {
		if p.Done == 2 {
			cancel()
		}
	}
	r, err := grade.Run(ctx, o)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, r.Cancelled)
	count := map[export.Outcome]int{}
	for s, err := range r.All() {
		require.NoError(t, err)
		count[s.Outcome]++
	}
	require.Equal(t, len(expected)-2, count[not])
	fresh, kept := gradeWith(t, o)
	require.Equal(t, 2, kept)
	require.Equal(t, len(expected)-2, fresh)
}
