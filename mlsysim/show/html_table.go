package show

import (
	"html"
	"slices"
	"strings"
)

// table prints a table in a box of its own that scrolls where it is too wide,
// with its marks explained in the caption and its text as CSV in a fold.
func (h *page) table(t *Table) { h.captioned(t, "", None) }

// captioned prints a table under its heading.
func (h *page) captioned(t *Table, heading string, s Status) {
	t = t.tidy()
	label := heading
	if label == "" {
		label = "table of " + t.Columns[0].Name
	}
	h.add(`<div tabindex="0" role="region" aria-label="%s" style="overflow-x:auto;max-width:100%%">`, quote(label))
	h.b.WriteString(`<table style="border-collapse:collapse;margin:4px 0">`)
	h.caption(t, heading, s)
	h.head(t)
	h.b.WriteString("<tbody>")
	places := make([][]int, len(t.Columns))
	for c, head := range t.Columns {
		if head.Right {
			places[c] = t.places(c)
		}
	}
	for r := range t.Cells {
		h.line(t, r, places)
	}
	h.b.WriteString("</tbody></table></div>")
	h.columns(t)
	if len(t.Cells) > 1 && len(t.Columns) > 1 {
		h.csv(t)
	}
}

func (h *page) caption(t *Table, heading string, s Status) {
	legend := t.legend()
	if heading == "" && len(legend) == 0 && badge(s) == "" {
		return
	}
	h.b.WriteString(`<caption style="caption-side:top;text-align:left;padding:4px 0">`)
	h.heading(2, heading, s)
	if len(legend) > 0 {
		h.add(`<span style="%s">%s</span>`, dimmed, esc(strings.Join(legend, ", ")))
	}
	h.b.WriteString("</caption>")
}

func (h *page) head(t *Table) {
	h.add(`<thead><tr style="%s">`, plainRow)
	for _, c := range t.Columns {
		h.add(`<th scope="col" style="%s;font-weight:bold;vertical-align:bottom;border-bottom:1px solid %s"%s>%s`, aligned(c), grey, hover(c.Help), esc(c.Name))
		if c.Unit != "" {
			h.add(`<br/><span style="font-weight:normal;%s">%s</span>`, dimmed, esc(c.Unit))
		}
		h.b.WriteString("</th>")
	}
	h.b.WriteString("</tr></thead>")
}

// line prints one row; the first cell names it.
func (h *page) line(t *Table, r int, places [][]int) {
	style := plainRow
	if t.muted(r) {
		style += ";opacity:0.75;font-style:italic"
	}
	h.add(`<tr style="%s">`, style)
	for i, c := range t.Columns {
		text := esc(at(t.Cells[r], i))
		if t.best(r, i) {
			text = "<b>" + star + text + "</b>"
		}
		if places[i] != nil {
			text += blank(places[i][r])
		}
		if i > 0 {
			h.add(`<td style="%s">%s</td>`, aligned(c), text)
			continue
		}
		if t.muted(r) {
			text = "× " + text
		}
		h.add(`<th scope="row" style="%s;font-weight:normal">%s</th>`, aligned(c), text)
	}
	h.b.WriteString("</tr>")
}

// blank is as wide as a decimal point and the digits behind it.
func blank(places int) string {
	if places <= 0 {
		return ""
	}
	return "\u2008" + strings.Repeat("\u2007", places-1)
}

// columns explains the columns in a fold, for those who cannot hover.
func (h *page) columns(t *Table) {
	explained := slices.DeleteFunc(slices.Clone(t.Columns), func(c Column) bool { return c.Help == "" })
	if len(explained) == 0 {
		return
	}
	h.fold("What the columns mean", func() {
		for _, c := range explained {
			h.add("<div><b>%s</b> %s</div>", esc(c.Name), esc(c.Help))
		}
	})
}

// csv offers the table as text to copy. The field can be edited, because only
// then JupyterLab leaves Ctrl+A to it.
func (h *page) csv(t *Table) {
	h.fold("CSV to copy, "+number(len(t.Cells))+" rows", func() {
		h.add(`<label><span style="%s">comma-separated values</span><br/><textarea rows="%d" cols="72" spellcheck="false" style="font-family:monospace;max-width:100%%">`+"\n%s</textarea></label>",
			dimmed, min(len(t.Cells)+1, 12), html.EscapeString(CSV(t)))
	})
}

func aligned(c Column) string {
	if c.Right {
		return numStyle
	}
	return cellStyle
}
