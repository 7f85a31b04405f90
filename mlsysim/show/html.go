package show

import (
	"fmt"
	"html"
	"strings"
)

// Styles are inline because a notebook that is opened untrusted keeps nothing
// else. Colours are translucent or inherited, so they serve dark and light.
const (
	grey      = "rgba(128,128,128,0.35)"
	cellStyle = "padding:2px 12px 2px 0;text-align:left;vertical-align:top;color:inherit;background-color:transparent;border:0"
	numStyle  = "padding:2px 12px 2px 0;text-align:right;vertical-align:top;color:inherit;background-color:transparent;border:0"
	dimmed    = "opacity:0.75"
)

var (
	statusTints = [...]string{"", "rgba(0,158,115,0.25)", "rgba(213,94,0,0.30)", "rgba(86,180,233,0.25)", "rgba(230,159,0,0.30)"}
	statusEdges = [...]string{"", "#009e73", "#d55e00", "#56b4e9", "#e69f00"}
)

// HTML prints a view as a fragment for a notebook: inline styles only, nothing
// loaded, no script. A chart is the list of its points.
func HTML(v View) string { return HTMLWith(v, chartTable) }

// HTMLWith prints a view as HTML does and lets draw make the fragment of each
// chart.
func HTMLWith(v View, draw func(Chart) string) string {
	h := &page{draw: draw}
	h.b.WriteString(`<div style="color:inherit;line-height:1.45;max-width:60em">`)
	h.heading("1.25em", headOf(v), v.Status)
	if v.Subtitle != "" {
		h.add(`<div style="%s">%s</div>`, dimmed, esc(v.Subtitle))
	}
	for _, b := range v.Blocks {
		h.block(b)
	}
	h.b.WriteString("</div>")
	return h.b.String()
}

type page struct {
	b    strings.Builder
	draw func(Chart) string
}

func (h *page) add(format string, args ...any) { fmt.Fprintf(&h.b, format, args...) }

// esc escapes text for the body of an element. A lone dollar sign gets its own
// element so that JupyterLab does not read two prices as mathematics.
func esc(text string) string {
	text = html.EscapeString(clean(strings.TrimSpace(text)))
	return strings.NewReplacer("$", "<span>$</span>", "\n", "<br/>").Replace(text)
}

// hover is the title attribute that explains an element.
func hover(help string) string {
	if help == "" {
		return ""
	}
	return ` title="` + html.EscapeString(clean(help)) + `"`
}

func (h *page) heading(size, text string, s Status) {
	mark := badge(s)
	if text == "" && mark == "" {
		return
	}
	h.add(`<div style="font-size:%s;font-weight:bold;margin:8px 0 2px 0">%s`, size, esc(text))
	if mark != "" {
		h.add(` <span style="font-size:14px;font-weight:bold;padding:1px 8px;border:1px solid %s;border-radius:4px;background-color:%s">%s</span>`,
			statusEdges[s], statusTints[s], mark)
	}
	h.b.WriteString("</div>")
}

func (h *page) block(b Block) {
	h.heading("1.05em", b.Heading, b.Status)
	h.rows(b.Rows)
	h.bars(b.Bars)
	if b.Table != nil && len(b.Table.Columns) > 0 {
		h.table(b.Table)
	}
	h.steps(b.Steps)
	if b.Chart != nil {
		h.b.WriteString(h.draw(*b.Chart))
	}
	for _, n := range b.Notes {
		h.add(`<div style="margin:4px 0;padding:2px 8px;border-left:3px solid %s;background-color:rgba(128,128,128,0.10)">%s</div>`, grey, esc(n))
	}
}

func (h *page) rows(rows []Row) {
	if len(rows) == 0 {
		return
	}
	h.b.WriteString(`<table style="border-collapse:collapse;margin:2px 0;color:inherit">`)
	for _, r := range rows {
		h.add(`<tr style="background-color:transparent"%s>`, hover(r.Help))
		if r.Label != "" {
			h.add(`<td style="%s;%s">%s</td>`, cellStyle, dimmed, esc(r.Label))
		}
		h.add(`<td style="%s;font-weight:bold">%s</td>`, cellStyle, esc(r.Value))
		if r.Note != "" {
			h.add(`<td style="%s;%s">%s</td>`, cellStyle, dimmed, esc(r.Note))
		}
		h.b.WriteString("</tr>")
	}
	h.b.WriteString("</table>")
}

// bars draws all bars on one scale; the line at the right of a track is 100 %,
// and what goes beyond it has another colour.
func (h *page) bars(bars []Bar) {
	if len(bars) == 0 {
		return
	}
	most := 1.0
	for _, b := range bars {
		most = max(most, share(b))
	}
	const span = `<span style="display:inline-block;height:12px;width:%.2f%%;background-color:%s"></span>`
	h.b.WriteString(`<table style="border-collapse:collapse;margin:2px 0;color:inherit">`)
	for _, b := range bars {
		s := share(b)
		h.add(`<tr style="background-color:transparent"><td style="%s;%s">%s</td>`, cellStyle, dimmed, esc(b.Label))
		h.add(`<td style="%s;width:320px"><div style="white-space:nowrap;font-size:0;width:320px">`, cellStyle)
		from := min(max(b.From, 0), max(0, 1-s))
		if from > 0 {
			h.add(span, 100*from/most, "rgba(128,128,128,0.22)")
		}
		h.add(span, 100*min(s, 1)/most, "#0072b2")
		if from+s < 1 {
			h.add(span, 100*(1-from-s)/most, "rgba(128,128,128,0.22)")
		}
		h.b.WriteString(`<span style="display:inline-block;height:18px;width:2px;background-color:#999999"></span>`)
		if s > 1 {
			h.add(span, 99*(s-1)/most, "#d55e00")
		}
		h.add(`</div></td><td style="%s">%s</td><td style="%s;font-weight:bold">%s</td></tr>`, numStyle, Percent(s), numStyle, esc(b.Value))
	}
	h.b.WriteString("</table>")
}

func (h *page) table(t *Table) {
	h.b.WriteString(`<table style="border-collapse:collapse;margin:4px 0;color:inherit"><thead><tr style="background-color:transparent">`)
	for _, c := range t.Columns {
		h.add(`<th style="%s;font-weight:bold;border-bottom:1px solid %s"%s>%s`, aligned(c), grey, hover(c.Help), esc(c.Name))
		if c.Unit != "" {
			h.add(`<br/><span style="font-weight:normal;%s">%s</span>`, dimmed, esc(c.Unit))
		}
		h.b.WriteString("</th>")
	}
	h.b.WriteString("</tr></thead><tbody>")
	muted := false
	for r, cells := range t.Cells {
		out := r < len(t.Muted) && t.Muted[r]
		muted = muted || out
		style := "background-color:transparent"
		if out {
			style += ";opacity:0.6;font-style:italic"
		}
		h.add(`<tr style="%s">`, style)
		for i, c := range t.Columns {
			text := esc(at(cells, i))
			if i == 0 && out {
				text = "× " + text
			}
			h.add(`<td style="%s">%s</td>`, aligned(c), text)
		}
		h.b.WriteString("</tr>")
	}
	h.b.WriteString("</tbody></table>")
	if muted {
		h.add(`<div style="%s">× out of the running</div>`, dimmed)
	}
}

func aligned(c Column) string {
	if c.Right {
		return numStyle
	}
	return cellStyle
}

func (h *page) steps(steps []Step) {
	from := sources(steps)
	for i, s := range steps {
		h.add(`<div style="margin:6px 0"><div style="font-weight:bold">%d. %s <span style="font-weight:normal;%s"%s>%s</span></div>`,
			i+1, esc(s.Name), dimmed, hover(s.Source), note(s, from))
		h.add(`<div style="margin:0 0 0 20px;font-family:monospace">%s`, esc(s.Formula))
		if s.Substituted != "" {
			h.add(`<br/>= %s`, esc(s.Substituted))
		}
		if s.Value != "" {
			h.add(`<br/>= <b>%s</b>`, esc(s.Value))
		}
		h.b.WriteString("</div>")
		if len(s.Terms) > 0 {
			h.b.WriteString(`<details style="margin:0 0 0 20px"><summary>symbols</summary>`)
			rows := make([]Row, len(s.Terms))
			for j, t := range s.Terms {
				rows[j] = Row{Label: t.Label, Value: t.Value, Note: strings.TrimSpace(t.Help + " " + t.Note)}
			}
			h.rows(rows)
			h.b.WriteString("</details>")
		}
		h.b.WriteString("</div>")
	}
	for i, text := range from {
		h.add(`<div style="font-size:12px;%s">[%d] %s</div>`, dimmed, i+1, esc(text))
	}
}

// chartTable is the form of a chart that needs no drawing.
func chartTable(c Chart) string {
	h := &page{}
	h.add(`<div style="margin:6px 0"><div style="font-weight:bold">%s</div><div style="%s">%s</div>`, esc(c.Title), dimmed, esc(c.Note))
	h.table(c.points())
	h.b.WriteString("</div>")
	return h.b.String()
}
