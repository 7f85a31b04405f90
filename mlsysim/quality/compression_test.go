package quality_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var base = quality.Compression{Model: models.Llama3_8B, Hardware: hardware.H100, Baseline: physics.FP16, Bits: 4, Group: 128, Context: 2048, Prompt: 2048}

func drawCompression(t *rapid.T) quality.Compression {
	var networks []models.Model
	for _, e := range models.Entries() {
		networks = append(networks, *e.Value)
	}
	c := quality.Compression{
		Model:    rapid.SampledFrom(networks).Draw(t, "model"),
		Hardware: rapid.SampledFrom([]hardware.Device{hardware.A100, hardware.H100, hardware.H200, hardware.B200, hardware.T4}).Draw(t, "hardware"),
		Baseline: rapid.SampledFrom([]physics.Precision{physics.Auto, physics.FP16}).Draw(t, "baseline"),
		Bits:     rapid.Float64Range(1, 15).Draw(t, "bits"),
		Batch:    rapid.IntRange(1, 512).Draw(t, "batch"),
	}
	if rapid.Bool().Draw(t, "scales") {
		c.Group = rapid.IntRange(16, 1024).Draw(t, "group")
	}
	if c.Model.Generates() {
		c.Context, c.Prompt = rapid.IntRange(0, 8192).Draw(t, "context"), rapid.IntRange(0, 8192).Draw(t, "prompt")
	}
	if rapid.Bool().Draw(t, "pruning") {
		c.Method, c.Pattern = quality.Pruning, quality.Pattern(rapid.IntRange(0, 2).Draw(t, "pattern"))
		c.Sparsity = float64(rapid.IntRange(0, 99).Draw(t, "per cent removed")) / 100
	}
	return c
}

// I-19. A mutant that divides all traffic by the ratio, cache included, keeps
// these bounds and is killed by TestTheCacheDoesNotShrink.
func TestRatioAndSpeedup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCompression(t)
		r, err := c.Solve()
		require.NoError(t, err)
		require.InEpsilon(t, float64(r.Original), r.Ratio*float64(r.Compressed), 1e-12)
		require.InDelta(t, r.SavingsPercent, 100*(1-float64(r.Compressed)/float64(r.Original)), 1e-9)
		// Datasheets round: the sparse rate of an H100 is 2.001 times the dense one.
		require.LessOrEqual(t, r.Speedup, max(1, r.Ratio)*(1+1e-2))
		if r.PrefillKnown {
			require.LessOrEqual(t, r.PrefillSpeedup, max(1, r.Ratio)*(1+1e-2))
		}
		require.NoError(t, r.Explain().Verify(r))
	})
}

func TestWeightOnlyQuantizationLeavesALongPrefillAlone(t *testing.T) {
	r := base.Run()
	require.InDelta(t, 1, r.PrefillSpeedup, 1e-12)
	require.Greater(t, r.Speedup, 2.0)

	c := base
	c.Bits, c.Group, c.Arithmetic = 8, 0, physics.INT8
	require.Greater(t, c.Run().PrefillSpeedup, 1.5) // twice the rate, except in attention
}

func TestTheCacheDoesNotShrink(t *testing.T) {
	c := base
	c.Batch, c.Context = 64, 8192
	require.Less(t, c.Run().Speedup, 1.5) // the cache is most of the traffic
	c.Context = 0
	require.Greater(t, c.Run().Speedup, 1.5)
}

// By hand, solvers.md 3.12: fp32 to 4 bit, with and without scales.
func TestSizesByHand(t *testing.T) {
	c := quality.Compression{Model: models.Llama3_8B, Hardware: hardware.H100, Bits: 4}
	c.Model.Params = 8.03 * units.Billion
	r := c.Run()
	require.InEpsilon(t, 32.12e9, float64(r.Original), 1e-12)
	require.InEpsilon(t, 4.015e9, float64(r.Compressed), 1e-12)
	require.InDelta(t, 8, r.Ratio, 1e-12)
	c.Group = 128
	r = c.Run()
	require.InEpsilon(t, 4.140469e9, float64(r.Compressed), 1e-6)
	require.InEpsilon(t, 7.757576, r.Ratio, 1e-6)
}

// D-30: 2:4 helps only where the device has sparse rates, and single missing
// weights help nowhere.
func TestSparsityNeedsHardware(t *testing.T) {
	c := quality.Compression{Model: models.ResNet50, Hardware: hardware.A100, Baseline: physics.FP16, Method: quality.Pruning, Pattern: quality.TwoOfFour, Sparsity: 0.5, Batch: 4096}
	r := c.Run()
	require.True(t, r.Supported)
	require.Greater(t, r.Speedup, 1.0)

	c.Hardware = hardware.T4
	r = c.Run()
	require.False(t, r.Supported)
	require.InDelta(t, 1, r.Speedup, 1e-15)
	require.InDelta(t, 2, r.Ratio, 1e-15)

	c.Hardware, c.Sparsity = hardware.A100, 0.4 // too few zeros for the pattern
	require.False(t, c.Run().Supported)
	c.Pattern, c.Sparsity = quality.Unstructured, 0.9
	require.InDelta(t, 1, c.Run().Speedup, 1e-15)
	c.Pattern = quality.Structured
	require.Greater(t, c.Run().Speedup, 1.5) // activations stay
}

var table = quality.Published{
	Source: "made up for this test", Metric: "points of accuracy",
	Row1: quality.Row{At: 0.5, Drop: 0.2}, Row2: quality.Row{At: 0.9, Drop: 2.2},
}

// P-24: quality is read from a table with its source, or unknown; D-30: nothing
// pruned costs nothing, and there is no jump.
func TestQualityComesFromATable(t *testing.T) {
	c := quality.Compression{Model: models.ResNet50, Hardware: hardware.A100, Method: quality.Pruning, Sparsity: 0.5}
	r := c.Run()
	require.False(t, r.DropKnown)
	require.True(t, r.Warnings.Has(walls.QualityUnknown))

	c.Quality = table
	for sparsity, want := range map[float64]float64{0: 0, 0.25: 0.1, 0.5: 0.2, 0.7: 1.2, 0.9: 2.2} {
		c.Sparsity = sparsity
		r = c.Run()
		require.True(t, r.DropKnown)
		require.InDelta(t, want, r.Drop, 1e-12)
		require.NoError(t, r.Explain().Verify(r))
	}
	c.Sparsity = 0.95
	require.False(t, c.Run().DropKnown)

	q := base
	q.Quality = quality.Published{Source: "test", Row1: quality.Row{At: 4, Drop: 1.2}, Row2: quality.Row{At: 8, Drop: 0.4}}
	for bits, want := range map[float64]float64{4: 1.2, 6: 0.8, 8: 0.4, 12: 0.2, 16: 0} {
		q.Bits = bits
		require.InDelta(t, want, q.Run().Drop, 1e-12, bits)
	}
	q.Bits = 3
	require.False(t, q.Run().DropKnown)
}

func TestLimits(t *testing.T) {
	c := base
	require.True(t, c.Run().Accepted)
	c.MaxSize, c.MinSpeedup, c.MaxDrop, c.NeedsPath = units.GB, 100, 1, true
	r := c.Run()
	require.False(t, r.Accepted)
	require.Equal(t, quality.SizeLimit, r.Limit)
	require.Equal(t, 3, r.Violations) // an unknown loss of quality cannot be accepted
	c.MaxSize, c.MinSpeedup = 0, 0
	require.Equal(t, quality.QualityLimit, c.Run().Limit)
}

func TestCompressionRefusals(t *testing.T) {
	for want, change := range map[string]func(*quality.Compression){
		"quality.Compression: Bits = 64: want at most 16":     func(c *quality.Compression) { c.Bits = 64 }, // D-30
		"Sparsity = 1: want at least 0 and below 1":           func(c *quality.Compression) { c.Sparsity = 1 },
		"Sparsity = 0.5: want 0 unless the method is pruning": func(c *quality.Compression) { c.Sparsity = 0.5 },
		"Method = 9: want one of quantization, pruning":       func(c *quality.Compression) { c.Method = 9 }, // V-35
		"Arithmetic = fp8: want one of fp16, fp32, int8":      func(c *quality.Compression) { c.Arithmetic, c.Hardware = physics.FP8, hardware.T4 },
		"Arithmetic = int8: want at least as wide":            func(c *quality.Compression) { c.Arithmetic, c.Bits = physics.INT8, 12 },
		"Arithmetic = fp32: want no wider than the baseline":  func(c *quality.Compression) { c.Arithmetic = physics.FP32 },
		"Arithmetic = int8: want auto":                        func(c *quality.Compression) { c.Arithmetic, c.Method = physics.INT8, quality.Pruning },
		"Quality.Source = \"\": want the publication":         func(c *quality.Compression) { c.Quality.Row1.At = 4 },
		"Quality.Row2.At = 3: want above that of the row":     func(c *quality.Compression) { c.Quality = table; c.Quality.Row1.At, c.Quality.Row2.At = 4, 3 },
		"Quality.Row1.At = 20: want below 16":                 func(c *quality.Compression) { c.Quality = table; c.Quality.Row1.At = 20 },
		"Context = 2048: want 0: ResNet-50 has no cache":      func(c *quality.Compression) { c.Model = models.ResNet50 },
	} {
		c := base
		change(&c)
		_, err := c.Solve()
		var field *describe.FieldError
		require.ErrorAs(t, err, &field, want)
		require.ErrorContains(t, err, want)
	}
}

func ExampleCompression() {
	r := quality.Compression{Model: models.Llama3_8B, Hardware: hardware.H100, Baseline: physics.FP16, Bits: 4, Group: 128, Context: 2048, Prompt: 2048}.Run()
	fmt.Printf("%v -> %v; decode %.2f×, prefill %.2f×\n", r.Original, r.Compressed, r.Speedup, r.PrefillSpeedup)
	// Output: 16.06 GB -> 4.141 GB; decode 3.16×, prefill 1.00×
}

func BenchmarkCompression(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
