package search

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
)

func served() Program {
	return Compile(serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Prompt: 64, Output: 8, Batch: 1})
}

func TestAxisIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"batch=1,2,4..512":                         "1 2 4 8 16 32 64 128 256 512",
		"batch=1..512x2":                           "1 2 4 8 16 32 64 128 256 512",
		"batch=1..10x1.5":                          "1 2 3 5 8",
		"Batch = 1 .. 4":                           "1 2 3 4",
		"batch=2,4..9":                             "2 4 6 8",
		"batch=7":                                  "7",
		"prompt=512..2048+512":                     "512 1024 1536 2048",
		"efficiency=0.1..0.9/9":                    "0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9",
		"memory-efficiency=0.1,0.2,0.3..0.5":       "0.1 0.2 0.3 0.4 0.5",
		"hardware=H100,B200":                       "H100|B200",
		"precision=fp16, fp8":                      "fp16|fp8",
		"hardware.bandwidth=1,2..4 TB/s":           "1 TB/s|2 TB/s|3 TB/s|4 TB/s",
		"hardware.bandwidth=1 TB/s..1e+1 TB/s x10": "1 TB/s|10 TB/s",
		"hardware.bandwidth=500 GB/s,1..3 TB/s/3":  "500 GB/s|1 TB/s|2 TB/s|3 TB/s",
		"hardware.launch=1..100 us x10":            "1 us|10 us|100 us",
	} {
		a, err := served().Axis(text)
		require.NoError(t, err, text)
		got := strings.Join(a.Names, "|")
		if len(a.Values) > 0 {
			var parts []string
			for _, x := range a.Values {
				parts = append(parts, strconv.FormatFloat(x, 'g', -1, 64))
			}
			got = strings.Join(parts, " ")
		}
		require.Equal(t, want, got, text)
	}
}

func TestAxisIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "want a field and its values",
		"batch":                                "want a field and its values",
		"batch=":                               "want a field and its values",
		"=3":                                   "want a field and its values",
		"bach=1":                               "did you mean",
		"batch=1,,2":                           `"": want a number`,
		"batch=one":                            `"one": want a number`,
		"batch=NaN":                            "want a number",
		"batch=Inf":                            "want a number",
		"batch=1e999":                          "want a finite number",
		"batch=1.5":                            "want a whole number",
		"batch=3 GB":                           "batch",
		"batch=8..1":                           "want the smaller end first",
		"batch=0..8x2":                         "a range above 0",
		"batch=1..8x1":                         "want a factor above 1",
		"batch=1..8x0.5":                       "want a factor above 1",
		"batch=1..8/1":                         "want a whole number of values",
		"batch=1..8/2.5":                       "want a whole number of values",
		"batch=1..1e9":                         "at most 1000000 values",
		"batch=1..8+0":                         "want above 0",
		"batch=1,3,4..9":                       "neither by a factor nor by a difference",
		"efficiency=0.1..0.9":                  "want a step",
		"hardware=H1O0":                        "did you mean H100",
		"hardware.bandwidth=1,2":               "want a unit",
		"hardware.bandwidth=1 s":               "is Seconds, want ByteRate",
		"hardware.bandwidth=1 GB/s..2 TB/s x2": "want one unit",
		"precision=fp17":                       "fp17",
	} {
		_, err := served().Axis(text)
		require.Error(t, err, text)
		require.Contains(t, strings.ToLower(err.Error()), strings.ToLower(want), text)
		require.NotContains(t, err.Error(), "\n")
	}
}

// Whatever is written, an axis is read or refused.
func TestAxisNeverFallsOver(t *testing.T) {
	p := served()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("0123456789.,x/+-eE TBGs=")), 0, 20, -1).Draw(t, "text")
		a, err := p.Axis("batch=" + text)
		if err == nil {
			require.NotEmpty(t, len(a.Values)+len(a.Names))
		}
	})
}
