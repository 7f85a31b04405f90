package sandbox

import (
	"context"
	"errors"

	"github.com/mlsysim/golab/kernelext/script"
)

func probeWasm() Tier { return Tier{Name: Wasm, Why: "this program holds no WebAssembly module"} }

func readyWasm(p plan) (func() error, error) {
	return nil, errors.New("this program holds no WebAssembly module")
}

func execWasm(ctx context.Context, l Limits, cells []Cell) (script.Outcome, error) {
	return script.Outcome{}, errors.New("this program holds no WebAssembly module")
}
