package models_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A counted shape is a line of testdata/counts.json: facts of a configuration,
// the published parameter count, and an independent computation of it and of the
// active parameters.
type counted struct {
	Key                         string
	Published, Computed, Active units.Params
	Model                       facts
}

type facts models.Model // without the methods that read a name

func readCounts(t *testing.T) []counted {
	t.Helper()
	data, err := os.ReadFile("testdata/counts.json")
	require.NoError(t, err)
	var out []counted
	require.NoError(t, json.Unmarshal(data, &out))
	return out
}

func TestCountedParamsAreThePublishedOnes(t *testing.T) {
	styles, exactly := map[models.Style]bool{}, 0
	for _, c := range readCounts(t) {
		m := models.Model(c.Model)
		params, active, exact := m.CountParams()
		require.True(t, exact, c.Key)
		require.InEpsilon(t, float64(c.Published), float64(params), 0.0125, c.Key)
		if c.Computed > 0 {
			require.Equal(t, c.Computed, params, c.Key)
			exactly++
		}
		if c.Published == params {
			styles[m.Style] = true
		}
		if m.Experts == 0 {
			require.Equal(t, params, active, c.Key)
		}
		if c.Active > 0 && c.Computed > 0 {
			require.Equal(t, c.Active, active, c.Key)
		}
	}
	require.GreaterOrEqual(t, exactly, 98)
	// Each style reproduces a published count to the last parameter, but for
	// those whose publishers round.
	for s := models.StyleLlama; int(s) < len(s.Names()); s++ {
		switch s {
		case models.StylePaLM, models.StyleGPTOSS, models.StyleGemma4, models.StyleOLMo2, models.StyleGLM4, models.StyleJamba:
			continue
		}
		require.True(t, styles[s], s.String())
	}
}

// More of anything is more parameters, and a token never uses more than all.
func TestCountGrowsWithTheShape(t *testing.T) {
	all := readCounts(t)
	rapid.Check(t, func(t *rapid.T) {
		m := models.Model(rapid.SampledFrom(all).Draw(t, "shape").Model)
		before, active, _ := m.CountParams()
		require.LessOrEqual(t, float64(active), float64(before))
		for _, grow := range []func(*models.Model){
			func(m *models.Model) { m.Layers++ },
			func(m *models.Model) { m.Hidden += 64 },
			func(m *models.Model) { m.Vocab++ },
		} {
			more := m
			grow(&more)
			after, _, _ := more.CountParams()
			require.Greater(t, float64(after), float64(before))
		}
		m.Style = models.StyleUnknown
		rough, _, exact := m.CountParams()
		require.False(t, exact)
		require.InEpsilon(t, float64(before), float64(rough), 0.4) // small encoders: positions and pooler
	})
}

// A shape that is not known in full is not guessed.
func TestWhatCannotBeCounted(t *testing.T) {
	for name, m := range map[string]models.Model{
		"a convolution":      models.ResNet50,
		"no width":           {Layers: 2, Heads: 2, HeadDim: 4, FFN: 8, Vocab: 9},
		"no feed-forward":    {Layers: 2, Hidden: 8, Heads: 2, Vocab: 9},
		"no state":           {Family: models.SSM, Layers: 2, Hidden: 8},
		"dense of no width":  {Family: models.MoE, Layers: 2, Hidden: 8, Heads: 2, FFN: 8, Vocab: 9, Experts: 2, TopK: 1, DenseLayers: 1},
		"encoder of nothing": {Family: models.EncoderDecoder, Layers: 2, Hidden: 8, Heads: 2, FFN: 8, Vocab: 9},
	} {
		params, active, exact := m.CountParams()
		require.Zero(t, params, name)
		require.Zero(t, active, name)
		require.False(t, exact, name)
	}
}
