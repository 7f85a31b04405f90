package sandbox

import (
	"os"

	"golang.org/x/sys/unix"
)

// unnamed is a file in memory.
func unnamed() (*os.File, error) {
	fd, err := unix.MemfdCreate("interpreter", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), "interpreter"), nil
}
