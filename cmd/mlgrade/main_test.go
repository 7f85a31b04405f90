package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/cmd/internal/cli/clitest"
)

func TestMain(m *testing.M) {
	sandbox.MaybeWorker() // a submission runs in this binary again
	testscript.Main(m, map[string]func(){"mlgrade": main})
}

func TestScripts(t *testing.T) {
	sandbox.Probe() // makes the interpreter's module ready for the scripts
	clitest.Run(t)
}
