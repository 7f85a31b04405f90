package show

import (
	"cmp"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mlsysim/golab/mlsysim/units"
)

// A Table has its units in the column heads. A printer moves a unit that all
// numbers of a column share into the head, with one prefix for all, lines the
// numbers up at the decimal point, and marks the best.
type Table struct {
	Columns []Column
	Cells   [][]string
	Muted   []bool   // rows that are infeasible or otherwise out of the running
	MutedBy string   // what muted rows have in common; "out of the running" unless given
	Best    [][]bool // cells that are best; by the columns' better direction unless given
}

// A Column is one column of a table.
type Column struct {
	Name   string
	Unit   string
	Right  bool // aligned right: numbers
	Help   string
	Better string // lower or higher: the best of its numbers is marked
}

const star = "★ "

func (t *Table) muted(row int) bool { return row < len(t.Muted) && t.Muted[row] }

func (t *Table) best(row, col int) bool {
	return row < len(t.Best) && col < len(t.Best[row]) && t.Best[row][col]
}

// legend says what the marks of a table mean.
func (t *Table) legend() []string {
	var out []string
	if slices.ContainsFunc(t.Best, func(row []bool) bool { return slices.Contains(row, true) }) {
		out = append(out, star+"is best")
	}
	if slices.Contains(t.Muted, true) {
		why := t.MutedBy
		if why == "" {
			why = "out of the running"
		}
		out = append(out, "× "+why)
	}
	return out
}

// tidy returns the table as it is printed.
func (t *Table) tidy() *Table {
	out := *t
	out.Columns = slices.Clone(t.Columns)
	out.Cells = make([][]string, len(t.Cells))
	for r, cells := range t.Cells {
		out.Cells[r] = slices.Clone(cells)
	}
	judged := out.Best == nil
	if judged {
		out.Best = make([][]bool, len(t.Cells))
	}
	for c := range out.Columns {
		if !out.Columns[c].Right {
			continue
		}
		numbers := out.column(c)
		if judged {
			out.judge(c, numbers)
		}
		out.share(c, numbers)
	}
	return &out
}

// column reads the numbers of a column.
func (t *Table) column(c int) []reading {
	out := make([]reading, len(t.Cells))
	for r, cells := range t.Cells {
		out[r] = read(at(cells, c))
	}
	return out
}

// judge marks the best numbers of a column, unless all are equal or count
// different things.
func (t *Table) judge(c int, numbers []reading) {
	sign := map[string]float64{"lower": -1, "higher": 1}[t.Columns[c].Better]
	if _, same := common(numbers); sign == 0 || !same {
		return
	}
	best, worst := math.Inf(-1), math.Inf(1)
	for r, n := range numbers {
		if n.ok && !t.muted(r) {
			best, worst = max(best, sign*n.value), min(worst, sign*n.value)
		}
	}
	for r, n := range numbers {
		if n.ok && !t.muted(r) && sign*n.value == best && best > worst {
			if t.Best[r] == nil {
				t.Best[r] = make([]bool, len(t.Columns))
			}
			t.Best[r][c] = true
		}
	}
}

// mostSpread is the largest over the smallest number that one prefix serves.
const mostSpread = 1e4

// share moves the unit of a column into its head, if all its numbers can have
// the same.
func (t *Table) share(c int, numbers []reading) {
	base, same := common(numbers)
	if !same || base == "" || t.Columns[c].Unit != "" {
		return
	}
	scale, mixed, served := oneScale(base, numbers)
	if !served {
		return
	}
	t.Columns[c].Unit = scale.Unit
	for r, n := range numbers {
		if c >= len(t.Cells[r]) {
			continue
		}
		switch {
		case n.ok && mixed:
			t.Cells[r][c] = scale.Number(n.value)
		case n.ok:
			t.Cells[r][c] = n.digits
		default:
			t.Cells[r][c] = strings.TrimSuffix(t.Cells[r][c], " "+scale.Unit)
		}
	}
}

// oneScale chooses one unit for all numbers: that of the middle one. It is false
// where no unit serves the smallest and the largest.
func oneScale(base string, numbers []reading) (s Scale, mixed, served bool) {
	var sorted []reading
	for _, n := range numbers {
		if n.ok && n.value != 0 {
			sorted = append(sorted, n)
		}
		mixed = mixed || n.ok && len(sorted) > 0 && n.unit != sorted[0].unit
	}
	if len(sorted) == 0 || !mixed {
		i := slices.IndexFunc(numbers, func(n reading) bool { return n.ok && (len(sorted) == 0 || n.value != 0) })
		return Scale{1, numbers[i].unit}, false, true
	}
	slices.SortFunc(sorted, func(a, b reading) int { return cmp.Compare(math.Abs(a.value), math.Abs(b.value)) })
	least, most := sorted[0], sorted[len(sorted)-1]
	unit := sorted[(len(sorted)-1)/2].unit
	_, factor := split(unit)
	return Scale{factor, unit}, true, math.Abs(most.value) <= mostSpread*math.Abs(least.value)
}

// A reading is a cell that is a number with or without a unit.
type reading struct {
	ok     bool
	value  float64 // in the base unit
	digits string  // as printed, without the unit
	unit   string  // as printed
	base   string  // the unit without its prefix
}

// read takes a cell apart.
func read(cell string) reading {
	digits, unit, _ := strings.Cut(strings.TrimSpace(cell), " ")
	if amount, is := strings.CutPrefix(digits, "$"); is && unit == "" {
		digits, unit = amount, "USD"
	}
	if strings.ContainsAny(unit, " ,;×") || strings.ContainsAny(digits, "xXpPnN_") { // no hexadecimal, no NaN
		return reading{}
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(strings.ReplaceAll(digits, ",", ""), "−", "-"), 64)
	if err != nil {
		return reading{}
	}
	base, factor := split(unit)
	return reading{ok: true, value: v * factor, digits: digits, unit: unit, base: base}
}

// split takes the prefix off a unit.
func split(unit string) (base string, factor float64) {
	for known, letters := range prefixed {
		prefix, is := strings.CutSuffix(unit, known)
		if !is || prefix == "" {
			continue
		}
		if f, ok := powers[[]rune(prefix)[0]]; ok && len([]rune(prefix)) == 1 && strings.Contains(letters, prefix) {
			return known, f
		}
	}
	return unit, 1
}

// common is the unit that all numbers have but for prefixes; false if they have
// none in common.
func common(numbers []reading) (base string, same bool) {
	for _, n := range numbers {
		if !n.ok {
			continue
		}
		if same && n.base != base {
			return "", false
		}
		base, same = n.base, true
	}
	return base, same
}

// places returns for each cell of a column how many columns to leave free behind
// it, so that decimal points stand below one another.
func (t *Table) places(c int) []int {
	free, most := make([]int, len(t.Cells)), 0
	for r, cells := range t.Cells {
		n := read(at(cells, c))
		if !n.ok || n.unit != "" || strings.ContainsAny(n.digits, "eE") {
			free[r] = -1
			continue
		}
		if dot := strings.IndexByte(n.digits, '.'); dot >= 0 {
			free[r] = len(n.digits) - dot
			most = max(most, free[r])
		}
	}
	for r := range free {
		if free[r] >= 0 {
			free[r] = most - free[r]
		} else {
			free[r] = 0
		}
	}
	return free
}

// padded is tidy with the marks in the cells, and blanks that let decimal points
// stand below one another.
func (t *Table) padded() *Table {
	t = t.tidy()
	for c, head := range t.Columns {
		if !head.Right {
			continue
		}
		free := t.places(c)
		for r, cells := range t.Cells {
			if c >= len(cells) {
				continue
			}
			if t.best(r, c) {
				cells[c] = star + cells[c]
			}
			cells[c] += strings.Repeat(" ", free[r])
		}
	}
	return t
}

// CSV prints a table as RFC 4180 has it: the units in the head, numbers without
// commas.
func CSV(t *Table) string {
	t = t.tidy()
	var b strings.Builder
	w := csv.NewWriter(&b)
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = clean(c.Name)
		if c.Unit != "" {
			line[i] += " (" + clean(c.Unit) + ")"
		}
	}
	_ = w.Write(line) // a strings.Builder refuses nothing
	for _, cells := range t.Cells {
		for i, c := range t.Columns {
			line[i] = clean(at(cells, i))
			if n := read(line[i]); n.ok && c.Right {
				line[i] = strings.ReplaceAll(line[i], ",", "")
			}
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.String()
}

// number is a count for people.
func number(n int) string { return units.Number(float64(n)) }
