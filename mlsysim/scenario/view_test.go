package scenario_test

import (
	"strings"
	"testing"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
)

func cards(tb testing.TB) []scenario.Scorecard {
	tb.Helper()
	var out []scenario.Scorecard
	for _, e := range []scenario.Evaluation{
		{Model: models.Llama3_70B, Hardware: hardware.H100},
		{Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 8, Mode: scenario.Train, Batch: 512, Tokens: 1e12},
		{Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 1, Mode: scenario.Serve, Batch: 16},
	} {
		card, err := e.Solve()
		require.NoError(tb, err)
		out = append(out, card)
	}
	return out
}

// The step below a number ends in that number.
func TestCardNumbersNameTheirStep(t *testing.T) {
	for _, card := range cards(t) {
		v := card.View()
		steps := card.Explain()
		named := 0
		for _, b := range v.Blocks {
			for _, row := range b.Rows {
				if row.Step == 0 {
					continue
				}
				named++
				_, _, _, _, value, _, _ := steps.Step(row.Step - 1)
				if row.Label != "MFU" { // printed as a percentage
					require.Equal(t, number(row.Value), number(value), "%s %s", v.Title, row.Label)
				}
			}
		}
		require.Greater(t, named, 5, v.Title)
	}
}

func number(text string) string {
	digits, _, _ := strings.Cut(text, " ")
	return digits
}

func TestCardDrawsTheLongestTime(t *testing.T) {
	card := cards(t)[0]
	markup := show.HTML(card.View())
	require.Contains(t, markup, "longest: memory")
	require.Contains(t, markup, "capacity 85.9 GB")
	require.Equal(t, 3, strings.Count(markup, "<section"))
}

func BenchmarkCardHTML(b *testing.B) {
	card := cards(b)[0]
	b.ReportAllocs()
	for b.Loop() {
		_ = show.HTML(card.View())
	}
}
