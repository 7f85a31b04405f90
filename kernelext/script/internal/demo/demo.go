// Package demo serves the demonstration prelude to the tests of the script
// engine. It leaves out the real one, which is package lab of kernelext.
//
//	script.New(script.Options{Prelude: demo.Prelude()})
package demo

import "github.com/mlsysim/golab/kernelext/script"

//go:generate go run ../../../../mlsysim/internal/gen/prelude -pkg github.com/mlsysim/golab/kernelext/script/internal/demo/lab -out .

// Prelude is the demonstration prelude.
func Prelude() *script.Prelude {
	return script.NewPrelude(preludePath, preludeStub, preludeSymbols())
}
