package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Ctrl-C ends a measurement at once, with one line and nothing on stdout.
func TestAuditIsInterruptible(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent an interrupt there")
	}
	cmd := command(t, "mlsysim", "audit", "--workload", "ResNet50", "--seconds", "600")
	var stdout strings.Builder
	cmd.Stdout = &stdout
	pipe, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // has no effect where the test passes

	stderr := bufio.NewReader(pipe)
	first, err := stderr.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "copying memory\n", first)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(stderr)
	require.NoError(t, err)

	var exit *exec.ExitError
	require.True(t, errors.As(cmd.Wait(), &exit))
	require.Equal(t, 1, exit.ExitCode())
	require.Equal(t, "mlsysim audit: interrupted: nothing was measured\n", string(rest))
	require.Empty(t, stdout.String())
}
