package widget

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"strings"
)

// explore.js, in which ID, SIZES and DATA are put in. It unpacks the results when
// a control moves for the first time.
const exploreScript = `(function(){var n=SIZES,z="DATA",db;
function unpack(){if(!db){var b=Uint8Array.from(atob(z),function(c){return c.charCodeAt(0)});
db=new Response(new Blob([b]).stream().pipeThrough(new DecompressionStream("gzip"))).json()}return db}
function img(h){return h.replace(/\x01([^\x02]*)\x02/g,function(_,s){return "data:image/svg+xml;base64,"+btoa(unescape(encodeURIComponent(s)))})}
function start(r){if(r.dataset.on)return;r.dataset.on=1;var h=r.querySelector("[data-idle]");if(h)h.remove();
var c=r.querySelectorAll("[data-c]"),p=r.querySelector("[data-panel]"),s=r.querySelector("[role=status]"),turn=0;
function up(){var i=0,mine=++turn;c.forEach(function(e,k){var j=e.type=="checkbox"?+e.checked:e.tagName=="SELECT"?e.selectedIndex:+e.value;
i=i*n[k]+j;var t=e.dataset.c.split("|")[j],o=e.parentNode.parentNode.querySelector("output");
if(o){o.textContent=t;e.setAttribute("aria-valuetext",t)}});
unpack().then(function(d){if(mine!=turn)return;var l=d.l[d.i[i]];p.innerHTML=img(l[0]);s.textContent=l[1]})}
c.forEach(function(e){e.disabled=false;e.addEventListener("input",up)})}
if(window.DecompressionStream)document.querySelectorAll('[id="ID"]').forEach(start)})()`

// standInScript hides what is left of the controls above it, an output of the
// same cell, where they are not alive: in a notebook that was opened without its
// kernel, even with their saved state, and in an exported page. WHENLIVE is how it is displayed beside live ones.
const standInScript = `(function(){document.querySelectorAll('[id="ID"]').forEach(function(r){
var q=r.closest(".jp-OutputArea-child,.output_area")||r,p=q.previousElementSibling;if(!p)return;
function look(){var t=p.textContent.trim(),dead=/^Error displaying widget/.test(t)||/^(controls|prediction): /.test(t)||p.querySelector('script[type="application/vnd.jupyter.widget-view+json"],.jupyter-widgets-disconnected'),
live=!dead&&(/^Loading widget/.test(t)||p.querySelector(".jupyter-widgets"));
q.style.display=live?"WHENLIVE":"";p.style.display=dead?"none":""}
look();var o=new MutationObserver(function(){if(r.isConnected)look();else o.disconnect()});o.observe(p,{childList:true,subtree:true,attributes:true,attributeFilter:["class"]})})})()`

// page prints an explorer with what it shows now. Below live controls it stands
// in for them.
func (e explorer) page(at Values, now Look, standIn bool) string {
	var body strings.Builder
	body.WriteString(`<div role="group" aria-label="controls">`)
	sizes := make([]int, len(e.grid))
	for k, g := range e.grid {
		sizes[k] = len(g.values)
		body.WriteString(g.element(e.list[k], at.byName[e.list[k].Name]))
	}
	body.WriteString(idle + `</div><div data-panel role="group" aria-label="result">` + now.HTML + `</div>` +
		`<div role="status" aria-live="polite" style="position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"></div>`)
	sum := sha256.Sum256([]byte(body.String() + e.data))
	id := "mlsysim-explorer-" + hex.EncodeToString(sum[:6])
	n, _ := json.Marshal(sizes) // numbers only
	script := ""
	if e.data != "" {
		script = strings.NewReplacer("ID", id, "SIZES", string(n), "DATA", e.data).Replace(exploreScript)
	}
	if standIn {
		script += ";\n" + strings.NewReplacer("ID", id, "WHENLIVE", "none").Replace(standInScript)
	}
	return `<div id="` + id + `" style="color:inherit;position:relative">` + body.String() + "</div><script>" + script + "</script>"
}

// idle says why the controls do not move, where no script makes them.
const idle = `<div data-idle style="margin:3px 0;font-size:0.9em;opacity:0.75">The controls move once the cell has run here, or the notebook is trusted.</div>`

// bundle is the page in the forms that a notebook keeps.
func (e explorer) bundle(at Values, now Look) map[string]any {
	return map[string]any{"text/html": e.page(at, now, true), "text/plain": now.Text}
}

// beside is a text that stays to be seen below controls, alive or not.
func beside(id, text string) string {
	return `<div id="` + id + `">` + html.EscapeString(text) + `</div><script>` + strings.NewReplacer("ID", id, "WHENLIVE", "").Replace(standInScript) + `</script>`
}

// headline is the beginning of a text, for those who hear it read.
func headline(text string) string {
	const most = 160
	r := []rune(strings.Join(strings.Fields(text), " "))
	if len(r) > most {
		return string(r[:most]) + " ..."
	}
	return string(r)
}

const rowStyle = `display:flex;align-items:center;gap:0.6em;margin:3px 0;color:inherit`

// element is the control of a page, at its nearest value. It is of use only with
// the script, which enables it.
func (g grid) element(c Control, at any) string {
	texts := make([]string, len(g.values))
	for i, v := range g.values {
		texts[i] = strings.ReplaceAll(text(v), "|", "/")
	}
	now := nearest(g.values, at)
	name, list := html.EscapeString(c.Name), html.EscapeString(strings.Join(texts, "|"))
	label := `<label style="` + rowStyle + `"><span style="min-width:8em">` + name + `</span> `
	control, after := "", ""
	switch c.kind {
	case dropdown:
		var options strings.Builder
		for i, t := range texts {
			options.WriteString("<option" + attribute("selected", i == now) + ">" + html.EscapeString(t) + "</option>")
		}
		control = `<select data-c="` + list + `" disabled>` + options.String() + `</select>`
	case checkbox, toggle:
		control = `<input type="checkbox" data-c="` + list + `"` + attribute("checked", g.values[now] == true) + attribute(`role="switch"`, c.kind == toggle) + ` disabled>`
	default:
		shown := html.EscapeString(text(at))
		control = fmt.Sprintf(`<input type="range" min="0" max="%d" step="1" value="%d" data-c="%s" aria-valuetext="%s" style="width:18em;max-width:50vw;accent-color:#0072b2" disabled>`,
			len(texts)-1, now, list, shown)
		after = ` <output>` + shown + `</output>`
	}
	return `<div style="` + rowStyle + `">` + label + control + `</label>` + after + `</div>`
}

func attribute(text string, wanted bool) string {
	if !wanted {
		return ""
	}
	return " " + text
}

func text(v any) string {
	if x, ok := v.(float64); ok {
		return fmt.Sprintf("%.4g", x)
	}
	return fmt.Sprint(v)
}
