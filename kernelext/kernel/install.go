package kernel

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/mlsysim/golab/kernelext/chart"
)

// Name is what notebooks call this kernel in their metadata. Charts find their
// script at kernelspecs/mlsysim/echarts.min.js of the page's server.
const Name = "mlsysim"

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
