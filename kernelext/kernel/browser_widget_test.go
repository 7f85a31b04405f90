package kernel

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/jupyterlab"
)

// interacting is a cell with a slider, a menu and a box above a chart.
const interacting = `Interact(func(v Values) any {
	s := SingleNode{Model: Llama3_8B, Hardware: HardwareNamed(v.Text("device")), Context: v.Int("context")}
	if v.On("8 bit") {
		s.Precision = INT8
	}
	return Sweep(s, "Batch", Pow2(1, 64)).Chart("Batch", "Latency")
}, Slider("context", 256, 8192, 2048), Dropdown("device", "H100", "A100"), Checkbox("8 bit", false))`

// picture is the picture of a cell's chart.
func picture(n *jupyterlab.Notebook, i int) string {
	return n.Text(`document.querySelector('` + n.Out(i) + ` img').src`)
}

// redrawn waits until a cell's chart is another picture than before, and draws.
func redrawn(n *jupyterlab.Notebook, i int, before string) string {
	img := `document.querySelector('` + n.Out(i) + ` img')`
	n.Wait("another picture", img+`?.src && `+img+`.src != "`+before+`" && `+img+`.complete && `+img+`.naturalWidth > 0`)
	n.Idle()
	return picture(n, i)
}

// A slider moved by keyboard changes its number and the chart, and nothing of
// the page is loaded again.
func labSlider(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("slider.ipynb", jupyterlab.Cells(interacting))
	n.Run(0)
	require.Empty(t, n.Errors())
	n.Do(`window.stays = document.querySelector('` + n.Out(0) + ` .widget-vbox'); 0`)
	first := picture(n, 0)

	number := `document.querySelector('` + n.Out(0) + ` .widget-readout').textContent`
	require.Equal(t, "2048", n.Text(number))
	n.Focus(n.Out(0) + " .noUi-handle")
	n.Press(strings.Repeat(jupyterlab.Right, 3))
	n.Wait("the number", number+` == "2051"`)
	n.Press(jupyterlab.End)
	n.Wait("the number", number+` == "8192"`)
	second := redrawn(n, 0, first)
	n.Press(jupyterlab.Home)
	n.Wait("the number", number+` == "256"`)
	third := redrawn(n, 0, second)
	require.True(t, n.True(`window.stays == document.querySelector('`+n.Out(0)+` .widget-vbox')`), "the same elements")
	require.True(t, n.True(`document.activeElement.matches('`+n.Out(0)+` .noUi-handle')`), "the keyboard is still there")

	// The list of a menu is not part of the page, and JupyterLab keeps its arrow keys.
	n.Do(`(e => { e.selectedIndex = 1; e.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector('` + n.Out(0) + ` select'))`)
	fourth := redrawn(n, 0, third)
	n.Click(n.Out(0) + " input[type=checkbox]")
	redrawn(n, 0, fourth)
	defer n.Dark(false)
	for _, theme := range []string{"light", "dark"} {
		n.Dark(theme == "dark")
		n.ShotAll("slider-" + theme)
		pale, texts := n.Pale(n.Out(0)+" .widget-vbox", readable)
		require.GreaterOrEqual(t, texts, 4)
		require.Empty(t, pale, theme)
		n.Axe(n.Out(0)+" .widget-vbox", jupyterlab.Known{Rule: "aria-input-field-name", Reason: "jupyterlab_widgets 3.0 draws the handle and gives it no name"})
	}
}

// A prediction can be changed until it is locked, and then no more.
func labPredict(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("predict.ipynb", jupyterlab.Cells(`PredictWith("q1", Slider("ms", 0, 50, 10))`))
	n.Run(0)
	require.Contains(t, n.OutText(0), "not locked yet")
	n.Focus(n.Out(0) + " .noUi-handle")
	n.Press(jupyterlab.Right) // once: ipywidgets holds a second move back until the first is answered
	n.Click(n.Out(0) + " button")
	n.Wait("the record", `document.querySelector('`+n.Out(0)+`').innerText.includes("predict q1 = 11")`)
	require.True(t, n.True(`document.querySelector('`+n.Out(0)+` button').disabled`))
	require.True(t, n.True(`document.querySelector('`+n.Out(0)+` .noUi-target').hasAttribute("disabled")`))
	n.ShotAll("predict")
	saved := n.Save()
	require.Contains(t, string(saved), `"application/vnd.mlsysim.record+json"`)
}

// A notebook that is opened again shows its last look: with trust the controls
// as they stood, without it the picture that was saved.
func labReopened(t *testing.T, lab *jupyterlab.Lab) {
	n := lab.Notebook("saved.ipynb", jupyterlab.Cells(interacting, "Sweep(SingleNode{Model: Llama3_8B, Hardware: H100}, \"Batch\", Pow2(1, 64)).Chart(\"Batch\", \"Latency\")", "Evaluate(Llama3_8B, H100)"))
	n.RunAll()
	require.Empty(t, n.Errors())
	live := `document.querySelector('` + n.Out(1) + ` .jp-RenderedHTMLCommon svg')`
	n.Wait("the live chart", live)
	first := picture(n, 0)
	n.Focus(n.Out(0) + " .noUi-handle")
	n.Press(jupyterlab.End)
	last := redrawn(n, 0, first)
	saved := n.Save()
	require.Less(t, len(saved), 150_000)

	copyTo(t, lab, "trusted.ipynb", saved) // trust goes by the content
	again := lab.Open("trusted.ipynb")
	again.Wait("the controls", `document.querySelector('`+again.Out(0)+` .widget-readout')?.textContent == "8192"`)
	require.Equal(t, last, picture(again, 0))
	again.Wait("the live chart", `document.querySelector('`+again.Out(1)+` .jp-RenderedHTMLCommon svg')`)
	again.ShotAll("reopened-trusted")

	copyTo(t, lab, "untrusted.ipynb", bytes.Replace(saved, []byte("Evaluate(Llama3_8B"), []byte("Evaluate( Llama3_8B"), 1))
	other := lab.Open("untrusted.ipynb")
	require.Equal(t, []string{"false", "false", "false"}, other.Texts(`nb().content.widgets.map(w => String(w.model.trusted))`))
	require.False(t, other.True(`document.querySelector('`+other.Out(1)+` .jp-RenderedHTMLCommon svg')`), "no script runs")
	for i := range 2 {
		require.True(t, other.True(`document.querySelector('`+other.Out(i)+` img').naturalWidth > 0`), "the picture of cell %d", i)
	}
	require.Contains(t, other.OutText(2), "Feasibility")
	other.Axe(".jp-OutputArea-output")
	other.ShotAll("reopened-untrusted")
}
