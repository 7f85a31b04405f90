package show

import (
	"fmt"
	"html"
)

// derivation prints each step with its formula, the values put in and the value
// out, then the sources.
func (h *page) derivation(steps []Step) {
	from := sources(steps)
	for i, s := range steps {
		h.add(`<div style="margin:8px 0"><div style="font-weight:bold">%d. %s%s</div><div style="margin:0 0 0 20px">`, i+1, esc(s.Name), footnote(s, from))
		if h.typeset && s.TeX != "" {
			h.add(`<div style="overflow-x:auto;text-align:left">$$%s$$</div>`, html.EscapeString(tex(s.TeX)))
		} else {
			h.equation(s)
		}
		if len(s.Terms) > 0 {
			h.fold("symbols", func() { h.symbols(s) })
		}
		h.b.WriteString("</div></div>")
	}
	h.sources(from)
}

// brief prints steps in a few lines each, without a typesetter.
func (h *page) brief(steps []Step) {
	from := sources(steps)
	for i, s := range steps {
		h.add("<div>%d. %s%s</div>", i+1, esc(s.Name), footnote(s, from))
		h.equation(s)
	}
	h.sources(from)
}

// footnote is the number of a step's source; its text is the title and stands
// below the steps.
func footnote(s Step, from []string) string {
	if s.Source == "" {
		return ""
	}
	return fmt.Sprintf(` <span style="font-weight:normal"%s>%s</span>`, hover(s.Source), note(s, from))
}

func (h *page) sources(from []string) {
	if len(from) == 0 {
		return
	}
	h.add(`<div style="margin:8px 0 4px 0;font-size:0.9em;%s"><b>Sources</b>`, dimmed)
	for i, text := range from {
		h.add(`<div>[%d] %s</div>`, i+1, esc(text))
	}
	h.b.WriteString("</div>")
}

// equation prints a step as text, its equals signs one below the other.
func (h *page) equation(s Step) {
	h.add(`<div style="margin:0 0 4px 0;padding-left:1em;font-family:monospace;overflow-wrap:break-word">%s`, esc(s.Formula))
	if s.Substituted != "" {
		h.add("<br/>= %s", esc(s.Substituted))
	}
	if s.Value != "" {
		h.add("<br/>= <b>%s</b>", esc(s.Value))
	}
	h.b.WriteString("</div>")
}
