//go:build unix

package attack

import (
	"path/filepath"
	"syscall"
)

func pipe(class, student, _ string) error {
	return syscall.Mkfifo(filepath.Join(class, student+".ipynb"), 0o644)
}
