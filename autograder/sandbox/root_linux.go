package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// newRoot replaces what this process sees of the file system by an empty,
// read-only directory with the mounts of the plan in it.
func newRoot(p plan) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making the mounts private: %w", err)
	}
	const quiet = unix.MS_NOSUID | unix.MS_NODEV
	if err := unix.Mount("sandbox", p.Root, "tmpfs", quiet, "size=1m,nr_inodes=2k,mode=0755"); err != nil {
		return fmt.Errorf("mounting an empty root: %w", err)
	}
	if err := ownProc(p.Root); err != nil {
		return err
	}
	for _, m := range p.Mounts {
		if err := bind(p.Root, m); err != nil {
			return fmt.Errorf("mounting %s: %w", m.From, err)
		}
	}
	if p.program() {
		dir := filepath.Join(p.Root, work)
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		opt := fmt.Sprintf("size=%d,nr_inodes=20k,mode=1777", p.Disk)
		if err := unix.Mount("work", dir, "tmpfs", quiet, opt); err != nil {
			return fmt.Errorf("mounting a work directory: %w", err)
		}
		for from, to := range map[string]string{"tmp": work, "dev/fd": "/proc/self/fd"} {
			_ = os.MkdirAll(filepath.Dir(filepath.Join(p.Root, from)), 0o755)
			err := os.Symlink(to, filepath.Join(p.Root, from))
			if err != nil && !os.IsExist(err) { // there is a /tmp where a mount of the plan lies in it
				return err
			}
		}
	}
	if err := pivot(p); err != nil {
		return err
	}
	_ = unix.Sethostname([]byte("sandbox"))
	return nil
}

// ownProc mounts the list of the processes in this namespace: what changes the
// rights of every thread of this process reads it. Landlock keeps it from the
// submission.
func ownProc(root string) error {
	dir := filepath.Join(root, "proc")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	const quiet = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	err := unix.Mount("proc", dir, "proc", quiet, "subset=pid,hidepid=invisible")
	if err != nil { // before Linux 5.8
		err = unix.Mount("proc", dir, "proc", quiet, "")
	}
	if err != nil {
		return fmt.Errorf("mounting /proc: %w", err)
	}
	return nil
}

// bind mounts a part of this machine, to be read only.
func bind(root string, m mount) error {
	info, err := os.Stat(m.From)
	if err != nil {
		return err
	}
	to := filepath.Join(root, m.To)
	if info.IsDir() {
		err = os.MkdirAll(to, 0o755)
	} else if err = os.MkdirAll(filepath.Dir(to), 0o755); err == nil {
		err = os.WriteFile(to, nil, 0o600)
	}
	if err != nil {
		return err
	}
	if err := unix.Mount(m.From, to, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV}
	if m.Dev {
		attr.Attr_set = unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NOEXEC
	}
	return unix.MountSetattr(unix.AT_FDCWD, to, unix.AT_RECURSIVE, &attr)
}

// pivot makes the new root the only one.
func pivot(p plan) error {
	if err := unix.Chdir(p.Root); err != nil {
		return fmt.Errorf("entering the new root: %w", err)
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("changing the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leaving the old root: %w", err)
	}
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID | unix.MOUNT_ATTR_NODEV}
	if err := unix.MountSetattr(unix.AT_FDCWD, "/", 0, &attr); err != nil {
		return fmt.Errorf("making the new root read-only: %w", err)
	}
	if p.program() {
		return unix.Chdir(work)
	}
	return unix.Chdir("/")
}

// user is who a submission is inside its namespaces.
const user = 1000

// drop gives up every privilege that the namespaces gave.
func drop(toUser bool) error {
	const lastCap = 63
	for c := range uintptr(lastCap + 1) {
		if _, _, e := psx.Syscall3(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c, 0); e != 0 && e != unix.EINVAL {
			return fmt.Errorf("dropping capability %d for good: %w", c, e)
		}
	}
	if toUser {
		if err := syscall.Setgroups(nil); err != nil {
			return fmt.Errorf("dropping the groups: %w", err)
		}
		if err := syscall.Setgid(user); err != nil {
			return fmt.Errorf("changing the group: %w", err)
		}
		if err := syscall.Setuid(user); err != nil {
			return fmt.Errorf("changing the user: %w", err)
		}
	}
	if err := noCaps(); err != nil {
		return err
	}
	// A change of user forgets that this process ends with its parent.
	return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
}
