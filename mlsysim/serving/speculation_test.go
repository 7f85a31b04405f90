package serving_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

var speculation = serving.Speculation{Model: models.Llama3_70B, Draft: models.Llama3_8B, Hardware: hardware.B200, Batch: 4, Prompt: 4096, Output: 256, Acceptance: 0.7}

var disaggregated = serving.Disaggregated{Model: models.Llama3_8B, Hardware: hardware.H100, Decoder: hardware.A100, Network: 50 * units.GBps, Batch: 8, Prompt: 4096, Output: 256}

// I-24: speculation at α = 0 is never faster than none, and never more than
// γ + 1 times as fast; the best γ is at least as good as the one given.
func TestSpeculationInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := draw(t)
		s := serving.Speculation{Model: from.Model, Draft: draw(t).Model, Hardware: from.Hardware, Prompt: from.Prompt, Output: from.Output, Batch: from.Batch}
		s.Gamma = rapid.IntRange(1, 64).Draw(t, "gamma")
		s.Acceptance = rapid.SampledFrom([]float64{0, 0.3, 0.9, 1}).Draw(t, "acceptance")
		r, err := s.Solve()
		require.NoError(t, err)
		require.NoError(t, r.Explain().Verify(r))
		if s.Acceptance == 0 {
			require.LessOrEqual(t, r.Speedup, 1.0)
			require.Zero(t, r.BestGamma)
		}
		require.LessOrEqual(t, r.Speedup, float64(s.Gamma+1)*(1+1e-12))
		require.LessOrEqual(t, float64(r.BestITL), float64(min(r.ITL, r.PlainITL))*(1+1e-12))
	})
}

func TestDisaggregatedInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := draw(t)
		s := serving.Disaggregated{
			Model: from.Model, Hardware: from.Hardware, Decoder: from.Hardware, Network: 50 * units.GBps,
			Prompt: from.Prompt, Output: from.Output, Batch: from.Batch,
		}
		whole, err := s.Solve()
		require.NoError(t, err)
		s.Overlap = true
		r, err := s.Solve()
		require.NoError(t, err)
		require.NoError(t, r.Explain().Verify(r))
		require.LessOrEqual(t, float64(r.TTFT), float64(whole.TTFT)*(1+1e-12))
		require.GreaterOrEqual(t, float64(r.TTFT), float64(max(r.Prefill, r.Transfer)))
	})
}

func TestRefusalsNameTheSolverAndItsField(t *testing.T) {
	s := speculation
	s.Draft = models.ResNet50
	_, err := s.Solve()
	require.ErrorContains(t, err, "serving.Speculation: Draft = ResNet-50")
	s.Acceptance = 1.7 // V-16
	_, err = s.Solve()
	require.ErrorContains(t, err, "serving.Speculation: Acceptance = 1.7: want")
	d := disaggregated
	d.Decoder.Memory = 0
	_, err = d.Solve()
	require.ErrorContains(t, err, "serving.Disaggregated: Decoder.Memory = 0 B")
}

func TestEnginesCalibratedAreSlower(t *testing.T) {
	s, d := speculation, disaggregated
	s.Efficiency, d.Efficiency = 1, 1
	idealS, idealD := s.Run(), d.Run()
	s.Level, d.Level = physics.Calibrated, physics.Calibrated
	require.GreaterOrEqual(t, float64(s.Run().ITL), float64(idealS.ITL))
	require.GreaterOrEqual(t, float64(d.Run().TTFT), float64(idealD.TTFT))
}

func ExampleSpeculation() {
	r, err := speculation.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f tokens per round, fits: %t\n", r.Expected, r.Fits)
	// Output: 2.77 tokens per round, fits: true
}

func ExampleDisaggregated() {
	r, err := disaggregated.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("sent", r.Sent, "in", r.Transfer)
	// Output: sent 4.295 GB in 85.9 ms
}

func BenchmarkSpeculation(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := speculation.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDisaggregated(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := disaggregated.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
