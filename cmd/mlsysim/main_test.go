package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlsysim/golab/cmd/internal/cli/clitest"
)

func TestMain(m *testing.M) {
	workers() // lab run starts this binary again
	switch os.Getenv(asCommand) {
	case "mlsysim":
		main()
	case "patient":
		serveForever()
	}
	testscript.Main(m, map[string]func(){"mlsysim": main})
}

func TestScripts(t *testing.T) { clitest.Run(t) }

const asCommand = "MLSYSIM_TEST_AS_COMMAND"

// command runs mlsysim, or another program of this binary, as a process of its own.
func command(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"="+program)
	return cmd
}
