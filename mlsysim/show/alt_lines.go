package show

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The sentences of the kinds that are made of lines and points; each is empty if
// the data are not what its kind expects.

func (f *facts) roofline() string {
	var ridges []Mark
	for _, m := range f.Marks {
		if m.Vertical {
			ridges = append(ridges, m)
		}
	}
	if len(ridges) == 0 {
		return ""
	}
	if len(ridges) > 1 {
		return f.roofs(ridges)
	}
	var left, right []string
	for _, p := range f.dots {
		if p.X < ridges[0].At {
			left = append(left, p.Label)
			continue
		}
		right = append(right, p.Label)
	}
	if len(f.dots) == 0 {
		return fmt.Sprintf("memory bandwidth binds below %s, compute from there on", f.x(ridges[0].At))
	}
	parts := []string{}
	if len(left) > 0 {
		parts = append(parts, fmt.Sprintf("memory bandwidth binds %s, left of the ridge at %s", list(left, 3), f.x(ridges[0].At)))
	}
	if len(right) > 0 {
		text := "compute binds " + list(right, 3)
		if len(left) == 0 {
			text += fmt.Sprintf(", right of the ridge at %s", f.x(ridges[0].At))
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// roofs tells where each of several roofs bends.
func (f *facts) roofs(ridges []Mark) string {
	var names []string
	for _, m := range ridges {
		names = append(names, f.x(m.At)+" ("+f.whose(m)+")")
	}
	return "compute binds from " + list(names, 4) + " on, memory bandwidth below"
}

// whose is the ceiling that begins at a ridge.
func (f *facts) whose(m Mark) string {
	for _, s := range f.lines {
		if s.Name != "" && s.Points[0].X == m.At {
			return s.Name
		}
	}
	return m.Label
}

// within reports whether a point keeps to all marks.
func (f *facts) within(p Point) bool {
	for _, m := range f.Marks {
		v := p.Y
		if m.Vertical {
			v = p.X
		}
		if m.Out == Above && v > m.At || m.Out == Below && v < m.At {
			return false
		}
	}
	return true
}

func (f *facts) frontier() string {
	var limits []string
	for _, m := range f.Marks {
		if m.Out != NoSide {
			limits = append(limits, m.Label)
		}
	}
	points := slices.Clone(f.dots)
	for _, s := range f.lines {
		points = append(points, s.Points...)
	}
	points = fitting(points)
	if len(points) == 0 || len(limits) == 0 {
		return ""
	}
	_, most := extremes(points)
	best := -1
	for i, p := range points {
		if f.within(p) && (best < 0 || p.Y > points[best].Y) {
			best = i
		}
	}
	if best < 0 {
		return "no point keeps to " + list(limits, 2)
	}
	at := points[best].Label
	if at == "" {
		at = f.at(points[best].X)
	}
	text := fmt.Sprintf("within %s the most is %s, at %s", list(limits, 2), f.y(points[best].Y), at)
	if points[most].Y > points[best].Y {
		text += fmt.Sprintf("; without it %s", f.y(points[most].Y))
	}
	return text
}

func (f *facts) scaling() string {
	var real, ideal Series
	for _, s := range slices.Backward(f.lines) {
		if s.Dashed {
			ideal = s
			continue
		}
		real = s
	}
	n := len(real.Points) - 1
	if n < 0 || len(ideal.Points) == 0 {
		return ""
	}
	share := func(p Point) float64 {
		want, _ := interpolate(f.X, f.Y, ideal.Points, p.X)
		return p.Y / want
	}
	last := real.Points[n]
	text := fmt.Sprintf("at %s %s is %s, %s of the ideal", f.at(last.X), of(f.Y.Label), f.y(last.Y), percent(share(last)))
	for _, p := range real.Points {
		if share(p) < settled {
			return text + fmt.Sprintf("; it falls below %s at %s", percent(settled), f.x(p.X))
		}
	}
	return text
}

// interpolate reads a line at x, straight on the scales of its axes.
func interpolate(ax, ay Axis, p []Point, x float64) (float64, bool) {
	for i := range p {
		if p[i].X == x {
			return p[i].Y, true
		}
		if i == 0 || (p[i-1].X-x)*(p[i].X-x) > 0 {
			continue
		}
		s := fraction(ax, x, p[i-1].X, p[i].X)
		return along(ay, p[i-1].Y, p[i].Y, s), true
	}
	return math.NaN(), false
}

// along is the value at a share of the way between two values of an axis.
func along(a Axis, from, to, share float64) float64 {
	if a.Log {
		return from * math.Pow(to/from, share)
	}
	return from + share*(to-from)
}

// crossover says which line is lowest, and where that changes.
func (f *facts) crossover() string {
	if len(f.lines) < 2 {
		return ""
	}
	first := f.lines[0].Points
	lowest := func(x float64) int {
		best, least := -1, math.Inf(1)
		for i, s := range f.lines {
			if y, ok := interpolate(f.X, f.Y, s.Points, x); ok && y < least {
				best, least = i, y
			}
		}
		return best
	}
	now := lowest(first[0].X)
	if now < 0 {
		return ""
	}
	text := f.lines[now].Name + " is fastest"
	changed := false
	for i := 1; i < len(first); i++ {
		next := lowest(first[i].X)
		if next == now || next < 0 {
			continue
		}
		x := f.cross(f.lines[now].Points, f.lines[next].Points, first[i-1].X, first[i].X)
		text += fmt.Sprintf(" up to %s, then %s", f.x(x), f.lines[next].Name)
		now, changed = next, true
	}
	if !changed {
		text += " over the whole range"
	}
	return text
}

// cross halves an interval until two lines meet in it.
func (f *facts) cross(a, b []Point, lo, hi float64) float64 {
	less := func(x float64) bool {
		ya, _ := interpolate(f.X, f.Y, a, x)
		yb, _ := interpolate(f.X, f.Y, b, x)
		return ya < yb
	}
	for range 50 {
		if mid := along(f.X, lo, hi, 0.5); less(mid) {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

func (f *facts) queueTail() string {
	if len(f.lines) == 0 {
		return ""
	}
	line := f.lines[0]
	p := fitting(line.Points)
	if len(p) < 2 {
		return ""
	}
	first, last := p[0], p[len(p)-1]
	text := fmt.Sprintf("%s rises from %s at %s to %s at %s, %.3g times as long", line.Name, f.y(first.Y), f.at(first.X), f.y(last.Y), f.x(last.X), last.Y/first.Y)
	for _, m := range f.Marks {
		for i := 1; i < len(p) && !m.Vertical; i++ {
			if p[i-1].Y <= m.At && p[i].Y > m.At {
				share := fraction(f.Y, m.At, p[i-1].Y, p[i].Y)
				return text + fmt.Sprintf("; it passes %s at %s", m.Label, f.x(along(f.X, p[i-1].X, p[i].X, share)))
			}
		}
	}
	return text
}

func (f *facts) pareto() string {
	if len(f.lines) == 0 || len(f.lines[0].Points) == 0 {
		return ""
	}
	front := f.lines[0].Points
	tell := func(p Point) string {
		text := f.x(p.X) + " and " + f.y(p.Y)
		if p.Label != "" {
			text += " (" + p.Label + ")"
		}
		return text
	}
	return fmt.Sprintf("%d of %d designs are beaten by no other in both %s and %s, from %s to %s", len(front), len(front)+len(f.dots),
		of(f.X.Label), of(f.Y.Label), tell(front[0]), tell(front[len(front)-1]))
}

// waste tells the least of the first line and what a wrong choice costs.
func (f *facts) waste() string {
	if len(f.lines) == 0 {
		return ""
	}
	p := f.lines[0].Points
	lo, _ := extremes(p)
	text := fmt.Sprintf("%s is least, %s, at %s of %s", of(f.Y.Label), f.y(p[lo].Y), f.x(p[lo].X), of(f.X.Label))
	if p[lo].Y > 0 {
		text += fmt.Sprintf("; it is %.3g times that at %s and %.3g times at %s",
			p[0].Y/p[lo].Y, f.x(p[0].X), p[len(p)-1].Y/p[lo].Y, f.x(p[len(p)-1].X))
	}
	return text
}

func (f *facts) parity() string {
	var errors []float64
	within := 0
	band := 0.0
	if len(f.bands) > 0 && f.bands[0].Points[0].X > 0 {
		p := f.bands[0].Points[0]
		band = p.Hi/p.X - 1
	}
	for _, p := range f.dots {
		if p.X > 0 {
			e := math.Abs(p.Y/p.X - 1)
			errors = append(errors, e)
			if e <= band*(1+1e-9) {
				within++
			}
		}
	}
	if len(errors) == 0 {
		return ""
	}
	slices.Sort(errors)
	text := fmt.Sprintf("the median error of %d predictions is %s", len(errors), percent(errors[(len(errors)-1)/2]))
	if band > 0 {
		text += fmt.Sprintf(", and %d lie within %s of the measurement", within, percent(band))
	}
	return text
}
