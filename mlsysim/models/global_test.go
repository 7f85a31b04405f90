package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// mixed is a decoder with a window in most layers and wider heads in the others.
func mixed(t *rapid.T) models.Model {
	m := models.Gemma4_31B
	m.GlobalLayers = rapid.IntRange(0, m.Layers).Draw(t, "global layers")
	m.GlobalHeadDim = rapid.SampledFrom([]int{0, 128, 256, 512}).Draw(t, "width")
	m.GlobalKVHeads = rapid.SampledFrom([]int{0, 1, 4, 32}).Draw(t, "key-value heads")
	return m
}

// Neither cache nor arithmetic knows how the layers of two kinds are averaged: the
// sum over the layers is what counts.
func TestLayersOfTwoKindsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mixed(t)
		s := float64(rapid.IntRange(1, 262144).Draw(t, "tokens"))
		near := min(s, float64(m.Window))
		width, kv := m.GlobalHeadDim, m.GlobalKVHeads
		if width == 0 {
			width = m.HeadDim
		}
		if kv == 0 {
			kv = m.KVHeads
		}
		local, global := float64(m.Layers-m.GlobalLayers), float64(m.GlobalLayers)
		cache := 2 * (local*float64(m.KVHeads*m.HeadDim)*near + global*float64(kv*width)*s)
		require.InEpsilon(t, cache, m.KVBytes(s, physics.FP16.Size(), 1).Ratio(physics.FP16.Size()), 1e-12)
		ops := 4 * float64(m.Heads) * (local*float64(m.HeadDim)*near + global*float64(width)*s)
		require.InEpsilon(t, ops, float64(m.DecodeAttentionOps(s)), 1e-12)
	})
}

// A prefill does what decoding its tokens one by one would.
func TestPrefillIsTheSumOfItsTokensInLayersOfTwoKinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := mixed(t)
		n := rapid.IntRange(1, 3000).Draw(t, "tokens")
		sum := 0.0
		for i := range n {
			sum += float64(m.DecodeAttentionOps(float64(i)) + m.DecodeAttentionOps(float64(i+1)))
		}
		require.InEpsilon(t, sum/2, float64(m.PrefillAttentionOps(float64(n), 0)), 1e-9)
	})
}

// Gemma 4 31B by hand: 50 layers with 16 key-value heads of 256, 10 global ones
// with 4 of 512 and no values of their own.
func TestCountOfLayersOfTwoKinds(t *testing.T) {
	m := models.Gemma4_31B
	const h = 5376
	local := h*(2*32*256+2*16*256) + 2*256
	global := h*(2*32*512+4*512) + 2*512
	all := 50*local + 10*global + 60*(3*h*21504+4*h) + h + 262144*h
	params, active, exact := m.CountParams()
	require.True(t, exact)
	require.Equal(t, float64(all), float64(params))
	require.Equal(t, params, active)

	more := m
	more.SharedKV = false
	grown, _, _ := more.CountParams()
	require.Equal(t, float64(10*h*4*512), float64(grown-params))
}
