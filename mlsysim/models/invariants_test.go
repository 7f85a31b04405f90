package models_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
)

// flaw returns what cannot be true of a network, or "" if nothing is known.
func flaw(m *models.Model) string {
	for _, find := range []func(*models.Model) string{contradiction, miscount, misfit, misuse} {
		if what := find(m); what != "" {
			return what
		}
	}
	return ""
}

// contradiction compares the fields with one another.
func contradiction(m *models.Model) string {
	field, value, want := m.Inconsistent()
	switch {
	case field != "":
		return fmt.Sprintf("%s = %v: want %s", field, value, want)
	case m.Year < 1980 || m.Year > 2026:
		return fmt.Sprintf("released in %d", m.Year)
	case m.KVHeads > 0 && m.Heads%m.KVHeads != 0:
		return fmt.Sprintf("%d heads do not share %d key-value heads evenly", m.Heads, m.KVHeads)
	case m.GlobalKVHeads > 0 && m.Heads%m.GlobalKVHeads != 0:
		return fmt.Sprintf("%d heads do not share %d key-value heads of global layers evenly", m.Heads, m.GlobalKVHeads)
	case m.Generates() && m.Attends() && m.Context == 0:
		return "attends to a context of unknown length"
	case m.Window > m.Context:
		return fmt.Sprintf("a window of %d in a context of %d", m.Window, m.Context)
	case m.Corpus > 0 && (m.Corpus.Ratio(1) < 0.5*float64(m.ActiveParams()) || m.Corpus.Ratio(1) > 1e5*float64(m.ActiveParams())):
		return fmt.Sprintf("trained on %v", m.Corpus)
	case (m.FLOPs > 0) != (m.FLOPsPer != ""):
		return "operations do not say what they are for"
	default:
		return ""
	}
}

// miscount compares parameters and the tied flag with what the shape has.
func miscount(m *models.Model) string {
	params, active, exact := m.CountParams()
	if params == 0 {
		return ""
	}
	tolerance := 0.01
	if exact {
		tolerance = 1e-4
	}
	off := math.Abs(m.Params.Ratio(params) - 1)
	switch {
	case off > tolerance:
		return fmt.Sprintf("has %v, its shape %v", m.Params, params)
	case math.Abs(m.ActiveParams().Ratio(active)-1) > tolerance:
		return fmt.Sprintf("a token uses %v, in its shape %v", m.ActiveParams(), active)
	}
	other := *m
	other.Tied = !m.Tied
	if flipped, _, _ := other.CountParams(); flipped != params && math.Abs(m.Params.Ratio(flipped)-1) <= off {
		return "the input and output embedding are tied the other way"
	}
	return ""
}

var extent = regexp.MustCompile(`(\d+)x(\d+)(?:x(\d+))?`)

// area is the pixels that the operations are for, or 0.
func area(m *models.Model) float64 {
	found := extent.FindStringSubmatch(m.FLOPsPer)
	if found == nil {
		return 0
	}
	product := 1.0
	for _, side := range found[1:] {
		if n, err := strconv.Atoi(side); err == nil {
			product *= float64(n)
		}
	}
	return product
}

// misfit compares operations with parameters: each is used once or more, in an
// image at most at every pixel, by a denoiser at no fewer places than its smallest
// map has, which is an eighth of the latent's side, itself an eighth of the image's.
func misfit(m *models.Model) string {
	if m.FLOPs == 0 {
		return ""
	}
	per, least := float64(m.FLOPs)/float64(m.Params), 1.9 // biases and norms multiply nothing
	if m.Family == models.Diffusion {
		least *= max(1, area(m)/(64*64))
	}
	switch {
	case per < least:
		return fmt.Sprintf("uses a parameter %.3g times: want at least %.3g", per/2, least/2)
	case area(m) > 0 && per > 2*area(m):
		return fmt.Sprintf("uses a parameter %.3g times: want at most once per pixel", per/2)
	default:
		return ""
	}
}

// misuse asks the laws for the arithmetic and the cache of a token or sample.
func misuse(m *models.Model) string {
	switch {
	case m.NeedsFLOPs():
		return "its arithmetic is unknown"
	case m.Reads() && m.LinearOps() <= 0:
		return "a token costs nothing"
	case !m.Reads() && m.SampleOps() <= 0:
		return "a sample costs nothing"
	case m.Generates() && m.KVBytes(1, 1, 1) <= 0:
		return "a token leaves nothing behind"
	default:
		return ""
	}
}

func TestNoNetworkHasAFlaw(t *testing.T) {
	for _, e := range models.Entries() {
		require.Empty(t, flaw(e.Value), e.Path)
	}
}

// What a shape needs to have so that everything follows from it.
func TestShapesAreComplete(t *testing.T) {
	for _, e := range models.Entries() {
		m := e.Value
		params, _, exact := m.CountParams()
		switch m.Family {
		case models.CNN:
			require.Positive(t, float64(m.Activations), e.Path)
			require.Zero(t, m.Heads, e.Path)
		case models.TinyML:
			require.Equal(t, m.Layers > 0, m.Activations > 0, e.Path)
		case models.Transformer, models.MoE, models.Encoder, models.EncoderDecoder, models.SSM:
			require.Zero(t, float64(m.FLOPs), "%s: the shape gives the arithmetic", e.Path)
			require.Positive(t, m.Hidden*m.Vocab*m.Layers, e.Path)
			require.True(t, exact || e.Key == "GPT4", "%s: of no known style", e.Path)
		}
		require.Equal(t, exact, m.Style != models.StyleUnknown, e.Path)
		require.Equal(t, exact, params > 0, e.Path)
		require.Equal(t, m.Family == models.MoE || m.Family == models.SSM && m.GlobalLayers > 0, m.Experts > 0, e.Path)
		require.Equal(t, m.Experts > 0, m.Active > 0 && m.Active < m.Params, e.Path)
		if m.GlobalLayers > 0 {
			require.True(t, m.Window > 0 && m.GlobalLayers < m.Layers || m.State > 0, e.Path)
		}
	}
}

func TestEveryFamilyHasEntries(t *testing.T) {
	entries := map[models.Family]int{}
	for _, e := range models.Entries() {
		entries[e.Value.Family]++
	}
	for f := range models.Family(0).Names() {
		require.GreaterOrEqual(t, entries[models.Family(f)], 2, models.Family(f).String())
	}
	require.GreaterOrEqual(t, len(models.Entries()), 170)
}
