package labs_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
)

func TestMain(m *testing.M) {
	script.MaybeWorker()
	os.Exit(m.Run())
}

func execute(t *testing.T, cells ...script.Cell) script.Outcome {
	t.Helper()
	o, err := script.ExecCells(context.Background(), script.Limits{}, cells)
	require.NoError(t, err)
	require.Equal(t, script.Done, o.Reason, "%v", o.Err)
	return o
}

// code lists the code cells of a lab's notebook.
func code(t *testing.T, l labs.Lab) []script.Cell {
	t.Helper()
	var nb struct {
		Cells []struct {
			ID     string
			Type   string `json:"cell_type"`
			Source []string
		}
	}
	require.NoError(t, json.Unmarshal(labs.Notebook(l), &nb))
	var out []script.Cell
	for _, c := range nb.Cells {
		if c.Type == "code" {
			out = append(out, script.Cell{Name: c.ID, Src: strings.Join(c.Source, "")})
		}
	}
	require.NotEmpty(t, out)
	return out
}

func shown(o script.Outcome) []string {
	var out []string
	for _, item := range o.Shown {
		out = append(out, item.Bundle["text/plain"])
	}
	return out
}

// The student notebook runs as it is handed out, and so does the script, with
// the same values to see.
func TestNotebookAndScriptShowTheSame(t *testing.T) {
	for _, l := range labs.All() {
		fromNotebook := execute(t, code(t, l)...)
		fromScript := execute(t, script.Cell{Name: "script", Src: string(labs.Script(l))})
		require.Equal(t, shown(fromNotebook), shown(fromScript))
		require.Equal(t, fromNotebook.Claims, fromScript.Claims)
		require.NotEmpty(t, shown(fromNotebook))
		require.Equal(t, "your-id", labs.Opened(l, records(t, fromScript)))
	}
}

// A script has 15 to 40 lines, blank ones not counted.
func TestScriptIsShort(t *testing.T) {
	for _, l := range labs.All() {
		n := 0
		for line := range strings.Lines(string(labs.Script(l))) {
			if strings.TrimSpace(line) != "" {
				n++
			}
		}
		require.True(t, n >= 15 && n <= 40, "%s: %d lines", l.ID, n)
	}
}

func records(t *testing.T, o script.Outcome) []record.Record {
	t.Helper()
	var out []record.Record
	for _, data := range o.Claims {
		var r record.Record
		require.NoError(t, json.Unmarshal(data, &r))
		out = append(out, r)
	}
	return out
}

// GoNB keeps declarations from cell to cell and makes the statements behind
// %% the main function of a program. Compiled that way, cell by cell, the
// notebook shows what the engine shows.
func TestNotebookCompilesAsGoNBDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("needs the Go toolchain and some seconds")
	}
	for _, l := range labs.All() {
		var kept, mains strings.Builder
		mains.WriteString("func main() {\n")
		for _, c := range code(t, l) {
			declarations, statements, _ := strings.Cut(c.Src, "//gonb:%%\n")
			kept.WriteString(declarations + "\n")
			mains.WriteString("\tfunc() {\n" + statements + "\n\t}()\n")
		}
		src := "package main\n\nimport \"fmt\"\n\n" + kept.String() + mains.String() + "}\n"
		file := filepath.Join(t.TempDir(), "main.go")
		require.NoError(t, os.WriteFile(file, []byte(src), 0o600))

		cmd := exec.Command("go", "run", file) // from here: it sees this module
		cmd.Env = append(os.Environ(), "NO_COLOR=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		var want strings.Builder
		for _, text := range shown(execute(t, code(t, l)...)) {
			want.WriteString(text + "\n")
		}
		require.Equal(t, words(want.String()), words(string(out)))
	}
}

func words(text string) []string { return strings.Fields(text) }
