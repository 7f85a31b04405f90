package grade_test

import (
	"context"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/labs"
)

func TestMain(m *testing.M) {
	sandbox.MaybeWorker()
	if os.Getenv(childClass) != "" {
		gradeAsChild()
		return
	}
	os.Exit(m.Run())
}

// Few steps keep the endless loops short; the wall clock never decides.
var limits = sandbox.Limits{Wall: time.Minute, Memory: 256 << 20, Output: 256 << 10, Steps: 200_000}

func options() grade.Options { return grade.Options{Lab: "T0", Dir: class, Limits: limits} }

const (
	graded = export.Graded
	failed = export.Failed
	not    = export.NotGraded
)

// expected is what becomes of each sample submission: outcome and points per
// question, and what the feedback page says.
var expected = map[string]struct {
	outcome export.Outcome
	ends    [3]export.Outcome
	points  [3]float64
	says    []string
}{
	"correct":    {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{10, 10, 10}, []string{"30 of 30 points"}},
	"equivalent": {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{10, 10, 10}, nil},
	"script":     {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{10, 10, 10}, nil},
	"folder":     {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{10, 10, 10}, nil},
	"wrong_unit": {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{10, 10, 5.5}, []string{
		"this is the number in GB, not in GiB: 1 GB is 10^9 bytes", "broken: UNIT: q3.gib is the footprint of compute.SingleNode as a number of GiB",
	}},
	"bits":     {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{10, 10, 5.5}, []string{"this is the number in gigabits, not in GB: 8 bits are a byte"}},
	"added_up": {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{4.38, 10, 10}, []string{"they overlap, so only the longer one counts", "counter-example: max("}},
	"guesser": {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{1, 1, 1}, []string{
		"with 10 % more compute the latency does not change", "q3.gb is a quantity: want a plain number of GB",
	}},
	"copied": {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{1, 1, 1}, []string{
		"numbers of another scenario",
	}},
	"other_id":        {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{1, 1, 1}, []string{"opened as &#34;correct&#34; but handed in by &#34;other_id&#34;"}},
	"blank":           {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{0, 0, 0}, []string{"there is no answer q1.compute"}},
	"forged":          {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{0, 0, 0}, []string{"0 of 30 points", "the lab does not ask for points, q2.points"}},
	"no_compile":      {failed, [3]export.Outcome{failed, graded, graded}, [3]float64{0, 10, 10}, []string{"cell 8, line 3: invalid operation: r.Latency + 80 * GB (mismatched types Seconds and Bytes)"}},
	"infinite_loop":   {failed, [3]export.Outcome{graded, failed, graded}, [3]float64{10, 0, 10}, []string{"failed: cell 12, line", "stopped after 200000 steps"}},
	"early_exit":      {failed, [3]export.Outcome{graded, failed, graded}, [3]float64{10, 0, 10}, []string{"package os is not part of the lab language", "labs use cmp, errors, fmt"}},
	"recursion":       {failed, [3]export.Outcome{graded, graded, failed}, [3]float64{10, 10, 0}, []string{"calls deep"}},
	"solver_error":    {failed, [3]export.Outcome{graded, graded, failed}, [3]float64{10, 10, 0}, []string{"compute.SingleNode: Batch = -4: want at least 1"}},
	"memory_bomb":     {failed, [3]export.Outcome{graded, failed, failed}, [3]float64{10, 0, 0}, []string{"stopped at the memory limit of 256 MiB"}},
	"goroutine_panic": {failed, [3]export.Outcome{failed, failed, failed}, [3]float64{0, 0, 0}, []string{"go statements are not part of the lab language"}},
	"flood":           {graded, [3]export.Outcome{graded, graded, graded}, [3]float64{10, 10, 10}, []string{"cell 7: stopped after 262144 bytes of output"}},
	"truncated":       {not, [3]export.Outcome{not, not, not}, [3]float64{}, []string{"the file ends in the middle", "not graded"}},
	"empty":           {not, [3]export.Outcome{not, not, not}, [3]float64{}, []string{"empty.ipynb: empty file"}},
	"duplicate_keys":  {not, [3]export.Outcome{not, not, not}, [3]float64{}, []string{"the key &#34;cells&#34; occurs twice"}},
	"twice_over":      {not, [3]export.Outcome{not, not, not}, [3]float64{}, []string{"more than one submission: twice_over.ipynb, twice_over.lab"}},
}

func TestClass(t *testing.T) {
	r, err := grade.Run(context.Background(), options())
	require.NoError(t, err)
	require.Len(t, r.Submissions, len(expected))
	require.False(t, r.AllRight())
	for _, s := range r.Submissions {
		t.Run(s.Student, func(t *testing.T) {
			want, ok := expected[s.Student]
			require.True(t, ok)
			require.Equal(t, want.outcome, s.Outcome)
			require.Len(t, s.Questions, 3)
			sum := 0.0
			for i, q := range s.Questions {
				require.Equal(t, want.ends[i], q.Outcome, "%s: %s", q.ID, q.Why)
				require.InDelta(t, want.points[i], q.Points, 1e-9, q.ID)
				require.Equal(t, q.Outcome == graded, q.Why == "")
				sum += q.Points
			}
			require.InDelta(t, sum, s.Points, 1e-9)
			page := export.Page(r, s)
			for _, text := range want.says {
				require.Contains(t, html.UnescapeString(page), html.UnescapeString(text))
			}
		})
	}
}

// A page never shows the value that would have been right.
func TestFeedbackTellsNoAnswer(t *testing.T) {
	l, err := labs.Find("T0")
	require.NoError(t, err)
	r, err := grade.Run(context.Background(), options())
	require.NoError(t, err)
	for _, s := range r.Submissions {
		if !slices.Contains([]string{"copied", "guesser", "forged", "blank", "no_compile"}, s.Student) {
			continue
		}
		d := l.Draw(s.Student)
		right := node(d.Int("batch"), d.Int("context")).Run()
		page := export.Page(r, s)
		for _, q := range s.Questions {
			if q.OK() {
				continue // their own right value may stand there
			}
			require.NotContains(t, q.Why, right.Latency.String())
			for _, p := range q.Parts {
				text := p.Verdict.Message + p.Verdict.Invariant
				require.NotContains(t, text, right.Compute.String())
				require.NotContains(t, text, right.Latency.String())
				require.NotContains(t, text, strings.TrimSuffix(right.Footprint.String(), " GB"))
			}
		}
		require.NotEmpty(t, page)
	}
}

func TestSameBytesAgain(t *testing.T) {
	one, many := options(), options()
	one.Out, one.Workers = t.TempDir(), 1
	many.Out, many.Workers = t.TempDir(), 4
	for _, o := range []grade.Options{one, many} {
		_, err := grade.Run(context.Background(), o)
		require.NoError(t, err)
	}
	pages := 0
	require.NoError(t, filepath.WalkDir(one.Out, func(path string, f os.DirEntry, err error) error {
		if err != nil || f.IsDir() {
			return err
		}
		rel, err := filepath.Rel(one.Out, path)
		require.NoError(t, err)
		a, err := os.ReadFile(path)
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(many.Out, rel))
		require.NoError(t, err)
		require.Equal(t, string(a), string(b), rel)
		pages++
		return nil
	}))
	require.Equal(t, len(expected)+3, pages)
}

func TestCancelKeepsWhatIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := options()
	o.Workers, o.Out = 1, t.TempDir()
	var names []string
	o.Progress = func(p grade.Progress) {
		require.Equal(t, len(expected), p.Total)
		require.Equal(t, len(names)+1, p.Done)
		if names = append(names, p.Student); p.Done == 2 {
			cancel()
		}
	}
	r, err := grade.Run(ctx, o)
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, r.Cancelled)
	require.Equal(t, []string{"added_up", "bits"}, names[:2])
	require.Equal(t, graded, r.Submissions[1].Outcome)
	require.Equal(t, not, r.Submissions[4].Outcome)
	require.Contains(t, r.Submissions[4].Problem, "cancelled")
	require.Empty(t, r.Submissions[4].Score(), "not graded is not 0")
	require.FileExists(t, filepath.Join(o.Out, "results.json"))
}

func TestMachineAtFaultIsNotGraded(t *testing.T) {
	o := options()
	o.Limits.Memory = 4 << 20
	r, err := grade.Run(context.Background(), o)
	require.NoError(t, err)
	for _, s := range r.Submissions {
		require.Equal(t, not, s.Outcome, s.Student)
		require.Empty(t, s.Score())
	}
}

func TestRunRefuses(t *testing.T) {
	o := options()
	o.Lab = "T9"
	_, err := grade.Run(context.Background(), o)
	require.ErrorContains(t, err, `unknown lab "T9"`)

	o = options()
	o.Dir = filepath.Join(t.TempDir(), "gone")
	_, err = grade.Run(context.Background(), o)
	require.ErrorContains(t, err, "reading the folder of submissions")

	o.Dir = t.TempDir()
	_, err = grade.Run(context.Background(), o)
	require.ErrorContains(t, err, "no submissions")
}

func TestOddFolders(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
	}
	write(".hidden.lab", "1")
	write("roster.csv", "a,b")
	write("nothing/readme.txt", "hello")
	write("two/a.lab", "1")
	write("two/b.lab", "1")
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "thief.lab")))
	o := options()
	o.Dir = dir
	r, err := grade.Run(context.Background(), o)
	require.NoError(t, err)
	var got []string
	for _, s := range r.Submissions {
		require.Equal(t, not, s.Outcome)
		got = append(got, s.Student+": "+s.Problem)
	}
	require.Equal(t, []string{
		"nothing: the folder has no notebook and no script",
		"thief: thief.lab: a symbolic link: links are not followed",
		"two: more than one submission: two/a.lab, two/b.lab",
	}, got)
}
