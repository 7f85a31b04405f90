package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
)

// BERT: every matmul of a layer over 128 tokens, and scores and values.
func TestEncoderFLOPs(t *testing.T) {
	m, tokens := models.BERT_Base, 128.0
	layer := float64(4*m.Hidden*m.Hidden + 2*m.Hidden*m.FFN)
	want := float64(m.Layers) * (2*layer*tokens + 4*tokens*tokens*float64(m.Hidden))
	got := float64(m.LinearOps())*tokens + float64(m.PrefillAttentionOps(tokens, 0))
	require.InEpsilon(t, want, got, 0.02) // ours counts position embeddings, norms and pooler as matmuls too
	require.InEpsilon(t, 22.35e9, got, 0.02)
}
