package gonb

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// SpecOptions describes the kernelspec to write.
type SpecOptions struct {
	Name    string            // name in the launcher; empty means "Go (GoNB + MLSysim)"
	Binary  string            // the gonb program; empty means gonb on PATH
	Modules []string          // absolute directories of the Go modules a cell uses without a set-up cell; at least one
	Env     map[string]string // added to the kernel's environment; GOPROXY and GOFLAGS are ours unless named here
	Static  map[string][]byte // files served beside the spec, such as echarts.min.js
}

type spec struct {
	Argv          []string          `json:"argv"`
	DisplayName   string            `json:"display_name"`
	Language      string            `json:"language"`
	InterruptMode string            `json:"interrupt_mode"`
	Env           map[string]string `json:"env"`
}

const specFile = "kernel.json"

var (
	specName   = regexp.MustCompile(`^[A-Za-z0-9._-]+$`) // what Jupyter accepts as a kernel's name
	staticName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)
)

// Kernelspec writes a Jupyter kernelspec directory that starts GoNB with the
// modules in its workspace, errors in plain text and no network. The last part
// of dir is the kernel's name in Jupyter; its static files have the address
// kernelspecs/NAME/FILE below the server's base URL.
func Kernelspec(dir string, opt SpecOptions) error {
	if err := opt.check(dir); err != nil {
		return err
	}
	b, err := json.MarshalIndent(opt.spec(), "", "  ")
	if err != nil {
		return fmt.Errorf("gonb.Kernelspec: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("gonb.Kernelspec: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(opt.Static)) {
		if err := put(dir, name, opt.Static[name]); err != nil {
			return fmt.Errorf("gonb.Kernelspec: %w", err)
		}
	}
	if err := put(dir, specFile, append(b, '\n')); err != nil { // last: it makes the kernel visible
		return fmt.Errorf("gonb.Kernelspec: %w", err)
	}
	return nil
}

func (o SpecOptions) spec() spec {
	s := spec{
		Argv:          []string{o.Binary, "--kernel", "{connection_file}", "-go_work=" + strings.Join(o.Modules, ","), "-raw_error=true"},
		DisplayName:   o.Name,
		Language:      "go",
		InterruptMode: "message",
		Env:           map[string]string{"GOPROXY": "off", "GOFLAGS": "-ldflags=-w"}, // without what a debugger needs, a cell links in two thirds of the time
	}
	if s.Argv[0] == "" {
		s.Argv[0] = "gonb"
	}
	if s.DisplayName == "" {
		s.DisplayName = "Go (GoNB + MLSysim)"
	}
	maps.Copy(s.Env, o.Env)
	return s
}

func (o SpecOptions) check(dir string) error {
	if name := filepath.Base(dir); !specName.MatchString(name) || strings.Trim(name, ".") == "" {
		return fmt.Errorf("gonb.Kernelspec: dir = %q: want a last part of letters, digits, dot, dash and underscore", dir)
	}
	if len(o.Modules) == 0 {
		return errors.New("gonb.Kernelspec: Modules is empty: want at least one module directory")
	}
	for i, m := range o.Modules {
		if !filepath.IsAbs(m) || strings.Contains(m, ",") {
			return fmt.Errorf("gonb.Kernelspec: Modules[%d] = %q: want an absolute directory without a comma", i, m)
		}
	}
	if strings.Contains(o.Env["GOFLAGS"], "-mod=mod") { // go refuses it in a workspace, so every cell would fail
		return fmt.Errorf("gonb.Kernelspec: Env[GOFLAGS] = %q: want no -mod=mod, GoNB works in a workspace", o.Env["GOFLAGS"])
	}
	for _, name := range slices.Sorted(maps.Keys(o.Static)) {
		if !staticName.MatchString(name) || name == specFile {
			return fmt.Errorf("gonb.Kernelspec: Static[%q]: want a plain file name other than %s", name, specFile)
		}
	}
	return nil
}

// put writes the file whole or not at all: Jupyter may be reading the directory.
func put(dir, name string, data []byte) error {
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, werr := f.Write(data)
	if err := errors.Join(werr, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, name))
}
