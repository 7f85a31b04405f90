package search_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

func TestSweepEqualsTheLoopByHand(t *testing.T) {
	for _, solver := range []any{request, search.Compile(request)} {
		front, err := search.Sweep(solver, "Batch", search.Pow2(1, 512))
		require.NoError(t, err)
		require.Len(t, front.Points, 10)
		for _, p := range front.Points {
			one := request
			one.Batch = int(p.X)
			r, err := one.Solve()
			require.NoError(t, err)
			require.Equal(t, r, p.Result)
			require.Equal(t, r.Fits, p.Fits)
			require.Equal(t, float64(r.ITL), p.Value("itl"))
		}
	}
}

func TestSweepOfANestedField(t *testing.T) {
	front, err := search.Sweep(request, "hardware.bandwidth", []float64{1e12, 2e12})
	require.NoError(t, err)
	require.Equal(t, "Hardware.Bandwidth", front.Axis.Name)
	require.Greater(t, front.Points[0].Value("ITL"), front.Points[1].Value("ITL"))
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
	least, err := front.Best("minimize Cache")
	require.NoError(t, err)
	require.Equal(t, 1.0, least.X)
}

func TestRefusedPointsStayToo(t *testing.T) {
	front, err := search.Sweep(request, "TP", []float64{1, 3, 4})
	require.NoError(t, err)
	require.Contains(t, front.Points[1].Why, "want a divisor of the model's attention heads")
	require.Nil(t, front.Points[1].Result)
	require.Panics(t, func() { front.Points[1].Value("ITL") })
	require.True(t, front.Points[2].Fits)
}

func TestSweepErrors(t *testing.T) {
	for _, c := range []struct {
		solver any
		field  string
		values []float64
		want   string
	}{
		{request, "Bach", []float64{1}, "did you mean Batch"},
		{request, "Batch", []float64{1, 0}, "Batch = 0: want at least 1"},
		{request, "Batch", []float64{1.5}, "Batch = 1.5: want a whole number"},
		{request, "Hardware.Bandwidth", []float64{-1}, "Hardware.Bandwidth = -1 B/s: want at least 0"},
		{request, "Hardware.Bandwith", []float64{1}, "did you mean Bandwidth"},
		{request, "Hardware", []float64{1}, "Hardware is not a number"},
		{request, "Batch.Size", []float64{1}, "int has no field Size"},
		{request, "Batch", nil, "no values for Batch"},
		{3, "Batch", []float64{1}, "want a solver struct, not int"},
		{hardware.H100, "Year", []float64{1}, "has no Solve method"},
		{search.Program{}, "Year", []float64{1}, "an empty program"},
	} {
		_, err := search.Sweep(c.solver, c.field, c.values)
		require.ErrorContains(t, err, c.want)
	}
	front, err := search.Sweep(request, "Batch", []float64{1024})
	require.NoError(t, err)
	_, err = front.Best("ITL")
	require.ErrorContains(t, err, "no point of the sweep fits")
	_, err = front.Best("ITLL") // D-45: refused although nothing fits
	require.ErrorContains(t, err, "did you mean ITL")
	_, err = front.Best("Weights")
	require.ErrorContains(t, err, `Weights has no better direction: want "minimize Weights"`)
	_, err = search.Front{}.Best("ITL")
	require.Error(t, err)
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
	require.Equal(t, "TTFT against batch: Llama-3.1-8B on NVIDIA H100 SXM5", view.Blocks[1].Chart.Title)
	table := view.Blocks[0].Table
	require.Len(t, table.Cells, 10)
	require.Equal(t, "Batch", table.Columns[0].Name)
}

func TestSweepExports(t *testing.T) {
	front, err := search.Sweep(request, "TP", []float64{1, 3})
	require.NoError(t, err)
	var text, doc bytes.Buffer
	require.NoError(t, front.CSV(&text, []string{"ITL"}))
	lines, err := csv.NewReader(&text).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"TP", "fits", "why", "ITL"}, lines[0])
	require.Equal(t, []string{"3", "false", front.Points[1].Why, ""}, lines[2])
	require.Error(t, front.CSV(&text, []string{"ITLL"}))

	require.NoError(t, front.JSON(&doc))
	var points []struct {
		X      float64
		Fits   bool
		Result map[string]any
	}
	require.NoError(t, json.Unmarshal(doc.Bytes(), &points))
	require.Equal(t, front.Points[0].Value("ITL"), points[0].Result["itl"])
	require.Nil(t, points[1].Result)
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

// A limit on the latency that no number of replicas keeps: no point, a reason. What
// does not fit at all says so and nothing else.
func TestTargetsOutOfReachAreNoPoints(t *testing.T) {
	c := serving.Capacity{
		Batching: serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 2048, MeanPrompt: 512, MeanOutput: 128, Batch: 32},
		Arrivals: 200, SLA: 100 * units.Millisecond,
	}
	front, err := search.Sweep(c, "SLA", []float64{0.1, 4})
	require.NoError(t, err)
	require.Equal(t, []bool{false, true}, []bool{front.Points[0].Fits, front.Points[1].Fits})
	require.Equal(t, "target out of reach", front.Points[0].Why)

	cloud, err := search.Space{Solver: c, Axes: []search.Axis{{Field: "SLA", Values: []float64{0.1, 0.2, 4}}}, Objective: "Devices"}.Solve(context.Background())
	require.NoError(t, err)
	require.Equal(t, 1, cloud.Fitting)
	require.Equal(t, []search.Rejection{{Reason: "target out of reach", Count: 2}}, cloud.Rejected)

	c.Model = models.Llama3_70B
	front, err = search.Sweep(c, "SLA", []float64{4})
	require.NoError(t, err)
	require.Contains(t, front.Points[0].Why, "does not fit")
}

// A sweep with more points than anyone reads shows some of them, says so, and its
// chart keeps what a reader looks for: the ends, the extremes, where it fits no
// more. Data keeps all.
func TestLargeSweepIsShownInPart(t *testing.T) {
	const n = 50_000
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i + 1)
	}
	front, err := search.Sweep(request, "Batch", values)
	require.NoError(t, err)
	view := front.View()
	table := view.Blocks[0].Table
	require.Len(t, table.Cells, 200)
	require.Equal(t, "1", table.Cells[0][0])
	require.Equal(t, "50,000", table.Cells[199][0])
	require.Equal(t, []string{"200 of 50000 points; CSV has them all"}, view.Blocks[0].Notes)
	require.Len(t, view.Data, n)

	chart := front.Chart("Batch", "ITL")
	points := chart.Series[0].Points
	require.Less(t, len(points), 2000)
	require.Contains(t, chart.Note, "of 50000 points are drawn.")
	require.Equal(t, 1.0, points[0].X)
	require.Equal(t, float64(n), points[len(points)-1].X)
	last := front.LastFitting().X
	var drawn []float64
	highest := 0.0
	for i, p := range points {
		require.True(t, i == 0 || p.X > points[i-1].X)
		drawn, highest = append(drawn, p.X), max(highest, p.Y)
	}
	require.Contains(t, drawn, last)
	require.Contains(t, drawn, last+1)
	for _, p := range front.Points {
		require.LessOrEqual(t, p.Value("ITL"), highest)
	}
}
