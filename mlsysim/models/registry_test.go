package models_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

func ExampleFind() {
	m, err := models.Find("llama-3 8b")
	fmt.Println(m, m.Params, m.KVHeads, err)
	// Output: Llama-3.1-8B 8.03B params 8 <nil>
}

func TestShapesAreConsistent(t *testing.T) {
	for _, e := range models.Entries() {
		m := e.Value
		field, value, want := m.Inconsistent()
		require.Empty(t, field, "%s: %v: want %s", e.Path, value, want)
		require.Positive(t, m.Layers, e.Path)
		require.False(t, m.NeedsFLOPs(), e.Path)
		require.Equal(t, m.FLOPs > 0, m.FLOPsPer != "", "%s: FLOPs say what they are for", e.Path)
		switch m.Family {
		case models.CNN, models.TinyML:
			require.Positive(t, float64(m.FLOPs), e.Path)
			require.Positive(t, float64(m.Activations), e.Path)
			require.Zero(t, m.Heads, e.Path)
		case models.Transformer, models.MoE, models.Encoder, models.EncoderDecoder:
			require.Positive(t, m.Heads*m.HeadDim*m.Hidden, e.Path)
			require.Zero(t, m.Heads%m.KVHeads, e.Path)
			require.Positive(t, m.Vocab, e.Path)
			require.Positive(t, m.Context, e.Path)
			require.Zero(t, float64(m.FLOPs), "%s: the shape gives the arithmetic", e.Path)
			require.NotEqual(t, models.StyleUnknown, m.Style, e.Path)
		}
		require.Equal(t, m.Family == models.MoE || m.Family == models.SSM && m.GlobalLayers > 0, m.Experts > 0, e.Path)
		require.Equal(t, m.Experts > 0, m.Active > 0 && m.Active < m.Params, e.Path)
		if m.GlobalLayers > 0 {
			require.True(t, m.Window > 0 && m.GlobalLayers < m.Layers || m.State > 0, e.Path)
		}
	}
}

// Each value that mlsysim 0.3.0 has wrong is right here and says so.
func TestCorrections(t *testing.T) {
	cases := []struct {
		entry, field string
		got, want    float64
	}{
		{"Llama2_7B", "Params", float64(models.Llama2_7B.Params), 6738415616},
		{"GPT2", "Params", float64(models.GPT2.Params), 1557611200},
		{"BERT_Base", "Params", float64(models.BERT_Base.Params), 109482240},
		{"DS_CNN", "Params", float64(models.DS_CNN.Params), 24908},
		{"DeepSeek_V3", "Heads", float64(models.DeepSeek_V3.Heads), 128},
		{"Llama2_70B", "Params", float64(models.Llama2_70B.Params), 68976648192},
		{"Mamba_2_8B", "Params", float64(models.Mamba_2_8B.Params), 2768345600},
		{"StableDiffusion_v1_5", "FLOPs", float64(models.StableDiffusion_v1_5.FLOPs), 677.6e9},
		{"DS_CNN", "FLOPs", float64(models.DS_CNN.FLOPs), 5313536},
	}
	for _, c := range cases {
		require.Equal(t, c.want, c.got, "%s.%s", c.entry, c.field)
		e, err := models.Lookup(c.entry)
		require.NoError(t, err)
		f, ok := source.Find(e.Facts, c.field)
		require.True(t, ok, "%s.%s", c.entry, c.field)
		require.Contains(t, f.Note, "corrected from mlsysim 0.3.0", "%s.%s", c.entry, c.field)
	}
}

func TestLookupsKeepTheirOwnValue(t *testing.T) {
	before := models.Llama3_8B
	t.Cleanup(func() { models.Llama3_8B = before })
	models.Llama3_8B.Params = 1 * units.Billion
	found, err := models.Find("Llama3_8B")
	require.NoError(t, err)
	require.Equal(t, before, found)
}
