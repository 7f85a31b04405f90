package show

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// The sentences of the kinds that are made of bars and cells; each is empty if
// the data are not what its kind expects.

// rowName is the name of a row.
func (f *facts) rowName(y float64) string { return f.Y.Text(y) }

// A part is one bar with what it is called.
type part struct {
	name string
	row  float64
	size float64
}

// parts lists the bars that are not idle, and the end of the longest row.
func (f *facts) parts() (parts []part, end float64) {
	for _, s := range f.bars {
		for _, p := range s.Points {
			end = max(end, p.Hi)
			if p.Muted {
				continue
			}
			name := s.Name
			if name == "" {
				name = f.rowName(p.Y)
			}
			parts = append(parts, part{name, p.Y, p.Hi - p.Lo})
		}
	}
	return parts, end
}

func largest(parts []part) part {
	var best part
	for _, p := range parts {
		if p.size > best.size {
			best = p
		}
	}
	return best
}

func (f *facts) breakdown() string {
	parts, end := f.parts()
	if len(parts) == 0 {
		return ""
	}
	most := largest(parts)
	ends := f.rowEnds()
	text := fmt.Sprintf("the largest part is %s, %s of %s", of(most.name), f.x(most.size), f.x(ends[most.row]))
	if len(ends) > 1 {
		text += " in " + f.rowName(most.row)
	}
	for _, m := range f.Marks {
		if !m.Vertical || m.Out != Above {
			continue
		}
		var fits []string
		for y := range f.Y.Names {
			if v, ok := ends[float64(y)]; ok && v <= m.At {
				fits = append(fits, f.Y.Names[y])
			}
		}
		switch {
		case len(ends) > 1:
			return text + fmt.Sprintf("; within the %s of %s: %s", of(m.Label), f.x(m.At), list(fits, 4))
		case end > m.At:
			return text + fmt.Sprintf("; %s more than the %s of %s", f.x(end-m.At), of(m.Label), f.x(m.At))
		default:
			return text + fmt.Sprintf("; the %s of %s leaves %s free", of(m.Label), f.x(m.At), f.x(m.At-end))
		}
	}
	return text
}

// rowEnds is where each row ends.
func (f *facts) rowEnds() map[float64]float64 {
	ends := map[float64]float64{}
	for _, s := range f.bars {
		for _, p := range s.Points {
			ends[p.Y] = max(ends[p.Y], p.Hi)
		}
	}
	return ends
}

func (f *facts) stages() string {
	parts, end := f.parts()
	most := largest(parts)
	if !(end > 0) || most.size == 0 {
		return ""
	}
	return fmt.Sprintf("the largest part is %s, %s of %s or %s", of(most.name), f.x(most.size), f.x(end), percent(most.size/end))
}

func (f *facts) heatMap() string {
	fit := fitting(f.cells)
	if len(fit) == 0 {
		return "no combination is feasible"
	}
	lo, hi := fit[0], fit[0]
	for _, p := range fit {
		if p.Z < lo.Z {
			lo = p
		}
		if p.Z > hi.Z {
			hi = p
		}
	}
	where := func(p Point) string {
		return fmt.Sprintf("%s at %s %s and %s %s", f.Z.Text(short(p.Z)), of(f.X.Label), f.X.Text(p.X), of(f.Y.Label), f.Y.Text(p.Y))
	}
	text := fmt.Sprintf("%s reaches from %s to %s", of(f.Z.Label), where(lo), where(hi))
	if n := len(f.cells) - len(fit); n > 0 {
		text += fmt.Sprintf("; %d of %d combinations are infeasible", n, len(f.cells))
	}
	return text
}

func (f *facts) schedule() string {
	idle, all, end := 0.0, 0.0, 0.0
	for _, s := range f.bars {
		for _, p := range s.Points {
			end = max(end, p.Hi)
			all += p.Hi - p.Lo
			if p.Muted {
				idle += p.Hi - p.Lo
			}
		}
	}
	if !(all > 0) {
		return ""
	}
	return fmt.Sprintf("%d stages take %s and are idle for %s of it", len(f.Y.Names), f.x(end), percent(idle/all))
}

// tornado reads the last series, the effect of more of a field.
func (f *facts) tornado() string {
	if len(f.bars) == 0 {
		return ""
	}
	more := f.bars[len(f.bars)-1]
	tell := func(p Point) string { return fmt.Sprintf("%s by %s", f.rowName(p.Y), f.x(p.Hi)) }
	ranked := slices.Clone(more.Points)
	slices.SortStableFunc(ranked, func(a, b Point) int { return cmp.Compare(math.Abs(b.Hi), math.Abs(a.Hi)) })
	text := fmt.Sprintf("%s moves the result most: %s", more.Name, tell(ranked[0]))
	if len(ranked) > 1 {
		text += ", then " + tell(ranked[1])
	}
	return text
}

// ranking compares the lowest and the highest row.
func (f *facts) ranking() string {
	ends := f.rowEnds()
	lo, hi := -1.0, -1.0
	for i := range f.Y.Names {
		y := float64(i)
		v, ok := ends[y]
		if !ok {
			continue
		}
		if lo < 0 || v < ends[lo] {
			lo = y
		}
		if hi < 0 || v > ends[hi] {
			hi = y
		}
	}
	if lo < 0 || lo == hi {
		return fmt.Sprintf("%d values", len(ends))
	}
	text := fmt.Sprintf("%s has the least, %s; %s the most, %s", f.rowName(lo), f.x(ends[lo]), f.rowName(hi), f.x(ends[hi]))
	if ends[lo] > 0 {
		text += fmt.Sprintf(", %.3g times as much", ends[hi]/ends[lo])
	}
	return text
}
