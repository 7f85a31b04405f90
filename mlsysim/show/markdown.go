package show

import (
	"fmt"
	"strings"
)

// Markdown prints a view with tables, and derivations in TeX.
func Markdown(v View) string {
	var b strings.Builder
	mdHeading(&b, "##", headOf(v), v.Status)
	if v.Subtitle != "" {
		fmt.Fprintf(&b, "%s\n\n", md(v.Subtitle))
	}
	for _, block := range v.Blocks {
		mdBlock(&b, block)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// mdSpecial is what Markdown or a maths typesetter would act on.
var mdSpecial = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "~", `\~`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "$", "<span>$</span>", "\n", "<br>")

func md(text string) string { return mdSpecial.Replace(clean(strings.TrimSpace(text))) }

func mdHeading(b *strings.Builder, level, text string, s Status) {
	parts := make([]string, 0, 2)
	if text != "" {
		parts = append(parts, md(text))
	}
	if mark := badge(s); mark != "" {
		parts = append(parts, "**"+mark+"**")
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "%s %s\n\n", level, strings.Join(parts, " "))
	}
}

func mdBlock(b *strings.Builder, block Block) {
	mdHeading(b, "###", block.Heading, block.Status)
	mdRows(b, block.Rows)
	if len(block.Bars) > 0 {
		cells := make([][]string, len(block.Bars))
		for i, bar := range block.Bars {
			cells[i] = []string{bar.Label, strings.Repeat("█", min(max(int(share(bar)*20+0.5), 0), 60)), Percent(share(bar)), bar.Value}
		}
		mdTable(b, []Column{{}, {Name: "20 blocks are 100 %"}, {Name: "share", Right: true}, {Right: true}}, cells, nil)
	}
	if t := block.Table; t != nil && len(t.Columns) > 0 {
		mdTable(b, t.Columns, t.Cells, t.Muted)
	}
	mdSteps(b, block.Steps)
	if c := block.Chart; c != nil {
		mdChart(b, c)
	}
	for _, n := range block.Notes {
		fmt.Fprintf(b, "> %s\n\n", md(n))
	}
}

func mdRows(b *strings.Builder, rows []Row) {
	if len(rows) == 1 && rows[0].Label == "" && rows[0].Note == "" {
		fmt.Fprintf(b, "%s\n\n", md(rows[0].Value))
		return
	}
	if len(rows) == 0 {
		return
	}
	cols := []Column{{}, {Name: "value"}}
	cells := make([][]string, len(rows))
	for i, r := range rows {
		cells[i] = []string{r.Label, r.Value, r.Note}
		if r.Note != "" {
			cols = []Column{{}, {Name: "value"}, {Name: "note"}}
		}
	}
	mdTable(b, cols, cells, nil)
}

func mdTable(b *strings.Builder, cols []Column, cells [][]string, muted []bool) {
	rule := "|"
	b.WriteByte('|')
	for _, c := range cols {
		name := md(c.Name)
		if c.Unit != "" {
			name += " (" + md(c.Unit) + ")"
		}
		fmt.Fprintf(b, " %s |", name)
		if c.Right {
			rule += "---:|"
		} else {
			rule += "---|"
		}
	}
	fmt.Fprintf(b, "\n%s\n", rule)
	for r, line := range cells {
		b.WriteByte('|')
		for i := range cols {
			text := md(at(line, i))
			if i == 0 && r < len(muted) && muted[r] {
				text = "× " + text
			}
			fmt.Fprintf(b, " %s |", text)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
}

func mdSteps(b *strings.Builder, steps []Step) {
	from := sources(steps)
	for i, s := range steps {
		fmt.Fprintf(b, "**%d. %s** %s\n\n", i+1, md(s.Name), md(note(s, from)))
		if s.TeX != "" {
			fmt.Fprintf(b, "$$%s$$\n\n", strings.ReplaceAll(clean(s.TeX), "$", `\$`))
		} else if s.Formula != "" {
			fmt.Fprintf(b, "%s\n\n", md(s.Formula))
		}
		if s.Substituted != "" {
			fmt.Fprintf(b, "= %s\n\n", md(s.Substituted))
		}
		if s.Value != "" {
			fmt.Fprintf(b, "= **%s**\n\n", md(s.Value))
		}
		if len(s.Terms) > 0 {
			cells := make([][]string, len(s.Terms))
			for j, t := range s.Terms {
				cells[j] = []string{t.Label, t.Value, strings.TrimSpace(t.Help + " " + t.Note)}
			}
			mdTable(b, []Column{{Name: "symbol"}, {Name: "value"}, {Name: "meaning"}}, cells, nil)
		}
	}
	for i, text := range from {
		fmt.Fprintf(b, "\\[%d\\] %s\n\n", i+1, md(text))
	}
}

// mdChart lists the points of a chart.
func mdChart(b *strings.Builder, c *Chart) {
	if c.Title != "" {
		fmt.Fprintf(b, "**%s**\n\n", md(c.Title))
	}
	if c.Note != "" {
		fmt.Fprintf(b, "%s\n\n", md(c.Note))
	}
	t := c.points()
	mdTable(b, t.Columns, t.Cells, t.Muted)
}

// points lists the points and marks of a chart as a table.
func (c *Chart) points() *Table {
	t := &Table{Columns: []Column{{Name: "series"}, {Name: "point"}, {Name: c.X.Label, Right: true}, {Name: c.Y.Label, Right: true}, {Name: "note"}}}
	for _, s := range c.Series {
		for _, p := range s.Points {
			t.Cells = append(t.Cells, []string{s.Name, p.Label, c.X.Text(p.X), c.Y.Text(p.Y), p.Why})
			t.Muted = append(t.Muted, p.Muted)
		}
	}
	for _, m := range c.Marks {
		cells := []string{"mark", m.Label, "", c.Y.Text(m.At), ""}
		if m.Vertical {
			cells = []string{"mark", m.Label, c.X.Text(m.At), "", ""}
		}
		t.Cells, t.Muted = append(t.Cells, cells), append(t.Muted, false)
	}
	return t
}
