package jupyterlab

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience bounds every wait. It is for the slowest machine: a wait ends as soon
// as its condition holds.
const patience = 2 * time.Minute

// Lab is a running JupyterLab, with a browser to look at it.
type Lab struct {
	Dir string // of the notebooks
	URL string // ends in a slash

	t       testing.TB
	token   string
	browser *Browser
	log     *logs
}

// Start starts JupyterLab, which ends with the test. It knows one kernel, ours
// as this source tree has it, and nothing of the machine's Jupyter.
func Start(t testing.TB) *Lab {
	t.Helper()
	python := Python(t, "jupyterlab, jupyterlab_widgets") // an old environment lacks the second, and its pages wait in vain
	browser := Browse(t)
	home := t.TempDir()
	l := &Lab{t: t, Dir: filepath.Join(home, "notebooks"), token: rand.Text(), browser: browser, log: &logs{}}
	require.NoError(t, os.Mkdir(l.Dir, 0o755))
	install(t, filepath.Join(home, "path", "kernels"))
	configure(t, filepath.Join(home, "config"))

	for try := 1; ; try++ {
		port := freePort(t)
		l.URL = fmt.Sprintf("http://127.0.0.1:%d/", port)
		if l.serve(python, home, port) {
			return l
		}
		require.Less(t, try, 3, "JupyterLab does not start:\n%s", l.log)
	}
}

// In is the same JupyterLab for a subtest, whose pages end with it.
func (l *Lab) In(t testing.TB) *Lab {
	sub := *l
	sub.t, sub.browser = t, l.browser.In(t)
	return &sub
}

// Browser is the browser that looks at this server.
func (l *Lab) Browser() *Browser { return l.browser }

// serve starts the server and says whether it answers; it may lose its port to
// another program.
func (l *Lab) serve(python, home string, port int) bool {
	cmd := exec.Command(python, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
		"--ServerApp.ip=127.0.0.1", fmt.Sprintf("--ServerApp.port=%d", port), "--ServerApp.port_retries=0",
		"--ServerApp.root_dir="+l.Dir, "--ServerApp.terminals_enabled=False", "--IdentityProvider.token="+l.token,
		"--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
		"--LabApp.extension_manager=readonly", "--LanguageServerManager.autodetect=False",
		"--LabApp.user_settings_dir="+filepath.Join(home, "settings"), "--LabApp.workspaces_dir="+filepath.Join(home, "workspaces"))
	cmd.Dir = l.Dir
	cmd.Env = environment(home)
	cmd.Stdout, cmd.Stderr = l.log, l.log
	bound(cmd)
	exited := start(l.t, cmd)

	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		select {
		case <-exited:
			return false
		case <-time.After(50 * time.Millisecond):
		}
		if resp, err := http.Get(l.URL + "api?token=" + l.token); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return true
			}
		}
	}
	return false
}

// start runs a server until the end of the test. The thread that starts it stays
// with it: on Linux a child ends with that thread.
func start(t testing.TB, cmd *exec.Cmd) (exited chan struct{}) {
	t.Helper()
	exited = make(chan struct{})
	started := make(chan error)
	go run(cmd, started, exited)
	require.NoError(t, <-started)
	t.Cleanup(func() {
		_ = terminate(cmd.Process) // which ends the kernels first
		select {
		case <-exited:
		case <-time.After(patience / 4):
			_ = cmd.Process.Kill()
			<-exited
		}
	})
	return exited
}

// Environment is one in which Jupyter knows our kernel, as this source tree has
// it, and nothing of the machine's.
func Environment(t testing.TB) []string {
	t.Helper()
	home := t.TempDir()
	install(t, filepath.Join(home, "path", "kernels"))
	return environment(home)
}

// environment is that of the machine without its Jupyter, and with no way to
// another machine.
func environment(home string) []string {
	const nowhere = "http://127.0.0.1:9"
	env := append(os.Environ(), "HOME="+home, "JUPYTER_NO_CONFIG=", "JUPYTER_PREFER_ENV_PATH=0",
		"JUPYTER_PATH="+filepath.Join(home, "path"), "JUPYTER_CONFIG_PATH=", "http_proxy="+nowhere, "https_proxy="+nowhere, "no_proxy=127.0.0.1,localhost")
	for _, part := range []string{"data", "runtime", "config"} {
		env = append(env, fmt.Sprintf("JUPYTER_%s_DIR=%s", strings.ToUpper(part), filepath.Join(home, part)))
	}
	return env
}

// configure makes JupyterLab draw every cell at once. The rest of its settings
// are those that students have, docker/jupyter.
func configure(t testing.TB, dir string) {
	t.Helper()
	type object = map[string]any
	const overrides = "labconfig/default_setting_overrides.json"
	settings := map[string]object{}
	data, err := os.ReadFile(filepath.Join(students(t), overrides))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &settings))
	settings["@jupyterlab/notebook-extension:tracker"] = object{"windowingMode": "none", "scrollPastEnd": false}
	settings["@jupyterlab/docmanager-extension:plugin"]["autosave"] = false
	data, err = json.Marshal(settings)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "labconfig"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, overrides), data, 0o600))
}

// students is the configuration of Jupyter that students have.
func students(t testing.TB) string {
	t.Helper()
	return filepath.Join(root(t), "docker", "jupyter")
}

// Export is a notebook as a page of nbconvert, with the configuration that
// students have. What its template would fetch from elsewhere is left out.
func Export(t testing.TB, notebook string) []byte {
	t.Helper()
	const nothing = "data:text/javascript,"
	cmd := exec.Command(Python(t, "nbconvert"), "-m", "nbconvert", "--to", "html", "--stdout", "--log-level", "WARN", notebook,
		"--HTMLExporter.mathjax_url=", "--HTMLExporter.require_js_url=", "--HTMLExporter.widget_renderer_url="+nothing,
		"--HTMLExporter.mermaid_js_url="+nothing+"export default {}")
	cmd.Env = append(environment(t.TempDir()), "JUPYTER_CONFIG_PATH="+students(t))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	html, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	return html
}

// Python is the environment that `make venv` makes, or the one that the variable
// MLSYSIM_PYTHON names. Without the module in it the test skips, or fails in CI.
func Python(t testing.TB, module string) string {
	t.Helper()
	path := filepath.Join(root(t), ".cache", "venv", "bin", "python")
	if other := os.Getenv("MLSYSIM_PYTHON"); other != "" {
		path = other
	}
	if err := exec.Command(path, "-c", "import "+module).Run(); err != nil {
		missing(t, "no .cache/venv with "+module+": run make venv")
	}
	return path
}

// missing skips a test that this machine cannot run; CI must be able to.
func missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		require.FailNow(t, why)
	}
	t.Skip(why)
}

// binary builds the mlsysim command once for all tests of a process.
var binary = sync.OnceValues(func() (string, error) {
	top, err := module()
	if err != nil {
		return "", err
	}
	path := filepath.Join(top, ".cache", "jupyterlab", "mlsysim")
	cmd := exec.Command("go", "build", "-o", path, "./cmd/mlsysim")
	cmd.Dir = top
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// Binary is the mlsysim command of this source tree.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	return path
}

// install puts our kernelspec into a kernels directory.
func install(t testing.TB, dir string) {
	t.Helper()
	out, err := exec.Command(Binary(t), "kernel", "install", "--dir", dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// module is the directory of go.mod.
var module = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = up
	}
})

func root(t testing.TB) string {
	t.Helper()
	dir, err := module()
	require.NoError(t, err)
	return dir
}

// freePort is one that nobody has now.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// logs keeps what a server prints.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is the end of it.
func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.text.Bytes()
	return string(b[max(0, len(b)-8000):])
}
