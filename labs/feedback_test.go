package labs_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/labs"
	"github.com/mlsysim/golab/labs/mutant"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

// plain is a view as a wide terminal shows it.
func plain(v show.View) string { return show.Text(v, show.Options{Width: 200}) }

func nothing(string, string, string) (record.Record, bool) { return record.Record{}, false }

// A student asks on the way, without an answer, with a wrong and with a right one.
func TestFeedbackOnTheWay(t *testing.T) {
	l := hello(t)
	open := record.Record{Kind: record.Open, Lab: "T0", Student: "ada"}
	ask := func(said ...record.Record) show.View { return labs.Feedback(said, nothing) }

	require.Contains(t, plain(ask()), "run the cell with Open first")
	require.Contains(t, plain(ask(open)), "there is no answer yet")

	wrong := plain(ask(open, said(t, record.Predict, "q2", "x"), said(t, record.Answer, "q2.latency", 1*units.Second)))
	require.Contains(t, wrong, "q2: What would you buy more of?")
	require.Contains(t, wrong, "not yet")
	require.Contains(t, wrong, "broken: ID: q2.latency is the latency with 10 % more")
	require.Contains(t, wrong, "counter-example: q2.latency = 1 s")
	require.NotContains(t, wrong, "q1:", "what has no answer yet is left out")
	require.NotContains(t, wrong, faster(l, "ada").String(), "never the answer")

	v := ask(mutant.Right(l, "ada")...)
	require.Equal(t, show.Pass, v.Status)
	require.Contains(t, plain(v), "30 of 30 points so far, 3 of 3 questions answered")
}

// The notebook with solutions runs and earns every point.
func TestSolutionsEarnFullMarks(t *testing.T) {
	each(t, func(t *testing.T, l labs.Lab) {
		var nb struct {
			Cells []struct {
				Type   string `json:"cell_type"`
				Source []string
			}
		}
		require.NoError(t, json.Unmarshal(labs.Instructor(l), &nb))
		var cells []script.Cell
		text := ""
		for _, c := range nb.Cells {
			src := strings.Join(c.Source, "")
			if c.Type == "code" {
				cells = append(cells, script.Cell{Name: "cell", Src: src})
			} else {
				text += src
			}
		}
		for _, c := range labs.Calls(l, "your-id", labs.Practice()) {
			cells = append(cells, script.Cell{Name: c.Name, Src: c.Source})
		}
		for _, v := range labs.Check(l, "your-id", records(t, execute(t, cells...))) {
			require.True(t, v.OK(), "%s: %+v", v.ID, v.Parts)
		}
		for _, q := range l.Questions {
			for _, m := range q.Misconceptions {
				require.Contains(t, text, strings.ReplaceAll(m.Says, "|", `\|`))
			}
		}
	})
}

// A locked question shows its exploration only behind a prediction, in the engine
// as in compiled Go.
func TestExplorationWaitsForThePrediction(t *testing.T) {
	l := hello(t)
	src := string(labs.Script(l))
	before := strings.Join(shown(execute(t, script.Cell{Name: "script", Src: src})), "\n")
	require.Contains(t, before, "Predict first")
	after := strings.Join(shown(execute(t, script.Cell{Name: "script", Src: strings.Replace(src, `// Predict("q2", ...)`, `Predict("q2", Compute) //`, 1)})), "\n")
	require.NotContains(t, after, "Predict first")
}
