package show

import (
	"fmt"
	"html"
	"strings"
)

// Styles are inline because a notebook that is opened untrusted keeps nothing
// else, and of them only what JupyterLab's sanitizer knows: no flex-wrap, no gap,
// no variables. Colours are translucent or inherited, so they serve dark and
// light; what is dimmed keeps a contrast of 4.5 to 1 on both.
const (
	grey      = "rgba(128,128,128,0.35)"
	track     = "rgba(128,128,128,0.22)"
	filled    = "#0072b2"
	beyond    = "#d55e00"
	edge      = "#8a8a8a"
	cellStyle = "padding:2px 12px 2px 0;text-align:left;vertical-align:top;border:0"
	numStyle  = "padding:2px 12px 2px 0;text-align:right;vertical-align:top;white-space:nowrap;border:0"
	dimmed    = "opacity:0.75"
	plainRow  = "background-color:transparent"
)

var (
	statusTints = [...]string{"", "rgba(0,158,115,0.25)", "rgba(213,94,0,0.30)", "rgba(86,180,233,0.25)", "rgba(230,159,0,0.30)"}
	statusEdges = [...]string{grey, "#009e73", "#d55e00", "#56b4e9", "#e69f00"}
)

// HTML prints a view as a fragment for a notebook: inline styles only, nothing
// loaded, no script; formulas are left to the front end's MathJax. A chart is
// the list of its points.
func HTML(v View) string { return HTMLWith(v, chartTable) }

// HTMLWith prints a view as HTML does and lets draw make the fragment of each
// chart.
func HTMLWith(v View, draw func(Chart) string) string {
	return printHTML(v, &page{draw: draw, typeset: true})
}

// A page is a fragment or a whole file in the making.
type page struct {
	b       strings.Builder
	draw    func(Chart) string
	typeset bool // formulas as TeX: the reader's front end sets them
	whole   bool // a file of its own, with real headings
	view    View
	steps   []Step
}

func printHTML(v View, h *page) string {
	h.view, h.steps = v, v.derived()
	h.b.WriteString(`<div style="line-height:1.45;max-width:66em">`)
	h.heading(1, headOf(v), v.Status)
	if v.Subtitle != "" {
		h.add(`<div style="margin:0 0 6px 0;%s">%s</div>`, dimmed, esc(v.Subtitle))
	}
	for i := 0; i < len(v.Blocks); {
		n := lenses(v.Blocks[i:])
		if n == 0 {
			h.block(v.Blocks[i])
			i++
			continue
		}
		for _, b := range v.Blocks[i : i+n] {
			h.lens(b, max(n, 2))
		}
		i += n
	}
	if len(h.steps) > 0 && !v.explains() {
		h.fold("How these numbers come about", func() { h.brief(h.steps) })
	}
	h.b.WriteString("</div>")
	return h.b.String()
}

// lenses counts the blocks at the front that stand side by side.
func lenses(blocks []Block) int {
	for i, b := range blocks {
		if !b.Lens {
			return i
		}
	}
	return len(blocks)
}

func (h *page) add(format string, args ...any) { fmt.Fprintf(&h.b, format, args...) }

// esc escapes text for the body of an element. A lone dollar sign gets its own
// element so that JupyterLab does not read two prices as mathematics.
func esc(text string) string {
	text = html.EscapeString(clean(strings.TrimSpace(text)))
	return forBody.Replace(text)
}

var forBody = strings.NewReplacer("$", "<span>$</span>", "\n", "<br/>")

// quote escapes text for an attribute.
func quote(text string) string { return html.EscapeString(clean(text)) }

// hover is the title attribute that explains an element; what it says also
// stands in a fold, for those who use the keyboard or a screen reader.
func hover(help string) string {
	if help == "" {
		return ""
	}
	return ` title="` + quote(help) + `"`
}

// heading prints a title. In a notebook it is no h1 to h6, which JupyterLab would
// list in the table of contents.
func (h *page) heading(level int, text string, s Status) {
	if text == "" && badge(s) == "" {
		return
	}
	size, margin := "1.25em", "8px 0 2px 0"
	if level > 1 {
		size = "1.05em"
	}
	if h.whole {
		h.add(`<h%d style="font-size:%s;font-weight:bold;margin:%s">`, level, size, margin)
	} else {
		h.add(`<div role="heading" aria-level="%d" style="font-size:%s;font-weight:bold;margin:%s">`, level+2, size, margin)
	}
	h.b.WriteString(esc(text))
	h.badge(s)
	if h.whole {
		h.add("</h%d>", level)
		return
	}
	h.b.WriteString("</div>")
}

// badge says a status by shape, word and colour.
func (h *page) badge(s Status) {
	if mark := badge(s); mark != "" {
		h.add(` <span style="font-size:13px;font-weight:bold;white-space:nowrap;padding:1px 8px;border:1px solid %s;border-radius:4px;background-color:%s">%s</span>`,
			statusEdges[s], statusTints[s], mark)
	}
}

// fold prints something that opens on a click or a key.
func (h *page) fold(title string, inside func()) {
	h.add(`<details style="margin:4px 0"><summary style="cursor:pointer;%s">%s</summary><div style="margin:2px 0 6px 16px">`, dimmed, esc(title))
	inside()
	h.b.WriteString("</div></details>")
}

func (h *page) block(b Block) {
	tabled := b.Table != nil && len(b.Table.Columns) > 0
	captioned := tabled && len(b.Rows)+len(b.Bars) == 0
	if !captioned {
		h.heading(2, b.Heading, b.Status)
	}
	h.rows(b.Rows)
	h.bars(b)
	if tabled {
		caption := Block{}
		if captioned {
			caption = b
		}
		h.captioned(b.Table, caption.Heading, caption.Status)
	}
	h.derivation(b.Steps)
	if b.Chart != nil {
		h.b.WriteString(h.draw(*b.Chart))
	}
	h.notes(b.Notes)
}

func (h *page) notes(notes []string) {
	for _, n := range notes {
		h.add(`<div style="margin:4px 0;padding:2px 8px;border-left:3px solid %s;background-color:rgba(128,128,128,0.10)">%s</div>`, grey, esc(n))
	}
}
