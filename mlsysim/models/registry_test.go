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
		require.Positive(t, float64(m.Params), e.Path)
		require.Positive(t, m.Layers, e.Path)
		switch m.Family {
		case models.CNN, models.TinyML:
			require.Positive(t, float64(m.FLOPs), e.Path)
			require.Positive(t, float64(m.Activations), e.Path)
			require.Zero(t, m.Heads, e.Path)
		default:
			require.Equal(t, m.Hidden, m.Heads*m.HeadDim, e.Path)
			require.Zero(t, m.Heads%m.KVHeads, e.Path)
			require.Positive(t, m.Vocab, e.Path)
			require.Positive(t, m.Context, e.Path)
		}
		require.Equal(t, m.Family == models.MoE, m.Experts > 0, e.Path)
		require.Equal(t, m.Experts > 0, m.Active > 0 && m.Active < m.Params, e.Path)
		require.LessOrEqual(t, m.TopK, m.Experts, e.Path)
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
