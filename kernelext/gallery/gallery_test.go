package gallery_test

import (
	"bytes"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/kernelext/gallery"
	"github.com/mlsysim/golab/kernelext/jupyterlab"
	"github.com/mlsysim/golab/kernelext/script"
)

const (
	readable = 4.5 // contrast that WCAG 2 asks of text
	columns  = 80
)

var update = flag.Bool("update", false, "rewrite the notebook and the page")

const (
	source   = "../../notebooks/gallery.lab"
	notebook = "../../notebooks/gallery.ipynb"
	page     = "../../docs/content/gallery/_index.md"
)

func current(t *testing.T, path string, want []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, want, 0o644))
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "stale: go test ./kernelext/gallery -update")
}

// The notebook and the page of the site are what the script says.
func TestGenerated(t *testing.T) {
	src, err := os.ReadFile(source)
	require.NoError(t, err)
	blocks := script.ReadScript(string(src))
	nb, err := script.WriteNotebook(blocks)
	require.NoError(t, err)
	current(t, notebook, nb)

	items, err := gallery.Run(t.Context(), source)
	require.NoError(t, err)
	current(t, page, []byte(gallery.Page(items)))
	for _, i := range items {
		if c, ok := i.Chart(); ok {
			current(t, filepath.Join(filepath.Dir(page), i.Name+".svg"), append(chart.SVG(c), '\n'))
		}
	}
}

// keep writes a form of the gallery beside its pictures.
func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if dir := os.Getenv("MLSYSIM_SHOTS"); dir != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
}

func command(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s %s: %s", name, strings.Join(args, " "), &stderr)
	return out
}

// The gallery as text fits a terminal and has no colour that nobody asked for.
func TestTerminal(t *testing.T) {
	out := command(t, jupyterlab.Binary(t), "lab", "run", source, "--timeout", "2m")
	keep(t, "gallery.txt", out)
	require.NotContains(t, string(out), "\x1b")
	for line := range strings.Lines(string(out)) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimRight(line, "\n")), columns, line)
	}
}

// The gallery in JupyterLab, and what becomes of its file.
func TestNotebook(t *testing.T) {
	lab := jupyterlab.Start(t)
	fresh, err := os.ReadFile(notebook)
	require.NoError(t, err)
	n := lab.Notebook("gallery.ipynb", fresh)
	n.RunAll()
	require.Empty(t, n.Errors())
	n.Wait("the live charts", `document.querySelector(".jp-RenderedHTMLCommon svg")`)
	for _, theme := range []string{"light", "dark"} {
		n.Dark(theme == "dark")
		n.ShotParts("gallery-" + theme)
		pale, _ := n.Pale(".jp-OutputArea-output", readable)
		require.Empty(t, pale, theme)
		n.Axe(".jp-OutputArea-output", jupyterlab.Known{Rule: "aria-input-field-name", Reason: "jupyterlab_widgets 3.0 draws the handle and gives it no name"})
	}
	n.Dark(false)
	saved := n.Save()
	keep(t, "gallery.ipynb", saved)

	t.Run("untrusted", func(t *testing.T) { untrusted(t, lab.In(t), saved) })
	t.Run("nbconvert", func(t *testing.T) { exported(t, lab.Browser().In(t), filepath.Join(lab.Dir, n.Name)) })
}

// untrusted is the file as an instructor opens it: nothing of it may run.
func untrusted(t *testing.T, lab *jupyterlab.Lab, saved []byte) {
	changed := bytes.Replace(saved, []byte("Scorecards"), []byte("Scorecards of a stranger"), 1)
	changed = bytes.Replace(changed, []byte("Evaluate(Llama3_8B, H100)"), []byte("Evaluate(Llama3_8B,  H100)"), 1)
	n := lab.Notebook("stranger.ipynb", changed)
	require.NotContains(t, n.Texts(`nb().content.widgets.filter(w => w.model.type == "code").map(w => String(w.model.trusted))`), "true")
	require.False(t, n.True(`document.querySelector(".jp-OutputArea-output svg, .jp-OutputArea-output script")`))
	require.Zero(t, n.Number(`[...document.querySelectorAll(".jp-OutputArea-output img")].filter(i => !i.naturalWidth).length`))
	n.ShotParts("gallery-untrusted")
	n.Axe(".jp-OutputArea-output")
}

// exported is the file as a page of nbconvert, where the controls work without
// a kernel.
func exported(t *testing.T, b *jupyterlab.Browser, path string) {
	html := jupyterlab.Export(t, path)
	keep(t, "gallery.html", html)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(html) // a page that ends early fails the test anyway
	}))
	t.Cleanup(server.Close)
	p := b.Open(server.URL)
	p.Wait("the page", `document.readyState == "complete"`)
	require.NotContains(t, p.Text(`document.body.innerText`), "$$", "without MathJax formulas are text")
	p.ShotParts("gallery-nbconvert")
	require.Zero(t, p.Number(`[...document.querySelectorAll(".jp-OutputArea-output img")].filter(i => !i.naturalWidth).length`))
	p.Axe(".jp-OutputArea-output")

	slider := p.Text(`document.querySelector("[id^=mlsysim-explorer] input[type=range]").closest("[id^=mlsysim-explorer]").id`)
	before := p.Text(`document.querySelector("#` + slider + ` [data-panel]").innerText`)
	p.Focus("#" + slider + " input[type=range]")
	p.Press(jupyterlab.End)
	p.Wait("other numbers", `document.querySelector("#`+slider+` [data-panel]").innerText != `+strconv.Quote(before))
}
