package show

import (
	"math"
	"slices"
	"strings"
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
	rows, bars := labelWidths(b)
	p.rowsAt(indent, rows, b.Rows)
	p.bars(indent, bars, b)
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

// labelWidths are the widths of the labels of a block's rows and bars. They are
// one where they differ by little, so that the values stand below one another.
func labelWidths(b Block) (rows, bars int) {
	for _, r := range b.Rows {
		rows = max(rows, columns(clean(r.Label)))
	}
	for _, bar := range b.Bars {
		bars = max(bars, columns(clean(bar.Label)))
	}
	if wide := max(rows, bars); min(rows, bars) >= wide-4 {
		return wide, wide
	}
	return rows, bars
}

func (p *printer) rows(indent int, rows []Row) {
	label, _ := labelWidths(Block{Rows: rows})
	p.rowsAt(indent, label, rows)
}

// rowsAt prints label, value and note; notes go below their values where the
// width leaves no column for them.
func (p *printer) rowsAt(indent, label int, rows []Row) {
	value := 0
	for _, r := range rows {
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
func (p *printer) bars(indent, label int, b Block) {
	value, word := 0, 0
	for _, bar := range b.Bars {
		value = max(value, columns(clean(bar.Value)))
		if bar.Longest {
			word = columns(longestWord) + 2
		}
	}
	label = min(label, (p.width-indent)/3)
	most := widest(b.Bars)
	room := min(max(p.width-indent-label-value-word-13, 10), 60)
	for _, bar := range b.Bars {
		line := []col{
			{lines: wrap(bar.Label, label), width: label},
			{lines: []string{p.bar(bar, most, room)}},
			{lines: []string{Percent(share(bar))}, width: 6, right: true},
			{lines: []string{clean(bar.Value)}, width: value, right: true},
		}
		if bar.Longest {
			line = append(line, col{lines: []string{longestWord}, style: dim})
		}
		p.row(indent, line...)
	}
	if b.Full != "" && len(b.Bars) > 0 {
		p.row(indent, col{width: label}, col{lines: wrap("▏ "+b.Full, p.width-indent-label-2), style: dim})
	}
}

// bar draws a bar in room cells: eighths of a cell where it ends, the part above
// 100 % in another shade behind the mark. One that begins later begins at a
// whole cell.
func (p *printer) bar(b Bar, most float64, room int) string {
	full := max(int(float64(room)/most), 1) // cells of 100 %
	inside, over := pieces(b)
	cells := func(share float64) int { return int(math.Round(share * float64(full))) }
	before := min(cells(inside[0]), full)
	text := ""
	if inside[1] > 0 || share(b) > 0 && begin(b) < 1 {
		before = min(before, full-1)
		text = blocks(max(min(int(math.Round(inside[1]*float64(full)*8)), 8*(full-before)), 1))
	}
	gap := strings.Repeat("·", max(full-before-columns(text), 0))
	beyond, skip := "", 0
	if over[1] > 0 {
		skip = min(cells(over[0]), max(room-full-1, 0))
		beyond = strings.Repeat("▓", max(min(cells(over[1]), room-full-skip), 1))
	}
	return p.paint(dim, strings.Repeat("·", before)) + p.paint(cyan, text) + p.paint(dim, gap) + "▏" +
		strings.Repeat(" ", skip) + p.paint(red, beyond) + strings.Repeat(" ", max(room-full-skip-columns(beyond), 0))
}

// blocks is a bar of so many eighths of a cell.
func blocks(eighths int) string {
	text := strings.Repeat("█", eighths/8)
	if eighths%8 > 0 {
		text += string([]rune(" ▏▎▍▌▋▊▉")[eighths%8])
	}
	return text
}

func (p *printer) table(indent int, t *Table) {
	t = t.padded()
	gutter := indent
	if slices.Contains(t.Muted, true) {
		gutter += 3
	}
	for i, group := range groups(t, p.width-gutter) {
		if i > 0 {
			p.b.WriteByte('\n')
		}
		p.group(indent, gutter, group, t)
	}
	if legend := t.legend(); len(legend) > 0 {
		p.para(indent, "", strings.Join(legend, ", "), dim)
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
		out := t.muted(r)
		var line []col
		if out {
			line = append(line, col{lines: []string{"×"}, width: 1, style: dim})
		}
		for i, c := range group {
			cell := col{lines: wrap(at(cells, c), width[i]), width: width[i], right: t.Columns[c].Right}
			if cell.right { // a number with the blanks that line it up
				cell.lines = []string{clean(at(cells, c))}
			}
			switch {
			case out:
				cell.style = dim
			case t.best(r, c):
				cell.style = bold
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
