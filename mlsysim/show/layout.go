package show

import (
	"slices"
	"strings"
	"unicode"
)

// wide lists the first and last rune of the blocks that take two columns.
var wide = [...][2]rune{
	{0x1100, 0x115f},
	{0x231a, 0x231b},
	{0x23e9, 0x23ec},
	{0x2e80, 0x303e},
	{0x3041, 0xa4cf},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe30, 0xfe6f},
	{0xff00, 0xff60},
	{0xffe0, 0xffe6},
	{0x1f300, 0x1f64f},
	{0x1f680, 0x1f6ff},
	{0x1f900, 0x1f9ff},
	{0x20000, 0x3fffd},
}

// columns returns the number of terminal columns that text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func isWide(r rune) bool {
	if r < wide[0][0] {
		return false
	}
	return slices.ContainsFunc(wide[:], func(b [2]rune) bool { return b[0] <= r && r <= b[1] })
}

// clean replaces what a terminal would act on; line ends stay.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// wrap breaks text between words. A word is never cut, and a number stays with
// its unit, so a line may be longer than width.
func wrap(text string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(clean(text), "\n "), "\n") {
		if columns(line) <= width {
			lines = append(lines, line)
			continue
		}
		current := ""
		for _, word := range words(line) {
			switch {
			case current == "":
				current = word
			case columns(current)+1+columns(word) <= width:
				current += " " + word
			default:
				lines, current = append(lines, current), word
			}
		}
		lines = append(lines, current)
	}
	return lines
}

// words splits a line at spaces, except between a number and a short unit.
func words(line string) []string {
	var out []string
	glue := false
	for _, w := range strings.Fields(line) {
		if glue && columns(w) <= 8 {
			out[len(out)-1] += " " + w
			glue = false
			continue
		}
		out = append(out, w)
		glue = isNumber(w)
	}
	return out
}

func isNumber(word string) bool {
	for i, r := range word {
		if !unicode.IsDigit(r) && (i == 0 && r != '-' && r != '$' || i > 0 && !strings.ContainsRune(".,e+-", r)) {
			return false
		}
	}
	return true
}

// longest returns the width of the longest word.
func longest(text string) int {
	n := 0
	for line := range strings.SplitSeq(clean(text), "\n") {
		for _, w := range words(line) {
			n = max(n, columns(w))
		}
	}
	return n
}

// A col is one column of one printed row.
type col struct {
	lines []string
	width int
	right bool
	style string
}

// row prints columns side by side, two spaces apart, without trailing spaces.
func (p *printer) row(indent int, cols ...col) {
	height := 1
	for _, c := range cols {
		height = max(height, len(c.lines))
	}
	for i := range height {
		gap := indent
		for _, c := range cols {
			text := ""
			if i < len(c.lines) {
				text = c.lines[i]
			}
			free := max(c.width-columns(text), 0)
			if c.right {
				gap += free
			}
			if ink := strings.TrimRight(text, " "); ink != "" {
				p.b.WriteString(strings.Repeat(" ", gap))
				p.b.WriteString(p.paint(c.style, ink))
				gap = len(text) - len(ink)
			} else {
				gap += columns(text)
			}
			if !c.right {
				gap += free
			}
			gap += 2
		}
		p.b.WriteByte('\n')
	}
}

// fit returns the column widths of a table that is to take at most avail
// columns, and false if its longest words do not allow that.
func fit(t *Table, which []int, avail int) ([]int, bool) {
	least, width := make([]int, len(which)), make([]int, len(which))
	total, smallest := 2*(len(which)-1), 2*(len(which)-1)
	for i, c := range which {
		head := t.Columns[c]
		least[i] = max(longest(head.Name), columns(head.Unit))
		width[i] = max(columns(head.Name), columns(head.Unit))
		for _, cells := range t.Cells {
			text := at(cells, c)
			width[i] = max(width[i], columns(text))
			if head.Right {
				least[i] = max(least[i], columns(text))
			} else {
				least[i] = max(least[i], longest(text))
			}
		}
		total += width[i]
		smallest += least[i]
	}
	if smallest > avail {
		return least, false
	}
	for ; total > avail; total-- {
		widest := -1
		for i := range width {
			if width[i] > least[i] && (widest < 0 || width[i] > width[widest]) {
				widest = i
			}
		}
		width[widest]--
	}
	return width, true
}

// groups splits the columns of a table so that each group fits; every group
// begins with the first column.
func groups(t *Table, avail int) [][]int {
	var out [][]int
	group := []int{0}
	for c := 1; c < len(t.Columns); c++ {
		next := append(slices.Clone(group), c)
		if _, ok := fit(t, next, avail); !ok && len(group) > 1 {
			out = append(out, group)
			next = []int{0, c}
		}
		group = next
	}
	return append(out, group)
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}
