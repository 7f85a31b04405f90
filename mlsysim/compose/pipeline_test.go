package compose_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compose"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

var (
	serve = serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 8, Prompt: 2048, Output: 256}
	tail  = serving.Tail{Arrivals: 0.5, Replicas: 4, SLA: 10 * units.Second}
	own   = cost.Ownership{Hardware: hardware.H100, Devices: 4, Interest: 0.06}
)

// service asks what serving costs and how long its slowest requests take.
func service() compose.Pipeline {
	return compose.Pipeline{
		Name:   "service",
		Stages: []compose.Stage{{Name: "serve", Solver: serve}, {Name: "tail", Solver: tail}, {Name: "own", Solver: own}},
		Binds: []compose.Bind{
			{From: "serve.Request", To: "tail.Service"},
			{From: "serve.MFU", To: "own.Utilization"},
			{From: "serve.TokensPerSecond", To: "own.TokenRate", Times: 4},
		},
	}
}

// joined is the invariant: a pipeline finds what its solvers find when they are
// called one after another by hand.
func joined(run func(compose.Pipeline) (compose.Result, error), p compose.Pipeline) error {
	first := p.Stages[0].Solver.(serving.Serving).Run()
	second := p.Stages[1].Solver.(serving.Tail)
	second.Service = first.Request
	third := p.Stages[2].Solver.(cost.Ownership)
	third.Utilization, third.TokenRate = first.MFU, first.TokensPerSecond.Times(4)
	queue := second.Run()

	r, err := run(p)
	switch {
	case err != nil:
		return err
	case !reflect.DeepEqual(r.Of("serve"), first):
		return errors.New("another serve")
	case !reflect.DeepEqual(r.Of("TAIL"), queue):
		return errors.New("another tail")
	case !reflect.DeepEqual(r.Of("own"), third.Run()):
		return errors.New("another own")
	case r.Fits != (first.Fits && queue.Stable):
		return fmt.Errorf("fits %t: %s", r.Fits, r.Why)
	}
	return r.Explain().Verify(r)
}

func TestPipelineEqualsTheCallsByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := service()
		in, queue := serve, tail
		in.Batch, in.Output = rapid.IntRange(1, 500).Draw(t, "batch"), rapid.IntRange(1, 4000).Draw(t, "output")
		queue.Arrivals = units.RequestRate(rapid.Float64Range(0.01, 10).Draw(t, "arrivals"))
		p.Stages[0].Solver, p.Stages[1].Solver = in, queue
		if err := joined(compose.Pipeline.Solve, p); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPipelineMutants(t *testing.T) {
	for name, mutant := range map[string]func(*compose.Pipeline){
		"another source":  func(p *compose.Pipeline) { p.Binds[0].From = "serve.TTFT" },
		"another target":  func(p *compose.Pipeline) { p.Binds[1].To = "own.Interest" },
		"no factor":       func(p *compose.Pipeline) { p.Binds[2].Times = 0 },
		"one bind fewer":  func(p *compose.Pipeline) { p.Binds = p.Binds[:2] },
		"stages that mix": func(p *compose.Pipeline) { p.Stages[1].Solver = serving.Tail{Arrivals: 1, Replicas: 4} },
	} {
		require.NoError(t, joined(compose.Pipeline.Solve, service()))
		require.Error(t, joined(func(p compose.Pipeline) (compose.Result, error) {
			p.Stages, p.Binds = append([]compose.Stage{}, p.Stages...), append([]compose.Bind{}, p.Binds...)
			mutant(&p)
			if name == "another target" {
				third := own
				third.Interest = 0
				p.Stages[2].Solver = third
			}
			return p.Solve()
		}, service()), name)
	}
}

// silent is a stage that must not run: mistakes are found before.
type silent struct {
	Weight units.Bytes `min:"0"`
	Time   units.Seconds
	Count  int
	Share  float64 `min:"0" max:"1"`
	ran    *bool
}

type said struct {
	Time   units.Seconds `better:"lower" known:"Known"`
	Weight units.Bytes
	Count  int
	Share  float64
	Known  bool
	Word   string
}

func (s silent) Solve() (said, error) {
	if s.ran != nil {
		*s.ran = true
	}
	return said{Time: s.Time, Weight: s.Weight, Count: 3, Share: 0.5}, nil
}

func TestMistakesAreFoundBeforeTheFirstStage(t *testing.T) {
	ran := false
	a, b := compose.Stage{Name: "a", Solver: silent{ran: &ran}}, compose.Stage{Name: "b", Solver: silent{ran: &ran}}
	bind := func(from, to string) compose.Pipeline {
		return compose.Pipeline{Stages: []compose.Stage{a, b}, Binds: []compose.Bind{{From: from, To: to}}}
	}
	with := func(s compose.Stage, binds ...compose.Bind) compose.Pipeline {
		return compose.Pipeline{Stages: []compose.Stage{a, s}, Binds: binds}
	}
	twice := bind("a.Time", "b.Time")
	twice.Binds = append(twice.Binds, twice.Binds[0])
	for want, p := range map[string]compose.Pipeline{
		"no stages: want at least one":                            {},
		"two stages are called A":                                 with(compose.Stage{Name: "A", Solver: silent{}}),
		`a stage is called "2b": want letters`:                    with(compose.Stage{Name: "2b", Solver: silent{}}),
		"a stage without a name":                                  with(compose.Stage{Solver: silent{}}),
		"stage b: search: want a solver struct":                   with(compose.Stage{Name: "b", Solver: 3}),
		"a.Weight is Bytes, b.Time wants Seconds":                 bind("a.Weight", "b.Time"),
		"a.Share is a plain number, b.Time wants Seconds":         bind("a.Share", "b.Time"),
		"a.Time is Seconds, b.Share wants a plain number":         bind("a.Time", "b.Share"),
		"a.Share is a plain number, b.Count wants a whole":        bind("a.Share", "b.Count"),
		"a.Word is string, b.Count wants a whole number":          bind("a.Word", "b.Count"),
		"a runs before b has a result":                            bind("b.Time", "a.Time"),
		"b runs before b has a result":                            bind("b.Time", "b.Time"),
		`"c.Time": want one of the stages a, b, a dot`:            bind("c.Time", "b.Time"),
		`"a": want one of the stages a, b, a dot`:                 bind("a", "b.Time"),
		"b: compose_test.silent: unknown field \"Tiem\": did you": bind("a.Time", "b.Tiem"),
		"b.Time is bound twice":                                   twice,
		"b.Time is given, too: 5 s":                               with(compose.Stage{Name: "b", Solver: silent{Time: 5}}, compose.Bind{From: "a.Time", To: "b.Time"}),
		"times 2: want a finite number on a field that is no":     with(b, compose.Bind{From: "a.Count", To: "b.Count", Times: 2}),
		"times NaN: want a finite number":                         with(b, compose.Bind{From: "a.Time", To: "b.Time", Times: math.NaN()}),
		"tail.Service is missing: want above 0; give it, or":      with(compose.Stage{Name: "tail", Solver: tail}),
		"tail: CV = -1: want above 0 and at most 10":              with(compose.Stage{Name: "tail", Solver: serving.Tail{Service: 1, CV: -1}}),
		"serve.Model is missing: give it":                         with(compose.Stage{Name: "serve", Solver: serving.Serving{Hardware: hardware.H100, Prompt: 1, Batch: 1}}),
		"serve.Batch is missing: want at least 1":                 with(compose.Stage{Name: "serve", Solver: serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Prompt: 1}}),
		"serve.Hardware: Memory = -1 B: want at least 0":          with(compose.Stage{Name: "serve", Solver: func() any { s := serve; s.Hardware.Memory = -1; return s }()}),
	} {
		_, err := p.Solve()
		require.ErrorContains(t, err, want)
		_, err = p.Outline()
		require.ErrorContains(t, err, want)
		_, err = search.Sweep(p, "a.Share", []float64{0})
		require.ErrorContains(t, err, want)
	}
	require.False(t, ran)
	_, err := bind("a.Count", "b.Share").Solve() // a count may stand for a plain number
	require.NoError(t, err)
	require.True(t, ran)
}

func TestWhatIsUnknownIsNotPassedOn(t *testing.T) {
	p := compose.Pipeline{
		Stages: []compose.Stage{{Name: "a", Solver: silent{}}, {Name: "b", Solver: silent{}}},
		Binds:  []compose.Bind{{From: "a.Time", To: "b.Time"}},
	}
	_, err := p.Solve()
	require.ErrorContains(t, err, "pipeline: a.Time, which is bound to b.Time, is unknown")
}

// A stage that refuses what is bound to it says which field and why.
func TestRefusalsNameTheStage(t *testing.T) {
	p := service()
	p.Binds[1].Times = 1e6
	_, err := p.Solve()
	require.ErrorContains(t, err, "service: stage own: cost.Ownership: Utilization = ")
	var field *describe.FieldError
	require.ErrorAs(t, err, &field)
	require.Equal(t, "at least 0 and at most 1", field.Want)
}

func TestFollow(t *testing.T) {
	var seen []string
	_, err := service().Follow(context.Background(), func(done compose.Outcome) error {
		seen = append(seen, done.Name)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"serve", "tail", "own"}, seen)

	stop := errors.New("enough")
	_, err = service().Follow(context.Background(), func(done compose.Outcome) error { return stop })
	require.ErrorIs(t, err, stop)
	ctx, cancel := context.WithCancel(context.Background())
	_, err = service().Follow(ctx, func(compose.Outcome) error { cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "before stage tail")
}

func TestOutline(t *testing.T) {
	o := service().Explain()
	require.Equal(t, "service", o.Name)
	require.Equal(t, []string{"4 Serving"}, o.Stages[0].Walls)
	require.Equal(t, []string{"7 Tail Latency"}, o.Stages[1].Walls)
	require.Equal(t, []string{"17 Capital"}, o.Stages[2].Walls)
	require.Contains(t, o.Stages[1].Requires, "Service")
	require.Contains(t, o.Stages[0].Produces, "Request")
	require.Equal(t, "serve.Request to tail.Service, Seconds", o.Flow[0])
	require.Equal(t, "serve.TokensPerSecond times 4 to own.TokenRate, TokenRate", o.Flow[2])
	require.Contains(t, show.Text(o.View(), show.Options{Width: 100}), "serve.Request to tail.Service")
}

func TestResult(t *testing.T) {
	r := service().Run()
	require.True(t, r.Fits, r.Why)
	require.Equal(t, float64(r.Of("tail").(serving.TailResult).P99), r.Value("tail.p99"))
	require.Len(t, r.View().Blocks, 3)
	doc, err := show.JSON(r.View())
	require.NoError(t, err)
	require.Contains(t, string(doc), `"per_million"`)
	_, err = r.Stage("tial")
	require.ErrorContains(t, err, "did you mean tail?")
	for _, path := range []string{"tail", "tail.P98", "own.Cloud", "x.Y"} {
		require.Panics(t, func() { r.Value(path) }, path)
	}
	require.NotPanics(t, func() { _ = compose.Result{}.View(); _ = compose.Result{}.Explain() })
	require.Panics(t, func() { compose.Result{}.Value("tail.P99") })

	crowded := service()
	in := serve
	in.Batch = 4096
	crowded.Stages[0].Solver = in
	r = crowded.Run()
	require.False(t, r.Fits)
	require.Contains(t, r.Why, "Serve: does not fit: short of")
	require.Equal(t, show.Fail, r.View().Status)
}

// Two stages of one type stay apart.
func TestTwoStagesOfOneType(t *testing.T) {
	fast := tail
	fast.Replicas = 8
	p := service()
	p.Stages = append(p.Stages, compose.Stage{Name: "tail2", Solver: fast})
	p.Binds = append(p.Binds, compose.Bind{From: "serve.Request", To: "tail2.Service"})
	r := p.Run()
	require.Less(t, r.Value("tail2.P99"), r.Value("tail.P99"))
	require.NoError(t, r.Explain().Verify(r))
}

// A pipeline is a solver: it sweeps, seeks goals, has elasticities and an inverse.
func TestPipelinesAreSearched(t *testing.T) {
	front, err := search.Sweep(service(), "serve.Batch", search.Pow2(1, 64))
	require.NoError(t, err)
	require.Equal(t, "Serve.Batch", front.Axis.Name)
	for _, p := range front.Points {
		one := service()
		in := serve
		in.Batch = int(p.X)
		one.Stages[0].Solver = in
		r := one.Run()
		require.Equal(t, r.Value("tail.P99"), p.Value("tail.P99"))
		require.Equal(t, r.Fits, p.Fits)
	}
	best, err := front.Best("own.PerMillion")
	require.NoError(t, err)
	require.Equal(t, 64.0, best.X)
	require.NotEmpty(t, front.View().Blocks[0].Table.Cells[0][1])

	c := search.Space{
		Solver: service(), Objective: "own.PerMillion", Limits: []string{"tail.P99 <= 6 s"}, Pareto: []string{"tail.P99", "own.PerMillion"},
		Axes: []search.Axis{{Field: "serve.Batch", Values: search.Pow2(1, 512)}, {Field: "serve.Precision", Names: []string{"fp16", "fp8"}}, {Field: "tail.Arrivals", Names: []string{"0.5 requests/s", "100 qps"}}},
	}.Run()
	require.Equal(t, 40, c.Total)
	require.NotZero(t, c.Fitting)
	require.NotEmpty(t, c.Pareto())
	require.Contains(t, c.At(1).Why, "Tail: unstable")
	require.NotEmpty(t, c.View().Blocks)

	goal := search.Goal{Solver: service(), Field: "serve.Output", Metric: "tail.P99", Target: 4}.Run()
	require.True(t, goal.Reached && goal.Largest)
	require.NoError(t, goal.Explain().Verify(goal))
	s, err := search.Elasticities(service(), "tail.P99", []string{"serve.Hardware.Bandwidth", "tail.Arrivals"})
	require.NoError(t, err)
	require.Negative(t, s.Fields[0].Right)
	require.Equal(t, "Serve prefill", s.Ridges[0].Phase)
	need := search.Needed{Solver: service(), Metric: "serve.Request", Target: 1}.Run()
	require.True(t, need.Reached)
	require.NoError(t, need.Explain().Verify(need))
}

func TestWhatIsBoundIsNotTurned(t *testing.T) {
	for field, want := range map[string]string{
		"tail.Service":  "Tail.Service is bound to the result of another stage",
		"tial.Arrivals": "no stage tial: want one of Serve, Tail, Own",
		"tail.Arivals":  "did you mean Arrivals?",
		"serve":         "Serve is not a number",
	} {
		_, err := search.Sweep(service(), field, []float64{1})
		require.ErrorContains(t, err, want)
	}
}

// A pipeline may be a stage of another.
func TestPipelineOfPipelines(t *testing.T) {
	inner := compose.Pipeline{Stages: service().Stages[:2], Binds: service().Binds[:1]}
	outer := compose.Pipeline{
		Stages: []compose.Stage{{Name: "inner", Solver: inner}, {Name: "own", Solver: own}},
		Binds:  []compose.Bind{{From: "inner.serve.MFU", To: "own.Utilization"}, {From: "inner.serve.TokensPerSecond", To: "own.TokenRate", Times: 4}},
	}
	r, whole := outer.Run(), service().Run()
	require.Equal(t, whole.Of("own"), r.Of("own"))
	require.Equal(t, whole.Value("tail.P99"), r.Value("inner.tail.P99"))
	front, err := search.Sweep(outer, "inner.serve.Batch", []float64{8, 4096})
	require.NoError(t, err)
	require.True(t, front.Points[0].Fits)
	require.Contains(t, front.Points[1].Why, "Inner.Serve: does not fit")
	_, err = search.Sweep(outer, "inner.tail.Service", []float64{1})
	require.ErrorContains(t, err, "is bound")
}

// Upstream's first vector: a pass and what it is sensitive to. Memory time differs
// by P-04, so that latency and elasticities do; arithmetic and overhead match.
func TestGoldenPass(t *testing.T) {
	c := goldenCase(t, "Pipeline-001")
	m, err := c.Model("model")
	require.NoError(t, err)
	h, err := c.Hardware("hardware", launch)
	require.NoError(t, err)
	p := compose.Pipeline{Stages: []compose.Stage{{Name: "node", Solver: compute.SingleNode{Model: m, Hardware: h, Batch: int(c.Input("batch_size", 0))}}}}
	r := p.Run()
	for ours, theirs := range map[string]string{"node.Compute": "latency_compute", "node.Overhead": "latency_overhead", "node.Weights": "memory_footprint"} {
		require.InEpsilon(t, output(t, c, "SingleNodeModel", theirs), r.Value(ours), 1e-9, ours)
	}
	s, err := search.Elasticities(p, "node.Latency", []string{"node.Hardware.Rates.FP16", "node.Hardware.Bandwidth", "node.Hardware.Memory"})
	require.NoError(t, err)
	require.Equal(t, "Node.Hardware.Bandwidth", s.Binding) // memory_bandwidth
}

// Upstream's second vector: training, its cost and its emissions. Upstream takes
// machines that are busy all the time; ours would be bound to the MFU.
func TestGoldenTraining(t *testing.T) {
	c := goldenCase(t, "Pipeline-002")
	m, err := c.Model("model")
	require.NoError(t, err)
	f, err := c.Fleet("fleet", launch)
	require.NoError(t, err)
	days := units.Day.Times(c.Input("duration_days", 0))
	step := parallel.Training{
		Model: m, Hardware: f.Device, Nodes: f.Count, PerNode: f.AcceleratorsPerNode, Batch: int(c.Input("batch_size", 0)),
		Fabric: units.ByteRate(f.Fabric.Bandwidth), FabricLatency: units.Seconds(f.Fabric.Latency), IntraLink: units.ByteRate(f.IntraNodeBwBytesS),
	}
	p := compose.Pipeline{
		Stages: []compose.Stage{
			{Name: "step", Solver: step},
			{Name: "cost", Solver: cost.Ownership{Hardware: f.Device, Duration: days, Utilization: 1}},
			{Name: "carbon", Solver: power.Sustainability{Hardware: f.Device, Duration: days, Utilization: 1}},
		},
		Binds: []compose.Bind{{From: "step.Devices", To: "cost.Devices"}, {From: "step.Devices", To: "carbon.Devices"}},
	}
	r := p.Run()
	require.InEpsilon(t, output(t, c, "EconomicsModel", "it_energy_kwh"), r.Value("cost.ITEnergy"), 1e-9)
	require.InEpsilon(t, output(t, c, "EconomicsModel", "capex_usd"), r.Value("cost.CapEx"), 1e-9)
	require.InEpsilon(t, output(t, c, "SustainabilityModel", "it_energy_kwh"), r.Value("carbon.ITEnergy"), 1e-9)
	require.False(t, r.Fits) // D-44: upstream passes it
}
