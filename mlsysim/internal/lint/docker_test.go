package lint

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// runs is the commands of a Dockerfile's RUN lines.
var runs = regexp.MustCompile(`(?m)^RUN (.*)$`)

// Every RUN of the students' image is run here as it stands, with directories of
// the test for those of the image: the scripts work without make, and leave both
// kernels behind.
func TestStudentImage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the commands")
	}
	place := t.TempDir()
	source, err := filepath.Abs(root)
	require.NoError(t, err)
	conda, notebooks, tools := filepath.Join(place, "conda"), filepath.Join(place, "notebooks"), filepath.Join(place, "tools")
	require.NoError(t, os.Mkdir(notebooks, 0o755))
	require.NoError(t, os.Mkdir(tools, 0o755))
	asked := filepath.Join(place, "asked")
	for name, script := range map[string]string{"gonb": "exit 0", "make": "exit 1", "pip": "cat /dev/stdin >" + asked} {
		require.NoError(t, os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	}

	steps := 0
	for _, m := range runs.FindAllStringSubmatch(string(read(t, "docker/student.Dockerfile")), -1) {
		if strings.HasPrefix(m[1], "ln ") {
			require.Contains(t, m[1], "/opt/golab/bin/mlsysim ")
			continue
		}
		cmd := exec.Command("bash", "-c", m[1])
		cmd.Dir = source
		cmd.Env = append(os.Environ(), "CONDA_DIR="+conda, "NOTEBOOKS="+notebooks, "PATH="+tools+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", m[1], out)
		steps++
	}
	require.Equal(t, 5, steps)

	require.FileExists(t, filepath.Join(source, "bin/mlsysim"))
	for kernel, starts := range map[string]string{"mlsysim": filepath.Join(source, "bin/mlsysim"), "mlsysim-gonb": "-go_work=" + source} {
		require.Contains(t, string(readAt(t, conda, "share/jupyter/kernels", kernel, "kernel.json")), starts)
		require.NotEmpty(t, readAt(t, conda, "share/jupyter/kernels", kernel, "echarts.min.js"))
	}
	require.Regexp(t, `^jupyterlab_widgets==[\d.]+\n$`, string(readAt(t, asked)))
	require.NotEmpty(t, readAt(t, notebooks, "T0_hello_world.ipynb"))
}

func readAt(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return data
}
