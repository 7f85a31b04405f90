package show

import "slices"

// A Part is one part of several wholes, such as the weights in the memory of
// several designs.
type Part struct {
	Name  string
	Sizes []float64 // one for each row, SI
}

// MemoryChart stacks parts in bytes, a row for each design, against the capacity
// of each; one that all share is drawn as a limit. Parts that are nought
// everywhere are left out.
func MemoryChart(title string, rows []string, capacity []float64, parts []Part) Chart {
	c := Chart{Kind: Breakdown, Title: title, X: Axis{Label: "Memory of each device", Unit: "B"}, Y: Axis{Names: rows}}
	at := make([]float64, len(rows))
	for _, part := range parts {
		s := Series{Name: part.Name, Form: Bars}
		for y, size := range part.Sizes {
			if size > 0 {
				s.Points = append(s.Points, Point{Y: float64(y), Lo: at[y], Hi: at[y] + size})
				at[y] += size
			}
		}
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	total := Series{Form: Bars, Tone: 1} // of no width: it carries the sums
	for y, end := range at {
		total.Points = append(total.Points, Point{Y: float64(y), Lo: end, Hi: end, Label: c.X.Text(end)})
	}
	c.Series = append(c.Series, total)
	if len(capacity) > 0 && slices.Min(capacity) == slices.Max(capacity) && capacity[0] > 0 {
		c.Marks = []Mark{{Vertical: true, At: capacity[0], Label: "capacity", Out: Above}}
	}
	return c
}

// StagesChart shows parts that follow one another as a waterfall: each begins
// where the one before ends. Parts that are nought are left out.
func StagesChart(title, label, unit string, parts []Part) Chart {
	c := Chart{Kind: Stages, Title: title, X: Axis{Label: label, Unit: unit}}
	s := Series{Form: Bars}
	at := 0.0
	total := 0.0
	for _, part := range parts {
		total += part.Sizes[0]
	}
	for _, part := range parts {
		size := part.Sizes[0]
		if !(size > 0) {
			continue
		}
		s.Points = append(s.Points, Point{
			Y: float64(len(c.Y.Names)), Lo: at, Hi: at + size, Label: c.X.Text(size) + ", " + percent(size/total),
		})
		c.Y.Names = append(c.Y.Names, part.Name)
		at += size
	}
	c.Series = []Series{s}
	return c
}
