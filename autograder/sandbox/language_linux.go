package sandbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/mlsysim/golab/autograder/sandbox/rerun"
	"github.com/mlsysim/golab/kernelext/script"
)

// The languages that RunAs knows beside that of the labs.
const (
	Go     = "go"     // cells as GoNB has them, over the lab prelude
	Python = "python" // cells as IPython has them; answer(id, value) claims
)

// RunAs runs the cells of a notebook in another language, always in the native
// tier: a submission gets processes and a place for files there, but no network
// and nothing of this machine beyond what its toolchain reads.
func RunAs(ctx context.Context, l Limits, language string, cells []Cell) (Report, error) {
	if !worker.Load() {
		return Report{}, errNoWorker
	}
	tier, err := choose([]Tier{native()}, Native)
	if err != nil {
		return Report{}, err
	}
	l = l.forProgram()
	p, err := planFor(language, l)
	if err != nil {
		return Report{}, fmt.Errorf("language %s: %w", language, err)
	}
	r, err := rerun.Run(ctx, l.Wall, cells, func(ctx context.Context, cells []Cell) (script.Outcome, error) {
		return launch(ctx, l, p, cells)
	})
	return Report{Report: r, Tier: tier}, err
}

// forProgram are the limits of a program where none are given.
func (l Limits) forProgram() Limits {
	if l.Memory == 0 {
		l.Memory = 2 << 30
	}
	if l.Disk == 0 {
		l.Disk = 256 << 20
	}
	if l.Processes <= 0 {
		l.Processes = 128
	}
	return l
}

func planFor(language string, l Limits) (plan, error) {
	p := programPlan(l)
	switch language {
	case Go:
		t, err := toolchain()
		if err != nil {
			return p, err
		}
		return t.plan(p), nil
	case Python:
		i, err := python()
		if err != nil {
			return p, err
		}
		return i.plan(p, pyWorker), nil
	}
	return p, fmt.Errorf("unknown: want %s or %s", Go, Python)
}

// programPlan is what a program of any language has.
func programPlan(l Limits) plan {
	p := plan{Memory: l.Memory, Disk: l.Disk, Processes: l.Processes}
	for _, name := range []string{"null", "zero", "urandom", "random"} {
		p.Mounts = append(p.Mounts, mount{From: "/dev/" + name, To: "/dev/" + name, Dev: true})
	}
	return p
}

// A goTools is what compiling needs: all of it is mounted read-only, so that no
// submission can change what the next one is built from.
type goTools struct{ root, modules, module, cache, sums string }

var toolchain = sync.OnceValues(findToolchain)

func findToolchain() (goTools, error) {
	out, err := exec.Command("go", "env", "-json", "GOROOT", "GOMODCACHE").Output()
	if err != nil {
		return goTools{}, fmt.Errorf("the Go toolchain is not here: %w", err)
	}
	var env struct{ GOROOT, GOMODCACHE string }
	if err := json.Unmarshal(out, &env); err != nil {
		return goTools{}, fmt.Errorf("reading go env: %w", err)
	}
	t := goTools{root: env.GOROOT, modules: env.GOMODCACHE}
	if t.module, err = ownSource(); err != nil {
		return t, err
	}
	return t, t.warm()
}

// warm fills a build cache of the grader's own with what every submission
// links. Only the grader writes to it.
func (t *goTools) warm() error {
	base, err := cacheDir()
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(t.root + "\x00" + t.module))
	t.cache = filepath.Join(base, "go-"+hex.EncodeToString(sum[:8]))
	t.sums = filepath.Join(t.cache, "mod")
	if err := os.MkdirAll(t.sums, 0o755); err != nil {
		return err
	}
	if err := t.writeModule(); err != nil {
		return err
	}
	return t.buildOnce()
}

// buildOnce builds a program that links all that a submission usually does.
func (t *goTools) buildOnce() error {
	src := "import . \"" + labPath + "\"\n"
	for _, path := range append([]string{"net/http", "os/exec"}, usualImports...) {
		src += fmt.Sprintf("import _ %q\n", path)
	}
	prog, err := readGo([]Cell{{Name: "warm", Src: src + "%%\nfmt.Println(80*GB)"}})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mlgrade-warm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o700); err != nil {
		return err
	}
	for name, text := range prog.files() {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(t.sums, name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	argv := append(t.argv(), "-o", filepath.Join(dir, "warm"), ".")
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, append(t.env(dir), "PATH=/usr/bin:/bin")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("filling the build cache: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// writeModule makes the module file of a submission: this module at its place,
// and what it requires.
func (t *goTools) writeModule() error {
	text, err := os.ReadFile(filepath.Join(t.module, "go.mod"))
	if err != nil {
		return err
	}
	mod := strings.Replace(string(text), "module github.com/mlsysim/golab", "module submission", 1)
	mod += fmt.Sprintf("\nrequire github.com/mlsysim/golab v0.0.0\n\nreplace github.com/mlsysim/golab => %s\n", t.module)
	if err := os.WriteFile(filepath.Join(t.sums, "go.mod"), []byte(mod), 0o644); err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(t.module, "go.sum"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.sums, "go.sum"), sums, 0o644)
}

func (t *goTools) argv() []string {
	return []string{filepath.Join(t.root, "bin", "go"), "build", "-mod=readonly", "-buildvcs=false", "-ldflags=-s -w"}
}

func (t *goTools) env(home string) []string {
	return []string{
		"GOROOT=" + t.root, "GOMODCACHE=" + t.modules, "GOCACHE=" + t.cache, "GOPROXY=off", "GOSUMDB=off", "GOTOOLCHAIN=local", "GOENV=off",
		"GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0",
		"GODEBUG=goindex=0", // the index of packages is part of the cache, where nothing can be added
		"GOTELEMETRY=off", "HOME=" + home, "TMPDIR=" + filepath.Join(home, "tmp"), "GOMAXPROCS=2",
	}
}

func (t *goTools) plan(p plan) plan {
	for _, dir := range []string{t.root, t.modules, t.module, t.cache} {
		p.Mounts = append(p.Mounts, mount{From: dir, To: dir})
	}
	p.Mounts = append(p.Mounts, mount{From: t.sums, To: "/mod"})
	p.Do, p.Argv, p.Env = doGo, t.argv(), t.env(work)
	return p
}
