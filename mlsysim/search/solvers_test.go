package search_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

var node = compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 8, Context: 2048}

var levers = []string{"Hardware.Bandwidth", "Hardware.Rates.FP16", "Hardware.Memory"}

// The elasticities of a roofline are the shares of its times (P-37).
func TestElasticitiesAreTheShares(t *testing.T) {
	r := node.Run()
	s, err := search.Elasticities(node, "Latency", append(levers, "Hardware.Launch", "Efficiency"))
	require.NoError(t, err)
	require.InDelta(t, -r.Memory.Ratio(r.Latency), s.Fields[0].Right, 1e-9)
	require.InDelta(t, s.Fields[0].Left, s.Fields[0].Right, 1e-9)
	require.InDelta(t, 0, s.Fields[1].Magnitude(), 1e-12)
	require.InDelta(t, 0, s.Fields[4].Magnitude(), 1e-12) // its default was perturbed
	require.Equal(t, "Hardware.Bandwidth", s.Binding)
	require.NotEmpty(t, s.View().Blocks[0].Table.Cells)
}

// At the ridge both sides are told, and nothing binds alone (D-24).
func TestRidgeHasTwoSides(t *testing.T) {
	r := node.Run()
	s := node
	s.Hardware.Rates.FP16 = s.Hardware.Rates.FP16.Times(r.Compute.Ratio(r.Memory))
	e, err := search.Elasticities(s, "Latency", levers[:2])
	require.NoError(t, err)
	share := r.Memory.Ratio(r.Latency)
	for _, f := range e.Fields {
		require.True(t, f.Kink, f)
		require.InDelta(t, -share, f.Left, 1e-6)
		require.InDelta(t, 0, f.Right, 1e-6)
	}
	require.Equal(t, "none", e.Binding)
}

func TestElasticitiesErrors(t *testing.T) {
	for _, c := range [][2]string{{"Latenzy", "Hardware.Bandwidth"}, {"Latency", "Hardware.Bandwith"}, {"Latency", "Hardware"}} {
		_, err := search.Elasticities(node, c[0], []string{c[1]})
		require.Error(t, err, c)
	}
	s, err := search.Elasticities(node, "Latency", []string{"Hardware.Flash"})
	require.NoError(t, err)
	require.False(t, s.Fields[0].LeftKnown)
}

func TestGoalIsTheEdge(t *testing.T) {
	g := search.Goal{Solver: request, Field: "Batch", Metric: "ITL", Target: 7e-3, Lo: 1, Hi: 64}
	r, err := g.Solve()
	require.NoError(t, err)
	require.True(t, r.Reached && r.Largest)
	require.Equal(t, r.Value, float64(r.Solution().(serving.Result).ITL))
	at := func(batch int) float64 {
		s := request
		s.Batch = batch
		return float64(s.Run().ITL)
	}
	require.Equal(t, at(int(r.X)), r.Value)
	require.LessOrEqual(t, r.Value, 7e-3)
	require.True(t, r.X == 64 || at(int(r.X)+1) > 7e-3)

	g = search.Goal{Solver: node, Field: "Hardware.Bandwidth", Metric: "Latency", Target: 4e-3}
	r, err = g.Solve()
	require.NoError(t, err)
	require.True(t, r.Reached && r.Smallest)
	require.InEpsilon(t, 4e-3, r.Value, 1e-9)
	require.LessOrEqual(t, r.Value, 4e-3)
	require.NotEmpty(t, r.View().Blocks)
}

func TestGoalOutOfReachIsAResult(t *testing.T) {
	r, err := search.Goal{Solver: node, Field: "Hardware.Bandwidth", Metric: "Latency", Target: 1e-9}.Solve()
	require.NoError(t, err)
	require.False(t, r.Reached)
	require.Contains(t, r.Warnings.String(), "cannot be reached")
	for _, g := range []search.Goal{
		{Solver: node, Field: "Batch", Metric: "Nope", Target: 1},
		{Solver: node, Field: "Nope", Metric: "Latency", Target: 1},
		{Solver: node, Field: "Batch", Metric: "Latency", Target: math.NaN()},
		{Solver: node, Field: "Batch", Metric: "Latency", Target: 1, Lo: 8, Hi: 4},
		{Solver: 3, Field: "Batch", Metric: "Latency", Target: 1},
	} {
		_, err := g.Solve()
		require.Error(t, err, g)
	}
}

// I-20: the synthesised device meets the target in the forward model.
func TestNeededMeetsTheTarget(t *testing.T) {
	for _, c := range []search.Needed{
		{Solver: node, Metric: "Latency", Target: 3 * units.Millisecond},
		{Solver: request, Metric: "ITL", Target: 4 * units.Millisecond},
		{Solver: request, Metric: "TTFT", Target: 100 * units.Millisecond},
	} {
		r, err := c.Solve()
		require.NoError(t, err)
		require.True(t, r.Reached)
		require.InEpsilon(t, float64(c.Target), float64(r.Value), 1e-9)
		require.LessOrEqual(t, r.Value, c.Target)
	}
	r, err := search.Needed{Solver: node, Metric: "Latency", Target: units.Microsecond}.Solve()
	require.NoError(t, err)
	require.False(t, r.Reached)                                         // the launches alone take longer
	for _, target := range []units.Seconds{0, -5 * units.Millisecond} { // V-31
		_, err := search.Needed{Solver: node, Metric: "Latency", Target: target}.Solve()
		require.Error(t, err)
	}
	_, err = search.Needed{Solver: node, Metric: "Throughput", Target: 1}.Solve()
	require.ErrorContains(t, err, "not a time")
}

func TestGoldenSynthesis(t *testing.T) {
	cases, err := golden.Of("SynthesisSolver")
	require.NoError(t, err)
	compared := 0
	for _, c := range cases {
		m, err := c.Model("model")
		require.NoError(t, err, c.ID)
		in := compute.SingleNode{Model: m, Hardware: hardware.H100, Batch: 1, Efficiency: c.Input("efficiency", 0.5)}
		require.NoError(t, in.Precision.UnmarshalText([]byte(c.Text("precision", "fp16"))))
		in.Hardware.Launch, in.Hardware.Dispatch = 0, 0
		in.Hardware.Rates.INT4 = in.Hardware.Rates.INT8
		r, err := search.Needed{Solver: in, Metric: "Latency", Target: units.Seconds(c.Input("target_latency", 0))}.Solve()
		if c.Refused() {
			require.Error(t, err, c.ID)
			continue
		}
		require.NoError(t, err, c.ID)
		got := map[string]float64{"required_flops": float64(r.Rate), "required_memory": float64(r.Capacity), "target_latency": float64(r.Value)}
		for _, name := range c.Matching() {
			want, ok := c.Number(name)
			if v, have := got[name]; have && ok {
				require.InEpsilon(t, want, v, 1e-9, c.ID+" "+name)
				compared++
			}
		}
	}
	require.GreaterOrEqual(t, compared, 21)
}

func TestGoldenSensitivity(t *testing.T) {
	cases, err := golden.Of("SensitivitySolver")
	require.NoError(t, err)
	names := map[string]string{"memory_bandwidth": levers[0], "peak_flops": levers[1], "memory_capacity": "memory capacity"}
	compared := 0
	for _, c := range cases {
		if c.Refused() || c.Text("precision", "fp16") != "fp16" {
			continue
		}
		m, err := c.Model("model")
		if errors.Is(err, golden.ErrFamily) {
			continue
		}
		require.NoError(t, err, c.ID)
		h, err := c.Hardware("hardware", launch)
		require.NoError(t, err, c.ID)
		in := compute.SingleNode{Model: m, Hardware: h, Batch: 1, Efficiency: c.Input("efficiency", 0.5)}
		s, err := search.Elasticities(in, "Latency", levers)
		require.NoError(t, err, c.ID)
		for _, name := range c.Matching() {
			switch want, ok := c.Number(name); {
			case name == "binding_constraint":
				require.Equal(t, names[strings.Trim(string(c.Outputs[name]), `"`)], s.Binding, c.ID)
				compared++
			case name == "baseline_latency" && ok:
				require.InEpsilon(t, want, s.Value, 1e-9, c.ID)
				compared++
			}
		}
		if c.ID == "SensitivitySolver-001" { // worked by hand in solvers.md 3.21
			require.InDelta(t, -0.935598, s.Fields[0].Right, 5e-7)
		}
	}
	require.GreaterOrEqual(t, compared, 7)
}

const launch = 10 * units.Microsecond

func space(axes ...search.Axis) search.Space { return search.Space{Solver: request, Axes: axes} }

var (
	batches = search.Axis{Field: "Batch", Values: []float64{1, 8, 64, 512}}
	formats = search.Axis{Field: "Precision", Names: []string{"fp16", "fp8"}}
	devices = search.Axis{Field: "Hardware", Names: []string{"H100", "A100"}}
)

// I-22: permuting the axes does not change the best value.
func TestPermutedAxesAgree(t *testing.T) {
	ctx := context.Background()
	a, err := space(batches, formats, devices).Solve(ctx)
	require.NoError(t, err)
	b, err := space(devices, batches, formats).Solve(ctx)
	require.NoError(t, err)
	require.Len(t, a.Points, 16)
	best, err := a.Best("TokensPerSecond")
	require.NoError(t, err)
	other, err := b.Best("TokensPerSecond")
	require.NoError(t, err)
	require.Equal(t, best.Result.(serving.Result).TokensPerSecond, other.Result.(serving.Result).TokensPerSecond)

	one := space(batches, formats, devices)
	one.Workers = 1
	c, err := one.Solve(ctx)
	require.NoError(t, err)
	require.Equal(t, a.Points, c.Points)
	var text bytes.Buffer
	require.NoError(t, a.CSV(&text, []string{"ITL"}))
	require.Equal(t, 17, strings.Count(text.String(), "\n"))
	data, err := a.JSON()
	require.NoError(t, err)
	require.Contains(t, string(data), "H100")
}

func TestParetoIsNotBeaten(t *testing.T) {
	c, err := space(batches, formats).Solve(context.Background())
	require.NoError(t, err)
	front, err := c.Pareto([]string{"ITL", "TokensPerSecond"})
	require.NoError(t, err)
	require.NotEmpty(t, front)
	for _, p := range front {
		for _, q := range c.Points {
			if !q.Fits {
				continue
			}
			a, b := p.Result.(serving.Result), q.Result.(serving.Result)
			require.False(t, b.ITL < a.ITL && b.TokensPerSecond > a.TokensPerSecond)
		}
	}
	for _, bad := range []string{"ITLL", "Weights"} { // D-45: unknown, or without a direction
		_, err = c.Pareto([]string{bad})
		require.Error(t, err)
		_, err = c.Best(bad)
		require.Error(t, err)
	}
}

func TestSpaceEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := space(batches, formats)
	s.Workers = 1
	s.Progress = func(done, total int) {
		require.Equal(t, 8, total)
		if done == 2 {
			cancel()
		}
	}
	_, err := s.Solve(ctx)
	require.ErrorIs(t, err, context.Canceled)
	for _, axis := range []search.Axis{{Field: "Batch"}, {Field: "Btch", Values: []float64{1}}, {Field: "Batch", Values: []float64{1.5}}, {Field: "Precision", Names: []string{"fp17"}}} {
		_, err := space(axis).Solve(context.Background())
		require.Error(t, err)
	}
}

func BenchmarkSpace(b *testing.B) {
	values := make([]float64, 1000)
	for i := range values {
		values[i] = float64(i%64 + 1)
	}
	s := search.Space{Solver: request, Axes: []search.Axis{{Field: "Batch", Values: values}}, Workers: 1}
	for b.Loop() {
		if _, err := s.Solve(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "points/s")
}

func ExampleGoal() {
	r := search.Goal{Solver: request, Field: "Batch", Metric: "TTFT", Target: 1, Lo: 1, Hi: 64}.Run()
	fmt.Println(r.Reached, r.Largest, r.Value <= 1)
	// Output: true true true
}

func ExampleElasticities() {
	s, err := search.Elasticities(node, "Latency", levers)
	fmt.Println(s.Binding, err)
	// Output: Hardware.Bandwidth <nil>
}
