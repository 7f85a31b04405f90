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
	if err != nil {
		return "", fmt.Errorf("finding a folder for caches: %w", err)
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
