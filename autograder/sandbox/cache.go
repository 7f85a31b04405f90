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
