package show

import (
	"math"
	"slices"
	"strings"
)

// fills tell series of bars apart without colour; what is idle is dotted.
var fills = [...]rune{'█', '▒', '▓', '░', '▚', '▤'}

const idleFill = '·'

// fill is the character of a series.
func (c *Chart) fill(i int) rune { return fills[(c.Tone(i)-1)%len(fills)] }

// Tone is the number of the colour and shape of series i, from 1.
func (c *Chart) Tone(i int) int {
	if t := c.Series[i].Tone; t > 0 {
		return t
	}
	n := 0
	for _, s := range c.Series[:i+1] {
		if s.Tone == 0 {
			n++
		}
	}
	return n
}

// lanes prints bars row by row, what the fills mean, and the axis.
func (p *printer) lanes(indent int, f *facts) {
	label, value := 0, 0
	ends := f.ends()
	for y, name := range f.Y.Names {
		label, value = max(label, columns(clean(name))), max(value, columns(ends[y]))
	}
	label = min(label, (p.width-indent)/3)
	pl, ok := f.bed(max(min(p.width-indent, 100)-label-value-5, 10))
	if !ok {
		return
	}
	for y, name := range f.Y.Names {
		lane := "│" + p.lane(pl, f, float64(y))
		if ends[y] == "" {
			lane = strings.TrimRight(lane, " ")
		}
		p.row(indent,
			col{lines: wrap(name, label), width: label, right: true},
			col{lines: []string{lane}},
			col{lines: []string{ends[y]}, width: value, right: true})
	}
	p.foot(indent+label+2, pl)
	p.rows(indent, f.barLegend())
}

// bed is the plot that bars lie in: linear bars begin at zero, and an axis does
// not end a little after its last bar as that of a plot does.
func (f *facts) bed(w int) (*plot, bool) {
	pl, ok := newPlot(f.Chart, w, 1)
	if !ok {
		return nil, false
	}
	xlo, xhi, _, _, _ := f.Range()
	if !f.X.Log {
		pl.xlo, pl.xhi = min(xlo, 0), max(xhi, 0)
	}
	return pl, pl.xhi > pl.xlo
}

// lane draws one row, as wide as the plot.
func (p *printer) lane(pl *plot, f *facts, row float64) string {
	line, tones := []rune(strings.Repeat(" ", pl.w)), make([]int, pl.w)
	cell := func(x float64) int {
		return min(max(int(math.Round(fraction(pl.x, x, pl.xlo, pl.xhi)*float64(pl.w))), 0), pl.w)
	}
	for _, m := range f.Marks {
		if m.Vertical && pl.x.holds(m.At) {
			line[min(cell(m.At), pl.w-1)] = '┊'
		}
	}
	for i, s := range f.Series {
		for _, pt := range s.Points {
			if s.Form != Bars || pt.Y != row || !f.HoldsIn(s, pt) {
				continue
			}
			r := f.fill(i)
			if pt.Muted {
				r = idleFill
			}
			from, end := cell(min(pt.Lo, pt.Hi)), cell(max(pt.Lo, pt.Hi))
			if end == from && pt.Lo != pt.Hi { // a thin bar is still seen
				from = min(from, pl.w-1)
				end = from + 1
			}
			for x := from; x < end; x++ {
				line[x], tones[x] = r, f.Tone(i)
				if pt.Muted {
					tones[x] = 0
				}
			}
		}
	}
	text := p.toned(line, tones)
	return text + strings.Repeat(" ", pl.w-len([]rune(strings.TrimRight(string(line), " "))))
}

// ends are the texts behind the rows: the label of the last bar that has one,
// or where the row ends. All stages of a schedule end together.
func (f *facts) ends() []string {
	out := make([]string, len(f.Y.Names))
	if f.Kind == Schedule {
		return out
	}
	far := f.rowEnds()
	if f.Kind == Tornado { // the effect of more of the field, whatever its sign
		far = map[float64]float64{}
		for _, p := range f.bars[len(f.bars)-1].Points {
			far[p.Y] = p.Hi
		}
	}
	for y := range out {
		if v, ok := far[float64(y)]; ok {
			out[y] = f.X.Text(v)
		}
		for _, s := range f.bars {
			for _, p := range s.Points {
				if p.Y == float64(y) && p.Label != "" && (len(f.bars) == 1 || p.Hi == far[p.Y]) {
					out[y] = clean(p.Label)
				}
			}
		}
	}
	return out
}

// barLegend says what the fills and the marks mean.
func (f *facts) barLegend() []Row {
	var rows []Row
	idle := false
	for i, s := range f.Series {
		if s.Form != Bars || len(s.Points) == 0 {
			continue
		}
		live := fitting(s.Points)
		idle = idle || len(live) < len(s.Points)
		row := Row{Label: string(f.fill(i)), Value: s.Name}
		if s.Name == "" || len(live) == 0 || slices.ContainsFunc(rows, func(r Row) bool { return r.Label == row.Label && r.Value == row.Value }) {
			continue
		}
		if len(live) == 1 {
			row.Note = f.X.Text(live[0].Hi - live[0].Lo)
		}
		rows = append(rows, row)
	}
	if idle {
		name := "infeasible"
		if f.Kind == Schedule {
			name = "idle"
		}
		rows = append(rows, Row{Label: string(idleFill), Value: name})
	}
	for _, m := range f.Marks {
		if m.Vertical && f.X.holds(m.At) {
			rows = append(rows, m.row("┊", f.X))
		}
	}
	return rows
}

// shades draw a cell where there is no room for its number, the least first.
var shades = [...]rune{'░', '▒', '▓', '█'}

// grid prints cells as a table of numbers, or as shades if that is too wide. The
// first row is the lowest, as in the picture.
func (p *printer) grid(indent int, f *facts) {
	lo, hi := f.CellRange()
	scale := f.Z.Scale(lo, hi)
	label, wide := columns(f.Y.Label), 2
	texts := map[[2]int]string{}
	for _, c := range f.cells {
		text := "×"
		if !c.Muted {
			text = scale.Number(short(c.Z))
		}
		texts[[2]int{int(c.X), int(c.Y)}] = text
		wide = max(wide, columns(text))
	}
	for _, name := range f.X.Names {
		wide = max(wide, columns(name))
	}
	for _, name := range f.Y.Names {
		label = max(label, columns(name))
	}
	if label+len(f.X.Names)*(wide+2) > p.width-indent {
		texts, wide = f.shaded(), max(min((p.width-indent-label)/max(len(f.X.Names), 1)-2, wide), 1)
		p.para(indent, "", "░ ▒ ▓ █ from least to greatest", dim)
	}
	p.para(indent, "", scale.Name(f.Z.Label)+" by "+of(f.Y.Label)+" ↑ and "+of(f.X.Label)+" →", dim)
	for y := len(f.Y.Names) - 1; y >= 0; y-- {
		p.gridRow(indent, label, wide, f.Y.Names[y], func(x int) string { return texts[[2]int{x, y}] }, len(f.X.Names))
	}
	p.gridRow(indent, label, wide, "", func(x int) string { return f.X.Names[x] }, len(f.X.Names))
	if len(fitting(f.cells)) < len(f.cells) {
		p.rows(indent, []Row{{Label: "×", Value: "infeasible"}})
	}
}

func (p *printer) gridRow(indent, label, wide int, name string, text func(x int) string, n int) {
	cols := []col{{lines: []string{name}, width: label, right: true}}
	for x := range n {
		cols = append(cols, col{lines: []string{text(x)}, width: wide, right: true})
	}
	p.row(indent, cols...)
}

// CellRange is the range of the values of cells that are feasible, 0 to 0 if
// there is none.
func (c *Chart) CellRange() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range fitting(c.facts().cells) {
		lo, hi = min(lo, p.Z), max(hi, p.Z)
	}
	if lo > hi {
		return 0, 0
	}
	return lo, hi
}

func (f *facts) shaded() map[[2]int]string {
	out := map[[2]int]string{}
	lo, hi := f.CellRange()
	for _, c := range f.cells {
		text := "×"
		if !c.Muted {
			n := int(f.Z.Fraction(c.Z, lo, hi) * float64(len(shades)))
			text = string(shades[min(max(n, 0), len(shades)-1)])
		}
		out[[2]int{int(c.X), int(c.Y)}] = text
	}
	return out
}

// Fraction places v between 0 and 1 from lo to hi along the axis; it is a half
// if they are the same.
func (a Axis) Fraction(v, lo, hi float64) float64 {
	if !(hi > lo) {
		return 0.5
	}
	return fraction(a, v, lo, hi)
}

// toneStyles are the terminal's colours nearest to those of the picture.
var toneStyles = [...]string{"", "34", "31", "32", "35", "33", "36"}

// toned prints a line in the colours of what was drawn, without trailing spaces.
func (p *printer) toned(line []rune, tones []int) string {
	n := len(line)
	for n > 0 && line[n-1] == ' ' {
		n--
	}
	var b strings.Builder
	for from := 0; from < n; {
		to := from
		for to < n && tones[to] == tones[from] {
			to++
		}
		style := ""
		if tones[from] > 0 {
			style = toneStyles[(tones[from]-1)%(len(toneStyles)-1)+1]
		}
		b.WriteString(p.paint(style, string(line[from:to])))
		from = to
	}
	return b.String()
}
