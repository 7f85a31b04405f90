package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	demo   = "../../../../kernelext/script/internal/demo"
	engine = "../../../../kernelext/script"
)

// What is committed is what the generator writes today.
func TestGeneratedIsCurrent(t *testing.T) {
	for _, c := range []struct{ dir, pkg string }{
		{demo, "github.com/mlsysim/golab/kernelext/script/internal/demo/lab"},
		{engine, "github.com/mlsysim/golab/kernelext/lab"},
	} {
		out := t.TempDir()
		require.NoError(t, run(c.pkg, "", out, filepath.Base(c.dir), nil))
		for _, file := range []string{"zz_symbols.go", "zz_stub.go.txt"} {
			want, err := os.ReadFile(filepath.Join(out, file))
			require.NoError(t, err)
			have, err := os.ReadFile(filepath.Join(c.dir, file))
			require.NoError(t, err)
			require.True(t, bytes.Equal(want, have), "%s/%s is out of date: run make generate", c.dir, file)
		}
	}
}

func TestRefusesWhatScriptsCannotUse(t *testing.T) {
	const here = "github.com/mlsysim/golab/mlsysim/internal/gen/prelude/testdata/"
	require.EqualError(t, run(here+"generic", "", t.TempDir(), "x", nil), "generic.Map: generic function: want concrete types")
	require.EqualError(t, run(here+"channel", "", t.TempDir(), "x", nil),
		"channel.Out: its type needs io.Writer: want plain types that scripts can hold")
	require.EqualError(t, run(here+"channel", "", t.TempDir(), "x", []string{"channel.Out"}),
		"channel.Results: its type needs a channel: want plain types that scripts can hold")
	require.EqualError(t, run("", "", t.TempDir(), "x", nil), `-pkg = "", -std = "": want exactly one`)
}
