package chart_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mlsysim/golab/kernelext/chart"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// Every form of every chart of the gallery is read in the diff when it changes.
// Its picture is in docs/content/gallery and held by package gallery.
func TestGalleryGolden(t *testing.T) {
	for _, s := range samples(t) {
		option, err := chart.Option(s.chart)
		require.NoError(t, err)
		golden(t, s.name+".json", string(option)+"\n")
		golden(t, s.name+".txt", show.Text(show.Of(s.chart), show.Options{Width: 80}))
		golden(t, s.name+".md", show.Markdown(show.Of(s.chart)))
	}
}

// A chart takes at most 12 kB of a notebook's file, in all its forms together.
func TestGalleryIsSmall(t *testing.T) {
	for _, s := range samples(t) {
		bundle := chart.Bundle(s.chart)
		var file strings.Builder
		e := json.NewEncoder(&file)
		e.SetEscapeHTML(false) // as Jupyter writes it
		require.NoError(t, e.Encode(bundle))
		t.Logf("%-20s %5d bytes of picture, %5d of HTML, %5d in the file", s.name, len(draw(t, s.chart)), len(bundle["text/html"].(string)), file.Len())
		require.LessOrEqual(t, file.Len(), 12_000, s.name)
		require.Contains(t, bundle, "text/plain")
	}
}

// Nothing is loaded, nothing is styled from outside, and no look leaks: the only
// style names the class of the picture itself.
func TestGalleryKeepsToItself(t *testing.T) {
	namespace := regexp.MustCompile(`xmlns=["']http://www.w3.org/2000/svg["']`)
	for _, s := range samples(t) {
		svg := namespace.ReplaceAllString(string(draw(t, s.chart)), "")
		require.NotRegexp(t, `https?://|<script|<image|\son\w+=|NaN|Inf|-0[ "]`, svg, s.name)
		require.Equal(t, 1, strings.Count(svg, "<style>"))
		page := namespace.ReplaceAllString(chart.Still(s.chart), "")
		require.NotRegexp(t, `https?://|<script|<style|\sclass="`, page, s.name)
		for line := range strings.SplitSeq(show.Text(show.Of(s.chart), show.Options{Width: 80}), "\n") {
			require.LessOrEqual(t, len([]rune(line)), 80, s.name)
		}
	}
}

// Every picture says what the chart shows in words, and no text of one lies on
// another or leaves the picture.
func TestGalleryCanBeRead(t *testing.T) {
	for _, s := range samples(t) {
		alt := s.chart.Alt()
		require.Regexp(t, `^\S.*\.$`, alt, s.name)
		require.Contains(t, strings.Join(texts(t, draw(t, s.chart)), " "), strings.TrimSuffix(strings.Fields(alt)[0], ","), s.name)
		require.Contains(t, chart.Still(s.chart), `<img alt="`, s.name)
		boxes := chart.TextBoxes(s.chart)
		for i, a := range boxes {
			require.True(t, a.Left >= -1 && a.Right <= 641, "%s: %q leaves the picture", s.name, a.Text)
			for _, b := range boxes[i+1:] {
				require.False(t, a.Meets(b), "%s: %q lies on %q", s.name, a.Text, b.Text)
			}
		}
	}
}

// What ECharts puts under the pointer lies where the picture has it.
func TestLiveLiesOverThePicture(t *testing.T) {
	live, err := chart.Live()
	require.NoError(t, err)
	place := regexp.MustCompile(`matrix\([^,]*,0,0,[^,]*,([\d.]+),([\d.]+)\)[^>]*ecmeta_series_index="(\d+)" ecmeta_data_index="(\d+)"`)
	for _, s := range samples(t) {
		option, err := chart.Option(s.chart)
		require.NoError(t, err)
		svg, err := live(option)
		require.NoError(t, err, s.name)
		want := chart.Places(s.chart)
		found := place.FindAllStringSubmatch(svg, -1)
		require.NotEmpty(t, found, s.name)
		for _, m := range found {
			var x, y float64
			_, err := fmt.Sscan(m[1], &x)
			require.NoError(t, err)
			_, err = fmt.Sscan(m[2], &y)
			require.NoError(t, err)
			at, ok := want[m[3]+" "+m[4]]
			require.True(t, ok, "%s: series %s, point %s", s.name, m[3], m[4])
			require.InDelta(t, at[0], x, 0.6, s.name)
			require.InDelta(t, at[1], y, 0.6, s.name)
		}
	}
}

func BenchmarkSVG(b *testing.B) {
	for _, s := range samples(b) {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				chart.SVG(s.chart)
			}
		})
	}
}

func BenchmarkInteractive(b *testing.B) {
	c := samples(b)[0].chart
	for b.Loop() {
		chart.Interactive(c)
	}
}
