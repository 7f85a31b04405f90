package kernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The 12 tests of jupyter_kernel_test and that of the welcome message, none of
// them skipped.
func TestJupyterKernelTest(t *testing.T) {
	python := python(t, "jupyter_kernel_test")
	script, err := filepath.Abs("testdata/conformance.py")
	require.NoError(t, err)
	cmd := exec.Command(python, script, "-v")
	cmd.Dir = t.TempDir()
	cmd.Env = jupyterEnv(t, t.TempDir())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "Ran 13 tests")
	require.NotContains(t, string(out), "skipped")
}

// jupyterEnv is an environment with this kernel and nothing of the machine's
// Jupyter.
func jupyterEnv(t *testing.T, dir string) []string {
	t.Helper()
	self, err := filepath.Abs(os.Args[0])
	require.NoError(t, err)
	require.NoError(t, Install(filepath.Join(dir, "path", "kernels"), self))
	env := append(os.Environ(), "JUPYTER_PATH="+filepath.Join(dir, "path"))
	for _, part := range []string{"DATA", "RUNTIME", "CONFIG"} {
		env = append(env, "JUPYTER_"+part+"_DIR="+filepath.Join(dir, part))
	}
	return env
}
