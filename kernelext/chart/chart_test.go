package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"
	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

func roofline() show.Chart {
	return chart.Roofline(hardware.H100, physics.FP16, []chart.RooflinePoint{
		{Name: "Llama-3 8B decode, batch 1", Intensity: 1, Rate: 3.1 * units.TFLOPS},
		{Name: "Llama-3 8B decode, batch 32", Intensity: 31, Rate: 95 * units.TFLOPS},
		{Name: "Llama-3 8B decode, batch 64", Intensity: 60},
		{Name: "Llama-3 8B decode, batch 256", Intensity: 250, Why: "KV cache 12.3 GB short"},
		{Name: "Llama-3 8B prefill", Intensity: 2040},
	})
}

// sweep is the time between tokens over the batch size.
func sweep() show.Chart {
	c := show.Chart{
		Title: "Llama-3 8B on H100: batch size", Note: "Larger batches share one reading of the weights, until the KV cache takes over.",
		X: show.Axis{Label: "Batch", Log: true}, Y: show.Axis{Label: "Time between tokens", Unit: "s"},
		Series: []show.Series{{Name: "fp16", Line: true}, {Name: "int8", Line: true}},
		Marks:  []show.Mark{{At: 0.02, Label: "SLA 20 ms"}},
	}
	for batch := 1.0; batch <= 512; batch *= 2 {
		p := show.Point{X: batch, Y: 0.0048 + 0.00008*batch}
		if batch > 256 {
			p.Muted, p.Why = true, "12 GB short"
		}
		c.Series[0].Points = append(c.Series[0].Points, p)
		c.Series[1].Points = append(c.Series[1].Points, show.Point{X: batch, Y: 0.0024 + 0.00005*batch})
	}
	return c
}

// texts returns the texts of a well-formed SVG and where they stand.
func texts(t *testing.T, svg []byte) []string {
	t.Helper()
	d, out, inside := xml.NewDecoder(strings.NewReader(string(svg))), []string{}, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err)
		switch x := token.(type) {
		case xml.StartElement:
			inside = x.Name.Local == "text"
		case xml.CharData:
			if inside {
				out = append(out, string(x))
			}
		case xml.EndElement:
			inside = false
		}
	}
}

func draw(t *testing.T, c show.Chart) []byte {
	t.Helper()
	return chart.SVG(c)
}

func TestRooflineSaysEverything(t *testing.T) {
	require.Subset(t, texts(t, draw(t, roofline())), []string{
		"Which bound is nearer: memory or arithmetic? NVIDIA H100 SXM5 at fp16", "left of the ridge at 295 FLOP/B; compute binds Llama-3 8B prefill.",
		"Arithmetic intensity (FLOP/B)", "Throughput (TFLOP/s)",
		"memory 3.35 TB/s", "compute 989 TFLOP/s", "achievable 3.015 TB/s", "achievable 794.2 TFLOP/s", "ridge 295.2 FLOP/B",
		"Llama-3 8B decode, batch 1", "Llama-3 8B decode, batch 32", "Llama-3 8B decode, batch 64",
		"Llama-3 8B decode, batch 256", "KV cache 12.3 GB short", "Llama-3 8B prefill",
	})
}

func TestSweepSaysEverything(t *testing.T) {
	require.Subset(t, texts(t, draw(t, sweep())), []string{
		"Time between tokens (ms)", "Batch", "fp16", "int8", "SLA 20 ms", "12 GB short", "1", "16", "256", "20",
	})
}

func TestPageIsOffline(t *testing.T) {
	page := strings.ReplaceAll(chart.Page(show.Of(roofline())), "xmlns='http://www.w3.org/2000/svg'", "")
	require.NotRegexp(t, `<script|https?://`, page)
	require.Contains(t, page, "data:image/svg+xml,%3Csvg")
}

// The upgrade is a program, and hostile labels cannot leave it.
func TestScriptHoldsItsData(t *testing.T) {
	c := sweep()
	c.Title = "</script><script>alert(1)</script>\"'\\ \u2028 $ID"
	c.Series[0].Name = c.Title
	fragment := chart.Interactive(c)
	require.Equal(t, 1, strings.Count(fragment, "<script>"))
	program := regexp.MustCompile(`(?s)<script>(.*)</script>$`).FindStringSubmatch(fragment)
	require.Len(t, program, 2)
	_, err := goja.Compile("upgrade", program[1], false)
	require.NoError(t, err)
	texts(t, draw(t, c))
}

// Without a Jupyter page around it the script changes nothing.
func TestScriptLeavesThePictureElsewhere(t *testing.T) {
	program := regexp.MustCompile(`(?s)<script>(.*)</script>$`).FindStringSubmatch(chart.Interactive(sweep()))
	vm := goja.New()
	_, err := vm.RunString(`var touched = 0, window = {}, document = {getElementById: function() { return null },
		body: {dataset: {}}, querySelectorAll: function() { touched++; return [] }};
		function fetch() { touched++ }` + "\n" + program[1])
	require.NoError(t, err)
	require.Equal(t, int64(0), vm.Get("touched").ToInteger())
}

func TestAssetIsTheOneOfItsNotice(t *testing.T) {
	require.Regexp(t, `^\s*/\*\s*\* Licensed to the Apache Software Foundation`, string(chart.Script()[:100]))
	for _, name := range []string{"LICENSE", "NOTICE"} {
		text, err := os.ReadFile(filepath.Join("assets", name))
		require.NoError(t, err)
		require.Contains(t, string(text), "Apache")
	}
}

func TestConcurrent(t *testing.T) {
	want := string(draw(t, roofline()))
	got := make([]string, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			got[i] = string(chart.SVG(roofline()))
		})
	}
	wg.Wait()
	for _, svg := range got {
		require.Equal(t, want, svg)
	}
}

func TestBundle(t *testing.T) {
	bundle := chart.Bundle(sweep())
	require.Contains(t, bundle["text/plain"], "Time between tokens (ms)")
	require.Contains(t, bundle["text/html"], "data:image/svg+xml,%3Csvg")
	require.Contains(t, bundle["text/plain"], "12 GB short")
	require.Equal(t, string(draw(t, sweep())), bundle["image/svg+xml"])
	require.NotContains(t, chart.Bundle(3*units.GB), "image/svg+xml")
}

func TestRooflineWithoutRoof(t *testing.T) {
	d := hardware.H100
	d.Bandwidth = 0
	c := chart.Roofline(d, physics.FP16, nil)
	require.Contains(t, c.Note, "no known")
	require.Contains(t, show.Text(show.Of(c), show.Options{}), "There is nothing to plot.")
	require.Contains(t, strings.Join(texts(t, draw(t, c)), " "), "There is nothing to plot.")
}

// The roof bends where the two bounds meet, and the measured one lies below it.
func TestRooflineMeetsAtTheRidge(t *testing.T) {
	c := roofline()
	ridge := c.Series[0].Points[1]
	require.Equal(t, ridge, c.Series[1].Points[0])
	require.InEpsilon(t, ridge.X*float64(hardware.H100.Bandwidth), ridge.Y, 1e-12)
	require.InEpsilon(t, ridge.X, c.Marks[0].At, 1e-12)
	for i := range 2 {
		require.True(t, c.Series[i+2].Dashed)
		require.Less(t, c.Series[i+2].Points[0].Y, c.Series[i].Points[0].Y)
	}
	require.InEpsilon(t, 201e12, c.Series[4].Points[2].Y, 1e-9, "60 FLOP/B times 3.35 TB/s")
}

// A cloud of thousands of points is drawn at once and keeps a file small.
func TestLargeCloud(t *testing.T) {
	c := show.Chart{X: show.Axis{Label: "x"}, Y: show.Axis{Label: "y"}, Series: []show.Series{{Name: "cloud"}, {Name: "line", Line: true}}}
	for i := range 10_000 {
		x := float64(i) / 10_000
		c.Series[0].Points = append(c.Series[0].Points, show.Point{X: x, Y: x*x + float64(i*7919%1000)/20_000, Label: "point " + strconv.Itoa(i), Muted: i%3 == 0, Why: "too large"})
		c.Series[1].Points = append(c.Series[1].Points, show.Point{X: x, Y: x})
	}
	from := time.Now()
	bundle := chart.Bundle(c)
	took := time.Since(from)
	t.Logf("%s, %d bytes of HTML", took, len(bundle["text/html"].(string)))
	require.Less(t, took, 3*time.Second, "it is a hundredth of that on a free machine")
	require.Less(t, len(bundle["text/html"].(string)), 120_000)
	require.Less(t, len(bundle["text/plain"].(string)), 12_000)
	require.Len(t, c.Series[0].Points, 10_000, "the description keeps them all")
}
