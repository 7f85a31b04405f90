package notebook_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/notebook"
)

func TestParse(t *testing.T) {
	s, err := notebook.Parse([]byte(`{"nbformat": 4, "nbformat_minor": 5,
 "metadata": {"mlsysim": {"lab": "T0"}},
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": ["# title\n", "text"]},
  {"cell_type": "code", "metadata": {"mlsysim": {"lab": "T0", "question": "q1", "role": "answer"}}, "source": ["a := 1\n", "a"], "outputs": [{"data": 3}]},
  {"cell_type": "code", "metadata": {"mlsysim": "edited"}, "source": "b := 2"},
  {"cell_type": "code", "metadata": {}, "source": "var c = 3\n%%\nc % 2"},
  {"cell_type": "code", "metadata": {}, "source": "  \n"}
 ]}`))
	require.NoError(t, err)
	require.Equal(t, notebook.Submission{Lab: "T0", Cells: []notebook.Cell{
		{Name: "cell 2", Source: "a := 1\na", Lab: "T0", Question: "q1", Role: "answer"},
		{Name: "cell 3", Source: "b := 2"},
		{Name: "cell 4", Source: "var c = 3\n// %%\nc % 2"},
	}}, s)
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	code := `{"nbformat": 4, "cells": [{"cell_type": "code", "source": %s}]}`
	for _, c := range []struct{ name, data, says string }{
		{"empty", " \n", "empty file"},
		{"truncated", `{"nbformat": 4, "cells": [{"cell_`, "line 1: the file ends in the middle"},
		{"not json", "hello", "line 1: not JSON"},
		{"two documents", "{}\n{}", "line 2: something follows"},
		{"twice", "{\"nbformat\": 4,\n\"nbformat\": 4}", `line 2: the key "nbformat" occurs twice`},
		{"deep", `{"x": ` + deep + `}`, "nested deeper than 64"},
		{"a list", "[]", "notebook: a array: want an object"},
		{"no format", "{}", "nbformat: missing"},
		{"old format", `{"nbformat": 3}`, "nbformat = 3: want 4"},
		{"text format", `{"nbformat": "4"}`, "nbformat: a string: want a whole number"},
		{"no cells", `{"nbformat": 4}`, "the notebook has none"},
		{"cells not a list", `{"nbformat": 4, "cells": {}}`, "cells: a object: want a list"},
		{"cell not an object", `{"nbformat": 4, "cells": [1]}`, "cell 1: notebook: a number"},
		{"cell type", `{"nbformat": 4, "cells": [{"cell_type": "magic", "source": ""}]}`, `cell 1: cell_type = "magic"`},
		{"no source", `{"nbformat": 4, "cells": [{"cell_type": "code"}]}`, "cell 1: source: want a text"},
		{"null source", fmt.Sprintf(code, "null"), "cell 1: source: want a text"},
		{"number line", fmt.Sprintf(code, `["a", 3]`), "cell 1: source: want a text"},
		{"null line", fmt.Sprintf(code, `["a", null]`), "cell 1: source: line 2: want a text"},
		{"no code", fmt.Sprintf(code, `""`), "the notebook has no code"},
		{"much code", fmt.Sprintf(code, `"`+strings.Repeat("x", notebook.MaxSource+1)+`"`), "cell 1: too much code"},
		{"not text", "{\"nbformat\": \"\xff\"}", "not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := notebook.Parse([]byte(c.data))
			require.ErrorContains(t, err, c.says)
		})
	}
}

func write(t *testing.T, name, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
	return path
}

func TestReadScript(t *testing.T) {
	s, err := notebook.Read(write(t, "s1.lab", "x := 1\n"))
	require.NoError(t, err)
	require.Equal(t, []notebook.Cell{{Name: "script", Source: "x := 1\n"}}, s.Cells)

	_, err = notebook.Read(write(t, "s1.lab", "\n"))
	require.EqualError(t, err, "s1.lab: empty file")

	s, err = notebook.ReadAs("s1.lab", []byte("\ufeffx := 1"))
	require.NoError(t, err)
	require.Equal(t, "x := 1", s.Cells[0].Source, "a byte order mark is no code")
}

func TestReadRefusesWhatIsNoFile(t *testing.T) {
	path := write(t, "s1.lab", "x := 1\n")
	link := filepath.Join(filepath.Dir(path), "s2.lab")
	require.NoError(t, os.Symlink(path, link))
	_, err := notebook.Read(link)
	require.ErrorContains(t, err, "opening s2.lab")

	_, err = notebook.Read(t.TempDir())
	require.ErrorContains(t, err, "not a regular file")

	_, err = notebook.Read(filepath.Join(t.TempDir(), "gone.ipynb"))
	require.ErrorContains(t, err, "opening gone.ipynb: no such file")

	big := filepath.Join(t.TempDir(), "big.ipynb")
	f, err := os.Create(big)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(notebook.MaxFile+1))
	require.NoError(t, f.Close())
	_, err = notebook.Read(big)
	require.EqualError(t, err, "big.ipynb: too large: want at most 16 MiB")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x"]}]}`))
	f.Add([]byte(`{"nbformat": 4`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := notebook.Parse(data)
		require.Equal(t, err == nil, len(s.Cells) > 0)
	})
}

// A person sees every cell, as it was written.
func TestView(t *testing.T) {
	data := []byte(`{"nbformat": 4, "cells": [
		{"cell_type": "markdown", "source": ["# Title\n", "text"], "metadata": {"nbgrader": {"grade_id": "essay"}}},
		{"cell_type": "code", "source": "%%\nx := 1", "metadata": {"mlsysim": {"question": "q1"}}},
		{"cell_type": "code", "source": " "}, {"cell_type": "raw", "source": "r", "metadata": {"nbgrader": 3}}]}`)
	cells, err := notebook.View("a.ipynb", data)
	require.NoError(t, err)
	require.Equal(t, []notebook.Shown{
		{Name: "cell 1", Type: "markdown", Source: "# Title\ntext", Question: "essay"},
		{Name: "cell 2", Type: "code", Source: "%%\nx := 1", Question: "q1"},
		{Name: "cell 4", Type: "raw", Source: "r"},
	}, cells)
	cells, err = notebook.View("a.lab", []byte("x := 1"))
	require.NoError(t, err)
	require.Equal(t, []notebook.Shown{{Name: "script", Type: "script", Source: "x := 1"}}, cells)
	for _, bad := range []string{"", "{", `{"cells": 3}`, `{"cells": [{"source": 3}]}`, `{"cells": [], "cells": []}`} {
		_, err := notebook.View("a.ipynb", []byte(bad))
		require.Error(t, err, bad)
	}
}
