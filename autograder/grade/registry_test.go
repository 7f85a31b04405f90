package grade_test

import (
	"context"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/export"
	"github.com/mlsysim/golab/autograder/grade"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/mlsysim"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// vandal overwrites registry variables before an honest submission.
const vandal = "H100.Memory = 1*GB\nH100.Bandwidth = H100.Bandwidth.Times(2)\nLlama3_8B.Params = Llama3_8B.Params.Times(3)\n"

// A submission that overwrites registry variables spoils its own answers and
// nobody else's, and the report says by which registry it was judged.
func TestAnOverwrittenRegistryStaysInItsRun(t *testing.T) {
	l, err := labs.Find("T0")
	require.NoError(t, err)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a_vandal.lab": strings.Replace(labs.Worked(l, "a_vandal"), "\n", "\n"+vandal, 1),
		"b_honest.lab": labs.Worked(l, "b_honest"),
		"c_vandal.lab": vandal + labs.Worked(l, "c_vandal"),
		"d_honest.lab": labs.Worked(l, "d_honest"),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	before := zoo.Fingerprint()
	out := t.TempDir()
	r, err := grade.Run(context.Background(), grade.Options{Lab: "T0", Dir: dir, Out: out, Limits: limits, Workers: 1})
	require.NoError(t, err)
	require.Equal(t, before, zoo.Fingerprint())
	require.Equal(t, mlsysim.RegistryVersion(), r.Registry)
	require.Len(t, r.Submissions, 4)
	for _, s := range r.Submissions {
		if strings.HasSuffix(s.Student, "honest") {
			require.InDelta(t, 30, s.Points, 1e-9, s.Student)
			continue
		}
		require.Less(t, s.Points, 15.0, s.Student)
	}
	records, err := filepath.Glob(filepath.Join(out, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, records)
	for _, path := range records {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(data), `"registry": "`+mlsysim.RegistryVersion()+`"`, path)
	}
	page := export.Page(r, r.Submissions[0])
	require.Contains(t, html.UnescapeString(page), mlsysim.RegistryVersion())
}

// Two runs in one process do not share variables either, and neither changes what
// lookups read. A what-if is a copy.
func TestScriptsShareNoRegistry(t *testing.T) {
	before := zoo.Fingerprint()
	run := func(src string) string {
		var shown []string
		e := script.New(script.Options{Stdout: io.Discard, Show: func(v any) { shown = append(shown, describe.Text(v)) }})
		require.NoError(t, e.Run(context.Background(), "lab", src))
		return strings.Join(shown, "; ")
	}
	require.Equal(t, "141 GB; 85.9 GB", run("h := H100\nh.Memory = 141*GB\nh.Memory\nH100.Memory"))
	require.Equal(t, "1 GB; 85.9 GB", run("H100.Memory = 1*GB\nH100.Memory\nHardwareNamed(\"H100\").Memory"))
	require.Equal(t, "85.9 GB; 3.35 TB/s", run("H100.Memory\nH100.Bandwidth"))
	require.Equal(t, before, zoo.Fingerprint())
	found, err := hardware.Find("H100")
	require.NoError(t, err)
	require.Equal(t, hardware.H100, found)
}
