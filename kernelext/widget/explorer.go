package widget

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"iter"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of an explorer: results computed beforehand, bytes of its HTML, and the
// time after which it is given up.
const (
	leastLooks = 8 // fewer are not worth moving a control for
	mostLooks  = 36
	mostBytes  = 100 << 10
	mostTime   = 2 * time.Second
)

// pick shows the result that fits the controls. $ID, $SIZES and $LOOKS are put
// in. The results are packed, and unpacked when a control moves first; a browser
// that cannot do that keeps the first look.
const pick = `(function(){var r=document.getElementById("$ID");if(!r||r.dataset.on)return;r.dataset.on=1;
var n=$SIZES,c=r.querySelectorAll("[data-c]"),p=r.querySelector("[data-p]"),all,at;
if(!window.DecompressionStream){c.forEach(function(e){e.disabled=true});return}
function looks(){return all=all||new Response(new Blob([Uint8Array.from(atob("$LOOKS"),function(x){return x.charCodeAt(0)})])
.stream().pipeThrough(new DecompressionStream("deflate-raw"))).json()}
function up(){var i=0;c.forEach(function(e,k){var j=e.type=="checkbox"?+e.checked:e.tagName=="SELECT"?e.selectedIndex:+e.value;
i=i*n[k]+j;var o=e.parentNode.querySelector("output"),t=e.dataset.c.split("|")[j];
if(o){o.textContent=t;e.setAttribute("aria-valuetext",t)}});at=i;
looks().then(function(a){if(i==at)p.innerHTML=a[i].replace(/\u0001([^\u0001]*)\u0001/g,function(m,s){return btoa(unescape(encodeURIComponent(s)))})})}
c.forEach(function(e){e.addEventListener("input",up)})})()`

// Explorer is the same page without a kernel: the results of a grid of values,
// of which the controls show one. Without scripts it shows the first look. It
// has as many results as fit its limits and, about, the budget; a few always.
func Explorer(list []Control, look func(Values) Look, budget time.Duration) string {
	first := look(valuesOf(list)).HTML
	began := time.Now()
	look(valuesOf(list)) // what one costs, with everything loaded
	most := max(leastLooks, min(mostLooks, int(budget/max(time.Since(began), 1))))
	for ; most > 1; most /= 2 {
		grid := grids(list, most)
		looks := make([]string, 0, most)
		for v := range settings(list, grid) {
			if time.Since(began) > mostTime {
				return first // a picture is better than a page that does not open
			}
			looks = append(looks, look(v).HTML)
		}
		if page := page(list, grid, first, looks); len(page) <= mostBytes {
			return page
		}
	}
	return first
}

// settings are the values of a grid; the last control changes first.
func settings(list []Control, grid []grid) iter.Seq[Values] {
	return func(yield func(Values) bool) {
		total := 1
		for _, g := range grid {
			total *= len(g.values)
		}
		for i := range total {
			v := valuesOf(list)
			for k, at := len(grid)-1, i; k >= 0; k-- {
				n := len(grid[k].values)
				v = v.with(list[k].Name, grid[k].values[at%n])
				at /= n
			}
			if !yield(v) {
				return
			}
		}
	}
}

// page is the controls, the first look, and the script with all looks.
func page(list []Control, grid []grid, first string, looks []string) string {
	var body strings.Builder
	sizes := make([]int, len(grid))
	for k, g := range grid {
		sizes[k] = len(g.values)
		body.WriteString(`<div style="margin:4px 0"><label>` + g.element(list[k], nameWidth(list)) + `</label></div>`)
	}
	packed := pack(looks)
	sum := sha256.Sum256([]byte(body.String() + packed))
	id := "mlsysim-explorer-" + hex.EncodeToString(sum[:6])
	script := strings.NewReplacer("$ID", id, "$SIZES", string(encode(sizes)), "$LOOKS", packed).Replace(pick)
	return `<div id="` + id + `">` + body.String() + `<div data-p="" aria-live="polite">` + first + "</div></div><script>" + script + "</script>"
}

var embedded = regexp.MustCompile(`;base64,([A-Za-z0-9+/]+=*)`)

// pack compresses looks. Pictures are taken out of base64 first, between two
// marks: they are alike, but their base64 is not.
func pack(looks []string) string {
	plain := make([]string, len(looks))
	for i, look := range looks {
		plain[i] = embedded.ReplaceAllStringFunc(look, func(s string) string {
			data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, ";base64,"))
			if err != nil || !utf8.Valid(data) || strings.Contains(string(data), "\x01") {
				return s
			}
			return ";base64,\x01" + string(data) + "\x01"
		})
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = w.Write(encode(plain))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // a buffer takes everything
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// grid is the values of one control that an explorer knows.
type grid struct {
	values []any
	start  int
}

// grids thins long controls until the results are few enough.
func grids(list []Control, looks int) []grid {
	for most := looks; ; most-- {
		total := 1
		out := make([]grid, len(list))
		for k, c := range list {
			out[k] = c.grid(most)
			total *= len(out[k].values)
		}
		if total <= looks || most == 1 {
			return out
		}
	}
}

// grid spreads at most n values over the control, the first look among them.
func (c Control) grid(n int) grid {
	var all []any
	switch c.kind {
	case slider:
		count := min(n, 1+int((c.hi-c.lo)/c.step+0.5))
		for i := range count {
			x := c.lo
			if count > 1 {
				x += c.step * float64(int(float64(i)*(c.hi-c.lo)/c.step/float64(count-1)+0.5))
			}
			all = append(all, min(x, c.hi))
		}
	case steps, dropdown:
		labels := c.labels()
		count := min(n, len(labels))
		for i := range count {
			at := 0
			if count > 1 {
				at = i * (len(labels) - 1) / (count - 1)
			}
			x, _ := c.at(at)
			all = append(all, x)
		}
	default:
		all = []any{false, true}
		if n == 1 {
			all = []any{c.start}
		}
	}
	g := grid{values: all, start: nearest(all, c.start)}
	g.values[g.start] = c.start
	return g
}

func nearest(all []any, start any) int {
	best := 0
	x, number := start.(float64)
	for i, v := range all {
		if v == start {
			return i
		}
		if number && abs(v.(float64)-x) < abs(all[best].(float64)-x) {
			best = i
		}
	}
	return best
}

func abs(x float64) float64 { return max(x, -x) }

// element is the control of an explorer.
func (g grid) element(c Control, width string) string {
	texts := make([]string, len(g.values))
	for i, v := range g.values {
		texts[i] = strings.ReplaceAll(text(v), "|", "/")
	}
	column := `<span style="display:inline-block;min-width:` + width + `">`
	name, list := column+html.EscapeString(c.Name)+"</span>", html.EscapeString(strings.Join(texts, "|"))
	switch c.kind {
	case dropdown:
		var options strings.Builder
		for i, t := range texts {
			selected := ""
			if i == g.start {
				selected = " selected"
			}
			options.WriteString("<option" + selected + ">" + html.EscapeString(t) + "</option>")
		}
		return name + ` <select data-c="` + list + `">` + options.String() + `</select>`
	case checkbox, toggle:
		checked := ""
		if g.values[g.start] == true {
			checked = " checked"
		}
		return column + `</span> <input type="checkbox" data-c="` + list + `"` + checked + `> ` + html.EscapeString(c.Name)
	}
	return fmt.Sprintf(`%s <input type="range" style="vertical-align:middle" min="0" max="%d" step="1" value="%d" data-c="%s"> <output>%s</output>`,
		name, len(texts)-1, g.start, list, html.EscapeString(texts[g.start]))
}

func text(v any) string {
	if x, ok := v.(float64); ok {
		return fmt.Sprintf("%.4g", x)
	}
	return fmt.Sprint(v)
}
