package sandbox

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// modules is the folder that holds the interpreter's module and its machine
// code, made ready once.
var modules = sync.OnceValues(prepareModule)

func moduleFile(cache string) string { return filepath.Join(cache, "guest.wasm") }

// prepareModule puts the module into a folder named after its content and has
// it compiled there. The folder is the user's own: machine code in it runs.
func prepareModule() (string, error) {
	base, err := cacheDir()
	if err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(base, "lock"))
	if err != nil {
		return "", fmt.Errorf("locking the folder for caches: %w", err)
	}
	defer unlock()
	key, open, err := findModule(base)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(base, "wasm-"+key)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making a folder for the interpreter's module: %w", err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("%s is open to others: want mode 0700", dir)
	}
	done := filepath.Join(dir, "ready-"+runtime.GOARCH)
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	wasm, err := open()
	if err != nil {
		return "", err
	}
	if err := writeWhole(moduleFile(dir), wasm); err != nil {
		return "", err
	}
	cmd, err := command(context.Background(), plan{Do: doCompile, Cache: dir, Memory: 1 << 30})
	if err != nil {
		return "", err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("compiling the interpreter's module: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return dir, writeWhole(done, nil)
}

// writeWhole writes a file that others see whole or not at all.
func writeWhole(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "part-")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// findModule says which module belongs to this program, and how to get it: it
// is in the program (make build), or is built from the source beside it.
func findModule(base string) (key string, open func() ([]byte, error), err error) {
	if len(embedded) > 0 {
		sum := sha256.Sum256(embedded)
		return hex.EncodeToString(sum[:8]), func() ([]byte, error) { return unpack(embedded) }, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("finding this executable: %w", err)
	}
	f, err := os.Open(self)
	if err != nil {
		return "", nil, fmt.Errorf("reading this executable: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", nil, fmt.Errorf("reading this executable: %w", err)
	}
	note := filepath.Join(base, "guest-of-"+hex.EncodeToString(h.Sum(nil)[:8]))
	if b, err := os.ReadFile(note); err == nil && len(b) == 16 {
		return string(b), func() ([]byte, error) { return buildGuest() }, nil
	}
	wasm, err := buildGuest()
	if err != nil {
		return "", nil, fmt.Errorf("this program was built without the module (make build puts it in), and %w", err)
	}
	sum := sha256.Sum256(wasm)
	key = hex.EncodeToString(sum[:8])
	return key, func() ([]byte, error) { return wasm, nil }, writeWhole(note, []byte(key))
}

func unpack(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("unpacking the interpreter's module: %w", err)
	}
	return io.ReadAll(z)
}

// buildGuest compiles the module from the source that this program came from.
func buildGuest() ([]byte, error) {
	dir, err := ownSource()
	if err != nil {
		return nil, err
	}
	out, err := os.CreateTemp("", "mlgrade-guest-*.wasm")
	if err != nil {
		return nil, err
	}
	out.Close()
	defer os.Remove(out.Name())
	cmd := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out.Name(), "./autograder/sandbox/guest")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building it: %w: %s", err, strings.TrimSpace(string(text)))
	}
	return os.ReadFile(out.Name())
}

// ownSource is the folder of this module: where this program was compiled.
func ownSource() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	dir := filepath.Dir(filepath.Dir(filepath.Dir(file)))
	if !ok || !filepath.IsAbs(dir) {
		return "", errors.New("it does not know its source: build it without -trimpath")
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return "", fmt.Errorf("the source that it was built from is not here: %w", err)
	}
	return dir, nil
}
