package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
)

// cacheDir is the grader's own folder for what it compiles once. Others may
// read it but not change it.
func cacheDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil { // a harness without a home
		return ownTemp()
	}
	dir := filepath.Join(base, "mlgrade")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making a folder for caches: %w", err)
	}
	return dir, nil
}

// rootDir is an empty folder: a child in namespaces builds its own root on it,
// which nobody else sees, and another one starts there.
func rootDir() (string, error) {
	base, err := cacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "root")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("making an empty folder: %w", err)
	}
	return dir, nil
}

// ownTemp is a folder for temporary files that nobody else can have made.
func ownTemp() (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("mlgrade-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return "", fmt.Errorf("making a folder for caches: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", fmt.Errorf("making a folder for caches: %w", err)
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !mine(info) {
		return "", fmt.Errorf("%s is open to others or another's: want a folder of this user, mode 0700", dir)
	}
	return dir, nil
}
