package show

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// mostRows is how many rows stand below one another before they get a second
// column.
const mostRows = 10

// rows prints named values as a table, or as several side by side where they are
// many, and what the names mean in a fold below.
func (h *page) rows(rows []Row) {
	if len(rows) == 0 {
		return
	}
	var explained []Row
	for _, part := range beside(rows) {
		if len(part) < len(rows) {
			h.b.WriteString(`<div style="display:inline-block;vertical-align:top;padding-right:24px">`)
		}
		h.grid(part)
		if len(part) < len(rows) {
			h.b.WriteString("</div>")
		}
	}
	for _, r := range rows {
		if r.Help != "" && r.Label != "" {
			explained = append(explained, r)
		}
	}
	if len(explained) > 0 {
		h.fold("What these mean", func() { h.meanings(explained) })
	}
}

// beside divides rows into columns of the same height, three at most. Notes need
// the whole width.
func beside(rows []Row) [][]Row {
	n := min((len(rows)+mostRows-1)/mostRows, 3)
	if n < 2 || slices.ContainsFunc(rows, func(r Row) bool { return r.Note != "" }) {
		return [][]Row{rows}
	}
	return slices.Collect(slices.Chunk(rows, (len(rows)+n-1)/n))
}

// grid prints rows one below the other.
func (h *page) grid(rows []Row) {
	h.b.WriteString(`<table style="border-collapse:collapse;margin:2px 0"><tbody>`)
	for _, r := range rows {
		h.add(`<tr style="%s"%s>`, plainRow, hover(r.Help))
		if r.Label != "" {
			h.add(`<th scope="row" style="%s;font-weight:normal;%s">%s</th>`, cellStyle, dimmed, esc(r.Label))
		}
		h.add(`<td style="%s;font-weight:bold%s">%s</td>`, cellStyle, together(r.Value), esc(r.Value))
		if r.Note != "" {
			h.add(`<td style="%s;%s">%s</td>`, cellStyle, dimmed, esc(r.Note))
		}
		h.b.WriteString("</tr>")
	}
	h.b.WriteString("</tbody></table>")
}

// together keeps a short value in one line, however long the note beside it is.
func together(value string) string {
	const short = 24
	if utf8.RuneCountInString(value) > short {
		return ""
	}
	return ";white-space:nowrap"
}

// meanings lists names with their help and the step that gives their value.
func (h *page) meanings(rows []Row) {
	for _, r := range rows {
		h.add(`<div><b>%s</b> %s</div>`, esc(r.Label), esc(r.Help))
		if s, known := h.step(r); known {
			h.equation(s)
		}
	}
}

// step is the step of the view's derivation that gives a row its value.
func (h *page) step(r Row) (Step, bool) {
	n := h.view.stepOf(r)
	if n < 1 || n > len(h.steps) {
		return Step{}, false
	}
	return h.steps[n-1], true
}

// bars draws all bars on one scale; the line is 100 %, and what goes beyond it
// has another colour.
func (h *page) bars(b Block) {
	if len(b.Bars) == 0 {
		return
	}
	most := widest(b.Bars)
	h.b.WriteString(`<table style="border-collapse:collapse;margin:2px 0"><tbody>`)
	for _, bar := range b.Bars {
		h.add(`<tr style="%s"><th scope="row" style="%s;font-weight:%s;%s">%s</th>`, plainRow, cellStyle, weight(bar), dimmed, esc(bar.Label))
		h.add(`<td style="%s;width:320px;min-width:120px">`, cellStyle)
		h.bar(bar, most, "16px")
		h.add(`</td><td style="%s">%s</td><td style="%s;font-weight:bold">%s</td>`, numStyle, Percent(share(bar)), numStyle, esc(bar.Value))
		if bar.Longest {
			h.add(`<td style="%s">%s</td>`, cellStyle, longestWord)
		}
		h.b.WriteString("</tr>")
	}
	h.b.WriteString("</tbody></table>")
	h.full(b)
}

// full says what the line in the bars is.
func (h *page) full(b Block) {
	if b.Full != "" && len(b.Bars) > 0 {
		h.add(`<div style="margin:3px 0 4px 0;font-size:0.9em;%s"><span style="font-weight:bold">|</span> %s</div>`, dimmed, esc(b.Full))
	}
}

func weight(b Bar) string {
	if b.Longest {
		return "bold"
	}
	return "normal"
}

// bar draws one bar as pieces side by side that fill the width.
func (h *page) bar(b Bar, most float64, height string) {
	inside, over := pieces(b)
	h.add(`<div style="white-space:nowrap;font-size:0;width:100%%;height:%s">`, height)
	h.piece(inside[0], most, height, track, inside[1]+inside[2] <= 0)
	h.piece(inside[1], most, height, filled, inside[2] <= 0)
	h.piece(inside[2], most, height, track, true)
	h.piece(over[0], most, height, "transparent", false)
	h.piece(over[1], most, height, beyond, false)
	h.b.WriteString("</div>")
}

// piece draws one part of a bar; the one that ends at 100 % has the line there.
func (h *page) piece(share, most float64, height, color string, last bool) {
	if share <= 0 {
		return
	}
	line := ""
	if last {
		line = ";border-right:2px solid " + edge
	}
	h.add(`<span style="display:inline-block;box-sizing:border-box;height:%s;width:%.2f%%;background-color:%s%s"></span>`, height, 100*share/most, color, line)
}

// lens prints a block as a panel that stands beside its neighbours where there
// is room; beside counts them.
func (h *page) lens(b Block, beside int) {
	h.add(`<section style="display:inline-block;vertical-align:top;box-sizing:border-box;width:%.1f%%;min-width:230px;max-width:100%%;`+
		`margin:0 0.8%% 8px 0;padding:4px 12px 8px 12px;border:1px solid %s;border-left:4px solid %s;border-radius:6px">`,
		100/float64(min(beside, 3))-0.8, grey, statusEdges[b.Status])
	h.heading(2, b.Heading, b.Status)
	most := widest(b.Bars)
	for _, bar := range b.Bars {
		h.add(`<div style="margin:3px 0 1px 0;font-size:0.9em;font-weight:%s">%s <span style="float:right">%s, %s</span></div><div style="clear:both">`,
			weight(bar), esc(bar.Label), esc(bar.Value), Percent(share(bar)))
		h.bar(bar, most, "9px")
		h.b.WriteString("</div>")
	}
	b.Full = lensLine(b)
	h.full(b)
	for _, r := range b.Rows {
		h.entry(r)
	}
	h.notes(b.Notes)
	h.b.WriteString("</section>")
}

// lensLine says what the line in the bars is, and which bar is longest.
func lensLine(b Block) string {
	for _, bar := range b.Bars {
		switch {
		case !bar.Longest:
		case b.Full == "":
			return longestWord + ": " + bar.Label
		default:
			return b.Full + ", " + longestWord + ": " + bar.Label
		}
	}
	return b.Full
}

// entry prints one value of a panel; its meaning and its step of the derivation
// are folded below it.
func (h *page) entry(r Row) {
	line := `<span style="display:inline-block;vertical-align:top;box-sizing:border-box;min-width:36%;padding-right:8px;font-size:0.95em;opacity:0.8">` + esc(r.Label) + `</span><b style="display:inline-block;vertical-align:top">` + esc(r.Value) + "</b>"
	if r.Note != "" {
		line += `<span style="display:block;padding-left:16px;font-size:0.9em;opacity:0.8">` + esc(r.Note) + "</span>"
	}
	step, known := h.step(r)
	if r.Help == "" && !known {
		h.add(`<div style="margin:2px 0;padding-left:1em">%s</div>`, line)
		return
	}
	h.add(`<details style="margin:2px 0"><summary style="cursor:pointer"%s>%s</summary><div style="margin:2px 0 6px 16px;padding:2px 8px;border-left:3px solid %s;font-size:0.95em">`,
		hover(r.Help), line, grey)
	h.add(`<div>%s</div>`, esc(r.Help))
	if known {
		h.equation(step)
		h.symbols(step)
	}
	h.b.WriteString("</div></details>")
}

// symbols prints what each symbol of a step is and means.
func (h *page) symbols(s Step) {
	if len(s.Terms) == 0 {
		return
	}
	h.b.WriteString(`<div style="font-size:0.95em">`)
	for i, t := range s.Terms {
		if i > 0 {
			h.b.WriteString("<br/>")
		}
		h.add("<i>%s</i> = %s", esc(t.Label), esc(t.Value))
		if help := strings.TrimSpace(t.Help + " " + t.Note); help != "" {
			h.add(", %s", esc(help))
		}
	}
	h.b.WriteString("</div>")
}
