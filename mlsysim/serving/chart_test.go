package serving_test

import (
	"testing"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/stretchr/testify/require"
)

// The parts of a picture add up to what the solver says of the whole.
func TestChartsAddUp(t *testing.T) {
	for _, output := range []int{0, 1, 256} {
		r := serving.Serving{Model: models.Llama3_70B, Hardware: hardware.H100, TP: 4, Prompt: 2048, Output: output, Batch: 32}.Run()
		points := r.LatencyChart().Series[0].Points
		require.InEpsilon(t, float64(r.Request), points[len(points)-1].Hi, 1e-9)
		memory := r.MemoryChart()
		last := memory.Series[len(memory.Series)-1].Points[0]
		require.InEpsilon(t, float64(r.Memory), last.Hi, 1e-9)
		require.InEpsilon(t, float64(r.Capacity), memory.Marks[0].At, 1e-9)
	}
}

// The lines of a tail are what the solver says at the same load.
func TestTailChartIsTheSolver(t *testing.T) {
	s := serving.Tail{Arrivals: 6, Service: 500 * units.Millisecond, Replicas: 4}
	lines := s.Run().Chart().Series
	for i, p := range lines[0].Points {
		one := s
		one.Arrivals = units.RequestRate(p.X / 100 * 4 / 0.5)
		r := one.Run()
		require.InEpsilon(t, float64(r.P99), p.Y, 1e-6)
		require.InEpsilon(t, float64(r.P999), lines[1].Points[i].Y, 1e-6)
		require.InEpsilon(t, float64(r.P50), lines[2].Points[i].Y, 1e-6)
	}
}
