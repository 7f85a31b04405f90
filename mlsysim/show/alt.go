package show

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Alt says in one sentence, computed from the data, what the chart shows: for a
// reader who does not see it, and for one who wants to know what to look for.
func (c Chart) Alt() string {
	f := c.facts()
	if len(f.lines)+len(f.dots)+len(f.bars)+len(f.cells) == 0 {
		return "There is nothing to plot."
	}
	rules := [...]func() string{
		Plot: f.plot, Roofline: f.roofline, Breakdown: f.breakdown, Stages: f.stages, Frontier: f.frontier, HeatMap: f.heatMap,
		ScalingCurve: f.scaling, Schedule: f.schedule, Crossover: f.crossover, QueueTail: f.queueTail, Tornado: f.tornado,
		Pareto: f.pareto, Ranking: f.ranking, Waste: f.waste, Parity: f.parity,
	}
	text := ""
	if int(c.Kind) < len(rules) {
		text = rules[c.Kind]()
	}
	if text == "" { // the data are not what the kind expects
		text = f.plot()
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// facts are the data of a chart by form: what it can show.
type facts struct {
	*Chart
	lines, bands []Series
	bars         []Series
	dots, cells  []Point
}

func (c *Chart) facts() *facts {
	f := &facts{Chart: c}
	for _, s := range c.Series {
		all := s.Points
		s.Points = nil
		for _, p := range all {
			if c.HoldsIn(s, p) {
				s.Points = append(s.Points, p)
			}
		}
		switch {
		case len(s.Points) == 0:
		case s.Form == Bars:
			f.bars = append(f.bars, s)
		case s.Form == Cells:
			f.cells = append(f.cells, s.Points...)
		case s.Form == Band:
			f.bands = append(f.bands, s)
		case s.Line:
			f.lines = append(f.lines, s)
		default:
			f.dots = append(f.dots, s.Points...)
		}
	}
	return f
}

// of is a label in the middle of a sentence: its first letter is small unless it
// is a name such as KV, ITL or TokensPerSecond.
func of(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	rest := label[size:]
	if next, _ := utf8.DecodeRuneInString(rest); !unicode.IsLower(next) || rest != strings.ToLower(rest) {
		return label
	}
	return string(unicode.ToLower(first)) + rest
}

// at names a place on the X axis.
func (f *facts) at(x float64) string { return of(f.X.Label) + " " + f.X.Text(x) }

// short rounds to three digits: a sentence is not a table.
func short(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	p := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	if math.IsInf(p, 0) || p == 0 {
		return v
	}
	return math.Round(v*p) / p
}

func (f *facts) y(v float64) string { return f.Y.Text(short(v)) }

func (f *facts) x(v float64) string {
	if f.X.Unit == "" && v == math.Trunc(v) {
		return f.X.Text(v) // a count is told whole
	}
	return f.X.Text(short(v))
}

// percent is a share for a sentence.
func percent(share float64) string { return Percent(short(share)) }

// list joins up to n texts as a sentence does, and counts the rest.
func list(texts []string, n int) string {
	if len(texts) > n {
		texts = append(append([]string{}, texts[:n-1]...), fmt.Sprintf("%d more", len(texts)-n+1))
	}
	switch len(texts) {
	case 0:
		return "none"
	case 1:
		return texts[0]
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
}

// fitting are the points that are feasible.
func fitting(points []Point) []Point {
	var out []Point
	for _, p := range points {
		if !p.Muted {
			out = append(out, p)
		}
	}
	return out
}

// plot tells the course of the first line, and what bounds it.
func (f *facts) plot() string {
	switch {
	case len(f.lines) == 0 && len(f.dots) > 0:
		return f.cloud()
	case len(f.lines) == 0:
		return f.ranking()
	case len(f.lines) > 1 && f.lines[0].Name != "" && f.firm() != 1:
		return f.compare()
	}
	line := f.lines[0]
	for _, s := range f.lines {
		if line.Dashed && !s.Dashed {
			line = s
		}
	}
	shown := fitting(line.Points)
	if len(shown) == 0 {
		return "no point is feasible: " + line.Points[0].Why
	}
	name := f.Y.Label
	if name == "" || len(f.lines) > 1 && line.Name != "" {
		name = line.Name
	}
	text := f.course(name, shown)
	if n := len(line.Points) - len(shown); n > 0 {
		out := firstMuted(line.Points)
		text += fmt.Sprintf("; infeasible at %s", f.at(out.X))
		if n > 1 {
			text += fmt.Sprintf(" and %d more", n-1)
		}
		if out.Why != "" {
			text += " (" + out.Why + ")"
		}
	}
	return text
}

// firm is the number of lines that are not dashed: what a chart is about, where
// the others are only beside it.
func (f *facts) firm() int {
	n := 0
	for _, s := range f.lines {
		if !s.Dashed {
			n++
		}
	}
	return n
}

func firstMuted(points []Point) Point {
	for _, p := range points {
		if p.Muted {
			return p
		}
	}
	return Point{}
}

// course says where a line rises, ends to rise, peaks or is lowest.
func (f *facts) course(name string, p []Point) string {
	lo, hi := extremes(p)
	first, last := p[0], p[len(p)-1]
	switch k := knee(p); {
	case len(p) == 1:
		return fmt.Sprintf("%s is %s at %s", name, f.y(first.Y), f.at(first.X))
	case p[lo].Y == p[hi].Y:
		return fmt.Sprintf("%s stays at %s", name, f.y(first.Y))
	case p[lo].Y > 0 && p[hi].Y < 1.02*p[lo].Y:
		return fmt.Sprintf("%s hardly changes, from %s to %s", of(name), f.Y.Text(p[lo].Y), f.Y.Text(p[hi].Y))
	case k > 0:
		return fmt.Sprintf("%s stops growing at %s, at %s%s", of(name), f.at(p[k].X), f.y(p[k].Y), f.where(p, k))
	case lo > 0 && lo < len(p)-1 && p[lo].Y < min(first.Y, last.Y):
		return fmt.Sprintf("%s is lowest, %s, at %s", of(name), f.y(p[lo].Y), f.at(p[lo].X))
	case hi > 0 && hi < len(p)-1 && p[hi].Y > max(first.Y, last.Y):
		return fmt.Sprintf("%s peaks at %s, at %s", of(name), f.y(p[hi].Y), f.at(p[hi].X))
	case last.Y > first.Y:
		return fmt.Sprintf("%s rises from %s at %s to %s at %s", of(name), f.y(first.Y), f.at(first.X), f.y(last.Y), f.x(last.X))
	default:
		return fmt.Sprintf("%s falls from %s at %s to %s at %s", of(name), f.y(first.Y), f.at(first.X), f.y(last.Y), f.x(last.X))
	}
}

// where adds the mark beside the knee: what binds from there on.
func (f *facts) where(p []Point, k int) string {
	for _, m := range f.Marks {
		if m.Vertical && m.At >= p[k-1].X && m.At <= p[min(k+1, len(p)-1)].X {
			return ", where " + m.Label
		}
	}
	return ""
}

// extremes are the places of the least and the greatest value.
func extremes(p []Point) (lo, hi int) {
	for i := range p {
		if p[i].Y < p[lo].Y {
			lo = i
		}
		if p[i].Y > p[hi].Y {
			hi = i
		}
	}
	return lo, hi
}

// settled is the share of its last value from which a line no longer grows.
const settled = 0.9

// knee is where a rising line has all but its last tenth, if more than one point
// follows and it at least doubled before; else 0.
func knee(p []Point) int {
	last := p[len(p)-1].Y
	for i := 1; i < len(p); i++ {
		if p[i].Y < p[i-1].Y {
			return 0
		}
	}
	for i := 1; i < len(p)-2; i++ {
		if p[i].Y >= settled*last && last >= 2*p[0].Y && p[0].Y > 0 {
			return i
		}
	}
	return 0
}

// cloud tells the extremes of loose points.
func (f *facts) cloud() string {
	lo, hi := extremes(f.dots)
	name := func(p Point) string {
		if p.Label != "" {
			return p.Label
		}
		return f.at(p.X)
	}
	if len(f.dots) == 1 {
		return fmt.Sprintf("%s is %s at %s", of(f.Y.Label), f.y(f.dots[0].Y), f.at(f.dots[0].X))
	}
	text := fmt.Sprintf("%d points, %s from %s (%s) to %s (%s)", len(f.dots), of(f.Y.Label),
		f.y(f.dots[lo].Y), name(f.dots[lo]), f.y(f.dots[hi].Y), name(f.dots[hi]))
	if n := len(f.dots) - len(fitting(f.dots)); n > 0 {
		text += fmt.Sprintf("; %d of them infeasible", n)
	}
	return text
}

// compare ranks several lines at their right end.
func (f *facts) compare() string {
	var ends []Point
	for _, s := range f.lines {
		p := s.Points[len(s.Points)-1]
		p.Label = s.Name
		ends = append(ends, p)
	}
	lo, hi := extremes(ends)
	if ends[lo].X == ends[hi].X {
		return fmt.Sprintf("at %s %s is highest, with %s, and %s lowest, with %s", f.at(ends[hi].X), ends[hi].Label, f.y(ends[hi].Y), ends[lo].Label, f.y(ends[lo].Y))
	}
	return fmt.Sprintf("%s ends at %s, %s at %s", ends[hi].Label, f.y(ends[hi].Y), ends[lo].Label, f.y(ends[lo].Y))
}
