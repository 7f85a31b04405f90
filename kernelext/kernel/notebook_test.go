package kernel

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
)

// python is the environment that `make venv` makes, or the one that the variable
// MLSYSIM_PYTHON names. CI must have it, with the module.
func python(t *testing.T, module string) string {
	t.Helper()
	path, err := filepath.Abs("../../.cache/venv/bin/python")
	require.NoError(t, err)
	if other := os.Getenv("MLSYSIM_PYTHON"); other != "" {
		path = other
	}
	if err := exec.Command(path, "-c", "import "+module).Run(); err != nil {
		if os.Getenv("CI") != "" {
			require.FailNow(t, "no .cache/venv with "+module+": run make venv")
		}
		t.Skipf("no .cache/venv with %s: run make venv", module)
	}
	return path
}

// notebookFile is the part of a notebook that the tests look at.
type notebookFile struct {
	Cells []notebookCell `json:"cells"`
}

type notebookCell struct {
	ID      string           `json:"id"`
	Type    string           `json:"cell_type"`
	Source  json.RawMessage  `json:"source"`
	Outputs []notebookOutput `json:"outputs"`
}

type notebookOutput struct {
	Type  string         `json:"output_type"`
	Data  map[string]any `json:"data"`
	Name  string         `json:"ename"`
	Value string         `json:"evalue"`
}

// text joins the lines that a notebook keeps apart.
func (o notebookOutput) text(mime string) string {
	switch v := o.Data[mime].(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, line := range v {
			b.WriteString(line.(string))
		}
		return b.String()
	}
	return ""
}

// executed runs a notebook with nbclient and this kernel, in directories that
// hold nothing of the machine's Jupyter.
func executed(t *testing.T, notebook []byte) notebookFile {
	t.Helper()
	dir := t.TempDir()
	python := python(t, "nbclient")
	env := jupyterEnv(t, dir)
	file := filepath.Join(dir, "notebook.ipynb")
	require.NoError(t, os.WriteFile(file, notebook, 0o600))

	cmd := exec.Command(python, filepath.Join(filepath.Dir(python), "jupyter-execute"), "--inplace", "--allow-errors", "--timeout=120", file)
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)

	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var nb notebookFile
	require.NoError(t, json.Unmarshal(data, &nb))
	return nb
}

// The notebook that students open runs from top to bottom as it is.
func TestStudentNotebook(t *testing.T) {
	notebook, err := os.ReadFile("../../notebooks/T0_hello_world.ipynb")
	require.NoError(t, err)
	nb := executed(t, notebook)
	outputs := map[string][]notebookOutput{}
	for _, c := range nb.Cells {
		outputs[c.ID] = c.Outputs
		for _, o := range c.Outputs {
			require.NotEqual(t, "error", o.Type, "cell %s: %s: %s", c.ID, o.Name, o.Value)
			if o.Data != nil {
				require.NotEmpty(t, o.text(plainText), "cell %s", c.ID)
			}
		}
	}

	opened := outputs["t0-open"]
	require.NotEmpty(t, opened)
	require.Equal(t, "open", opened[0].Data[record.MIME].(map[string]any)["kind"])
	require.Equal(t, "T0", opened[0].Data[record.MIME].(map[string]any)["lab"])

	card := outputs["t0-scorecard-explore"]
	require.Len(t, card, 1)
	require.Contains(t, card[0].text(plainText), "H100")
	require.Contains(t, card[0].text("text/html"), "<section")
	require.NotContains(t, card[0].text("text/html"), "<style", "an untrusted notebook loses it")
	require.Len(t, outputs["t0-q1-explore"], 2)
}

// A notebook filled in by a student carries the claims, and an error stays where
// it is.
func TestAnsweredNotebook(t *testing.T) {
	cell := func(id, src string) object {
		return object{"id": id, "cell_type": "code", "metadata": object{}, "source": src, "outputs": []any{}, "execution_count": nil}
	}
	notebook := encode(object{
		"nbformat": 4, "nbformat_minor": 5,
		"metadata": object{"kernelspec": object{"name": Name, "display_name": "MLSysim (Go)", "language": "go"}},
		"cells": []object{
			cell("open", "import . \"github.com/mlsysim/golab/kernelext/lab\"\nl := Open(\"T0\", \"ada\")"),
			cell("wrong", "80*GB + 3*Second"),
			cell("answer", "//gonb:%%\nAnswer(\"q1.latency\", 4.5 * Millisecond)\nBecause(\"q2\", MemoryBandwidth)"),
			cell("sweep", "front := Sweep(SingleNode{Model: Llama3_8B, Hardware: H100}, \"Batch\", Pow2(1, 64))\nfront.Chart(\"Batch\", \"Latency\")"),
		},
	})
	nb := executed(t, notebook)

	require.Len(t, nb.Cells[1].Outputs, 1)
	require.Equal(t, "error", nb.Cells[1].Outputs[0].Type)
	require.Contains(t, nb.Cells[1].Outputs[0].Value, "mismatched types Bytes and Seconds")

	answers := nb.Cells[2].Outputs
	require.Len(t, answers, 2)
	require.Equal(t, "q1.latency", answers[0].Data[record.MIME].(map[string]any)["id"])
	require.InEpsilon(t, 4.5e-3, answers[0].Data[record.MIME].(map[string]any)["number"], 1e-12)
	require.Equal(t, "because", answers[1].Data[record.MIME].(map[string]any)["kind"])

	sweep := nb.Cells[3].Outputs
	require.Len(t, sweep, 1)
	require.Equal(t, "execute_result", sweep[0].Type)
	require.Contains(t, sweep[0].text("text/html"), "data:image/svg+xml", "the chart is a picture until the live one replaces it")
	require.Contains(t, sweep[0].text(plainText), "Latency")
}

// A notebook shows in this kernel, cell by cell, what the engine shows, which
// package labs compares with compiled Go.
func TestEveryNotebookShowsWhatTheEngineShows(t *testing.T) {
	paths, err := filepath.Glob("../../notebooks/*.ipynb")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		blocks, err := script.ReadNotebook([]byte(readFile(t, path)))
		require.NoError(t, err)
		c := connect(t)
		e, out := engineOf(t)
		for i, b := range blocks {
			if b.Text {
				continue
			}
			out.Reset()
			require.NoError(t, e.Run(t.Context(), "cell", b.Source))
			reply, said := c.run(b.Source)
			require.Equal(t, "ok", reply.text("status"), "%s, cell %d", path, i)
			if strings.Contains(b.Source, "Interact(") {
				continue // controls here, and what stands in for them there
			}
			var text strings.Builder
			for _, n := range said {
				if n.kind == "stream" {
					text.WriteString(n.text("text"))
				} else if shown, ok := n.content["data"].(map[string]any); ok {
					fmt.Fprintln(&text, strings.TrimRight(shown[plainText].(string), "\n"))
				}
			}
			require.Equal(t, out.String(), text.String(), "%s, cell %d", path, i)
		}
	}
}

// screenText writes what is shown as text.
type screenText struct{ out *bytes.Buffer }

func (s screenText) Record([]byte) {}

func (s screenText) Show(bundle map[string]any) {
	fmt.Fprintln(s.out, strings.TrimRight(bundle[plainText].(string), "\n"))
}

// engineOf is an engine in this process, with what it prints and shows.
func engineOf(t *testing.T) (*script.Engine, *bytes.Buffer) {
	out := &bytes.Buffer{}
	record.Use(screenText{out})
	t.Cleanup(func() { record.Use(nil) })
	return script.New(script.Options{Stdout: out, Show: func(v any) { screenText{out}.Show(chart.Bundle(v)) }}), out
}
