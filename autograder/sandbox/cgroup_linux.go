package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const groups = "/sys/fs/cgroup"

// A group is a control group of version 2 that counts the memory and the
// processes of one submission together. Without one, the limits of each process
// and the number of processes bound them.
type group struct {
	dir string
	f   *os.File
}

// ownGroup is the group below which this process may make others.
func ownGroup() (string, error) {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(text)) {
		path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::")
		if !ok {
			continue
		}
		dir := filepath.Join(groups, path)
		if _, err := os.Stat(filepath.Join(dir, "cgroup.controllers")); err != nil {
			return "", errors.New("version 1")
		}
		has, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
		if err != nil {
			return "", err
		}
		if !strings.Contains(string(has), "memory") || !strings.Contains(string(has), "pids") {
			return "", fmt.Errorf("memory and pids are not delegated below %s", path)
		}
		return dir, nil
	}
	return "", errors.New("no version 2")
}

// cgroupProblem says why there is no group to be had.
func cgroupProblem() string {
	dir, err := ownGroup()
	if err != nil {
		return err.Error()
	}
	probe, err := os.MkdirTemp(dir, "mlgrade-")
	if err != nil {
		return "not writable"
	}
	_ = os.Remove(probe)
	return ""
}

// newGroup makes a group with the limits of a plan, if this machine has them.
func newGroup(l Limits, p plan) *group {
	if have().cgroup != "" {
		return &group{}
	}
	parent, err := ownGroup()
	if err != nil {
		return &group{}
	}
	dir, err := os.MkdirTemp(parent, "mlgrade-")
	if err != nil {
		return &group{}
	}
	g := &group{dir: dir}
	for name, v := range map[string]string{
		"memory.max":       strconv.FormatUint(l.Memory+p.Disk+64<<20, 10), // files count too, and what any process needs
		"memory.swap.max":  "0",
		"pids.max":         strconv.Itoa(p.Processes),
		"memory.oom.group": "1",
	} {
		_ = os.WriteFile(filepath.Join(dir, name), []byte(v), 0o600)
	}
	if g.f, err = os.Open(dir); err != nil {
		g.f = nil
	}
	return g
}

// enter lets a process start inside the group.
func (g *group) enter(cmd *exec.Cmd) {
	if g.f != nil {
		cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, int(g.f.Fd())
	}
}

// close kills what is left and removes the group.
func (g *group) close() {
	if g.dir == "" {
		return
	}
	if g.f != nil {
		g.f.Close()
	}
	_ = os.WriteFile(filepath.Join(g.dir, "cgroup.kill"), []byte("1"), 0o600)
	for range 50 {
		if os.Remove(g.dir) == nil {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}
