package ledger_test

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/ledger"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(filepath.Join(t.TempDir(), "class #1?.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	l.Now = func() time.Time { return noon }
	return l
}

func submit(t *testing.T, l *ledger.Ledger, student, text string) ledger.Submission {
	t.Helper()
	blob, err := l.Put([]byte(text))
	require.NoError(t, err)
	s, err := l.Submit(ledger.Submission{Assignment: "T0", Student: student, File: student + ".lab", Blob: blob, Submitted: noon})
	require.NoError(t, err)
	return s
}

func plan(t *testing.T, l *ledger.Ledger, s ledger.Submission) ledger.Job {
	t.Helper()
	j, err := l.Plan(s, 1, "env")
	require.NoError(t, err)
	return j
}

func result(text string) ledger.Result {
	return ledger.Result{Outcome: "graded", Points: 7, Max: 10, Engine: "e", Registry: "r", Seed: "s", Tier: "t", Body: []byte(text)}
}

func kinds(t *testing.T, l *ledger.Ledger, student string) []string {
	t.Helper()
	var out []string
	for e, err := range l.History("T0", student) {
		require.NoError(t, err)
		out = append(out, string(e.Kind))
	}
	return out
}

func TestTheSameWorkIsDoneOnce(t *testing.T) {
	l := open(t)
	s := submit(t, l, "ada", "x")
	require.Equal(t, s, submit(t, l, "ada", "x"))
	j := plan(t, l, s)
	require.False(t, j.Done)
	require.NoError(t, l.Finish(j, result("body"), ledger.Timing{Run: time.Second}))

	again := plan(t, l, s)
	require.Equal(t, j.Key, again.Key)
	require.True(t, again.Done)
	r, err := l.Result(j.Key)
	require.NoError(t, err)
	require.Equal(t, "body", string(r.Body))
	require.Equal(t, []string{"submitted", "graded"}, kinds(t, l, "ada"))
}

// The key names the student, the content, the version and the environment, and
// no two of them can be mistaken for each other.
func TestKeys(t *testing.T) {
	l := open(t)
	seen := map[string]bool{}
	add := func(s ledger.Submission, version int, env string) {
		j, err := l.Plan(s, version, env)
		require.NoError(t, err)
		require.False(t, seen[j.Key])
		seen[j.Key] = true
	}
	ada := submit(t, l, "ada", "x")
	add(ada, 1, "env")
	add(ada, 2, "env")
	add(ada, 1, "other")
	add(ada, 12, "env")
	add(submit(t, l, "adb", "x"), 1, "env")
	add(submit(t, l, "ada", "y"), 1, "env")
	add(submit(t, l, "adal", "x"), 1, "env")
}

func TestForcedRegrade(t *testing.T) {
	l := open(t)
	j := plan(t, l, submit(t, l, "ada", "x"))
	require.NoError(t, l.Finish(j, result("one"), ledger.Timing{Run: 1}))
	require.NoError(t, l.Finish(j, result("one"), ledger.Timing{Run: 2}))
	r, err := l.Result(j.Key)
	require.NoError(t, err)
	require.Equal(t, 1, r.Revision, "the same bytes are no revision")

	require.NoError(t, l.Finish(j, result("two"), ledger.Timing{Run: 3}))
	r, err = l.Result(j.Key)
	require.NoError(t, err)
	require.Equal(t, 2, r.Revision)
	require.Equal(t, "two", string(r.Body))
	require.Equal(t, []string{"submitted", "graded", "graded again", "graded again"}, kinds(t, l, "ada"))
	times, err := l.Timings(j.Key)
	require.NoError(t, err)
	require.Len(t, times, 3)
	require.Equal(t, time.Duration(2), times[1].Run)
}

// The last submission counts, also when it is an earlier one again.
func TestLatestCounts(t *testing.T) {
	l := open(t)
	first := plan(t, l, submit(t, l, "ada", "x"))
	second := plan(t, l, submit(t, l, "ada", "y"))
	g, err := l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, second.Key, g.Job.Key)
	plan(t, l, submit(t, l, "ada", "x"))
	g, err = l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, first.Key, g.Job.Key)
	require.Equal(t, []string{"submitted", "submitted", "submitted"}, kinds(t, l, "ada"))
}

func TestStuckAndRequeued(t *testing.T) {
	l := open(t)
	j := plan(t, l, submit(t, l, "ada", "x"))
	for range ledger.MaxTries {
		g, err := l.Grade("T0", "ada")
		require.NoError(t, err)
		require.Equal(t, ledger.Waiting, g.State)
		require.NoError(t, l.Tried(j, "no memory left"))
	}
	g, err := l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, ledger.Stuck, g.State)
	require.Equal(t, "no memory left", g.Job.Trouble)
	n, err := l.Requeue("T0", "prof")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	g, err = l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, ledger.Waiting, g.State)
}

// Whoever closes a ledger lets the next one write, in the same process too.
func TestOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "class.db")
	for range 3 {
		l, err := ledger.Open(path)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
}

func TestOneWriterManyReaders(t *testing.T) {
	l := open(t)
	submit(t, l, "ada", "x")
	_, err := ledger.Open(l.Path())
	require.ErrorIs(t, err, ledger.ErrBusy)

	r, err := ledger.OpenReader(l.Path())
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, []string{"submitted"}, kinds(t, r, ""))
	_, err = r.Submit(ledger.Submission{Assignment: "T0", Student: "eve"})
	require.ErrorContains(t, err, "reading only")
	_, err = r.Put([]byte("x"))
	require.ErrorContains(t, err, "reading only")
	require.Equal(t, l.Seed("T0", 1, "ada"), r.Seed("T0", 1, "ada"))
	require.NotEqual(t, l.Seed("T0", 1, "ada"), l.Seed("T0", 1, "eve"))
	require.NotEqual(t, l.Seed("T0", 1, "ada"), open(t).Seed("T0", 1, "ada"), "another course, another secret")
}

// Not even a program with a mistake in it changes the past.
func TestHistoryOnlyGrows(t *testing.T) {
	l := open(t)
	require.NoError(t, l.Finish(plan(t, l, submit(t, l, "ada", "x")), result("one"), ledger.Timing{}))
	name := url.URL{Scheme: "file", Path: l.Path()}
	db, err := sql.Open("sqlite", name.String())
	require.NoError(t, err)
	defer db.Close()
	for _, q := range []string{
		"DELETE FROM event", "UPDATE event SET text = ''", "DELETE FROM result",
		"UPDATE result SET points = 10", "UPDATE submission SET student = 'eve'", "DELETE FROM submission",
	} {
		_, err := db.Exec(q)
		require.ErrorContains(t, err, "only added", q)
	}
}

func TestChangedFileIsRefused(t *testing.T) {
	l := open(t)
	j := plan(t, l, submit(t, l, "ada", "x"))
	require.NoError(t, l.Finish(j, result("graded honestly"), ledger.Timing{}))
	d := ledger.Digest([]byte("graded honestly"))
	require.NoError(t, os.WriteFile(filepath.Join(l.Path()+".blobs", d[:2], d[2:]), []byte("graded by a thief"), 0o600))
	_, err := l.Result(j.Key)
	require.ErrorContains(t, err, "has changed on the disk")
	_, err = l.Get(ledger.Digest([]byte("never stored")))
	require.ErrorIs(t, err, ledger.ErrMissing)
	_, err = l.Get("../../etc/passwd")
	require.ErrorContains(t, err, "not a digest")
}

func TestOverrides(t *testing.T) {
	l := open(t)
	submit(t, l, "ada", "x")
	o := ledger.Override{Assignment: "T0", Student: "ada", Question: "q1", Points: 4, Who: "prof", Reason: "right idea"}
	require.NoError(t, l.Override(o))
	o.Points, o.Reason = 5, "right idea, read again"
	require.NoError(t, l.Override(o))
	g, err := l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, 5.0, g.Overrides["q1"].Points)
	require.Equal(t, noon, g.Overrides["q1"].At)

	o.Reason = "a mistake of mine"
	require.NoError(t, l.Withdraw(o))
	g, err = l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Empty(t, g.Overrides)
	require.ErrorIs(t, l.Withdraw(o), ledger.ErrMissing)
	require.Equal(t, []string{"submitted", "override", "override", "override withdrawn"}, kinds(t, l, "ada"))

	o.Reason = " "
	require.ErrorContains(t, l.Override(o), "reason: want some words")
	o.Reason, o.Who = "x", ""
	require.ErrorContains(t, l.Override(o), "who: want the name of a person")
	o.Who, o.Student = "prof", "nobody"
	require.ErrorIs(t, l.Override(o), ledger.ErrMissing)
}

func TestRequests(t *testing.T) {
	l := open(t)
	submit(t, l, "ada", "x")
	id, err := l.Request(ledger.Request{Assignment: "T0", Student: "ada", Question: "q2", Text: "my unit is right", Who: "ada"})
	require.NoError(t, err)
	rs, err := l.Requests("T0")
	require.NoError(t, err)
	require.Len(t, rs, 1)
	require.Empty(t, rs[0].Decision)
	require.NoError(t, l.Decide(id, "prof", "declined: GiB was asked for"))
	rs, err = l.Requests("T0")
	require.NoError(t, err)
	require.Equal(t, "declined: GiB was asked for", rs[0].Decision)
	require.Equal(t, "prof", rs[0].DecidedBy)
	require.ErrorIs(t, l.Decide(9999, "prof", "yes"), ledger.ErrMissing)
}

func TestManyGrades(t *testing.T) {
	l := open(t)
	for i := range 450 { // more than two pages
		submit(t, l, string(rune('a'+i%26))+string(rune('a'+i/26)), "x")
	}
	last, n := "", 0
	for g, err := range l.Grades("T0") {
		require.NoError(t, err)
		require.Less(t, last, g.Job.Submission.Student)
		last = g.Job.Submission.Student
		n++
	}
	require.Equal(t, 450, n)
	as, err := l.Assignments()
	require.NoError(t, err)
	require.Equal(t, []string{"T0"}, as)
}
