package grade_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/autograder/ledger"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/labs"
)

// The child process of the kill test grades a class as mlgrade does.
const (
	childClass  = "GRADE_TEST_CLASS"
	childLedger = "GRADE_TEST_LEDGER"
	childOut    = "GRADE_TEST_OUT"
)

func gradeAsChild() {
	l, err := ledger.Open(os.Getenv(childLedger))
	if err != nil {
		panic(err)
	}
	_, err = grade.Run(context.Background(), grade.Options{
		Lab: killLab(), Dir: os.Getenv(childClass), Out: os.Getenv(childOut), Limits: killLimits(), Ledger: l,
		Progress: func(p grade.Progress) { fmt.Println(p.Done) },
	})
	if err != nil {
		panic(err)
	}
	if err := l.Close(); err != nil {
		panic(err)
	}
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		fmt.Printf("memory of the grader: %s\n", peak.FindSubmatch(status)[1])
	}
}

// What make bench-grade grades: the lab and the tier; T0 and the default otherwise.
const (
	benchLab  = "GRADE_TEST_LAB"
	benchTier = "GRADE_TEST_TIER"
)

func killLab() string { return cmp.Or(os.Getenv(benchLab), "T0") }

func killLimits() sandbox.Limits {
	l := limits
	if l.Tier = os.Getenv(benchTier); l.Tier != "" {
		l.Wall = 0 // as an instructor has it
	}
	return l
}

// mixture are the kinds of work in a class: right, wrong, broken and hostile.
func mixture(l labs.Lab) []work {
	if l.ID == "T0" {
		return []work{
			notebooks["correct"], notebooks["wrong_unit"], notebooks["added_up"], notebooks["equivalent"],
			notebooks["guesser"], notebooks["no_compile"], notebooks["blank"], notebooks["forged"], notebooks["early_exit"],
		}
	}
	right := work{}
	for _, q := range l.Questions {
		right[q.ID+" answer"] = q.Worked
	}
	second := l.Questions[1].ID + " answer"
	with := func(src string) work {
		w := maps.Clone(right)
		w[second] = src
		return w
	}
	kinds := slices.Repeat([]work{right}, 12)
	for _, id := range []string{".bytes", ""} {
		kinds = append(kinds, with(fmt.Sprintf("Answer(%q, 1)", l.Questions[1].ID+id)))
	}
	return append(
		kinds, work{}, with("x := 80*GB + 3*Second"), with("panic(\"not implemented\")"), with("import \"os\"\nos.Exit(0)"),
		with("for {\n}"), with("fmt.Println(`{\"kind\":\"verdict\",\"ok\":true,\"points\":10}`)\nAnswer(\"points\", 100)"),
		with("var hoard [][]float64\nfor {\n\thoard = append(hoard, make([]float64, 1<<22))\n}"),
	)
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+ kB)`)

// classSize is 100, or what make bench-grade wants.
func classSize(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("GRADE_TEST_SIZE"))
	if err != nil {
		return 100
	}
	t.Logf("a class of %d", n)
	return n
}

// bigClass writes a class that is mixed of right, wrong and bad submissions.
func bigClass(t *testing.T, n int) string {
	t.Helper()
	l, err := labs.Find(killLab())
	require.NoError(t, err)
	kinds := mixture(l)
	dir := t.TempDir()
	for i := range n {
		student := fmt.Sprintf("s%04d", i)
		text, name := fill(l, student, kinds[i%len(kinds)]), student+".ipynb"
		switch i % 25 {
		case 20:
			text = text[:2000]
		case 21:
			text, name = labs.Worked(l, student), student+".lab"
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// Killed twice at random and started again, grading gives the same bytes as in
// one go, and does nothing twice that was finished.
func TestKilledAndResumed(t *testing.T) {
	n := classSize(t)
	class, whole, broken := bigClass(t, n), t.TempDir(), t.TempDir()
	run := func(home string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), childClass+"="+class, childLedger+"="+filepath.Join(home, "class.db"), childOut+"="+filepath.Join(home, "out"))
		cmd.Stderr = os.Stderr
		return cmd
	}
	began, first := time.Now(), run(whole)
	var text bytes.Buffer
	first.Stdout = &text
	require.NoError(t, first.Start())
	tree := watchTree(first.Process.Pid)
	require.NoError(t, first.Wait())
	said := text.String()
	lines := strings.Split(strings.TrimSpace(said), "\n")
	took, busy := time.Since(began), first.ProcessState.UserTime()+first.ProcessState.SystemTime()
	t.Logf("%d submissions in %.1f s: %.1f a second; %.0f ms of processor time each; %s; of its tree %d MB",
		n, took.Seconds(), float64(n)/took.Seconds(), 1000*busy.Seconds()/float64(n), lines[len(lines)-1], tree()>>20)

	noteRate(t, took.Seconds()/float64(n))

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 2 {
		killAfter(t, run(broken), r.IntN(n/3), time.Duration(r.IntN(40))*time.Millisecond)
	}
	require.NoError(t, run(broken).Run())
	for _, name := range []string{"results.json", "grades.csv", "index.html", "feedback/s0000.html", "feedback/s0020.html"} {
		a, err := os.ReadFile(filepath.Join(whole, "out", name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(broken, "out", name))
		require.NoError(t, err)
		// The secret of a course is its own, and so are its seeds.
		require.Equal(t, string(seeds.ReplaceAll(a, nil)), string(seeds.ReplaceAll(b, nil)), name)
	}
	onceEach(t, filepath.Join(broken, "class.db"), n)
}

// noteRate tells make bench-grade the seconds of one submission.
func noteRate(t *testing.T, each float64) {
	t.Helper()
	path := os.Getenv("GRADE_TEST_RATES")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	require.NoError(t, err)
	_, err = fmt.Fprintf(f, "%s %g\n", cmp.Or(os.Getenv(benchTier), "default"), each)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// killAfter kills a grading process after some lines of progress.
func killAfter(t *testing.T, cmd *exec.Cmd, lines int, more time.Duration) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	s := bufio.NewScanner(out)
	for i := 0; i < lines && s.Scan(); i++ {
	}
	time.Sleep(more) // not for anything to happen: the moment is to be any
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait(), "it was killed before it was ready")
}

// onceEach holds that every student has one result and one line about it in the
// history.
func onceEach(t *testing.T, path string, n int) {
	t.Helper()
	l, err := ledger.OpenReader(path)
	require.NoError(t, err)
	defer l.Close()
	graded := map[string]int{}
	for e, err := range l.History(killLab(), "") {
		require.NoError(t, err)
		if e.Kind == ledger.Graded || e.Kind == ledger.Regraded {
			graded[e.Student]++
		}
	}
	require.Len(t, graded, n)
	for student, times := range graded {
		require.Equal(t, 1, times, student)
	}
}
