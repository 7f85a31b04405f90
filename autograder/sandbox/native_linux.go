package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/elastic/go-seccomp-bpf"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"

	"github.com/mlsysim/golab/autograder/sandbox/rerun"
	"github.com/mlsysim/golab/kernelext/script"
)

// features are what this kernel and this user have.
type features struct {
	spaces   bool
	why      string // why there are no namespaces
	landlock int    // ABI, 0 for none
	seccomp  bool
	cgroup   string // why there is no control group; empty if there is one
}

var have = sync.OnceValue(func() features {
	f := features{seccomp: seccomp.Supported(), cgroup: cgroupProblem()}
	if abi, err := ll.LandlockGetABIVersion(); err == nil {
		f.landlock = abi
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd, err := command(ctx, plan{Do: doProbe, Spaces: true, Processes: 64})
	if err != nil {
		f.why = err.Error()
		return f
	}
	out, err := cmd.CombinedOutput()
	if f.spaces = err == nil; !f.spaces {
		f.why = strings.TrimSpace(fmt.Sprint(err, " ", string(out)))
	}
	return f
})

func probeNative() Tier {
	t := Tier{Name: Native, For: "the lab language", Provides: []string{"limits on memory, processor time, file size, open files and processes"}}
	if !worker.Load() {
		t.Why = errNoWorker.Error()
		return t
	}
	f := have()
	say := func(ok bool, has, lacks string) {
		if ok {
			t.Provides = append(t.Provides, has)
			return
		}
		t.Missing = append(t.Missing, lacks)
	}
	say(f.spaces, "own user, process, network, mount, IPC and host name spaces behind an empty root", "namespaces ("+f.why+")")
	say(f.landlock > 0, fmt.Sprintf("landlock ABI %d", f.landlock), "landlock")
	say(f.seccomp, "a filter of system calls", "seccomp")
	say(f.cgroup == "", "a control group for memory and processes", "a control group ("+f.cgroup+")")
	if f.spaces {
		t.For += languages()
	}
	if !f.seccomp || !f.spaces && f.landlock < 1 {
		t.Why = "want seccomp, and namespaces or landlock"
	}
	return t
}

// languages lists those whose tools are here.
func languages() string {
	out := ""
	if _, err := exec.LookPath("go"); err == nil {
		if _, err := ownSource(); err == nil {
			out += ", Go"
		}
	}
	if _, err := exec.LookPath("python3"); err == nil {
		out += ", Python"
	}
	return out
}

// command starts this executable as a child that shuts itself in.
func command(ctx context.Context, p plan) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this executable: %w", err)
	}
	dir, err := rootDir()
	if err != nil {
		return nil, err
	}
	p.Root, p.Drop = dir, p.Spaces && os.Getuid() == 0
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("writing the plan: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, childArg, string(text))
	cmd.Dir = dir
	cmd.Env = []string{}
	if p.Spaces {
		cmd.SysProcAttr = spaces()
	}
	return cmd, nil
}

// nobody is the user of this machine that a submission is when root grades.
const nobody = 65534

// spaces asks for namespaces in which this user is root, until the child gives
// that up: it becomes another user if there is one, or loses every capability.
func spaces() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWNS |
			syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if os.Getuid() == 0 {
		own := syscall.SysProcIDMap{ContainerID: user, HostID: nobody, Size: 1}
		a.UidMappings = append(a.UidMappings, own)
		a.GidMappings = append(a.GidMappings, own)
		a.GidMappingsEnableSetgroups = true
	}
	return a
}

// execNative runs cells of the lab language in a process that is shut in.
func execNative(ctx context.Context, l Limits, cells []Cell) (script.Outcome, error) {
	if l.Memory == 0 {
		l.Memory = 512 << 20
	}
	if l.Processes <= 0 {
		l.Processes = 128
	}
	return launch(ctx, l, plan{Do: doLab, Memory: l.Memory, Processes: l.Processes}, cells)
}

// launch runs a plan that speaks the protocol of a script's worker.
func launch(ctx context.Context, l Limits, p plan, cells []Cell) (script.Outcome, error) {
	if l.Wall <= 0 {
		l.Wall = rerun.UsualWall
	}
	if l.CPU <= 0 {
		l.CPU = l.Wall
	}
	p.CPU = uint64(math.Ceil(l.CPU.Seconds()))
	p.Spaces = have().spaces
	if p.program() && !p.Spaces {
		return script.Outcome{}, errSpaces()
	}
	cmd, err := command(context.Background(), p)
	if err != nil {
		return script.Outcome{}, err
	}
	group := newGroup(l, p)
	defer group.close()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	group.enter(cmd)
	return script.Supervise(ctx, cmd, script.Job{Limits: l.script(), Cells: cells, Mark: rerun.Mark})
}

// spacesHere says whether a process for modules gets namespaces of its own.
func spacesHere() bool { return have().spaces }

// around is what holds the process that runs modules, as a second wall.
func around() []string {
	f := have()
	var out []string
	if f.spaces {
		out = append(out, "a process in namespaces of its own around it")
	}
	if f.landlock > 0 {
		out = append(out, "landlock")
	}
	if f.seccomp {
		out = append(out, "a filter of system calls")
	}
	return out
}
