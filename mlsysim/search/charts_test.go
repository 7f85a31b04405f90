package search_test

import (
	"math"
	"testing"

	"github.com/mlsysim/golab/mlsysim/catalog"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/stretchr/testify/require"
)

func served() any {
	return catalog.Compiled(serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Prompt: 2048, Output: 256, Batch: 32})
}

func TestFrontierShadesWhatIsBeyond(t *testing.T) {
	front, err := search.Sweep(served(), "Batch", search.Pow2(1, 256))
	require.NoError(t, err)
	c := front.Frontier("ITL", "TokensPerSecond", []string{"ITL <= 10 ms", "TokensPerSecond >= 1000 tokens/s"})
	require.Equal(t, []show.Mark{
		{Vertical: true, At: 0.01, Label: "ITL ≤ 10 ms", Out: show.Above},
		{At: 1000, Label: "TokensPerSecond ≥ 1000 tokens/s", Out: show.Below},
	}, c.Marks)
	best := 0.0
	for _, p := range front.Points {
		if p.Fits && p.Value("ITL") <= 0.01 {
			best = math.Max(best, p.Value("TokensPerSecond"))
		}
	}
	require.Contains(t, c.Alt(), c.Y.Text(math.Round(best/10)*10), "the best point that keeps to the limits")
	require.Panics(t, func() { front.Frontier("ITL", "TokensPerSecond", []string{"nonsense"}) })
}

// Where the network of a decode step turns from memory to compute, the sweep
// marks it.
func TestSweepMarksWhatBinds(t *testing.T) {
	front, err := search.Sweep(catalog.Compiled(compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Context: 64}), "Batch", search.Pow2(1, 2048))
	require.NoError(t, err)
	marks := front.Chart("Batch", "Throughput").Marks
	require.Len(t, marks, 1)
	require.Equal(t, "compute binds", marks[0].Label)
	for _, p := range front.Points {
		r := p.Result.(compute.Result)
		require.Equal(t, p.X >= marks[0].At, r.Compute > r.Memory)
	}
	require.Empty(t, front.Chart("Latency", "Throughput").Marks, "only along the swept field")
}

func TestScalingComparesWithTheIdeal(t *testing.T) {
	front, err := search.Sweep(served(), "Devices", []float64{1, 2, 4})
	require.NoError(t, err)
	c := front.Scaling("TokensPerSecond")
	require.Len(t, c.Series, 2)
	for i, p := range c.Series[0].Points { // replicas share nothing
		require.InEpsilon(t, p.Y, c.Series[1].Points[i].Y, 1e-9)
	}
	require.Equal(t, "100 %", c.Series[0].Points[2].Label)
}

func TestHeatMapIsTheCloud(t *testing.T) {
	space := search.Space{
		Solver: served(), Metrics: []string{"ITL"},
		Axes: []search.Axis{{Field: "Prompt", Values: []float64{1024, 32768}}, {Field: "Batch", Values: []float64{1, 16, 64}}},
	}
	cloud := space.Run()
	c := cloud.HeatMap("ITL")
	require.Equal(t, []string{"1", "16", "64"}, c.X.Names)
	require.Equal(t, []string{"1024", "32768"}, c.Y.Names)
	require.Len(t, c.Series[0].Points, 6)
	muted := 0
	for i, p := range c.Series[0].Points {
		one := cloud.At(i)
		require.Equal(t, one.At, []string{c.Y.Names[int(p.Y)], c.X.Names[int(p.X)]})
		require.InEpsilon(t, one.Value("ITL"), p.Z, 1e-12)
		require.Equal(t, !one.Fits, p.Muted)
		require.Equal(t, one.Why, p.Why)
		if p.Muted {
			muted++
		}
	}
	require.Equal(t, 1, muted, "64 caches of 32,768 tokens")
	require.Panics(t, func() { search.Cloud{}.HeatMap("ITL") })
}

func TestParetoChartHasTheFront(t *testing.T) {
	cloud := search.Space{
		Solver: served(), Pareto: []string{"ITL", "TokensPerSecond"},
		Axes: []search.Axis{{Field: "Batch", Values: search.Pow2(1, 64)}, {Field: "Precision", Names: []string{"fp16", "fp8"}}},
	}.Run()
	c := cloud.ParetoChart()
	require.Len(t, c.Series[0].Points, len(cloud.Pareto()))
	require.Len(t, c.Series[1].Points, cloud.Total-len(cloud.Pareto()))
	for _, unbeaten := range c.Series[0].Points {
		for _, other := range c.Series[1].Points {
			require.False(t, other.X < unbeaten.X && other.Y > unbeaten.Y)
		}
	}
	require.Panics(t, func() { search.Cloud{}.ParetoChart() })
}

func TestTornadoRanks(t *testing.T) {
	s, err := search.Elasticities(served(), "Request", nil)
	require.NoError(t, err)
	c := s.Chart()
	last := math.Inf(1)
	for i, p := range c.Series[1].Points {
		e := s.Fields[0]
		for _, f := range s.Fields {
			if f.Field == c.Y.Names[int(p.Y)] {
				e = f
			}
		}
		require.InEpsilon(t, e.Right, p.Hi, 1e-9)
		require.InEpsilon(t, -e.Left, c.Series[0].Points[i].Hi, 1e-9)
		require.LessOrEqual(t, e.Magnitude(), last)
		last = e.Magnitude()
	}
}
