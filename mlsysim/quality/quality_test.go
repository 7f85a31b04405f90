package quality_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func drawEfficiency(t *rapid.T) quality.Efficiency {
	share := func(label string) float64 { return rapid.Float64Range(0.01, 1).Draw(t, label) }
	return quality.Efficiency{
		Hardware:   rapid.SampledFrom([]hardware.Device{hardware.A100, hardware.H100, hardware.H200, hardware.B200, hardware.T4}).Draw(t, "hardware"),
		Kernel:     quality.Kernel(rapid.IntRange(0, 3).Draw(t, "kernel")),
		Flash:      rapid.Bool().Draw(t, "flash"),
		Efficiency: share("efficiency"), Reference: share("reference"), Low: share("low"), High: share("high"), FlashAnchor: share("flash"),
		OccupancyFit: rapid.Float64Range(0.1, 10).Draw(t, "fit"),
		Level:        physics.Level(rapid.IntRange(0, 1).Draw(t, "level")),
	}
}

// D-42: upstream's parts do not add up, and one of them can exceed one.
func TestPartsOfThePeakAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := drawEfficiency(t).Solve()
		require.NoError(t, err)
		require.InDelta(t, 1, r.MFU+r.Occupancy+r.Stall, 1e-12)
		for _, part := range []float64{r.MFU, r.Occupancy, r.Stall} {
			require.GreaterOrEqual(t, part, -1e-12)
			require.LessOrEqual(t, part, 1.0)
		}
		require.LessOrEqual(t, float64(r.Achievable), float64(r.Peak))
		require.NoError(t, r.Explain().Verify(r))
	})
	mutant := 0.75 + min(1-1.1*0.5, 1) // without the second bound of the occupancy
	require.Greater(t, mutant, 1.0)
}

func TestCalibratedReadsTheRegistry(t *testing.T) {
	e := quality.Efficiency{Hardware: hardware.H100, Level: physics.Calibrated}
	r := e.Run()
	measured, _ := hardware.H100.Measure(physics.Roof{}, physics.FP16)
	require.LessOrEqual(t, r.MFU, measured.Matmul)
	require.Greater(t, r.MFU, 0.0)
	require.False(t, r.Warnings.Has(walls.MeasuredPartly))
	e.Kernel = quality.Conv
	require.True(t, e.Run().Warnings.Has(walls.MeasuredPartly))
}

func TestPrivacyNoiseFallsWithTheBudgetAndCostDoesNot(t *testing.T) { // P-28
	rapid.Check(t, func(t *rapid.T) {
		p := quality.Privacy{
			Time: units.Hour, Epsilon: rapid.Float64Range(0.1, 10).Draw(t, "epsilon"),
			Sampling: rapid.Float64Range(1e-4, 0.5).Draw(t, "q"), Steps: rapid.IntRange(1, 50_000).Draw(t, "steps"),
			Gradients: rapid.Float64Range(1, 100).Draw(t, "gradients"),
		}
		r := p.Run()
		require.InEpsilon(t, p.Epsilon, r.Epsilon, 1e-9)
		require.NoError(t, r.Explain().Verify(r))
		wider := p
		wider.Epsilon *= 2
		require.Less(t, wider.Run().Noise, r.Noise)
		require.Equal(t, wider.Run().Time, r.Time)
		longer := p
		longer.Steps *= 4
		require.Greater(t, longer.Run().Noise, r.Noise)
	})
}

// By hand, solvers.md 3.17: the noise of the check value comes back.
func TestPrivacyByHand(t *testing.T) {
	r := quality.Privacy{Time: 100 * units.Hour, Epsilon: 2.9224, Sampling: 256.0 / 60000, Steps: 14_063, Gradients: 3, Batch: 2, Prevalence: 0.01}.Run()
	require.InDelta(t, 1.12, r.Noise, 1e-4)
	require.Equal(t, 9, r.Order)
	require.Equal(t, 600*units.Hour, r.Time)
	require.InDelta(t, 100, r.Data, 1e-12)
	require.InDelta(t, 60, r.Epochs, 0.01)
}

func TestRefusals(t *testing.T) {
	privacy := quality.Privacy{Time: units.Hour}
	with := func(change func(*quality.Privacy)) error { p := privacy; change(&p); _, err := p.Solve(); return err }
	scale := func(s quality.Scaling) error { _, err := s.Solve(); return err }
	efficiency := func(e quality.Efficiency) error { e.Hardware = hardware.T4; _, err := e.Solve(); return err }
	for want, err := range map[string]error{
		"quality.Privacy: Epsilon = -5: want above 0":                                   with(func(p *quality.Privacy) { p.Epsilon = -5 }), // V-29
		"Delta = 1: want above 0 and below 1":                                           with(func(p *quality.Privacy) { p.Delta = 1 }),
		"Prevalence = 1.5: want above 0 and at most 1":                                  with(func(p *quality.Privacy) { p.Prevalence = 1.5 }),
		"Epsilon = 0.001: want above 0.01125, the least":                                with(func(p *quality.Privacy) { p.Epsilon = 1e-3 }),
		"quality.Scaling: Params = -1B params: want at least 0":                         scale(quality.Scaling{Budget: units.EFLOP, Params: -1e9}), // V-33
		"Budget = -100 EFLOP: want at least 0":                                          scale(quality.Scaling{Budget: -1e20}),                     // V-33
		"Budget = 0 FLOP: want above 0 FLOP, or Time above 0 s":                         scale(quality.Scaling{}),
		"Time = 1 s: want 0 s where Budget is given":                                    scale(quality.Scaling{Budget: units.EFLOP, Time: units.Second}),
		"quality.Efficiency: Efficiency = -1: want above 0 and at most 1":               efficiency(quality.Efficiency{Efficiency: -1}), // D-42
		"Precision = fp8: want one of fp16, fp32, int8, int4, the formats of NVIDIA T4": efficiency(quality.Efficiency{Precision: physics.FP8}),
	} {
		var field *describe.FieldError
		require.ErrorAs(t, err, &field, want)
		require.ErrorContains(t, err, want)
	}
	for _, in := range []string{`{"budget": "3 GB"}`, `{"budget": "5 s"}`, `{"time": "3 EFLOP"}`} { // D-31
		require.Error(t, describe.Decode([]byte(in), &quality.Scaling{}), in)
	}
	require.Error(t, describe.Decode([]byte(`{"time": "1 h", "epsilon": 0}`), &quality.Privacy{}))
}

func TestEnumsReadTheirNames(t *testing.T) {
	for _, enum := range []interface {
		UnmarshalText([]byte) error
		String() string
		Names() []string
	}{new(quality.Kernel), new(quality.Method), new(quality.Pattern), new(quality.Limit), new(physics.ScalingFit)} {
		for _, name := range enum.Names() {
			require.NoError(t, enum.UnmarshalText([]byte(strings.ToUpper(name))))
			require.Equal(t, name, enum.String())
		}
		require.ErrorContains(t, enum.UnmarshalText([]byte("banana")), "want one of") // V-35
	}
}

func ExampleEfficiency() {
	r := quality.Efficiency{Hardware: hardware.H100, Kernel: quality.Attention, Flash: true}.Run()
	fmt.Println("fused attention reaches", r.Achievable, "of", r.Peak)
	// Output: fused attention reaches 741.8 TFLOP/s of 989 TFLOP/s
}

func ExamplePrivacy() {
	r := quality.Privacy{Time: 100 * units.Hour, Epsilon: 3, Sampling: 256.0 / 60000, Steps: 14_063}.Run()
	fmt.Printf("noise %.3f, %v of training\n", r.Noise, r.Time)
	// Output: noise 1.102, 8.333 days of training
}

func BenchmarkEfficiency(b *testing.B) {
	in := quality.Efficiency{Hardware: hardware.H100}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrivacy(b *testing.B) {
	in := quality.Privacy{Time: units.Hour}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

// D-31: 3 EFLOP is 3e18 FLOP, whatever prefix it was given in.
func TestBudgetHasOneMeaning(t *testing.T) {
	r, err := quality.Scaling{Budget: 3 * units.EFLOP}.Solve()
	require.NoError(t, err)
	require.InEpsilon(t, 1.581139e8, float64(r.Params), 5e-7)
	require.InEpsilon(t, 3.162278e9, float64(r.Tokens), 5e-7)
	require.InDelta(t, 20, r.Ratio, 1e-9)
}

// D-42, by hand: fused attention on a peak of 989 TFLOP/s; the parts add up to one.
func TestEfficiencyPartsByHand(t *testing.T) {
	h := hardware.Device{Name: "x", Rates: hardware.Rates{FP16: 989 * units.TFLOPS}}
	r, err := quality.Efficiency{Hardware: h, Kernel: quality.Attention, Flash: true}.Solve()
	require.NoError(t, err)
	require.InDelta(t, 0.75, r.MFU, 1e-12)
	require.InEpsilon(t, 741.75e12, float64(r.Achievable), 1e-12)
	require.InDelta(t, 0.25, r.Occupancy, 1e-12)
	require.InDelta(t, 0, r.Stall, 1e-12)
}
