package serving_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var streaming = serving.Streaming{Model: models.Llama3_70B, Hardware: hardware.H100, Tokens: 2048, Batch: 64}

func TestStreamingInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := drawDecoder(t)
		s := serving.Streaming{Model: from.Model, Hardware: from.Hardware, Tokens: from.Prompt, Batch: from.Batch, Injection: 100 * units.GBps}
		s.Phase = serving.StreamPhase(rapid.IntRange(0, 1).Draw(t, "phase"))
		r, err := s.Solve()
		require.NoError(t, err)
		require.NoError(t, r.Explain().Verify(r))
		require.GreaterOrEqual(t, float64(r.Layer), float64(max(r.LayerInjection, r.LayerCompute))) // I-1
		require.GreaterOrEqual(t, float64(r.FirstPass), float64(r.Pass)*(1-1e-12))
		s.Batch = r.OptimalBatch
		if s.Batch == 0 {
			return
		}
		best, err := s.Solve()
		require.NoError(t, err)
		require.True(t, best.Fits)
		if s.Batch > 1 {
			require.LessOrEqual(t, float64(best.LayerCompute), float64(best.LayerInjection)*(1+1e-12))
		}
	})
}

// D-16: the latent cache is what a device holds, not one of all heads.
func TestStreamingLatentCache(t *testing.T) {
	s := streaming
	s.Model.KVRank, s.Model.RopeDim = 512, 64
	require.InEpsilon(t, 80*(512+64)*2*2048*64.0, float64(s.Run().Cache), 1e-12)
}

func TestStreamingUnknownLinkAndRefusals(t *testing.T) {
	s := streaming
	s.Hardware.HostLink = 0
	r := s.Run()
	require.False(t, r.RateKnown)
	require.True(t, r.Warnings.Has(walls.SupplyUnknown))
	require.NoError(t, r.Explain().Verify(r))

	s.Batch = -8 // V-34
	_, err := s.Solve()
	require.ErrorContains(t, err, "serving.Streaming: Batch = -8: want at least 1")
	require.ErrorContains(t, new(serving.StreamPhase).UnmarshalText([]byte("banana")), "banana")
}

func ExampleStreaming() {
	r, err := streaming.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.TokensPerSecond > 0, "bound by", r.Binding)
	// Output: true bound by host link
}

func BenchmarkStreaming(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := streaming.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
