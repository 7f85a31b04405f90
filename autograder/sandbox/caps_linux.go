package sandbox

import (
	"fmt"
	"os"
	"slices"
	"unsafe"

	"github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// noCaps empties the capabilities of every thread.
func noCaps() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	_, _, e := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&none[0])), 0)
	if e != 0 {
		return fmt.Errorf("dropping the capabilities: %w", e)
	}
	return nil
}

// noFiles lets landlock refuse every file but those of the plan, every TCP
// port, and signals to others. It is a second wall where there are namespaces,
// and as good as the kernel has it.
func noFiles(p plan) error {
	var rules []landlock.Rule
	if p.program() {
		rules = append(rules, landlock.RWDirs(work).WithRefer())
		for _, m := range p.Mounts {
			rules = append(rules, m.rule())
		}
	}
	if err := landlock.V6.BestEffort().Restrict(rules...); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	return nil
}

func (m mount) rule() landlock.Rule {
	info, err := os.Stat(m.To)
	switch {
	case m.Dev:
		return landlock.RWFiles(m.To)
	case err == nil && !info.IsDir():
		return landlock.ROFiles(m.To)
	}
	return landlock.RODirs(m.To)
}

// workerCalls are all system calls that the Go runtime makes once a process
// has started; a worker that is shut in needs no others.
var workerCalls = []string{
	"read", "write", "readv", "writev", "close", "fstat", "lseek", "mmap", "mprotect", "munmap", "mremap", "brk", "madvise", "mincore",
	"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "tgkill", "restart_syscall",
	"sched_yield", "sched_getaffinity", "nanosleep", "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday",
	"timer_create", "timer_settime", "timer_delete", "setitimer", "futex", "membarrier",
	"getpid", "gettid", "exit", "exit_group", "getrandom", "set_robust_list", "rseq", "arch_prctl", "set_tid_address",
	"epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2", "pipe2", "fcntl", "prlimit64", "getrlimit", "getrusage",
}

// deniedCalls are what a program with processes of its own may not do: the
// network, namespaces and mounts, other processes' memory, kernel interfaces
// with a long record of holes.
var deniedCalls = []string{
	"socket", "clone", "clone3", "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "mount_setattr", "open_tree", "move_mount",
	"fsopen", "fsconfig", "fsmount", "fspick", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "process_madvise", "kcmp",
	"bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key", "request_key",
	"init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "quotactl",
	"quotactl_fd", "open_by_handle_at", "name_to_handle_at", "fanotify_init", "lookup_dcookie", "iopl", "ioperm", "modify_ldt", "syslog",
	"settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname", "nfsservctl", "vhangup", "uselib",
	"personality", "mbind", "move_pages", "migrate_pages", "set_mempolicy", "vmsplice", "memfd_secret", "seccomp",
}

const newSpaces = unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWCGROUP | unix.CLONE_NEWTIME

// fewCalls loads the filter of system calls. It is a list of what is allowed in
// both cases: a list of what is denied would let 32-bit calls through.
func fewCalls(p plan) error {
	info, err := arch.GetInfo("")
	if err != nil {
		return fmt.Errorf("system calls of this machine: %w", err)
	}
	var names []string
	for name := range info.SyscallNames {
		allowed := slices.Contains(workerCalls, name)
		if p.program() {
			allowed = !slices.Contains(deniedCalls, name)
		}
		if allowed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	when := func(name string, op seccomp.Operation, v uint64) seccomp.NameWithConditions {
		return seccomp.NameWithConditions{Name: name, Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: op, Value: v}}}
	}
	conditional := []seccomp.NameWithConditions{when("clone", seccomp.BitsSet, unix.CLONE_THREAD)}
	if p.program() {
		conditional = []seccomp.NameWithConditions{when("socket", seccomp.Equal, unix.AF_UNIX), when("clone", seccomp.BitsNotSet, newSpaces)}
	}
	policy := seccomp.Policy{DefaultAction: seccomp.ActionErrno, Syscalls: []seccomp.SyscallGroup{
		{Names: names, Action: seccomp.ActionAllow},
		{Names: []string{"clone3"}, Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)}, // the C library then uses clone
		{NamesWithCondtions: conditional, Action: seccomp.ActionAllow},
	}}
	if err := seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: policy}); err != nil {
		return fmt.Errorf("filter of system calls: %w", err)
	}
	return nil
}
