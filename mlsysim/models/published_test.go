package models_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

// lines returns the fields of the lines of a file, without comments.
func lines(t *testing.T, path string) [][]string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var out [][]string
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if !strings.HasPrefix(line, "#") {
			out = append(out, strings.Fields(line))
		}
	}
	return out
}

// number reads a field of such a line; a dash is nothing.
func number(t *testing.T, text string) float64 {
	t.Helper()
	if text == "-" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return v
}

// requireNear holds that a value is what others have, up to a per cent, or that
// its note says why not.
func requireNear(t *testing.T, e *models.Entry, field string, ours, theirs float64) {
	t.Helper()
	if theirs == 0 || math.Abs(ours/theirs-1) <= 0.01 {
		return
	}
	f, ok := source.Find(e.Facts, field)
	require.True(t, ok, "%s: %s is %g, published as %g", e.Path, field, ours, theirs)
	require.Regexp(t, `published|the paper|from the layers|corrected from mlsysim|leaves out`, f.Note, "%s: %s is %g, published as %g", e.Path, field, ours, theirs)
}

func TestPublishedFigures(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range lines(t, "testdata/published.txt") {
		e, err := models.Lookup(l[0])
		require.NoError(t, err)
		m := e.Value
		seen[e.Key] = true
		requireNear(t, e, "Params", float64(m.Params), number(t, l[1]))
		requireNear(t, e, "Active", float64(m.Active), number(t, l[2]))
		if kv := number(t, l[3]); kv > 0 {
			require.Equal(t, kv, m.KVElements(1), e.Path)
		}
		if state := number(t, l[4]); state > 0 {
			require.Equal(t, state, m.StateElements(1), e.Path)
		}
		requireOps(t, e, number(t, l[5]))
	}
	for _, e := range models.Entries() {
		require.True(t, seen[e.Key], "%s is not in testdata/published.txt", e.Path)
	}
}

// requireOps compares the operations of a sample, of 128 tokens of a text encoder
// or of the frames that the encoder of Whisper reads.
func requireOps(t *testing.T, e *models.Entry, theirs float64) {
	t.Helper()
	m := e.Value
	const tokens = 128
	switch {
	case theirs == 0 || m.Generates() && !m.Decodes():
	case m.Family == models.Encoder: // ours has embeddings of positions and norms among the matrices
		require.InEpsilon(t, theirs, float64(m.LinearOps().Times(tokens)+m.PrefillAttentionOps(tokens, 0)), 0.035, e.Path)
	case m.Decodes(): // ours has the keys and values that the decoder attends to
		frames := float64(m.Input)
		cross := units.FLOP(4 * frames * float64(m.Layers*m.Hidden*m.Hidden))
		require.InEpsilon(t, theirs, float64(m.EncodeOps().Times(frames)+m.PrefillAttentionOps(0, 0)-cross), 0.01, e.Path)
	case m.Family == models.ViT && m.FLOPs == 0: // the same
		require.InEpsilon(t, theirs, float64(m.SampleOps()+m.SampleAttentionOps()), 0.015, e.Path)
	default:
		requireNear(t, e, "FLOPs", float64(m.SampleOps()+m.SampleAttentionOps()), theirs)
	}
}

// Every number of an entry that the reference has with little certainty says so.
func TestEstimatesAreMarked(t *testing.T) {
	for _, name := range []string{"GPT4", "WakeVision"} {
		e, err := models.Lookup(name)
		require.NoError(t, err)
		f, ok := source.Find(e.Facts, "Params")
		require.True(t, ok)
		require.Equal(t, source.Low, f.Confidence, name)
		require.Regexp(t, `estimate|made-up`, f.Note, name)
	}
}
