package show_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
)

func numbers(c show.Column, cells ...string) *show.Table {
	c.Name, c.Right = "t", true
	t := &show.Table{Columns: []show.Column{{Name: "x"}, c}}
	for _, cell := range cells {
		t.Cells = append(t.Cells, []string{"a", cell})
	}
	return t
}

func text(t *show.Table) string {
	return show.Text(show.View{Blocks: []show.Block{{Table: t}}}, show.Options{Width: 80})
}

// One unit stands in the head, and decimal points stand below one another.
func TestTableSharesUnits(t *testing.T) {
	require.Equal(t, `x                    t
                    ms
─  ───────────────────
a                52.5
a              1234
a                 0.25
a                    —
a  grows without bound
`, text(numbers(show.Column{}, "52.5 ms", "1.234 s", "250 µs", "—", "grows without bound")))
}

func TestTableKeepsUnitsThatDiffer(t *testing.T) {
	for _, cells := range [][]string{
		{"1 GB", "1 s"},       // other dimensions
		{"1 ns", "1 s"},       // no prefix serves both
		{"3 min", "1.5 s"},    // not a matter of prefixes
		{"8.03B params", "1"}, // not a number and a unit
	} {
		printed := text(numbers(show.Column{}, cells...))
		for _, cell := range cells {
			require.Contains(t, printed, cell)
		}
	}
}

func TestTableMarksTheBest(t *testing.T) {
	lower := text(numbers(show.Column{Better: "lower"}, "5 s", "900 ms", "1 s"))
	require.Contains(t, lower, "★ 0.9")
	require.Equal(t, 2, strings.Count(lower, "★"), "once in the table, once in the legend")
	require.Contains(t, text(numbers(show.Column{Better: "higher"}, "5 s", "900 ms")), "★ 5000")
	require.NotContains(t, text(numbers(show.Column{}, "5 s", "900 ms")), "★")
	require.NotContains(t, text(numbers(show.Column{Better: "lower"}, "5 s", "5 s")), "★", "all equal")
	require.NotContains(t, text(numbers(show.Column{Better: "lower"}, "5 s", "1 GB")), "★", "nothing to compare")

	out := numbers(show.Column{Better: "lower"}, "5 s", "900 ms")
	out.Muted = []bool{false, true}
	require.NotContains(t, text(out), "★ 900", "what does not fit does not win")
}

// A given choice stands, and the table itself is not changed by printing.
func TestTableGivenBest(t *testing.T) {
	given := numbers(show.Column{Better: "lower"}, "5 s", "900 ms")
	given.Best = [][]bool{{false, true}}
	require.Contains(t, text(given), "★ 5000")
	require.Equal(t, "5 s", given.Cells[0][1])
}

func TestTableMarkup(t *testing.T) {
	table := numbers(show.Column{Better: "lower", Help: "of a pass"}, "1,234.5 ms", "900 ms", "—")
	table.Muted, table.MutedBy = []bool{false, false, true}, "does not fit"
	markup := show.HTML(show.View{Blocks: []show.Block{{Heading: "Passes", Table: table}}})
	for _, want := range []string{
		"<caption", "Passes", "★ is best, × does not fit", `<th scope="col"`, `<th scope="row"`, "<b>★ 900</b>\u2008\u2007", "overflow-x:auto", "of a pass</div>",
	} {
		require.Contains(t, markup, want)
	}
	require.Contains(t, show.Markdown(show.View{Blocks: []show.Block{{Table: table}}}), "**★ 900**")
}

func TestCSV(t *testing.T) {
	table := numbers(show.Column{}, "1,234.5 ms", "900 ms")
	table.Cells[1][0] = "a \"quoted\", name"
	rows, err := csv.NewReader(strings.NewReader(show.CSV(table))).ReadAll()
	require.NoError(t, err)
	require.Equal(t, [][]string{{"x", "t (ms)"}, {"a", "1234.5"}, {"a \"quoted\", name", "900"}}, rows)
}
