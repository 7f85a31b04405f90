package search_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

var request = serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Prompt: 4096, Output: 256}

func TestSweepEqualsTheLoopByHand(t *testing.T) {
	front, err := search.Sweep(request, "Batch", search.Pow2(1, 512))
	require.NoError(t, err)
	require.Len(t, front.Points, 10)
	for _, p := range front.Points {
		one := request
		one.Batch = int(p.X)
		r, err := one.Solve()
		require.NoError(t, err)
		require.Equal(t, r, p.Result)
		require.Equal(t, r.Fits, p.Fits)
	}
}

func TestPointsThatDoNotFitStayAndSayWhy(t *testing.T) {
	front, err := search.Sweep(request, "batch", search.Pow2(1, 512))
	require.NoError(t, err)
	last := front.Points[len(front.Points)-1]
	require.False(t, last.Fits)
	require.Contains(t, last.Why, "does not fit: short of")
	require.Equal(t, 64.0, front.LastFitting().X)

	best, err := front.Best("TokensPerSecond")
	require.NoError(t, err)
	require.Equal(t, 64.0, best.X) // the fastest that fits, not the fastest
}

func TestRefusedPointsStayToo(t *testing.T) {
	front, err := search.Sweep(request, "TP", []float64{1, 3, 4})
	require.NoError(t, err)
	require.Contains(t, front.Points[1].Why, "want a divisor of the model's attention heads")
	require.True(t, front.Points[2].Fits)
}

func TestSweepErrors(t *testing.T) {
	_, err := search.Sweep(request, "Bach", []float64{1})
	require.ErrorContains(t, err, "did you mean Batch")
	_, err = search.Sweep(request, "Batch", []float64{1, 0})
	require.ErrorContains(t, err, "Batch = 0: want at least 1")
	_, err = search.Sweep(request, "Batch", nil)
	require.ErrorContains(t, err, "no values for Batch")
	_, err = search.Sweep(3, "Batch", []float64{1})
	require.ErrorContains(t, err, "has no Solve method")
	front, err := search.Sweep(request, "Batch", []float64{1024})
	require.NoError(t, err)
	_, err = front.Best("ITL")
	require.ErrorContains(t, err, "no point of the sweep fits")
}

func TestChartAndTable(t *testing.T) {
	front, err := search.Sweep(request, "Batch", search.Pow2(1, 512))
	require.NoError(t, err)
	c := front.Chart("TokensPerSecond", "ITL")
	require.Equal(t, "tokens/s", c.X.Unit)
	require.True(t, c.X.Log)
	require.Len(t, c.Series[0].Points, 10)
	require.True(t, c.Series[0].Points[9].Muted)
	require.Panics(t, func() { front.Chart("Nonsense", "ITL") })

	view := front.View()
	require.Equal(t, "serving.Serving: TTFT against Batch", view.Blocks[1].Chart.Title)
	table := view.Blocks[0].Table
	require.Len(t, table.Cells, 10)
	require.Equal(t, "Batch", table.Columns[0].Name)
}

func TestAxes(t *testing.T) {
	require.Equal(t, []float64{1, 2, 4, 8}, search.Pow2(1, 8))
	require.Len(t, search.Pow2(1, math.MaxInt), 63)
	require.Empty(t, search.Pow2(8, 4))

	half, err := search.Steps(0, 1, 0.5)
	require.NoError(t, err)
	require.Equal(t, []float64{0, 0.5, 1}, half)
	tenths, err := search.Steps(0, 1, 0.1)
	require.NoError(t, err)
	require.Len(t, tenths, 11)
	for _, step := range []float64{0, -1, 1e-12, math.NaN()} {
		_, err := search.Steps(0, 1, step)
		require.ErrorContains(t, err, "want above 0 and at most 1000000 values")
	}
}

// Beyond the stability limit a queue has no quantiles: no point, no best, a reason.
func TestUnknownValuesAreNoPoints(t *testing.T) {
	front, err := search.Sweep(serving.Tail{Arrivals: 95, Service: 10 * units.Millisecond}, "Arrivals", []float64{50, 90, 100, 110})
	require.NoError(t, err)
	require.False(t, front.Points[2].Fits)
	require.Contains(t, front.Points[2].Why, "unstable")
	require.Len(t, front.Chart("Arrivals", "P99").Series[0].Points, 2)
	require.Equal(t, "", front.View().Blocks[0].Table.Cells[2][1])
	best, err := front.Best("P99")
	require.NoError(t, err)
	require.Equal(t, 50.0, best.X)
}
