package kernel

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/jupyterlab"
)

// readable is the contrast of text and ground that WCAG 2 asks for.
const readable = 4.5

// The kernel as a student meets it: in JupyterLab, in a browser.
func TestJupyterLab(t *testing.T) {
	lab := jupyterlab.Start(t)
	t.Run("notebook", func(t *testing.T) { labNotebook(t, lab.In(t)) })
	t.Run("complete", func(t *testing.T) { labComplete(t, lab.In(t)) })
	t.Run("inspect", func(t *testing.T) { labInspect(t, lab.In(t)) })
	t.Run("interrupt", func(t *testing.T) { labInterrupt(t, lab.In(t)) })
	t.Run("restart", func(t *testing.T) { labRestart(t, lab.In(t)) })
	t.Run("slider", func(t *testing.T) { labSlider(t, lab.In(t)) })
	t.Run("predict", func(t *testing.T) { labPredict(t, lab.In(t)) })
	t.Run("reopened", func(t *testing.T) { labReopened(t, lab.In(t)) })
}

// The notebook that students open runs from top to bottom, in both themes.
func labNotebook(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("T0.ipynb", readFile(t, "../../notebooks/T0_hello_world.ipynb"))
	n.RunAll()
	require.Empty(t, n.Errors())
	require.Contains(t, n.OutText(0), "your scenario")
	require.Contains(t, n.OutText(1), "Feasibility")
	defer n.Dark(false) // other notebooks have the same theme
	for _, theme := range []string{"light", "dark"} {
		n.Dark(theme == "dark")
		n.ShotAll("t0-" + theme)
		pale, texts := n.Pale(".jp-OutputArea-output", readable)
		require.Greater(t, texts, 100)
		require.Empty(t, pale, theme)
		n.Axe(".jp-OutputArea-output")
	}
}

// The list of completions says what a name is.
func labComplete(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("complete.ipynb", jupyterlab.Cells("x := 1"))
	for _, c := range []struct{ code, text, kind string }{
		{"hardware.H‸", "H100", "device"}, // JupyterLab writes small letters
		{"H10‸", "H100", "device"},
		{"H100.Mem‸", "Memory", "bytes"},
		{"SingleNode{Model: Llama3_8B, ‸}", "Hardware", "device"},
		{"Evalu‸", "Evaluate", "function"},
	} {
		n.Type(0, c.code)
		choices := n.Complete()
		require.Contains(t, choices, jupyterlab.Choice{Text: c.text, Kind: c.kind}, c.code)
		if strings.HasPrefix(c.code, "hardware") {
			n.Shot("complete")
		}
		n.Press(jupyterlab.Escape)
		n.Wait("no list", `!document.querySelector(".jp-Completer:not(.lm-mod-hidden) li")`)
	}
	n.Type(0, "hardware.H100_N‸.Memory")
	require.Equal(t, "H100_NVL", n.Complete()[0].Text)
	n.Press(jupyterlab.Enter)
	n.Wait("the completed name", `cell(0).model.sharedModel.getSource() == "hardware.H100_NVL.Memory"`)
	n.Run(0)
	require.Empty(t, n.Errors())
}

// The tooltip has signature, documentation, equation and sources.
func labInspect(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("inspect.ipynb", jupyterlab.Cells("x := 1"))
	for i, c := range []struct {
		code string
		want []string
	}{
		{"Single‸Node{Model: Llama3_8B}", []string{"type SingleNode", "one pass of a batch", "T = max(F/(P·η), Q/(BW·η_m)) + O", "Williams", "MemoryEfficiency"}},
		{"H100‸", []string{"var H100 Device", "3.35 TB/s", "nvidia-h100", "https://"}},
		{"hardware.H100‸", []string{"var H100 Device", "3.35 TB/s"}},
		{"Evaluate‸(Llama3_8B, H100)", []string{"func Evaluate(m Model, h Device) Scorecard", "three lenses"}},
	} {
		n.Type(0, c.code)
		text := n.Inspect()
		for _, part := range c.want {
			require.Contains(t, text, part, c.code)
		}
		n.Shot(fmt.Sprintf("inspect-%d", i))
		n.Press(jupyterlab.Escape)
		n.Wait("no tooltip", `!document.querySelector(".jp-Tooltip")`)
	}
}

// The stop button stops a loop without end and a long search, and the session
// lives on.
func labInterrupt(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("interrupt.ipynb", jupyterlab.Cells(
		"keep := 41", "for {\n}",
		"sizes := Steps(1, 3000, 1)\nSpace{Solver: SingleNode{Model: Llama3_8B, Hardware: H100}, Axes: []Axis{{Field: \"Batch\", Values: sizes}, {Field: \"Context\", Values: sizes}}, Objective: \"Latency\"}.Run()",
		"keep + 1"))
	n.Run(0)
	for _, i := range []int{1, 2} {
		n.Begin(i)
		n.Running()
		began := time.Now()
		n.Interrupt()
		t.Logf("cell %d stopped and drawn after %v", i, time.Since(began))
		require.Contains(t, n.OutText(i), "interrupted")
	}
	require.Len(t, n.Errors(), 2)
	n.Shot("interrupted")
	n.Run(3)
	require.Equal(t, "42", strings.TrimSpace(n.OutText(3)))
}

// A kernel that starts anew has forgotten everything, and works.
func labRestart(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("restart.ipynb", jupyterlab.Cells("keep := 41", "keep + 1"))
	n.RunAll()
	require.Empty(t, n.Errors())
	n.Restart()
	n.Run(1)
	require.Contains(t, n.OutText(1), "undefined: keep")
	n.RunAll()
	require.Equal(t, "42", strings.TrimSpace(n.OutText(1)))
}

// copyTo writes the bytes of a notebook under another name.
func copyTo(t *testing.T, lab *jupyterlab.Lab, name string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(lab.Dir, name), content, 0o600))
}
