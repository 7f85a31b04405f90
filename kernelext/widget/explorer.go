package widget

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"
)

// Limits of an explorer: results computed beforehand, bytes of its HTML, and the
// time to make it.
const (
	mostLooks = 36
	mostBytes = 512 << 10
	mostTime  = 2 * time.Second
)

// pick shows the result that fits the controls. $ID and $SIZES are put in.
const pick = `(function(){var r=document.getElementById("$ID");if(!r||r.dataset.on)return;r.dataset.on=1;
var n=$SIZES,c=r.querySelectorAll("[data-c]"),p=r.querySelectorAll("[data-p]");
function up(){var i=0;c.forEach(function(e,k){var j=e.type=="checkbox"?+e.checked:e.tagName=="SELECT"?e.selectedIndex:+e.value;
i=i*n[k]+j;var o=e.parentNode.querySelector("output");if(o)o.textContent=e.dataset.c.split("|")[j]});
p.forEach(function(e,k){e.style.display=k==i?"":"none"})}
c.forEach(function(e){e.addEventListener("input",up)})})()`

// Explorer is the same page without a kernel: the results of a grid of values,
// of which the controls show one. Without scripts it shows the first look.
func Explorer(list []Control, look func(Values) Look) string {
	grid := grids(list)
	start, sizes := 0, make([]int, len(grid))
	total := 1
	for k, g := range grid {
		sizes[k] = len(g.values)
		start = start*len(g.values) + g.start
		total *= len(g.values)
	}
	var panels strings.Builder
	began := time.Now()
	for i := range total {
		v := valuesOf(list)
		for k, at := len(grid)-1, i; k >= 0; k-- {
			v = v.with(list[k].Name, grid[k].values[at%sizes[k]])
			at /= sizes[k]
		}
		hidden := ` style="display:none"`
		if i == start {
			hidden = ""
		}
		fmt.Fprintf(&panels, `<div data-p="%d"%s>%s</div>`, i, hidden, look(v).HTML)
		if panels.Len() > mostBytes || time.Since(began) > mostTime {
			return look(valuesOf(list)).HTML // a picture is better than a page that does not open
		}
	}
	var body strings.Builder
	for k, g := range grid {
		body.WriteString(g.element(list[k]))
	}
	sum := sha256.Sum256([]byte(body.String() + panels.String()))
	id := "mlsysim-explorer-" + hex.EncodeToString(sum[:6])
	n, err := json.Marshal(sizes)
	if err != nil {
		return look(valuesOf(list)).HTML
	}
	script := strings.NewReplacer("$ID", id, "$SIZES", string(n)).Replace(pick)
	return `<div id="` + id + `">` + body.String() + panels.String() + "</div><script>" + script + "</script>"
}

// grid is the values of one control that an explorer knows.
type grid struct {
	values []any
	start  int
}

// grids thins long controls until the results are few enough.
func grids(list []Control) []grid {
	for most := mostLooks; ; most-- {
		total := 1
		out := make([]grid, len(list))
		for k, c := range list {
			out[k] = c.grid(most)
			total *= len(out[k].values)
		}
		if total <= mostLooks || most == 1 {
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
func (g grid) element(c Control) string {
	texts := make([]string, len(g.values))
	for i, v := range g.values {
		texts[i] = strings.ReplaceAll(text(v), "|", "/")
	}
	name, list := html.EscapeString(c.Name), html.EscapeString(strings.Join(texts, "|"))
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
		return `<div><label>` + name + ` <select data-c="` + list + `">` + options.String() + `</select></label></div>`
	case checkbox, toggle:
		checked := ""
		if g.values[g.start] == true {
			checked = " checked"
		}
		return `<div><label><input type="checkbox" data-c="` + list + `"` + checked + `> ` + name + `</label></div>`
	}
	return fmt.Sprintf(`<div><label>%s <input type="range" min="0" max="%d" step="1" value="%d" data-c="%s"> <output>%s</output></label></div>`,
		name, len(texts)-1, g.start, list, html.EscapeString(texts[g.start]))
}

func text(v any) string {
	if x, ok := v.(float64); ok {
		return fmt.Sprintf("%.4g", x)
	}
	return fmt.Sprint(v)
}
