package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/labs"
)

// A harness is a folder laid out as Gradescope's image is.
type harness struct {
	t    *testing.T
	root string
}

// pack builds a static mlgrade and the zip file, and unpacks that as Gradescope
// does when it builds the image.
func pack(t *testing.T) harness {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "mlgrade")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	said, err = exec.Command(program, "gradescope", "--lab", "T0", "-o", filepath.Join(dir, "autograder.zip"), "--timeout", "20s").CombinedOutput()
	require.NoError(t, err, string(said))

	h := harness{t, filepath.Join(dir, "autograder")}
	z, err := zip.OpenReader(filepath.Join(dir, "autograder.zip"))
	require.NoError(t, err)
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(r)
		require.NoError(t, err)
		h.write("source/"+f.Name, data, f.Mode())
	}
	require.NoError(t, exec.Command("sh", "-n", filepath.Join(h.root, "source", "setup.sh")).Run())
	data, err := os.ReadFile(filepath.Join(h.root, "source", "run_autograder"))
	require.NoError(t, err)
	h.write("run_autograder", data, 0o755) // the harness runs a copy
	return h
}

func (h harness) write(name string, data []byte, mode os.FileMode) {
	h.t.Helper()
	path := filepath.Join(h.root, filepath.FromSlash(name))
	require.NoError(h.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(h.t, os.WriteFile(path, data, mode))
}

type scope struct {
	Score  *float64
	Output string
	Tests  []struct {
		Score        *float64
		Max          float64 `json:"max_score"`
		Status, Name string
		Number       string
		Output       string
		Visibility   string
	}
	Extra map[string]any `json:"extra_data"`
}

// grade runs one submission as the harness does.
func (h harness) grade(name, text string) (scope, int) {
	h.t.Helper()
	for _, dir := range []string{"submission", "results"} {
		require.NoError(h.t, os.RemoveAll(filepath.Join(h.root, dir)))
		require.NoError(h.t, os.MkdirAll(filepath.Join(h.root, dir), 0o755))
	}
	h.write("submission/"+name, []byte(text), 0o644)
	h.write("submission_metadata.json", []byte(`{"id": 123456, "created_at": "2026-11-01T14:22:32.365935-07:00",
 "assignment": {"due_date": "2026-11-02T00:00:00.000000-07:00", "group_size": 1, "group_submission": false, "id": 25828, "course_id": 1, "late_due_date": null, "release_date": "2026-10-02T00:00:00.000000-07:00", "title": "T0", "total_points": "30.0"},
 "submission_method": "upload", "users": [{"email": "ada@uni.example", "id": 1234, "name": "Ada"}], "previous_submissions": []}`), 0o644)
	cmd := exec.Command(filepath.Join(h.root, "run_autograder"))
	cmd.Env = []string{"AUTOGRADER_ROOT=" + h.root, "PATH=" + os.Getenv("PATH")}
	var said bytes.Buffer
	cmd.Stderr = &said
	code := 0
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(h.t, err, &exit)
		code = exit.ExitCode()
	}
	data, err := os.ReadFile(filepath.Join(h.root, "results", "results.json"))
	require.NoError(h.t, err, said.String())
	var s scope
	require.NoError(h.t, json.Unmarshal(data, &s))
	return s, code
}

func TestGradescope(t *testing.T) {
	lab, err := labs.Find("T0")
	require.NoError(t, err)
	h := pack(t)

	right, code := h.grade("lab.lab", labs.Worked(lab, "ada@uni.example"))
	require.Zero(t, code)
	require.Nil(t, right.Score, "the sum of the tests is the score")
	require.Len(t, right.Tests, 3)
	sum := 0.0
	for _, test := range right.Tests {
		require.Equal(t, "passed", test.Status)
		require.Equal(t, "visible", test.Visibility)
		sum += *test.Score
	}
	require.Equal(t, 30.0, sum)
	require.Equal(t, "q1 Where does the time go?", right.Tests[0].Name)
	require.Equal(t, "T0", right.Extra["lab"])

	other, code := h.grade("lab.lab", labs.Worked(lab, "bob@uni.example"))
	require.Zero(t, code)
	require.Equal(t, "failed", other.Tests[0].Status)
	require.Contains(t, other.Tests[0].Output, "another scenario")
	require.Contains(t, other.Output, `handed in by "ada@uni.example"`)

	broken, code := h.grade("lab.ipynb", "{")
	require.Equal(t, 1, code)
	require.Contains(t, broken.Output, "Not graded, staff notified")
	for _, test := range broken.Tests {
		require.Nil(t, test.Score, "not graded is not 0")
		require.Equal(t, "failed", test.Status)
	}
	none, code := h.grade("readme.md", "hello")
	require.Equal(t, 1, code)
	require.Contains(t, none.Output, "no notebook and no script was handed in")
}
