package search_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
)

var (
	batches = search.Axis{Field: "Batch", Values: []float64{1, 8, 64, 512}}
	formats = search.Axis{Field: "Precision", Names: []string{"fp16", "fp8"}}
	devices = search.Axis{Field: "Hardware", Names: []string{"H100", "A100"}}
)

func space(axes ...search.Axis) search.Space {
	return search.Space{Solver: request, Axes: axes, Objective: "TokensPerSecond"}
}

// A counter is a solver that counts how often it ran.
type counter struct {
	N, M int
	Runs *atomic.Int64
}

type counted struct {
	Sum  float64 `better:"lower"`
	Fits bool
	N    int
}

var errOdd = errors.New("want an even M")

func (c counter) Solve() (counted, error) {
	c.Runs.Add(1)
	if c.M%2 == 1 {
		return counted{}, errOdd
	}
	return counted{Sum: float64(c.N + c.M), Fits: c.N < 8, N: c.N}, nil
}

func counting() (counter, search.Space) {
	c := counter{Runs: new(atomic.Int64)}
	return c, search.Space{Solver: c, Axes: []search.Axis{{Field: "N", Values: upTo(10)}, {Field: "M", Values: upTo(3)}}, Objective: "Sum"}
}

func upTo(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(i)
	}
	return out
}

// D-45: every name, unit and direction is checked before anything is solved.
func TestMistakesAreFoundBeforeAnythingIsSolved(t *testing.T) {
	c, good := counting()
	for want, change := range map[string]func(s *search.Space){
		"did you mean Sum?":                    func(s *search.Space) { s.Objective = "Sums" },
		"best":                                 func(s *search.Space) { s.Objective = "best" },
		"N has no better direction":            func(s *search.Space) { s.Objective = "N" },
		"Fits is not a number":                 func(s *search.Space) { s.Objective = "minimize Fits" },
		"unknown field \"Som\"":                func(s *search.Space) { s.Pareto = []string{"Sum", "Som"} },
		"limit \"Sum 4\": want a metric":       func(s *search.Space) { s.Limits = []string{"Sum 4"} },
		"limit \"Sum =< 4\"":                   func(s *search.Space) { s.Limits = []string{"Sum =< 4"} },
		"\"4 ms\": want a number":              func(s *search.Space) { s.Limits = []string{"Sum <= 4 ms"} },
		"inf\": want a finite number":          func(s *search.Space) { s.Limits = []string{"Sum <= inf"} },
		"want a whole number":                  func(s *search.Space) { s.Limits = []string{"N <= 4.5"} },
		"did you mean":                         func(s *search.Space) { s.Metrics = []string{"Su"} },
		"a space without axes":                 func(s *search.Space) { s.Axes = nil },
		"axis N: want values or names":         func(s *search.Space) { s.Axes[0].Values = nil },
		"axis N is part of axis N or the same": func(s *search.Space) { s.Axes[1].Field = "N" },
		"M = 1.5: want a whole number":         func(s *search.Space) { s.Axes[1].Values = []float64{1.5} },
		"want at most 1000000000 combinations": func(s *search.Space) { s.Axes[0].Values, s.Axes[1].Values = make([]float64, 1e6), make([]float64, 1e6) },
	} {
		s := good
		s.Axes = append([]search.Axis{}, good.Axes...)
		change(&s)
		_, err := s.Solve(context.Background())
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, s.CSV(context.Background(), &bytes.Buffer{}), want)
	}
	require.Zero(t, c.Runs.Load())
	_, err := good.Solve(context.Background())
	require.NoError(t, err)
	require.Equal(t, int64(30), c.Runs.Load())
}

// D-45: thresholds have units, which have to be those of the metric.
func TestLimitsAreQuantities(t *testing.T) {
	s := space(batches)
	for text, want := range map[string]string{
		"ITL <= 20 GB":         `"20 GB" is Bytes, want Seconds`,
		"ITL <= 20":            `"20" has no unit`,
		"Memory < 5ms":         `is Seconds, want Bytes`,
		"PrefillBinding == 1":  "is not a number",
		"ITL <= 20 parsecs":    "unknown unit",
		"TokensPerSecond>1e3q": "unknown unit",
	} {
		s.Limits = []string{text}
		_, err := s.Solve(context.Background())
		require.ErrorContains(t, err, want, text)
	}
	s.Limits = []string{"ITL <= 8 ms", "Utilization < 0.9", "Replicas == 1"}
	c := s.Run()
	require.Equal(t, 2, c.Fitting)
	for i := range c.Total {
		at := c.At(i)
		r := at.Result.(serving.Result)
		require.Equal(t, r.Fits && r.ITL <= 8e-3 && r.Utilization < 0.9, at.Fits)
	}
	require.Contains(t, c.At(2).Why, "ms: want ITL <= 8 ms")
	require.Contains(t, c.At(3).Why, "does not fit: short of")
}

func TestEveryCandidateKeepsItsVerdict(t *testing.T) {
	_, s := counting()
	s.Limits = []string{"Sum < 7"}
	c := s.Run()
	require.Equal(t, 30, c.Total)
	require.Equal(t, []search.Rejection{{Reason: "want an even M", Count: 10}, {Reason: "does not fit", Count: 4}, {Reason: "not Sum < 7", Count: 4}}, c.Rejected)
	rejected := 0
	for _, r := range c.Rejected {
		rejected += r.Count
	}
	require.Equal(t, c.Total, c.Fitting+rejected)
	require.Equal(t, []string{"0", "1"}, c.At(1).At)
	require.Equal(t, "want an even M", c.At(1).Why)
	require.Nil(t, c.At(1).Result)
	require.Contains(t, c.At(-1).Why, "no combination -1")
	require.Contains(t, search.Cloud{}.At(0).Why, "no combination")
}

func TestTiesGoToTheFirstInTheOrderOfTheAxes(t *testing.T) {
	_, s := counting()
	s.Axes[0].Values = []float64{3, 1, 2}
	s.Axes[1].Values = []float64{0, 2}
	s.Objective = "maximize: Sum"
	for _, workers := range []int{1, 2, 7} {
		s.Workers = workers
		best, err := s.Run().Best()
		require.NoError(t, err)
		require.Equal(t, []string{"3", "2"}, best.At)
		s.Objective = "minimize(Sum)"
		s.Axes[1].Values = []float64{0, 0}
		c := s.Run()
		best, err = c.Best()
		require.NoError(t, err)
		require.Equal(t, []string{"1", "0"}, best.At)
		require.Equal(t, c.At(2), best)
		s.Objective, s.Axes[1].Values = "maximize: Sum", []float64{0, 2}
	}
}

func TestNoBest(t *testing.T) {
	s := space(search.Axis{Field: "Batch", Values: []float64{512, 1024}})
	_, err := s.Run().Best()
	require.ErrorContains(t, err, "no combination fits: 2 of 2 does not fit")
	s.Objective = ""
	_, err = s.Run().Best()
	require.ErrorContains(t, err, "no objective")
	_, err = search.Cloud{}.Best()
	require.Error(t, err)
	require.Empty(t, search.Cloud{}.Pareto())
	require.Empty(t, search.Cloud{}.View().Blocks)
}

func TestSpaceEndsWithItsContext(t *testing.T) {
	for name, run := range map[string]func(context.Context, search.Space) error{
		"solve": func(ctx context.Context, s search.Space) error { _, err := s.Solve(ctx); return err },
		"csv":   func(ctx context.Context, s search.Space) error { return s.CSV(ctx, &bytes.Buffer{}) },
	} {
		ctx, cancel := context.WithCancel(context.Background())
		c := counter{Runs: new(atomic.Int64)}
		s := search.Space{Solver: c, Workers: 4, Axes: []search.Axis{{Field: "N", Values: upTo(100_000)}, {Field: "M", Values: upTo(100)}}}
		s.Progress = func(done, total int) {
			require.Equal(t, 10_000_000, total)
			cancel()
		}
		require.ErrorIs(t, run(ctx, s), context.Canceled, name)
		require.Less(t, c.Runs.Load(), int64(1_000_000), name)
	}
}

func TestProgressNeverGoesBack(t *testing.T) {
	_, s := counting()
	s.Workers = 3
	last, calls := 0, 0
	s.Progress = func(done, total int) {
		require.Greater(t, done, last)
		last, calls = done, calls+1
	}
	s.Run()
	require.Equal(t, 30, last)
	require.Greater(t, calls, 1)
}

type full struct{ lines int }

func (f *full) Write(p []byte) (int, error) {
	if f.lines += bytes.Count(p, []byte("\n")); f.lines > 3 {
		return 0, errors.New("the disk is full")
	}
	return len(p), nil
}

func TestFiles(t *testing.T) {
	s := space(batches, formats, devices)
	s.Metrics = []string{"ITL", "Memory"}
	c := s.Run()
	var one, many, doc bytes.Buffer
	require.NoError(t, c.CSV(&one))
	s.Workers = 5
	require.NoError(t, s.CSV(context.Background(), &many))
	require.Equal(t, one.String(), many.String())
	lines, err := csv.NewReader(&one).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"Batch", "Precision", "Hardware", "fits", "why", "TokensPerSecond", "ITL", "Memory"}, lines[0])
	require.Len(t, lines, 17)
	for i, line := range lines[1:] {
		at := c.At(i)
		require.Equal(t, at.At, line[:3])
		require.Equal(t, []string{strconv.FormatBool(at.Fits), at.Why}, line[3:5])
		if at.Result != nil {
			require.Equal(t, strconv.FormatFloat(at.Value("ITL"), 'g', -1, 64), line[6])
		}
	}
	require.ErrorContains(t, s.CSV(context.Background(), &full{}), "the disk is full")

	require.NoError(t, c.JSON(&doc))
	var points []struct {
		At     map[string]string
		Fits   bool
		Result map[string]any
	}
	require.NoError(t, json.Unmarshal(doc.Bytes(), &points))
	require.Len(t, points, 16)
	require.Equal(t, "H100", points[0].At["Hardware"])
	require.Equal(t, c.At(0).Value("ITL"), points[0].Result["itl"])
}

// Space without room to keep a verdict per point still finds the best one.
func TestHugeSpacesKeepOnlyWhatIsAsked(t *testing.T) {
	if testing.Short() {
		t.Skip("solves millions of points")
	}
	c := counter{Runs: new(atomic.Int64)}
	s := search.Space{Solver: search.Compile(c), Objective: "maximize Sum", Pareto: []string{"Sum", "maximize N"}, Axes: []search.Axis{{Field: "N", Values: upTo(8000)}, {Field: "M", Values: upTo(2500)}}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cloud := s.Run()
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(100<<20))
	best, err := cloud.Best()
	require.NoError(t, err)
	require.Equal(t, []string{"7", "2498"}, best.At)
	require.Len(t, cloud.Pareto(), 8)
	_, err = cloud.Chart("N", "Sum")
	require.ErrorContains(t, err, "want at most")
	require.NotEmpty(t, cloud.View().Blocks)
}

func TestCharts(t *testing.T) {
	c := space(batches, formats).Run()
	chart, err := c.Chart("Batch", "ITL")
	require.NoError(t, err)
	require.Len(t, chart.Series, 2) // a line for each format
	require.Equal(t, "fp8", chart.Series[1].Name)
	require.True(t, chart.Series[0].Line && chart.X.Log)
	require.Len(t, chart.Series[0].Points, 4)
	require.Contains(t, chart.Series[0].Points[3].Why, "does not fit")
	require.Equal(t, c.At(0).Value("ITL"), chart.Series[0].Points[0].Y)

	cloud, err := c.Chart("MFU", "HitRatio") // not among the metrics kept
	require.NoError(t, err)
	require.Len(t, cloud.Series, 1)
	require.False(t, cloud.Series[0].Line)
	require.Equal(t, c.At(1).Value("MFU"), cloud.Series[0].Points[1].X)
	for _, bad := range [][2]string{{"Precision", "ITL"}, {"Batch", "ITLL"}, {"Bach", "ITL"}} {
		_, err := c.Chart(bad[0], bad[1])
		require.Error(t, err)
	}
	_, err = search.Cloud{}.Chart("Batch", "ITL")
	require.Error(t, err)
	require.Len(t, c.View().Blocks, 4)
}
