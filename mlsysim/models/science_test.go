package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
)

// A fold is one stack of AlphaFold 2: sequences and residues, and the width of a
// sequence's entries. Pairs of residues have 128 numbers.
type fold struct{ sequences, residues, width, attention float64 }

// macs counts the multiply-adds of one block (Jumper 2021, supplement, algorithms
// 7 to 15 and 19).
func (f fold) macs(extra bool) float64 {
	const z = 128.0
	entries, couples, triples := f.sequences*f.residues, f.residues*f.residues, f.residues*f.residues*f.residues
	rows := 5*f.width*f.attention*entries + 8*z*couples + 2*f.sequences*couples*f.attention
	columns := 5*f.width*f.attention*entries + 2*f.residues*f.sequences*f.sequences*f.attention
	if extra { // one query for all sequences, and one head of keys and values
		columns = (2*f.width*f.attention/8+2*f.width*f.attention)*entries + 2*entries*f.attention
	}
	transition := 8 * f.width * f.width * entries
	outer := 2*f.width*32*entries + f.sequences*couples*32*32 + 32*32*z*couples
	multiply := 2 * (6*z*z*couples + triples*z)
	triangle := 2 * (5*z*z*couples + 4*z*couples + 2*triples*z)
	return rows + columns + transition + outer + multiply + triangle + 8*z*z*couples
}

func TestAlphaFold2FromItsLayers(t *testing.T) {
	m := models.AlphaFold2
	main := fold{512, 256, 256, 256}.macs(false)
	extra := fold{1024, 256, 64, 64}.macs(true)
	require.InEpsilon(t, 2*(48*main+4*extra), float64(m.FLOPs), 1e-6)

	const c, z = 256.0, 128.0
	block := 2*5*c*c + 8*z + 8*c*c + 64*c + 32*32*z + 2*6*z*z + 2*5*z*z + 8*z + 8*z*z
	require.InEpsilon(t, 1.82e6, block, 1e-3)
	require.InEpsilon(t, float64(m.Params), 48*block, 0.1, "nine tenths are in the main stack")
}

// Every edge and node of GraphCast passes networks of two layers of 512.
func TestGraphCastFromItsLayers(t *testing.T) {
	const latent, grid, mesh, links, up, down = 512.0, 1038240.0, 40962.0, 327660.0, 1618746.0, 3114720.0
	macs, weights := 0.0, 0.0
	pass := func(times, count, in float64) {
		macs += times * count * (in + latent) * latent
		weights += times * ((in+latent)*latent + 2*latent + 2*latent) // biases and a norm
	}
	const features = 2*227 + 15 + 5 + 3 // two states, forcing, constants, and place
	pass(1, grid, features)
	pass(1, mesh, features)
	pass(1, links, 4)
	pass(1, up, 4)
	pass(1, down, 4)
	pass(1, up, 3*latent) // an edge sees itself and both ends
	pass(1, mesh, 2*latent)
	pass(1, grid, latent)
	pass(16, links, 3*latent)
	pass(16, mesh, 2*latent)
	pass(1, down, 3*latent)
	pass(1, grid, 2*latent)
	pass(1, mesh, latent)
	macs += grid * latent * (latent + 227)
	weights += latent*latent + latent + 227*latent + 227
	m := models.GraphCast
	require.InEpsilon(t, 2*macs, float64(m.FLOPs), 1e-6)
	require.InEpsilon(t, float64(m.Params), weights, 0.01)
}

// perceptron counts the weights of fully connected layers with biases.
func perceptron(widths ...float64) float64 {
	sum := 0.0
	for i, out := range widths[1:] {
		sum += (widths[i] + 1) * out
	}
	return sum
}

// Rows of the tables are looked up; the dense networks are what computes.
func TestRecommendersFromTheirLayers(t *testing.T) {
	bottom := perceptron(13, 512, 256, 128)
	top := func(in float64) float64 { return perceptron(in, 1024, 1024, 512, 256, 1) }
	const features = 27 * 128
	crossings := 3 * (2*features*512 + features)
	for name, c := range map[string]struct {
		m     models.Model
		dense float64
	}{
		"dot products": {models.DLRM_MLPerf_v1, bottom + top(128+27*26/2)},
		"crossings":    {models.DLRM_DCNv2, bottom + float64(crossings) + top(features)},
		"NCF":          {models.NCF, perceptron(256, 256, 128, 64) + 64 + 64 + 1},
	} {
		tables := float64(c.m.Vocab) * float64(c.m.Hidden)
		require.InDelta(t, tables+c.dense, float64(c.m.Params), 2000, name) // a row of 1 more in the product of v1
		require.InEpsilon(t, 2*c.dense, float64(c.m.SampleOps()), 2e-3, name)
		require.Zero(t, float64(c.m.FLOPs), "%s: the shape gives them", name)
	}
}
