package labs_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/jupyterlab"
	"github.com/mlsysim/golab/labs"
)

// run is what testdata/notebooks.py says of one notebook.
type run struct {
	Path    string
	Seconds float64 // from the kernel's start to the end of the last cell
	Slowest float64 // cell
	Outputs int
	Errors  []string
	HTML    []string
}

// fetches finds what a browser would ask another machine for.
var fetches = regexp.MustCompile(`(?i)(\bsrc|\bsrcset|\bposter|\baction|<link[^>]*\bhref|<object[^>]*\bdata)\s*=\s*["']?(https?:)?//|url\(\s*["']?(https?:)?//|@import`)

// Every notebook that students open, and every lab with its solutions, runs in
// nbclient with our kernel, without an error and without a network.
func TestEveryNotebookInNbclient(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a kernel for every notebook")
	}
	runs := nbclient(t, everyNotebook(t))
	for _, r := range runs {
		t.Logf("%5.2f s, slowest cell %.2f s: %s", r.Seconds, r.Slowest, filepath.Base(r.Path))
		require.Empty(t, r.Errors, r.Path)
		require.Positive(t, r.Outputs, r.Path)
		for _, html := range r.HTML {
			require.Empty(t, fetches.FindString(html), r.Path)
		}
	}
	t.Logf("the slowest of %d is %s", len(runs), filepath.Base(slowest(runs).Path))
}

// A notebook end to end, from the start of its kernel, without think time: the
// slowest of all.
func BenchmarkNotebooks(b *testing.B) {
	files := everyNotebook(b)
	for b.Loop() {
		r := slowest(nbclient(b, files))
		b.ReportMetric(r.Seconds, "s/slowest")
		b.Logf("%.2f s: %s", r.Seconds, filepath.Base(r.Path))
	}
}

func slowest(runs []run) run {
	return slices.MaxFunc(runs, func(a, b run) int { return cmp.Compare(a.Seconds, b.Seconds) })
}

// everyNotebook lists what is in notebooks/, and the notebooks with solutions.
func everyNotebook(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(notebooks, "*.ipynb"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), len(labs.All()))
	dir := t.TempDir()
	_, err = labs.Build(dir, true)
	require.NoError(t, err)
	solved, err := filepath.Glob(filepath.Join(dir, "instructor", "*.ipynb"))
	require.NoError(t, err)
	require.Len(t, solved, len(labs.All()))
	return append(files, solved...)
}

// nbclient executes notebooks, where the system allows it in a network of their
// own that leads nowhere.
func nbclient(t testing.TB, files []string) []run {
	t.Helper()
	args := append([]string{jupyterlab.Python(t, "nbclient"), filepath.Join("testdata", "notebooks.py")}, files...)
	apart := []string{"unshare", "--user", "--map-root-user", "--net"}
	if exec.Command(apart[0], append(apart[1:], "true")...).Run() == nil {
		args = append(apart, append([]string{args[0], args[1], "--alone"}, files...)...)
	} else {
		t.Log("this system gives no network namespace: only the outputs are searched for requests")
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = jupyterlab.Environment(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	var runs []run
	require.NoError(t, json.Unmarshal(out, &runs), "%s", out)
	require.Len(t, runs, len(files))
	return runs
}

// What would fetch something is found, and what only names an address is not.
func TestFetches(t *testing.T) {
	for _, html := range []string{`<img src="https://x.org/a.png">`, `<script src=//x.org/a.js>`, `<div style="background:url(http://x.org)">`, `<link rel=stylesheet href="https://x.org">`} {
		require.Regexp(t, fetches, html)
	}
	for _, html := range []string{`<a href="https://x.org">`, `<img src="data:image/svg+xml;base64,AA">`, `xmlns="http://www.w3.org/2000/svg"`} {
		require.NotRegexp(t, fetches, html)
	}
}
