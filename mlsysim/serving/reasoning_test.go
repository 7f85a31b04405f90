package serving_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var reasoning = serving.Reasoning{Model: models.Llama3_8B, Hardware: hardware.H100, Prompt: 2048, Steps: 8, Samples: 4}

// The closed form of the series is the sum over the tokens, one by one.
func TestReasoningIsTheSumOverTokens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := drawDecoder(t)
		s := serving.Reasoning{Model: from.Model, Hardware: from.Hardware, Prompt: from.Prompt, Samples: from.Batch}
		s.Steps, s.TokensPerStep = rapid.IntRange(0, 12).Draw(t, "steps"), rapid.IntRange(1, 60).Draw(t, "tokens")
		if rapid.Bool().Draw(t, "window") {
			s.Model.Window = s.Prompt + rapid.IntRange(-1, 300).Draw(t, "more")
		}
		r, err := s.Solve()
		require.NoError(t, err)
		require.NoError(t, r.Explain().Verify(r))
		sum := 0.0
		for j := range s.Steps * s.TokensPerStep {
			token := serving.Serving{Model: s.Model, Hardware: s.Hardware, Prompt: s.Prompt + j, Batch: s.Samples}
			sum += float64(solve(t, token).ITLFirst)
		}
		require.InEpsilon(t, sum+1e-30, float64(r.Generation)+1e-30, 1e-9)
		require.LessOrEqual(t, r.MFU, 0.5*(1+1e-12)) // I-2
	})
}

// D-38: a million steps do not fit, a negative number is refused, and the power
// curve is not 100 % of the thermal design power.
func TestReasoningGrowsTheCache(t *testing.T) {
	s := reasoning
	s.Steps = 1_000_000
	r := s.Run()
	require.False(t, r.Fits)
	require.True(t, r.Warnings.Has(walls.DoesNotFit|walls.BeyondContext))
	s.Steps = -1
	_, err := s.Solve()
	require.ErrorContains(t, err, "serving.Reasoning: Steps = -1: want at least 0")
	s.Steps, s.TokensPerStep = 1_000_000_000, 1000
	_, err = s.Solve()
	require.ErrorContains(t, err, "at most 1e9 tokens")

	r = reasoning.Run()
	require.True(t, r.PowerKnown)
	require.Less(t, float64(r.Energy), float64(hardware.H100.TDP.For(r.Time)))
	s = reasoning
	s.Hardware.TDP = 0
	require.False(t, s.Run().PowerKnown)
	// P-36: the prefix is stored once.
	require.InEpsilon(t, 131072*(2048+4*400), float64(r.Cache), 1e-12)
}

func ExampleReasoning() {
	r, err := reasoning.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Generated, "fits:", r.Fits)
	// Output: 1600 tokens fits: true
}

func BenchmarkReasoning(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := reasoning.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
