package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/gonb"
)

// Name is what notebooks call this kernel in their metadata. Charts find their
// script at kernelspecs/mlsysim/echarts.min.js of the page's server.
const Name = "mlsysim"

// GoNBName is the name of the kernelspec that starts GoNB with this module.
// Charts look for their script there too.
const GoNBName = "mlsysim-gonb"

// spec is kernel.json.
type spec struct {
	Argv          []string `json:"argv"`
	DisplayName   string   `json:"display_name"`
	Language      string   `json:"language"`
	InterruptMode string   `json:"interrupt_mode"`
}

// Install writes the kernelspec mlsysim into dir, a kernels directory of
// Jupyter, and leaves other kernels there alone. The binary is the mlsysim
// command with its absolute path.
func Install(dir, binary string) error {
	if !filepath.IsAbs(binary) {
		return fmt.Errorf("kernel.Install: binary = %q: want an absolute path", binary)
	}
	b, err := json.MarshalIndent(spec{
		Argv:          []string{binary, "kernel", "run", "{connection_file}"},
		DisplayName:   "MLSysim (Go)",
		Language:      "go",
		InterruptMode: "message",
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("kernel.Install: %w", err)
	}
	files, err := logos()
	if err != nil {
		return fmt.Errorf("kernel.Install: %w", err)
	}
	files["echarts.min.js"] = chart.Script()

	dir = filepath.Join(dir, Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("kernel.Install: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := put(dir, name, files[name]); err != nil {
			return fmt.Errorf("kernel.Install: %w", err)
		}
	}
	if err := put(dir, "kernel.json", append(b, '\n')); err != nil { // last: it makes the kernel visible
		return fmt.Errorf("kernel.Install: %w", err)
	}
	return nil
}

// InstallGoNB writes a kernelspec into dir that starts GoNB, the program at an
// absolute path, with the module in a directory in its workspace: a cell uses
// the lab without an import, a go get or a network.
func InstallGoNB(dir, program, module string) error {
	for name, path := range map[string]string{"program": program, "module": module} {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("kernel.InstallGoNB: %s = %q: want an absolute path", name, path)
		}
	}
	if _, err := os.Stat(filepath.Join(module, "go.mod")); err != nil {
		return fmt.Errorf("kernel.InstallGoNB: module = %q: want the directory of a go.mod: %w", module, err)
	}
	files, err := logos()
	if err != nil {
		return fmt.Errorf("kernel.InstallGoNB: %w", err)
	}
	files["echarts.min.js"] = chart.Script()
	return gonb.Kernelspec(filepath.Join(dir, GoNBName), gonb.SpecOptions{Binary: program, Modules: []string{module}, Static: files})
}

// Uninstall removes from dir what Install and InstallGoNB wrote there, and lists
// it. A directory of that name that starts something else stays.
func Uninstall(dir string) (removed []string, err error) {
	for _, name := range []string{Name, GoNBName} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(filepath.Join(path, "kernel.json"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return removed, fmt.Errorf("kernel.Uninstall: %w", err)
		}
		var s spec
		if err := json.Unmarshal(data, &s); err != nil || !s.ours(name) {
			return removed, fmt.Errorf("kernel.Uninstall: %s starts another kernel: remove it by hand", path)
		}
		if err := os.RemoveAll(path); err != nil {
			return removed, fmt.Errorf("kernel.Uninstall: %w", err)
		}
		removed = append(removed, path)
	}
	return removed, nil
}

// ours says whether a spec is one of those that this package writes.
func (s spec) ours(name string) bool {
	if name == Name {
		return len(s.Argv) == 4 && slices.Equal(s.Argv[1:], []string{"kernel", "run", "{connection_file}"})
	}
	return slices.ContainsFunc(s.Argv, func(arg string) bool { return strings.HasPrefix(arg, "-go_work=") })
}

// put writes a file whole or not at all: Jupyter may be reading the directory.
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
