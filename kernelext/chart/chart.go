// Package chart draws a show.Chart: live with Apache ECharts in a notebook, and
// as a still SVG of the same option anywhere else. Nothing is loaded from a
// network; a live chart takes ECharts from the kernelspec directory of the
// page's own Jupyter server and stays a picture where there is none. It leaves
// out maps, bars and 3D.
//
//	fragment := chart.Interactive(chart.Roofline(hardware.H100, physics.FP16, nil))
package chart

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"html"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/show"
)

// upgrade replaces the picture by a live chart. $ID, $OPTION, $W and $H are put
// in. The library is read as text and run with its own exports and module, so
// that a loader on the page does not take it.
const upgrade = `(function(){var o=$OPTION,w=window,d=document;
function up(e){d.querySelectorAll('[id="$ID"]').forEach(function(n){var i=n.querySelector("img");if(!i)return;
var c=d.createElement("div");c.style.cssText="width:$Wpx;height:$Hpx";n.appendChild(c);
try{e.init(c,null,{renderer:"svg",width:$W,height:$H}).setOption(o);i.remove()}catch(x){c.remove()}})}
function get(b,k){if(!k.length)return Promise.reject();
return fetch(b+"kernelspecs/"+k[0]+"/echarts.min.js").then(function(r){if(!r.ok)throw 0;return r.text()}).then(function(t){
var m={exports:{}};Function("exports","module","define",t)(m.exports,m);return m.exports}).catch(function(){return get(b,k.slice(1))})}
var s=d.getElementById("jupyter-config-data"),b=s?JSON.parse(s.textContent).baseUrl:d.body&&d.body.dataset.baseUrl;
if(!b)return;w.mlsysimECharts=w.mlsysimECharts||get(b,["mlsysim","mlsysim-gonb"]);
w.mlsysimECharts.then(up,function(){w.mlsysimECharts=null})})()`

// Interactive returns an HTML fragment: the still picture, and a script that
// replaces it by the live chart where it may run and finds ECharts.
func Interactive(c show.Chart) string {
	o, err := option(c)
	if err != nil {
		return problem(c, err)
	}
	picture := img(c)
	sum := sha256.Sum256(o)
	id := "mlsysim-" + hex.EncodeToString(sum[:4])
	run := strings.NewReplacer("$ID", id, "$OPTION", string(o), "$W", strconv.Itoa(width), "$H", strconv.Itoa(height)).Replace(upgrade)
	return `<div id="` + id + `">` + picture + "</div><script>" + run + "</script>"
}

// img returns the still picture of a chart as an element that loads nothing.
func img(c show.Chart) string {
	svg, err := SVG(c)
	if err != nil {
		return problem(c, err)
	}
	alt := strings.TrimSpace(c.Title + ". " + c.Note)
	return `<img alt="` + html.EscapeString(alt) + `" width="` + strconv.Itoa(width) + `" style="background-color:#ffffff;max-width:100%" src="data:image/svg+xml;base64,` +
		base64.StdEncoding.EncodeToString(svg) + `"/>`
}

// problem says in the chart's place why it is not there.
func problem(c show.Chart, err error) string {
	return "<div>" + html.EscapeString(c.Title+": no picture: "+err.Error()) + "</div>"
}

// Page prints a view as one HTML file with its charts as pictures.
func Page(v show.View) string { return show.PageWith(v, img) }

// Bundle returns every form of a value by MIME type, with live charts in its
// HTML; a value that is one chart has its picture as image/svg+xml too.
func Bundle(v any) map[string]any {
	view := show.Of(v)
	bundle := show.Bundle(view)
	if _, rich := bundle["text/html"]; rich {
		bundle["text/html"] = show.HTMLWith(view, Interactive)
	}
	if c, ok := view.Data.(show.Chart); ok {
		if svg, err := SVG(c); err == nil {
			bundle["image/svg+xml"] = string(svg)
		}
	}
	return bundle
}

// Still returns a value as an HTML fragment without scripts, its charts as
// pictures.
func Still(v any) string { return show.HTMLWith(show.Of(v), img) }
