package show

import (
	"math"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/units"
)

// Options say how Text prints.
type Options struct {
	Width int  // columns of the terminal; 0 means 80
	Color bool // ANSI colours; shapes and words say the same without them
}

const (
	defaultWidth = 80
	leastWidth   = 24
)

const (
	bold = "1"
	dim  = "2"
	cyan = "36"
	red  = "31"
)

var (
	statusShapes = [...]string{"", "✓", "✗", "•", "?"}
	statusStyles = [...]string{"", "1;32", "1;31", "1;36", "1;33"}
)

// badge is the shape and the word of a status.
func badge(s Status) string {
	if s.String() == "" {
		return ""
	}
	return statusShapes[s] + " " + s.String()
}

// Text prints a view for a terminal. It fits the width unless a single word or
// number is longer; nothing is cut off.
func Text(v View, o Options) string {
	p := &printer{width: o.Width, color: o.Color}
	if p.width <= 0 {
		p.width = defaultWidth
	}
	p.width = max(p.width, leastWidth)
	p.heading(headOf(v), v.Status)
	if v.Subtitle != "" {
		p.para(0, "", v.Subtitle, dim)
	}
	for _, b := range v.Blocks {
		if p.b.Len() > 0 {
			p.b.WriteByte('\n')
		}
		p.block(b)
	}
	return p.b.String()
}

// headOf is the title of a view, unless its only block is a chart that says it.
func headOf(v View) string {
	if len(v.Blocks) == 1 && v.Blocks[0].Chart != nil && v.Blocks[0].Chart.Title == v.Title {
		return ""
	}
	return v.Title
}

type printer struct {
	b     strings.Builder
	width int
	color bool
}

func (p *printer) paint(style, text string) string {
	if !p.color || style == "" || text == "" {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (p *printer) heading(text string, s Status) {
	mark := badge(s)
	if text == "" && mark == "" {
		return
	}
	lines := wrap(text, p.width-columns(mark)-2)
	for i, line := range lines {
		p.b.WriteString(p.paint(bold, line))
		if i == len(lines)-1 && mark != "" {
			if line != "" {
				p.b.WriteString("  ")
			}
			p.b.WriteString(p.paint(statusStyles[s], mark))
		}
		p.b.WriteByte('\n')
	}
}

// para prints a paragraph that hangs behind its mark.
func (p *printer) para(indent int, mark, text, style string) {
	body := col{lines: wrap(text, p.width-indent), style: style}
	if mark == "" {
		p.row(indent, body)
		return
	}
	body.lines = wrap(text, p.width-indent-columns(mark)-2)
	p.row(indent, col{lines: []string{mark}, width: columns(mark), style: style}, body)
}

func (p *printer) block(b Block) {
	p.heading(b.Heading, b.Status)
	indent := 0
	if b.Heading != "" {
		indent = 2
	}
	p.rows(indent, b.Rows)
	p.bars(indent, b.Bars)
	if b.Table != nil && len(b.Table.Columns) > 0 {
		p.table(indent, b.Table)
	}
	p.steps(indent, b.Steps)
	if b.Chart != nil {
		p.chart(indent, b.Chart)
	}
	for _, n := range b.Notes {
		p.para(indent, "!", n, dim)
	}
}

// rows prints label, value and note; notes go below their values where the
// width leaves no column for them.
func (p *printer) rows(indent int, rows []Row) {
	label, value := 0, 0
	for _, r := range rows {
		label = max(label, columns(clean(r.Label)))
		if r.Note != "" {
			value = max(value, columns(clean(r.Value)))
		}
	}
	label = min(label, (p.width-indent)/2)
	start := indent
	if label > 0 {
		start += label + 2
	}
	beside := p.width - start - value - 2
	for _, r := range rows {
		var cols []col
		if label > 0 {
			cols = append(cols, col{lines: wrap(r.Label, label), width: label})
		}
		cols = append(cols, col{lines: wrap(r.Value, p.width-start), width: value})
		if r.Note != "" && beside >= 20 {
			cols = append(cols, col{lines: wrap(r.Note, beside), style: dim})
		}
		p.row(indent, cols...)
		if r.Note != "" && beside < 20 {
			p.row(start, col{lines: wrap(r.Note, p.width-start), style: dim})
		}
	}
}

// bars prints one bar a line, all on one scale; the mark shows 100 %.
func (p *printer) bars(indent int, bars []Bar) {
	label, value, most := 0, 0, 1.0
	for _, b := range bars {
		label = max(label, columns(clean(b.Label)))
		value = max(value, columns(clean(b.Value)))
		most = max(most, share(b))
	}
	label = min(label, (p.width-indent)/3)
	room := min(max(p.width-indent-label-value-13, 10), 60)
	for _, b := range bars {
		p.row(indent,
			col{lines: wrap(b.Label, label), width: label},
			col{lines: []string{p.bar(b.From, share(b), most, room)}},
			col{lines: []string{Percent(share(b))}, width: 6, right: true},
			col{lines: []string{clean(b.Value)}, width: value, right: true})
	}
}

// share is a bar's share as it can be drawn.
func share(b Bar) float64 {
	if !(b.Share > 0) || math.IsInf(b.Share, 0) {
		return 0
	}
	return b.Share
}

// Percent prints a share for people: one decimal, none from 100 % on, so that a
// column of them lines up.
func Percent(share float64) string {
	v := share * 100
	switch size := math.Abs(v); {
	case size >= 1e5:
		return units.Number(v) + " %"
	case size > 0 && size < 0.05:
		return "<0.1 %"
	case size >= 99.95 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64) + " %"
	default:
		return strconv.FormatFloat(v, 'f', 1, 64) + " %"
	}
}

// bar draws share of room cells in eighths of a cell, the part above 1 in
// another shade behind the mark. One that begins later begins at a whole cell.
func (p *printer) bar(from, share, most float64, room int) string {
	full := max(int(float64(room)/most), 1) // cells of 100 %
	before := min(max(int(from*float64(full)), 0), full-1)
	eighths := min(int(math.Round(min(share, 1)*float64(full)*8)), 8*(full-before))
	if share > 0 {
		eighths = max(eighths, 1)
	}
	text := strings.Repeat("█", eighths/8)
	if eighths%8 > 0 {
		text += string([]rune(" ▏▎▍▌▋▊▉")[eighths%8])
	}
	over := 0
	if share > 1 {
		over = max(int(math.Round((share-1)*float64(full))), 1)
	}
	gap := strings.Repeat("·", max(full-before-columns(text), 0))
	return p.paint(dim, strings.Repeat("·", before)) + p.paint(cyan, text) + p.paint(dim, gap) + "▏" + p.paint(red, strings.Repeat("▓", over)) +
		strings.Repeat(" ", max(room-full-over, 0))
}

func (p *printer) table(indent int, t *Table) {
	muted := false
	for _, m := range t.Muted {
		muted = muted || m
	}
	gutter := indent
	if muted {
		gutter += 3
	}
	for i, group := range groups(t, p.width-gutter) {
		if i > 0 {
			p.b.WriteByte('\n')
		}
		p.group(indent, gutter, group, t)
	}
	if muted {
		p.para(indent, "×", "out of the running", dim)
	}
}

// group prints some of the columns of a table, with their heads.
func (p *printer) group(indent, gutter int, group []int, t *Table) {
	width, _ := fit(t, group, p.width-gutter)
	var names, unit, rule []col
	hasUnit := false
	for i, c := range group {
		head := t.Columns[c]
		names = append(names, col{lines: wrap(head.Name, width[i]), width: width[i], right: head.Right, style: bold})
		unit = append(unit, col{lines: []string{clean(head.Unit)}, width: width[i], right: head.Right, style: dim})
		rule = append(rule, col{lines: []string{strings.Repeat("─", width[i])}, width: width[i]})
		hasUnit = hasUnit || head.Unit != ""
	}
	p.row(gutter, names...)
	if hasUnit {
		p.row(gutter, unit...)
	}
	p.row(gutter, rule...)
	for r, cells := range t.Cells {
		out := r < len(t.Muted) && t.Muted[r]
		var line []col
		if out {
			line = append(line, col{lines: []string{"×"}, width: 1, style: dim})
		}
		for i, c := range group {
			cell := col{lines: wrap(at(cells, c), width[i]), width: width[i], right: t.Columns[c].Right}
			if out {
				cell.style = dim
			}
			line = append(line, cell)
		}
		if out {
			p.row(indent, line...)
			continue
		}
		p.row(gutter, line...)
	}
}
