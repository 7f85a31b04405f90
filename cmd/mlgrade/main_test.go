package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlsysim/golab/autograder/assignment"
	"github.com/mlsysim/golab/cmd/internal/cli/clitest"
	"github.com/mlsysim/golab/kernelext/script"
)

func TestMain(m *testing.M) {
	assignment.MaybeChild()
	script.MaybeWorker() // a submission runs in this binary again
	testscript.Main(m, map[string]func(){"mlgrade": main})
}

func TestScripts(t *testing.T) { clitest.Run(t) }
