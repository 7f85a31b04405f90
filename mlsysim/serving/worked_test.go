package serving_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The worked table of solvers.md 3.4, on the devices and networks of the vectors,
// row by row: it prints milliseconds to six places, seven digits or more.
func ms(t *testing.T, want float64, got units.Seconds) {
	t.Helper()
	require.InDelta(t, want, got.Ratio(units.Millisecond), 0.5e-6)
}

// llama is Llama-3-8B on the vectors' H100.
func llama(t *testing.T, prompt, batch int) serving.Serving {
	in, err := request(servingCase(t, "ServingModel-001"))
	require.NoError(t, err)
	require.Equal(t, "Llama-3.1-8B", in.Model.Name)
	in.Prompt, in.Batch, in.Cached, in.Chunk = prompt, batch, 0, 0
	return in
}

func TestWorkedBatch(t *testing.T) {
	r := llama(t, 4096, 8).Run()
	ms(t, 1135.695929, r.TTFT)
	ms(t, 6.396110, r.ITL)
	require.Equal(t, "memory bandwidth", r.Binding.String())
	require.InEpsilon(t, 4.294967296e9, float64(r.Cache), 1e-12)
	require.InEpsilon(t, 0.236963, r.Utilization, 2e-6) // printed with six digits
	ms(t, 5.124069, llama(t, 1, 1).Run().TTFT)
	r = llama(t, 128, 512).Run()
	ms(t, 17.017836, r.ITL)
	require.Equal(t, "compute", r.Binding.String())
}

func TestWorkedChunks(t *testing.T) {
	s := llama(t, 2048, 1)
	s.Chunk = 512
	r := s.Run()
	require.Equal(t, 4, r.Chunks)
	ms(t, 17.931125, r.ChunkTime)
	ms(t, 70.056889, r.TTFT)
}

// A cached prefix by hand: 1024 new tokens after 3072, golden case 038. Without
// it they would be 4096 after none.
func TestWorkedCacheHits(t *testing.T) {
	in, err := request(servingCase(t, "ServingModel-038"))
	require.NoError(t, err)
	r := in.Run()
	const linear, attention, peak = 16.06e9, 2 * 32 * 4096, 0.5 * 989e12
	require.InEpsilon(t, 0.75, r.HitRatio, 1e-15)
	ms(t, 1e3*((1024*linear+attention*1024*(2*3072+1024))/peak+10e-6+320e-6), r.TTFT) // 37.60 ms
	in.Cached = 0
	ms(t, 1e3*((4096*linear+attention*4096*4096)/peak+330e-6), in.Run().TTFT)
	// In chunks, each part attends to what was there before it, the prefix included.
	in.Cached, in.Chunk = 3072, 512
	ms(t, 1e3*((1024*linear+attention*512*(2*3072+512)+attention*512*(2*3584+512))/peak+2*330e-6), in.Run().TTFT)
}

func TestWorkedSpeculation(t *testing.T) {
	s := speculationOf(t, servingCase(t, "ServingModel-035"))
	s.Acceptance = 0.7
	r := s.Run()
	ms(t, 10.167757, r.ITL)
	require.InEpsilon(t, 159.139048e9, float64(r.Memory), 5e-9)
	// The best γ is that of trying them all, through the solver itself.
	best, at := r.PlainITL, 0
	for gamma := 1; gamma <= 64; gamma++ {
		s.Gamma = gamma
		if one := s.Run().ITL; one < best {
			best, at = one, gamma
		}
	}
	require.Equal(t, at, r.BestGamma)
	require.InEpsilon(t, float64(best), float64(r.BestITL), 1e-12)
	require.Greater(t, at, 1)
}

func TestWorkedDisaggregation(t *testing.T) {
	s := disaggregatedOf(t, servingCase(t, "ServingModel-037"))
	r := s.Run()
	ms(t, 152.988159, r.TTFT)
	ms(t, 8.459711, r.ITL)
	require.True(t, r.Fits && r.PrefillFits && r.DecodeFits)
	// D-36: either side alone can be too small.
	for _, small := range []*units.Bytes{&s.Hardware.Memory, &s.Decoder.Memory} {
		was := *small
		*small = 16 * units.GB // the weights alone are 16.06 GB
		r := s.Run()
		require.False(t, r.Fits)
		require.NotEqual(t, r.PrefillFits, r.DecodeFits)
		require.InEpsilon(t, 16.06e9+4096*131072-16e9, float64(r.Short), 1e-9)
		*small = was
	}
}

// DeepSeek-V3 at fp8: a prefill reads nearly all experts, a decode step eight.
func TestWorkedMixture(t *testing.T) {
	cases, err := golden.Of("MoERoutingModel")
	require.NoError(t, err)
	var s serving.Serving
	for _, c := range cases {
		if c.ID == "MoERoutingModel-010" {
			s.Model, err = c.Model("model")
			require.NoError(t, err)
		}
	}
	s.Model.KVRank, s.Model.RopeDim = 512, 64
	s.Hardware, err = servingCase(t, "ServingModel-035").Hardware("hardware", launch)
	require.NoError(t, err)
	s.Prompt, s.Batch, s.Precision = 2048, 1, physics.FP8
	r := s.Run()
	ms(t, 84.501995, r.TTFT)
	ms(t, 5.243995, r.ITL)
	require.False(t, r.Fits)
	require.Greater(t, float64(r.Short), 0.0)
	require.Equal(t, "memory bandwidth", r.PrefillBinding.String())
}
