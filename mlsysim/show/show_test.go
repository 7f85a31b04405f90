package show_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestGolden(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		golden(t, fmt.Sprintf("text%d.txt", width), show.Text(sample(), show.Options{Width: width}))
	}
	golden(t, "color80.txt", show.Text(sample(), show.Options{Width: 80, Color: true}))
	golden(t, "view.md", show.Markdown(sample()))
	golden(t, "view.html", show.HTML(sample()))
	golden(t, "page.html", show.Page(sample()))
	doc, err := show.JSON(sample())
	require.NoError(t, err)
	golden(t, "view.json", string(doc))

	golden(t, "card80.txt", show.Text(card(), show.Options{Width: 80}))
	golden(t, "card.html", show.HTML(card()))
	golden(t, "card.md", show.Markdown(card()))
	golden(t, "derivation80.txt", show.Text(show.Of(derivation{}), show.Options{Width: 80}))
	golden(t, "derivation.html", show.HTML(show.Of(derivation{})))
	golden(t, "derivation.md", show.Markdown(show.Of(derivation{})))
	golden(t, "table.csv", show.CSV(sample().Blocks[1].Table))
}

// Every line fits, and every number of the view is there, whole.
func TestTextFits(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		text := show.Text(sample(), show.Options{Width: width})
		for line := range strings.SplitSeq(text, "\n") {
			require.LessOrEqual(t, columns(line), width, line)
		}
		for _, number := range []string{"162.3 GB", "1234", "12,345", "668.1", "141.1 GB / (3.35 TB/s · 1)", "176 %", "295.2 FLOP/B"} {
			require.Contains(t, text, number)
		}
	}
}

// columns counts a Chinese character as two.
func columns(line string) int {
	n := 0
	for _, r := range line {
		n++
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

func TestColorChangesNoText(t *testing.T) {
	plain := show.Text(sample(), show.Options{Width: 80})
	color := show.Text(sample(), show.Options{Width: 80, Color: true})
	require.NotContains(t, plain, "\x1b")
	require.Contains(t, color, "\x1b[")
	require.Equal(t, plain, regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(color, ""))
}

// A column behind wide characters starts where it does behind narrow ones.
func TestWideCharactersAlign(t *testing.T) {
	text := show.Text(show.View{Blocks: []show.Block{{Rows: []show.Row{
		{Label: "模型", Value: "1 GB"}, {Label: "model", Value: "2 GB"}, {Label: "e\u0301tat", Value: "3 GB"},
	}}}}, show.Options{})
	require.Equal(t, "模型   1 GB\nmodel  2 GB\ne\u0301tat   3 GB\n", text)
}

func TestNumberStaysWhole(t *testing.T) {
	long := "123,456,789,012,345,678,901,234,567 tokens/s"
	text := show.Text(show.View{Blocks: []show.Block{{Rows: []show.Row{{Label: "rate", Value: long}}}}}, show.Options{Width: 30})
	require.Contains(t, text, long)
}

// A table too wide for the terminal goes on below with its first column again.
func TestTableContinues(t *testing.T) {
	table := &show.Table{Columns: []show.Column{{Name: "device"}}, Cells: [][]string{{"H100"}}}
	for i := range 12 {
		table.Columns = append(table.Columns, show.Column{Name: fmt.Sprintf("quantity%d", i), Right: true})
		table.Cells[0] = append(table.Cells[0], fmt.Sprintf("%d,000,000", i))
	}
	text := show.Text(show.View{Blocks: []show.Block{{Table: table}}}, show.Options{Width: 60})
	require.Equal(t, 3, strings.Count(text, "H100"))
	require.Contains(t, text, "11,000,000")
	for line := range strings.SplitSeq(text, "\n") {
		require.LessOrEqual(t, columns(line), 60)
	}
}

func TestOverflowIsDrawn(t *testing.T) {
	bars := func(share float64) string {
		return show.Text(show.View{Blocks: []show.Block{{Bars: []show.Bar{{Label: "w", Value: "1 GB", Share: share}}}}}, show.Options{})
	}
	require.NotContains(t, bars(1), "▓")
	require.NotContains(t, bars(1+1e-12), "▓", "a sum that is one but for rounding")
	require.Contains(t, bars(1.01), "▓")
	require.Contains(t, bars(3), "300 %")
	require.Contains(t, bars(1e-9), "w  ▏·", "a small share is still seen")
	for _, odd := range []float64{math.NaN(), math.Inf(1), -1, 1e30} {
		require.Less(t, len(bars(odd)), 1000)
	}
}

const hostile = "<script>alert(1)</script>\"' onload=x & $1 and $2 \x1b[31m"

func hostileView() show.View {
	row := show.Row{Label: hostile, Value: hostile, Note: hostile, Help: hostile}
	return show.View{
		Title: hostile, Subtitle: hostile, Status: show.Pass,
		Blocks: []show.Block{{
			Heading: hostile, Rows: []show.Row{row}, Notes: []string{hostile},
			Bars:  []show.Bar{{Label: hostile, Value: hostile, Share: 2}},
			Table: &show.Table{Columns: []show.Column{{Name: hostile, Unit: hostile, Help: hostile}}, Cells: [][]string{{hostile}}},
			Steps: []show.Step{{Name: hostile, Formula: hostile, Substituted: hostile, Value: hostile, Source: hostile, Terms: []show.Row{row}}},
			Chart: &show.Chart{Title: hostile, Note: hostile, X: show.Axis{Label: hostile, Unit: hostile}, Series: []show.Series{
				{Name: hostile, Points: []show.Point{{X: 1, Y: 1, Label: hostile, Why: hostile, Muted: true}}},
			}},
		}},
	}
}

func TestEscaping(t *testing.T) {
	markup := show.HTML(hostileView())
	for _, bad := range []string{"<script", "' onload", "\x1b"} {
		require.NotContains(t, markup, bad)
	}
	require.NotRegexp(t, `>[^<>]*\$\d`, markup)
	require.Contains(t, markup, "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39; onload=x &amp; <span>$</span>1")
	text := show.Markdown(hostileView())
	require.NotContains(t, text, "<script")
	require.NotContains(t, text, "$1")
	require.NotContains(t, show.Text(hostileView(), show.Options{}), "\x1b")
}

// A fragment must survive JupyterLab's sanitizer and a machine without network.
func TestHTMLIsSelfContained(t *testing.T) {
	for _, v := range []show.View{sample(), hostileView()} {
		for _, text := range []string{show.HTML(v), show.Page(v)} {
			require.NotRegexp(t, `(?i)<script|<link|<iframe|https?://|url\(|@import|\son\w+=["']`, text)
			wellFormed(t, text)
		}
		require.NotRegexp(t, `(?i)<style|\sclass=|\sid=`, show.HTML(v))
	}
	require.Contains(t, show.HTML(sample()), `title="what must lie in device memory"`)
	require.Contains(t, show.Page(sample()), "prefers-color-scheme:dark")
}

// wellFormed checks that every element is closed in its order.
func wellFormed(t *testing.T, markup string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(markup, "<!DOCTYPE html>")))
	d.Entity = xml.HTMLEntity
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
	}
}

func TestJSON(t *testing.T) {
	type result struct {
		StepTime units.Seconds `help:"time"`
		Cost     units.USD     `help:"cost" known:"Priced"`
		Priced   bool          `help:"whether the cost is known"`
	}
	doc, err := show.JSON(show.Of(result{StepTime: 0.5}))
	require.NoError(t, err)
	require.Equal(t, "{\n  \"step_time\": 0.5,\n  \"cost\": null,\n  \"priced\": false\n}\n", string(doc))

	doc, err = show.JSON(show.Of(3 * units.GB))
	require.NoError(t, err)
	require.Equal(t, "3000000000\n", string(doc))

	for _, bad := range []any{math.NaN(), result{StepTime: units.Seconds(math.Inf(1))}, []float64{math.NaN()}, map[string]float64{"a": math.Inf(-1)}} {
		_, err = show.JSON(show.Of(bad))
		require.ErrorContains(t, err, "encoding")
	}
}

func TestBundle(t *testing.T) {
	require.Equal(t, map[string]any{"text/plain": "3 GB"}, show.Bundle(3*units.GB))

	bundle := show.Bundle(struct{ Step units.Seconds }{3 * units.Millisecond})
	require.Contains(t, bundle["text/plain"], "3 ms")
	require.Contains(t, bundle["text/html"], "3 ms")
	require.Contains(t, bundle["text/markdown"], "3 ms")
}

type remarked struct{}

func (remarked) Texts() []string { return []string{"the price is unknown"} }
func (remarked) String() string  { return "the price is unknown" }

func TestRemarksAreSaidOnce(t *testing.T) {
	text := show.Text(show.Of(struct {
		Step     units.Seconds
		Warnings remarked
	}{Step: units.Second}), show.Options{})
	require.Contains(t, text, "!  the price is unknown")
	require.Equal(t, 1, strings.Count(text, "the price is unknown"))
}

func TestChartWithoutPoints(t *testing.T) {
	c := show.Chart{Title: "empty", Y: show.Axis{Log: true}, Series: []show.Series{{Name: "s", Line: true, Points: []show.Point{{X: 1, Y: -1}}}}}
	require.Equal(t, "empty\nThere is nothing to plot.\n", show.Text(show.Of(c), show.Options{}))
	c.Series[0].Points = append(c.Series[0].Points, show.Point{X: 2, Y: 3})
	require.Contains(t, show.Text(show.Of(c), show.Options{}), "A  s")
}

func TestScale(t *testing.T) {
	rate := show.Axis{Unit: "FLOP/s", Log: true}
	require.Equal(t, show.Scale{Factor: 1e12, Unit: "TFLOP/s"}, rate.Scale(1e10, 1e15))
	require.Equal(t, "3.35 TB/s", show.Axis{Unit: "B/s"}.Text(3.35e12))
	require.Equal(t, "1 ms", show.Axis{Unit: "s"}.Text(0.0009999999))
	require.Equal(t, "5000 s", show.Axis{Unit: "s"}.Text(5000))
	require.Equal(t, "12,345 tokens/s", show.Axis{Unit: "tokens/s"}.Text(12345))
	require.Equal(t, "0.1 ns", show.Axis{Unit: "s"}.Text(1e-10))
	require.Equal(t, "0 B", show.Axis{Unit: "B"}.Text(0))
	require.Equal(t, "128", show.Axis{}.Text(128))
}

func ExampleText() {
	fmt.Print(show.Text(show.View{
		Title: "H100", Status: show.Pass,
		Blocks: []show.Block{{Rows: []show.Row{{Label: "Memory", Value: "80 GB", Note: "of which 16.06 GB are weights"}}}},
	}, show.Options{Width: 60}))
	// Output:
	// H100  ✓ PASS
	//
	// Memory  80 GB  of which 16.06 GB are weights
}

// What JupyterLab's sanitizer keeps of a notebook that is not trusted, as far as
// we use it: elements, and properties of inline styles.
var (
	keptElements = strings.Fields("b br caption details div i label section span summary table tbody td textarea th thead tr")
	keptStyles   = strings.Fields(`background-color border border-bottom border-collapse border-left border-radius border-right box-sizing caption-side clear cursor
		display float font-family font-size font-style font-weight height line-height margin max-width min-width opacity overflow-wrap overflow-x padding
		padding-left padding-right text-align vertical-align white-space width`)
)

func TestHTMLSurvivesTheSanitizer(t *testing.T) {
	for _, v := range []show.View{sample(), card(), show.Of(derivation{})} {
		fragment := show.HTML(v)
		for _, m := range regexp.MustCompile(`<([a-z0-9]+)`).FindAllStringSubmatch(fragment, -1) {
			require.Contains(t, keptElements, m[1])
		}
		for _, m := range regexp.MustCompile(`style="([^"]*)"`).FindAllStringSubmatch(fragment, -1) {
			for part := range strings.SplitSeq(m[1], ";") {
				property, value, _ := strings.Cut(part, ":")
				require.Contains(t, keptStyles, property)
				require.NotContains(t, value, "var(")
			}
		}
	}
}

// Every help of a card can be read without a mouse.
func TestHelpNeedsNoMouse(t *testing.T) {
	for _, v := range []show.View{sample(), card()} {
		markup := show.HTML(v)
		for _, m := range regexp.MustCompile(`title="([^"]*)"`).FindAllStringSubmatch(markup, -1) {
			require.Greater(t, strings.Count(markup, m[1]), 1, m[1])
		}
	}
}

// A result that explains itself has its derivation in HTML, step by number.
type explained struct {
	Time   units.Seconds `help:"of one step"`
	solved bool
}

func (e explained) Explain() derivation {
	if !e.solved {
		panic("not solved")
	}
	return derivation{}
}

func TestResultsExplainThemselves(t *testing.T) {
	markup := show.HTML(show.Of(explained{Time: 1, solved: true}))
	require.Contains(t, markup, "of one step")
	require.Equal(t, 2, strings.Count(markup, "T_m = W / (BW·η_m)"), "below its number and in the whole")
	require.Contains(t, markup, "How these numbers come about")
	require.NotContains(t, show.HTML(show.Of(explained{Time: 1})), "T_m")
}
