package kernel

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/jupyterlab"
)

const steering = `Interact(func(v Values) any { return fmt.Sprint("look ", v.Int("n") * 1000) }, Slider("n", 0, 9, 4))`

// standIn is the page that stands in for controls, and whether it is to be seen.
const (
	standIn      = `document.querySelector('[id^="mlsysim-explorer-"]')`
	standInShown = standIn + `.getBoundingClientRect().height > 0`
	standInMove  = `(e => { e.value = 9; e.dispatchEvent(new Event("input", {bubbles: true})) })(` + standIn + `.querySelector("input"))`
	standInLook  = standIn + `.querySelector("[data-panel]").innerText`
	spoken       = standIn + `.querySelector("[role=status]").textContent`
)

// Beside live controls their stand-in is not to be seen, and keeps the last look.
// In a notebook that was opened without its kernel it takes their place and moves;
// from somebody else it is a picture; exported, it moves.
func TestStandIn(t *testing.T) {
	lab := jupyterlab.Start(t)
	n := lab.Notebook("live.ipynb", jupyterlab.Cells(steering, "PredictWith(\"q1\", Slider(\"ms\", 0, 50, 10))"))
	n.Run(0)
	n.Run(1)
	require.Contains(t, n.OutText(1), "not locked yet")
	require.Empty(t, n.Errors())
	n.Wait("the controls", `document.querySelector(".noUi-handle")`)
	n.Wait("the stand-in", standIn+` && !(`+standInShown+`)`)
	n.Do(`document.querySelector(".noUi-handle").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})); 0`)
	n.Wait("the look that is kept", standIn+`.querySelector("output").textContent == "5"`)
	require.Contains(t, n.Text(standIn+`.textContent`), "look 5000")
	require.False(t, n.True(standInShown))
	require.True(t, n.True(`document.querySelector(".noUi-handle")`), "the controls stay")
	saved := n.Save()

	r := lab.Notebook("reopened.ipynb", saved) // trusted: this server has signed its content
	r.Expect("widget model not found", "its kernel is another one")
	r.Wait("the stand-in", standInShown)
	require.NotContains(t, r.OutText(0), "Error displaying widget")
	r.Wait("the prediction", `!document.querySelector('`+r.Out(1)+`').innerText.includes("widget")`)
	require.Contains(t, r.OutText(1), "not locked yet")
	require.Contains(t, r.Text(standInLook), "look 5000")
	r.Do(standInMove)
	r.Wait("another look", standInLook+` == "look 9000"`)
	require.Equal(t, "look 9000", r.Text(spoken))
	require.Equal(t, "9", r.Text(standIn+`.querySelector("output").textContent`))
	r.Shot("stand-in")
	r.Dark(true)
	r.Shot("stand-in-dark")

	u := lab.Notebook("untrusted.ipynb", bytes.ReplaceAll(saved, []byte("look 5000"), []byte("look 5001")))
	u.Wait("the picture", `document.querySelector(".jp-OutputArea input")?.offsetHeight > 0`) // names of elements are taken away
	require.Contains(t, u.OutText(0), "look 5001")
	require.True(t, u.True(`document.querySelector(".jp-OutputArea input").disabled`))
	exported(t, lab, saved)
}

// exported looks at the page that nbconvert makes, without what it loads from
// elsewhere.
func exported(t *testing.T, lab *jupyterlab.Lab, notebook []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "exported.ipynb")
	require.NoError(t, os.WriteFile(file, notebook, 0o600))
	page := file[:len(file)-len("ipynb")] + "html"
	require.NoError(t, os.WriteFile(page, jupyterlab.Export(t, file), 0o600))

	p := lab.Browser().Open("file://" + page)
	p.Wait("the stand-in", standIn+` && `+standInShown)
	p.Do(standInMove)
	p.Wait("another look", standInLook+` == "look 9000"`)
	require.False(t, p.True(`[...document.querySelectorAll("pre")].some(e => e.offsetHeight > 0 && /^(controls|prediction): /.test(e.textContent))`))
}
