package lint

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func exists(path string) bool {
	_, err := os.Stat(filepath.Join(root, path))
	return err == nil
}

func TestScriptsNameWhatExists(t *testing.T) {
	dockerfiles, err := filepath.Glob(filepath.Join(root, "docker/*.Dockerfile"))
	require.NoError(t, err)
	require.Len(t, dockerfiles, 2)

	makefile := string(read(t, "Makefile"))
	files := []string{"Makefile", ".ci/run", ".ci/demo"}
	for _, d := range dockerfiles {
		files = append(files, "docker/"+filepath.Base(d))
	}
	for _, f := range files {
		require.Empty(t, Dangling(string(read(t, f)), makefile, exists), f)
	}
}

func TestDanglingFindsEachMistake(t *testing.T) {
	script := strings.Join([]string{
		"COPY --chown=1000:100 gone/ here.go /opt/",
		"COPY --from=build /src/bin/x /usr/bin/x",
		"RUN make build && make fly && .ci/lost DIR && go run ./docker/missing",
	}, "\n")
	there := func(path string) bool { return path == "here.go" }
	require.Equal(t, []string{
		".ci/lost does not exist",
		"docker/missing does not exist",
		"gone/ does not exist",
		"make has no target fly",
	}, Dangling(script, "build: x ## y\n", there))
}

// summarise pipes the events of go test through .ci/summary.py.
func summarise(t *testing.T, events ...string) (string, int) {
	t.Helper()

	cmd := exec.Command("python3", filepath.Join(root, ".ci/summary.py"))
	cmd.Stdin = strings.NewReader(strings.Join(events, "\n") + "\n")
	read(t, ".ci/summary.py") // the test cache must see it
	out, err := cmd.CombinedOutput()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestSummary(t *testing.T) {
	const (
		pass = `{"Action":"pass","Package":"p","Test":"TestA"}`
		why  = `{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:7: no browser\n"}`
		skip = `{"Action":"skip","Package":"p","Test":"TestB"}`
		told = `{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:9: 3 is not 4\n"}`
		fail = `{"Action":"fail","Package":"p","Test":"TestC"}`
		ok   = `{"Action":"pass","Package":"p","Elapsed":1.5}`
		dead = `{"Action":"fail","Package":"p","Elapsed":1.5}`
	)
	built := []string{
		`{"Action":"build-output","ImportPath":"p [p.test]","Output":"p.go:1:1: no such name\n"}`,
		`{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`,
	}

	for _, c := range []struct {
		name   string
		events []string
		last   string
		says   string
		code   int
	}{
		{"good", []string{pass, why, skip, ok}, "1 passed, 0 failed, 1 skipped", "p TestB: no browser", 0},
		{"failing test", []string{pass, told, fail, dead}, "1 passed, 1 failed, 0 skipped", "c_test.go:9: 3 is not 4", 1},
		{"does not build", append([]string{pass, ok}, built...), "1 passed, 1 failed, 0 skipped", "p.go:1:1: no such name", 1},
		{"panics between tests", []string{pass, dead}, "1 passed, 1 failed, 0 skipped", "FAILED p", 1},
		{"go itself fails", []string{"go: no such module"}, "0 passed, 0 failed, 0 skipped", "go: no such module", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := summarise(t, c.events...)
			lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			require.Equal(t, c.last, lines[len(lines)-1])
			require.Contains(t, out, c.says)
			require.Equal(t, c.code, code)
		})
	}
}
