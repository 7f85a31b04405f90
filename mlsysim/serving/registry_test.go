package serving_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Every network of the registry that generates tokens answers on an H100 with
// memory to spare, explains it, and answers a longer prompt no sooner.
func TestEveryGeneratorServesOnAnH100(t *testing.T) {
	generators := 0
	for _, e := range models.Entries() {
		if !e.Value.Generates() {
			continue
		}
		generators++
		s := serving.Serving{Model: *e.Value, Hardware: hardware.H100, Batch: 2, Prompt: 64, Output: 32}
		s.Hardware.Memory = 10 * units.TB
		r := solve(t, s)
		require.True(t, r.Fits, e.Path)
		require.NoError(t, r.Explain().Verify(r), e.Path)
		s.Prompt = 256
		longer := solve(t, s)
		require.GreaterOrEqual(t, float64(longer.TTFT), float64(r.TTFT), e.Path)
		require.GreaterOrEqual(t, float64(longer.ITL), float64(r.ITL), e.Path)
	}
	require.Greater(t, generators, 90)
}
