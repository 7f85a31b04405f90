package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlsysim/golab/cmd/internal/cli/clitest"
	"github.com/mlsysim/golab/kernelext/script"
)

func TestMain(m *testing.M) {
	script.MaybeWorker() // lab run starts this binary again
	if os.Getenv(asCommand) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"mlsysim": main})
}

func TestScripts(t *testing.T) { clitest.Run(t) }

const asCommand = "MLSYSIM_TEST_AS_COMMAND"

// command runs mlsysim as a process of its own.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	return cmd
}
