package assignment

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// childArg marks a process that shuts itself in before it becomes Python.
const childArg = "mlgrade-assignment-child"

// A plan is what such a process may use.
type plan struct {
	Argv   []string
	Env    []string
	Read   []string // files and folders
	Memory uint64
	CPU    time.Duration
}

// MaybeChild turns this process into one that runs a student's cells, if Grade
// started it as such. Programs that call Grade call it first thing in main.
func MaybeChild() {
	if len(os.Args) != 3 || os.Args[1] != childArg {
		return
	}
	var p plan
	err := json.Unmarshal([]byte(os.Args[2]), &p)
	if err == nil {
		err = p.confine()
	}
	if err == nil {
		err = syscall.Exec(p.Argv[0], p.Argv, p.Env)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// confine limits this process and shuts off all files but those of the plan and
// its own empty folder.
func (p plan) confine() error {
	cpu := uint64((p.CPU + time.Second - 1) / time.Second)
	const files, size, processes = 64, 64 << 20, 64
	for _, r := range []struct {
		which int
		max   uint64
	}{
		{unix.RLIMIT_DATA, p.Memory},
		{unix.RLIMIT_CPU, cpu},
		{unix.RLIMIT_FSIZE, size},
		{unix.RLIMIT_NOFILE, files},
		{unix.RLIMIT_NPROC, processes},
		{unix.RLIMIT_CORE, 0},
	} {
		if err := unix.Setrlimit(r.which, &unix.Rlimit{Cur: r.max, Max: r.max}); err != nil {
			return fmt.Errorf("limit %d = %d: %w", r.which, r.max, err)
		}
	}
	return shutOff(p.Read)
}

// What landlock knows since each of its versions.
const (
	readAccess  = ll.AccessFSExecute | ll.AccessFSReadFile | ll.AccessFSReadDir
	fileAccess  = ll.AccessFSExecute | ll.AccessFSReadFile | ll.AccessFSWriteFile
	firstAccess = 1<<13 - 1
	netAccess   = ll.AccessNetBindTCP | ll.AccessNetConnectTCP // since version 4
	scoped      = 3                                            // signals and abstract sockets, since version 6
)

// shutOff leaves this thread, which becomes Python, the files of a list to read
// and its own folder. It restricts one thread only: signals to all of them do not
// reach the first process of a space.
func shutOff(read []string) error {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil || abi < 1 {
		return errors.New("this kernel has no landlock")
	}
	all := handled(abi)
	rules, err := ll.LandlockCreateRuleset(&all, 0)
	if err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	defer unix.Close(rules)
	if err := allow(rules, ".", all.HandledAccessFS); err != nil {
		return err
	}
	for _, name := range read {
		if err := allow(rules, name, readAccess); err != nil {
			return err
		}
	}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up privileges: %w", err)
	}
	if err := ll.LandlockRestrictSelf(rules, 0); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	return nil
}

// handled is all that a version of landlock can refuse.
func handled(abi int) ll.RulesetAttr {
	all := ll.RulesetAttr{HandledAccessFS: firstAccess}
	for _, r := range []struct {
		since int
		right uint64
	}{{2, ll.AccessFSRefer}, {3, ll.AccessFSTruncate}, {5, ll.AccessFSIoctlDev}} {
		if abi >= r.since {
			all.HandledAccessFS |= r.right
		}
	}
	if abi >= 4 {
		all.HandledAccessNet = netAccess
	}
	if abi >= 6 {
		all.Scoped = scoped
	}
	return all
}

// allow adds a folder or file to the rules; what does not exist is left out.
func allow(rules int, name string, rights uint64) error {
	info, err := os.Stat(name)
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		rights &= fileAccess
		if name == os.DevNull {
			rights = ll.AccessFSReadFile | ll.AccessFSWriteFile
		}
	}
	fd, err := unix.Open(name, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("landlock: %s: %w", name, err)
	}
	defer unix.Close(fd)
	if err := ll.LandlockAddPathBeneathRule(rules, &ll.PathBeneathAttr{ParentFd: fd, AllowedAccess: rights}, 0); err != nil {
		return fmt.Errorf("landlock: %s: %w", name, err)
	}
	return nil
}

// spaces gives a child its own users, processes, network and messages: what it
// starts dies with it, and there is no network.
func spaces(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid: true, Pdeathsig: syscall.SIGKILL,
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

// wire is a pair of connected sockets.
func wire() (a, b *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a socket: %w", err)
	}
	return os.NewFile(uintptr(fds[0]), "a"), os.NewFile(uintptr(fds[1]), "b"), nil
}
