package training_test

import (
	"testing"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/stretchr/testify/require"
)

// Each row of the chart is the solver's own memory at that stage of ZeRO.
func TestChartIsTheSolverAtEachStage(t *testing.T) {
	m := training.Memory{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 64, DP: 8, Sequence: 4096, Microbatches: 8, ZeRO: 1}
	c := m.Run().Chart()
	require.Equal(t, []string{"no ZeRO", "ZeRO 1 (this design)", "ZeRO 2", "ZeRO 3"}, c.Y.Names)
	for stage, p := range c.Series[len(c.Series)-1].Points {
		m.ZeRO = stage
		r := m.Run()
		require.InEpsilon(t, float64(r.Memory), p.Hi, 1e-9)
		require.Equal(t, r.Fits, p.Hi <= c.Marks[0].At)
	}
}
