package show

import (
	"fmt"
	"strings"
)

// Markdown prints a view with tables, and derivations in TeX.
func Markdown(v View) string { return markdown(v, "## ", "### ") }

// MarkdownPart prints a view as Markdown without headings of its own: titles are
// bold.
func MarkdownPart(v View) string { return markdown(v, "", "") }

// markdown prints a view with these marks before its headings. Without marks they
// are bold, for a notebook, whose table of contents lists headings of outputs.
func markdown(v View, title, heading string) string {
	var b strings.Builder
	mdHeading(&b, title, headOf(v), v.Status)
	if v.Subtitle != "" {
		fmt.Fprintf(&b, "%s\n\n", md(v.Subtitle))
	}
	for _, block := range v.Blocks {
		mdHeading(&b, heading, block.Heading, block.Status)
		mdBlock(&b, block)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// mdSpecial is what Markdown or a maths typesetter would act on.
var mdSpecial = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "#", `\#`, "~", `\~`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "$", "<span>$</span>", "\n", "<br>")

func md(text string) string { return mdSpecial.Replace(clean(strings.TrimSpace(text))) }

func mdHeading(b *strings.Builder, mark, text string, s Status) {
	parts := make([]string, 0, 2)
	switch {
	case text == "":
	case mark == "":
		parts = append(parts, "**"+md(text)+"**")
	default:
		parts = append(parts, md(text))
	}
	if shape := badge(s); shape != "" {
		parts = append(parts, "**"+shape+"**")
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "%s%s\n\n", mark, strings.Join(parts, " "))
	}
}

func mdBlock(b *strings.Builder, block Block) {
	mdRows(b, block.Rows)
	mdBars(b, block)
	if t := block.Table; t != nil && len(t.Columns) > 0 {
		mdGrid(b, t.tidy())
	}
	mdSteps(b, block.Steps)
	if c := block.Chart; c != nil {
		mdChart(b, c)
	}
	for _, n := range block.Notes {
		fmt.Fprintf(b, "> %s\n\n", md(n))
	}
}

// mdBars prints bars as blocks of 5 %, each beginning where it does in the whole.
func mdBars(b *strings.Builder, block Block) {
	if len(block.Bars) == 0 {
		return
	}
	t := &Table{Columns: []Column{{}, {Name: "20 blocks are 100 %"}, {Name: "share", Right: true}, {Name: "value", Right: true}}}
	if block.Full != "" {
		t.Columns[1].Name = "20 blocks are " + block.Full
	}
	blocks := func(share float64) int { return min(int(share*20+0.5), 60) }
	for _, bar := range block.Bars {
		label := bar.Label
		if bar.Longest {
			label += " (" + longestWord + ")"
		}
		before := blocks(begin(bar))
		drawn := max(blocks(begin(bar)+share(bar))-before, 0)
		t.Cells = append(t.Cells, []string{label, strings.Repeat("·", before) + strings.Repeat("█", drawn), Percent(share(bar)), bar.Value})
	}
	mdGrid(b, t)
}

func mdRows(b *strings.Builder, rows []Row) {
	if len(rows) == 1 && rows[0].Label == "" && rows[0].Note == "" {
		fmt.Fprintf(b, "%s\n\n", md(rows[0].Value))
		return
	}
	if len(rows) == 0 {
		return
	}
	t := &Table{Columns: []Column{{}, {Name: "value"}}}
	for _, r := range rows {
		t.Cells = append(t.Cells, []string{r.Label, r.Value, r.Note})
		if r.Note != "" {
			t.Columns = []Column{{}, {Name: "value"}, {Name: "note"}}
		}
	}
	mdGrid(b, t)
}

func mdTable(b *strings.Builder, cols []Column, cells [][]string, muted []bool) {
	mdGrid(b, &Table{Columns: cols, Cells: cells, Muted: muted})
}

func mdGrid(b *strings.Builder, t *Table) {
	rule := "|"
	b.WriteByte('|')
	for _, c := range t.Columns {
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
	for r, line := range t.Cells {
		b.WriteByte('|')
		for i := range t.Columns {
			text := md(at(line, i))
			if t.best(r, i) {
				text = "**" + star + text + "**"
			}
			if i == 0 && t.muted(r) {
				text = "× " + text
			}
			fmt.Fprintf(b, " %s |", text)
		}
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	if legend := t.legend(); len(legend) > 0 {
		fmt.Fprintf(b, "%s\n\n", md(strings.Join(legend, ", ")))
	}
}

// mdSteps prints a derivation; the front end sets its formulas.
func mdSteps(b *strings.Builder, steps []Step) {
	from := sources(steps)
	for i, s := range steps {
		fmt.Fprintf(b, "**%d. %s** %s\n\n", i+1, md(s.Name), md(note(s, from)))
		if s.TeX != "" {
			fmt.Fprintf(b, "$$%s$$\n\n", tex(s.TeX))
		} else {
			for _, part := range [...]string{s.Formula, equal(s.Substituted), equal(s.Value)} {
				if part != "" {
					fmt.Fprintf(b, "%s\n\n", md(part))
				}
			}
		}
	}
	if t := symbolTable(steps); len(t.Cells) > 0 {
		mdGrid(b, t)
	}
	for i, text := range from {
		fmt.Fprintf(b, "\\[%d\\] %s\n\n", i+1, md(text))
	}
}
