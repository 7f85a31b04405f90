package show

import (
	"fmt"
	"strings"
)

// mdChart says what a chart shows and lists its points.
func mdChart(b *strings.Builder, c *Chart) {
	if c.Title != "" {
		fmt.Fprintf(b, "**%s**\n\n", md(c.Title))
	}
	fmt.Fprintf(b, "%s\n\n", md(c.Alt()))
	if t := c.points(); len(t.Cells) > 0 {
		mdTable(b, t.Columns, t.Cells, t.Muted)
	}
	if c.Note != "" {
		fmt.Fprintf(b, "%s\n\n", md(c.Note))
	}
}

// chartTable is the form of a chart that needs no drawing.
func chartTable(c Chart) string {
	h := &page{}
	h.add(`<div style="margin:6px 0"><div style="font-weight:bold">%s</div><div>%s</div>`, esc(c.Title), esc(c.Alt()))
	h.table(c.points())
	if c.Note != "" {
		h.add(`<div style="%s">%s</div>`, dimmed, esc(c.Note))
	}
	h.b.WriteString("</div>")
	return h.b.String()
}

// points lists the points and marks of a chart as a table. A cell or bar names
// its row; a range stands in the column of its axis.
func (c *Chart) points() *Table {
	f := c.facts()
	switch {
	case len(f.cells) > 0:
		return c.cellTable()
	case len(f.bars) > 0:
		return c.barTable()
	}
	t := &Table{Columns: []Column{{Name: "series"}, {Name: "point"}, {Name: c.X.Label, Right: true}, {Name: c.Y.Label, Right: true}, {Name: "note"}}}
	for _, s := range c.Series {
		for _, p := range s.Points {
			y := c.Y.Text(p.Y)
			if lo, hi, ok := c.Error(s, p); ok {
				y += " (" + c.Y.Text(lo) + " to " + c.Y.Text(hi) + ")"
			}
			if s.Form == Band {
				y = c.Y.Text(p.Lo) + " to " + c.Y.Text(p.Hi)
			}
			t.Cells = append(t.Cells, []string{s.Name, p.Label, c.X.Text(p.X), y, p.Why})
			t.Muted = append(t.Muted, p.Muted)
		}
	}
	c.markRows(t, 2, 3)
	return t
}

// markRows adds the marks, their places in the columns of X and Y.
func (c *Chart) markRows(t *Table, x, y int) {
	for _, m := range c.Marks {
		cells := make([]string, len(t.Columns))
		cells[0], cells[1] = "mark", m.Label
		if m.Vertical {
			cells[x] = c.X.Text(m.At)
		} else {
			cells[y] = c.Y.Text(m.At)
		}
		t.Cells, t.Muted = append(t.Cells, cells), append(t.Muted, false)
	}
}

func (c *Chart) barTable() *Table {
	t := &Table{Columns: []Column{{Name: c.Y.Label}, {Name: "part"}, {Name: "from", Right: true}, {Name: "to", Right: true}, {Name: "note"}}}
	for _, s := range c.Series {
		for _, p := range s.Points {
			note := strings.TrimSpace(p.Label + " " + p.Why)
			t.Cells = append(t.Cells, []string{c.Y.Text(p.Y), s.Name, c.X.Text(p.Lo), c.X.Text(p.Hi), note})
			t.Muted = append(t.Muted, p.Muted)
		}
	}
	c.markRows(t, 3, 3)
	return t
}

func (c *Chart) cellTable() *Table {
	t := &Table{Columns: []Column{{Name: c.X.Label, Right: true}, {Name: c.Y.Label, Right: true}, {Name: c.Z.Label, Right: true}, {Name: "note"}}}
	for _, s := range c.Series {
		for _, p := range s.Points {
			t.Cells = append(t.Cells, []string{c.X.Text(p.X), c.Y.Text(p.Y), c.Z.Text(p.Z), p.Why})
			t.Muted = append(t.Muted, p.Muted)
		}
	}
	return t
}
