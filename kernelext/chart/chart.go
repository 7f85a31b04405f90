// Package chart draws a show.Chart: as a still SVG picture anywhere, and in a
// notebook live, with Apache ECharts laid over that picture. Both come from one
// scene, in which every number and label has its place. Nothing is loaded from a
// network; a live chart takes ECharts from the kernelspec directory of the page's
// own Jupyter server and stays a picture where there is none. It leaves out maps
// and 3D.
//
//	fragment := chart.Interactive(chart.Roofline(hardware.H100, physics.FP16, nil))
package chart

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"html"
	"regexp"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

// Apache ECharts 5.6.0, the common build; see assets/LICENSE and assets/NOTICE.
//
//go:embed assets/echarts.min.js
var library []byte

//go:embed assets/live.js
var live []byte

// Script returns ECharts, with what our charts need beyond it, as it must lie in
// a kernelspec directory under the name echarts.min.js.
func Script() []byte { return append(append([]byte{}, library...), live...) }

// upgrade makes the picture live and, in Jupyter, as dark as the page. $ID and
// $OPTION are put in. The library is read as text and run with its own exports
// and module, so that a loader on the page does not take it.
const upgrade = `(function(){var o=$OPTION,w=window,d=document,p=d.body&&d.body.dataset,s=d.getElementById("jupyter-config-data"),
b=s?JSON.parse(s.textContent).baseUrl:p&&p.baseUrl;
function all(f){d.querySelectorAll('[id="$ID"]').forEach(f)}
function tint(){all(function(n){var i=n.querySelector("img");if(i)i.style.colorScheme=p.jpThemeLight=="false"?"dark":"light"})}
if(p&&p.jpThemeLight){tint();w.MutationObserver&&new MutationObserver(tint).observe(d.body,{attributeFilter:["data-jp-theme-light"]})}
function get(k){return k.length?fetch(b+"kernelspecs/"+k[0]+"/echarts.min.js").then(function(r){if(!r.ok)throw 0;return r.text()}).then(function(t){
var m={exports:{}};Function("exports","module","define",t)(m.exports,m);return m.exports}).catch(function(){return get(k.slice(1))}):Promise.reject()}
if(!b)return;(w.mlsysimECharts=w.mlsysimECharts||get(["mlsysim","mlsysim-gonb"])).then(function(e){all(function(n){e.mlsysim(n,o)})},function(){w.mlsysimECharts=null})})()`

// Interactive returns an HTML fragment: title, finding and picture, and a script
// that makes the picture live where it may run and finds ECharts.
func Interactive(c show.Chart) string {
	s := newScene(c)
	o, err := option(s)
	if err != nil {
		return figure(c, s, "")
	}
	sum := sha256.Sum256(o)
	id := "mlsysim-" + hex.EncodeToString(sum[:4])
	run := strings.NewReplacer("$ID", id, "$OPTION", string(o)).Replace(upgrade)
	return figure(c, s, id) + "<script>" + run + "</script>"
}

// still is the figure without a script.
func still(c show.Chart) string { return figure(c, newScene(c), "") }

// figure is the title of a chart, what it shows and its picture, which loads
// nothing. The words take the colour of the page.
func figure(c show.Chart, s *scene, id string) string {
	var b strings.Builder
	b.WriteString(`<div style="max-width:` + num(width) + `px;margin:8px 0"`)
	if id != "" {
		b.WriteString(` id="` + id + `"`)
	}
	b.WriteString(">")
	if c.Title != "" {
		b.WriteString(`<div style="font-weight:bold">` + escape(c.Title) + "</div>")
	}
	b.WriteString(`<div>` + unbroken.ReplaceAllString(escape(c.Alt()), "$1\u00a0$2") + "</div>")
	b.WriteString(`<img alt="` + html.EscapeString(c.Alt()) + `" width="` + num(width) + `" style="display:block;max-width:100%" src="` + dataURI(picture(s)) + `"/>`)
	if c.Note != "" {
		b.WriteString(`<div style="opacity:0.75">` + escape(c.Note) + "</div>")
	}
	return b.String() + "</div>"
}

// unbroken are numbers with their units, which a line end must not part.
var unbroken = regexp.MustCompile(`(\d) (%|[A-Za-zµ]{1,3}(?:/|\b))`)

// escape is text for the body of an element; a lone dollar sign gets an element
// of its own so that JupyterLab does not read two prices as mathematics.
func escape(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "$", "<span>$</span>")
}

// dataURI keeps the letters of SVG: it is shorter than base64, and a diff of a
// notebook can be read.
func dataURI(svg string) string {
	return "data:image/svg+xml," + strings.NewReplacer(`"`, "'", "%", "%25", "#", "%23", "<", "%3C", "&", "%26", "\n", "%0A").Replace(svg)
}

// Page prints a view as one HTML file with its charts as pictures.
func Page(v show.View) string { return show.PageWith(v, still) }

// mostBytes is what a chart may take in a notebook's file.
const mostBytes = 11_880 // and the names of the forms

// Bundle returns every form of a value by MIME type, with live charts in its
// HTML.
func Bundle(v any) map[string]any {
	view := show.Of(v)
	if c, ok := view.Data.(show.Chart); ok {
		return bundleOf(c, view)
	}
	bundle := show.Bundle(view)
	if _, rich := bundle["text/html"]; rich {
		bundle["text/html"] = show.HTMLWith(view, Interactive)
	}
	return bundle
}

// bundleOf are the forms of a value that is one chart: its picture alone too,
// unless the chart is so dense that two pictures would swell the notebook's file.
// Its Markdown is what it says, not the list of its points, which a file would
// keep and no reader prefers.
func bundleOf(c show.Chart, view show.View) map[string]any {
	text := strings.TrimRight(show.Text(view, show.Options{}), "\n")
	page := show.HTMLWith(view, Interactive)
	words := show.MarkdownPart(show.View{Title: c.Title, Blocks: []show.Block{{Notes: said(c)}}})
	bundle := map[string]any{"text/plain": text, "text/html": page, "text/markdown": words}
	if svg := string(SVG(c)); stored(svg)+stored(page)+stored(text)+stored(words) <= mostBytes {
		bundle["image/svg+xml"] = svg
	}
	return bundle
}

// said is what a chart says in words.
func said(c show.Chart) []string {
	if c.Note == "" {
		return []string{c.Alt()}
	}
	return []string{c.Alt(), c.Note}
}

// stored is what a text takes as a JSON string.
func stored(text string) int {
	return len(text) + strings.Count(text, `"`) + strings.Count(text, "\n") + strings.Count(text, `\`) + 2
}

// Still returns a value as an HTML fragment without scripts, its charts as
// pictures.
func Still(v any) string { return show.HTMLWith(show.Of(v), still) }
