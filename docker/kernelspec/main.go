// Command kernelspec writes a Jupyter kernelspec that starts GoNB with this
// module in its workspace, so that a notebook needs no set-up cell. The images
// and make jupyter run it; GoNB itself comes from its own image or go install.
//
//	go run ./docker/kernelspec .cache/jupyter/kernels/mlsysim-gonb
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/mlsysim/golab/kernelext/gonb"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kernelspec DIR, run in the root of the module")
		os.Exit(1)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string) error {
	module, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(module, "go.mod")); err != nil {
		return fmt.Errorf("no module here: run in its root: %w", err)
	}

	script, err := os.ReadFile(filepath.Join(module, "kernelext/chart/assets/echarts.min.js"))
	if err != nil {
		return fmt.Errorf("reading the chart script: %w", err)
	}

	return gonb.Kernelspec(dir, gonb.SpecOptions{
		Modules: []string{module},
		Static:  map[string][]byte{"echarts.min.js": script},
	})
}
