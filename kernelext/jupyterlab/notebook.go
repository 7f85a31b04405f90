package jupyterlab

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Notebook is a notebook that is open in JupyterLab.
type Notebook struct {
	*Page
	Name string
	lab  *Lab
}

// Cells is a notebook of code cells for our kernel, not run yet.
func Cells(sources ...string) []byte {
	type object = map[string]any
	cells := []object{}
	for i, src := range sources {
		cells = append(cells, object{
			"id": fmt.Sprintf("cell-%d", i), "cell_type": "code", "metadata": object{}, "source": src, "outputs": []any{}, "execution_count": nil,
		})
	}
	data, err := json.Marshal(object{
		"nbformat": 4, "nbformat_minor": 5, "cells": cells,
		"metadata": object{"kernelspec": object{"name": "mlsysim", "display_name": "MLSysim (Go)", "language": "go"}},
	})
	if err != nil {
		panic(err) // texts are always JSON
	}
	return data
}

// Notebook writes a notebook into the folder and opens it.
func (l *Lab) Notebook(name string, content []byte) *Notebook {
	l.t.Helper()
	require.NoError(l.t, os.WriteFile(filepath.Join(l.Dir, name), content, 0o644))
	return l.Open(name)
}

// Open opens a notebook of the folder in a new tab with a kernel of its own, and
// waits until that is ready.
func (l *Lab) Open(name string) *Notebook {
	l.t.Helper()
	space := strings.NewReplacer(".", "-", "/", "-").Replace(name)
	n := &Notebook{Name: name, lab: l}
	n.Page = l.browser.Open(l.URL + "lab/workspaces/" + space + "/tree/" + name + "?reset&token=" + l.token)
	n.log = l.log
	n.Wait("JupyterLab", `window.jupyterapp && jupyterapp.shell && document.querySelector(".jp-Notebook")`)
	n.ready()
	n.Do(`jupyterapp.shell.collapseLeft()`)
	n.settle()
	return n
}

// Front opens what JupyterLab shows first, with the configuration that students
// have.
func (l *Lab) Front() *Page {
	l.t.Helper()
	var config struct {
		LabApp struct {
			URL string `json:"default_url"`
		}
	}
	data, err := os.ReadFile(filepath.Join(students(l.t), "jupyter_config.json"))
	require.NoError(l.t, err)
	require.NoError(l.t, json.Unmarshal(data, &config))
	p := l.browser.Open(strings.TrimSuffix(l.URL, "/") + config.LabApp.URL + "?token=" + l.token)
	p.log = l.log
	p.Wait("JupyterLab", `window.jupyterapp && jupyterapp.shell && !document.querySelector("#jupyterlab-splash")`)
	return p
}

// Clicked is the notebook that a click on a page of JupyterLab has opened.
func (l *Lab) Clicked(p *Page, name string) *Notebook {
	l.t.Helper()
	n := &Notebook{Page: p, Name: name, lab: l}
	n.Wait("the notebook", `document.querySelector(".jp-Notebook")`)
	n.ready()
	return n
}

// ready waits for the notebook and its kernel.
func (n *Notebook) ready() {
	n.t.Helper()
	n.Do(panel)
	n.Wait("the notebook", `nb() && nb().context.isReady && nb().sessionContext.isReady && nb().context.path == "`+n.Name+`"`)
	n.Wait("the kernel", `nb().sessionContext.session?.kernel?.status == "idle"`)
	n.settle()
}

// panel defines what the other scripts use: the notebook and its cells.
const panel = `window.nb = () => { const w = jupyterapp.shell.currentWidget; return w && w.content && w.content.widgets && w.sessionContext ? w : null };
window.cell = i => nb().content.widgets.filter(w => w.model.type == "code")[i];
window.after = p => { window.done = false; Promise.resolve(p).then(() => window.done = true, e => window.done = "failed: " + e) }; 0`

// settle waits until the page has drawn what it knows.
func (n *Notebook) settle() {
	n.t.Helper()
	n.Do(`new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))`)
}

// ended waits until a command has ended and the kernel rests.
func (n *Notebook) ended(what string) {
	n.t.Helper()
	n.Wait(what, `window.done`)
	require.Equal(n.t, "true", n.Text(`String(window.done)`), what)
	n.Idle()
}

// Idle waits until the kernel rests and what it said is drawn.
func (n *Notebook) Idle() {
	n.t.Helper()
	n.Wait("an idle kernel", `nb().sessionContext.session?.kernel?.status == "idle"`)
	n.settle()
}

// command runs a command of JupyterLab, as its menus do.
func (n *Notebook) command(name string, args string) {
	n.t.Helper()
	if args == "" {
		args = "{}"
	}
	n.Do(fmt.Sprintf(`after(jupyterapp.commands.execute(%q, %s)); 0`, name, args))
}

// RunAll runs all cells from top to bottom.
func (n *Notebook) RunAll() {
	n.t.Helper()
	n.command("notebook:run-all-cells", "")
	n.ended("all cells run")
}

// Begin starts a code cell, by its place among the code cells, and does not
// wait.
func (n *Notebook) Begin(i int) {
	n.t.Helper()
	n.pick(i)
	n.command("notebook:run-cell", "")
}

// Run runs a code cell and waits for its end.
func (n *Notebook) Run(i int) {
	n.t.Helper()
	n.Begin(i)
	n.ended("the cell run")
}

// pick makes a code cell the current one.
func (n *Notebook) pick(i int) {
	n.t.Helper()
	n.Do(fmt.Sprintf(`nb().content.activeCellIndex = nb().content.widgets.indexOf(cell(%d)); nb().content.mode = "command"; 0`, i))
}

// Type puts code into a code cell, with the cursor at the mark ‸ or the end, and
// leaves the keyboard there.
func (n *Notebook) Type(i int, code string) {
	n.t.Helper()
	before, after, _ := strings.Cut(code, "‸")
	line := strings.Count(before, "\n")
	column := len([]rune(before[strings.LastIndex(before, "\n")+1:]))
	n.pick(i)
	n.Do(fmt.Sprintf(`(() => { const c = cell(%d); c.model.sharedModel.setSource(%s); nb().content.mode = "edit"; c.editor.focus();
		c.editor.setCursorPosition({line: %d, column: %d}) })()`, i, quoted(before+after), line, column))
	n.Wait("the keyboard in the cell", fmt.Sprintf(`cell(%d).editor.hasFocus()`, i))
}

// Choice is a line of the list of completions.
type Choice struct {
	Text string `json:"text"`
	Kind string `json:"kind"` // as it is written behind the text
}

// Complete presses Tab where the keyboard is, and reads the list that opens.
func (n *Notebook) Complete() []Choice {
	n.t.Helper()
	n.Press(Tab)
	const list = `.jp-Completer:not(.lm-mod-hidden) li.jp-Completer-item`
	n.Wait("completions", `document.querySelector("`+list+`")`)
	n.settle()
	return Value[[]Choice](n.Page, `[...document.querySelectorAll("`+list+`")].map(e => ({
		text: (e.querySelector(".jp-Completer-match") || e).textContent, kind: (e.querySelector(".jp-Completer-typeExtended") || {textContent: ""}).textContent}))`)
}

// Inspect presses Shift and Tab where the keyboard is, and reads the tooltip.
func (n *Notebook) Inspect() string {
	n.t.Helper()
	n.Press(Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
	n.Wait("a tooltip", `document.querySelector(".jp-Tooltip .jp-RenderedHTMLCommon, .jp-Tooltip .jp-RenderedText")`)
	n.settle()
	return n.Text(`document.querySelector(".jp-Tooltip").textContent`)
}

// Interrupt interrupts the kernel and waits until it rests.
func (n *Notebook) Interrupt() {
	n.t.Helper()
	n.Do(`jupyterapp.commands.execute("notebook:interrupt-kernel")`)
	n.ended("the interrupt")
}

// Running waits until the kernel works.
func (n *Notebook) Running() {
	n.t.Helper()
	n.Wait("a busy kernel", `nb().sessionContext.session?.kernel?.status == "busy"`)
}

// Restart starts the kernel anew, without the question whether to.
func (n *Notebook) Restart() {
	n.t.Helper()
	n.Do(`after(nb().sessionContext.session.kernel.restart()); 0`)
	n.ended("a new kernel")
}

// Dark switches the theme of JupyterLab.
func (n *Notebook) Dark(on bool) {
	n.t.Helper()
	theme := "JupyterLab Light"
	if on {
		theme = "JupyterLab Dark"
	}
	n.Do(`jupyterapp.commands.execute("apputils:change-theme", {theme: "` + theme + `"})`)
	n.Wait("the theme", fmt.Sprintf(`document.body.dataset.jpThemeLight == "%t" && document.body.dataset.jpThemeName == %q && !document.querySelector("#jupyterlab-splash")`, !on, theme))
	n.settle()
}

// Save writes the notebook to its file and returns that.
func (n *Notebook) Save() []byte {
	n.t.Helper()
	n.Do(`nb().context.save()`)
	data, err := os.ReadFile(filepath.Join(n.lab.Dir, n.Name))
	require.NoError(n.t, err)
	return data
}

// Errors are the outputs that are errors, in the order of the cells.
func (n *Notebook) Errors() []string {
	n.t.Helper()
	return n.Texts(`nb().content.widgets.flatMap(w => w.model.type == "code" ? w.model.outputs.toJSON() : []).filter(o => o.output_type == "error").map(o => o.ename + ": " + o.evalue)`)
}

// Out is a CSS selector of the outputs of a code cell.
func (n *Notebook) Out(i int) string {
	n.t.Helper()
	id := n.Text(fmt.Sprintf(`(cell(%d).node.dataset.test = "cell-%d")`, i, i))
	return `[data-test="` + id + `"] .jp-Cell-outputArea`
}

// OutText is the text of the outputs of a code cell, as they are drawn.
func (n *Notebook) OutText(i int) string {
	n.t.Helper()
	return n.Text(`[...document.querySelectorAll(` + quoted(n.Out(i)+" .jp-OutputArea-output") + `)].map(e => e.innerText).join("\n")`)
}

// ShotAll takes a picture of the whole notebook.
func (n *Notebook) ShotAll(name string) {
	n.t.Helper()
	n.whole(func() { n.Shot(name) })
}

// ShotOut takes a picture of the outputs of a code cell.
func (n *Notebook) ShotOut(name string, i int) {
	n.t.Helper()
	n.whole(func() { n.ShotOf(name, n.Out(i)) })
}

// whole makes the window as tall as the notebook while it looks.
func (n *Notebook) whole(look func()) {
	n.t.Helper()
	const scroller = `nb().content.node.querySelector(".jp-WindowedPanel-outer")`
	n.tall(n.Number(scroller + `.scrollHeight - ` + scroller + `.clientHeight + innerHeight`))
	n.Do(scroller + `.scrollTop = 0`)
	n.settle()
	look()
	n.tall(height)
	n.settle()
}

// quoted is a text as JavaScript writes it.
func quoted(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // never, for a string
	}
	return string(data)
}
