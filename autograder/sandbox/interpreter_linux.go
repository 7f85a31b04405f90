package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mlsysim/golab/autograder/sandbox/rerun"
)

// An Interpreter is a Python and the folders that it reads.
type Interpreter struct {
	exe  string
	dirs []string // none is below another
}

var python = sync.OnceValues(func() (Interpreter, error) { return FindInterpreter(context.Background(), "python3") })

// FindInterpreter asks a Python where it is. It needs no path if it is on that of
// this process.
func FindInterpreter(ctx context.Context, name string) (Interpreter, error) {
	const ask = "import json, sys, sysconfig; print(json.dumps([sys.executable, sysconfig.get_config_var('LIBDIR') or '', sys.prefix, sys.base_prefix] + sys.path))"
	out, err := exec.CommandContext(ctx, name, "-I", "-c", ask).Output()
	if err != nil {
		return Interpreter{}, fmt.Errorf("starting %s: %w", name, err)
	}
	var list []string
	if err := json.Unmarshal(out, &list); err != nil || len(list) < 4 || list[0] == "" {
		return Interpreter{}, fmt.Errorf("%s does not say where it is", name)
	}
	i := Interpreter{exe: list[0]}
	if real, err := filepath.EvalSymlinks(i.exe); err == nil { // of a virtual environment
		list = append(list, real)
	}
	i.dirs = readable(append(list, "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"))
	return i, nil
}

// readable are the places of a list that exist, without those below others.
func readable(list []string) []string {
	var all, out []string
	for _, dir := range list {
		if dir == "/usr" || dir == "/" || dir == "" {
			dir = "/usr/lib"
		}
		real, err := filepath.EvalSymlinks(dir)
		if err == nil && filepath.IsAbs(dir) && real != "/" {
			all = append(all, filepath.Clean(dir))
		}
	}
	slices.Sort(all)
	for _, dir := range all {
		if !slices.ContainsFunc(out, func(above string) bool { return dir == above || strings.HasPrefix(dir, above+"/") }) {
			out = append(out, dir)
		}
	}
	return out
}

func (i Interpreter) plan(p plan, driver string) plan {
	for _, dir := range i.dirs {
		p.Mounts = append(p.Mounts, mount{From: dir, To: dir})
	}
	p.Do = doProgram
	p.Argv = []string{i.exe, "-I", "-B", "-u", "-c", driver}
	p.Env = []string{"HOME=" + work, "TMPDIR=" + work, "LANG=C.UTF-8", "PYTHONHASHSEED=0", "MPLBACKEND=Agg", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"}
	return p
}

// A Process is an interpreter in the native tier, with all that it starts.
type Process struct {
	cmd   *exec.Cmd
	group *group
}

// Start starts a driver, which gets files as its file descriptors from 3 on and
// talks by them: what it prints is lost. It ends with ctx. The caller speaks a
// protocol of its own; Run and RunAs are for those who have none.
func (i Interpreter) Start(ctx context.Context, l Limits, driver string, files ...*os.File) (*Process, error) {
	if !worker.Load() {
		return nil, errNoWorker
	}
	if _, err := choose([]Tier{native()}, Native); err != nil {
		return nil, err
	}
	if !have().spaces {
		return nil, errSpaces()
	}
	l = l.forProgram()
	if l.CPU <= 0 {
		l.CPU = max(l.Wall, rerun.UsualWall)
	}
	p := i.plan(programPlan(l), driver)
	p.CPU, p.Spaces = uint64(math.Ceil(l.CPU.Seconds())), true
	cmd, err := command(ctx, p)
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles, cmd.WaitDelay = files, time.Second
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	out := &Process{cmd: cmd, group: newGroup(l, p)}
	out.group.enter(cmd)
	if err := cmd.Start(); err != nil {
		out.group.close()
		return nil, fmt.Errorf("starting %s: %w", i.exe, err)
	}
	return out, nil
}

// End kills the process and everything that it started.
func (p *Process) End() {
	_ = p.cmd.Process.Kill() // the first process of its space: all others go with it
	_ = p.cmd.Wait()
	p.group.close()
}

// errSpaces says why no program of another language is run.
func errSpaces() error {
	return errors.New("a program of another language needs namespaces, which this machine refuses: " + have().why)
}
