package check_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// said makes claims of values, as records do.
func said(values map[string]any) check.Claims {
	out := check.Claims{}
	for id, v := range values {
		c := check.Claim{ID: id, Text: describe.Text(v)}
		rv := reflect.ValueOf(v)
		_, enum := v.(describe.Enum)
		unit, isUnit := v.(describe.Unit)
		switch {
		case enum || rv.Kind() == reflect.String:
			c.Type = "text"
		case isUnit:
			c.Type, c.Unit, c.Number = rv.Type().Name(), unit.Symbol(), rv.Float()
		case rv.CanInt():
			c.Type, c.Number = "number", float64(rv.Int())
		default:
			c.Type, c.Number = "number", rv.Float()
		}
		out[id] = c
	}
	return out
}

type values = map[string]any

// A row is a check of the taxonomy: the solver's own values must pass, and each
// wrong one must fail.
type row struct {
	number int
	name   string
	check  check.Check
	right  values
	wrong  []values // each replaces some of right
}

var (
	decode = compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 16, Context: 2000}
	result = decode.Run()
	queue  = serving.Tail{Arrivals: 30, Service: 20 * units.Millisecond, Replicas: 1}
	slow   = queue.Run()
)

func latencyAt(change func(s *compute.SingleNode, x float64)) func(x float64) (float64, error) {
	return func(x float64) (float64, error) {
		s := decode
		change(&s, x)
		r, err := s.Solve()
		return float64(r.Latency), err
	}
}

func atBatch(s *compute.SingleNode, x float64) { s.Batch = int(x) }

func atBandwidth(s *compute.SingleNode, x float64) {
	s.Hardware.Bandwidth = s.Hardware.Bandwidth.Times(x)
}

// singleNodeRows are the checks on one device: 1 to 11, 13 and 14.
func singleNodeRows() []row {
	r := result
	small := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1}.Run()
	return []row{
		{
			1, "solver equality", check.Equal{ID: "t", What: "latency", Want: check.Seconds(r.Latency), Tolerance: 1e-3, Cites: "compute.SingleNode"}.Check,
			values{"t": r.Latency},
			[]values{{"t": r.Latency.Times(2)}, {"t": r.Latency.Times(1.01)}, {"t": -r.Latency}, {"t": 5}},
		},
		{
			3, "unit", check.Unit{ID: "m", What: "footprint", Want: r.Footprint, Name: "GiB", Size: units.GiB, Tolerance: 1e-3, Cites: "compute.SingleNode"}.Check,
			values{"m": r.Footprint.Ratio(units.GiB)},
			[]values{{"m": r.Footprint.Ratio(units.GB)}, {"m": r.Footprint}, {"m": 8 * r.Footprint.Ratio(units.GiB)}},
		},
		{
			4, "sign and range", check.All(check.Fraction("u", "MFU").Check, check.Positive("t", "latency", check.Seconds(0)).Check, check.Counted("n", "batch").Check),
			values{"u": r.MFU, "t": r.Latency, "n": 16},
			[]values{{"u": 1.2}, {"u": -0.1}, {"t": 0 * units.Second}, {"t": -r.Latency}, {"n": 2.5}, {"n": 0}},
		},
		{
			5, "lower bound", check.NotFaster("t", r.Work, hardware.H100.Rates.FP16, r.Traffic, hardware.H100.Bandwidth).Check,
			values{"t": r.Latency},
			[]values{{"t": r.Memory.Times(0.9)}, {"t": min(r.Compute, r.Memory)}},
		},
		{
			6, "upper bound", check.NotSlower("t", r.Compute, r.Memory, r.Overhead).Check,
			values{"t": r.Latency},
			[]values{{"t": r.Compute + r.Memory.Times(2)}, {"t": r.Latency.Times(2)}},
		},
		{
			7, "bottleneck class", check.Class{ID: "w", Intensity: r.Intensity, Ridge: r.Ridge, Cites: "compute.SingleNode"}.Check,
			values{"w": walls.MemoryBandwidth},
			[]values{{"w": walls.Compute}, {"w": walls.Overhead}, {"w": "anything"}},
		},
		{
			8, "monotonicity", check.Trend{ID: "d", What: "latency", Along: "batch", At: []float64{1, 2, 4, 8, 16, 32}, Value: latencyAt(atBatch), Cites: "compute.SingleNode"}.Check,
			values{"d": check.Rises},
			[]values{{"d": check.Falls}, {"d": check.Stays}, {"d": "up"}, {"d": 1}},
		},
		{9, "elasticity", check.Gate(
			check.Slope{ID: "k", What: "latency", Along: "bandwidth", At: 1, Value: latencyAt(atBandwidth), Cites: "compute.SingleNode"}.Check,
			check.Coupling{ID: "w", Slopes: map[walls.Resource]string{walls.MemoryBandwidth: "k", walls.Compute: "c"}, Cites: "search.Elasticities"}.Check,
		), values{"k": -0.95, "c": 0.0, "w": walls.MemoryBandwidth}, []values{{"k": 0.95}, {"k": 0.0}, {"k": -2.0}, {"w": walls.Compute}}},
		{
			10, "dominance", check.Front{ID: "h", What: "devices", Member: true, Places: devices(), Cites: "compute.SingleNode"}.Check,
			values{"h": "H100"},
			[]values{{"h": "V100"}, {"h": "T4"}, {"h": "abacus"}},
		},
		{
			11, "feasibility", feasible().Check,
			values{"tp": 8, "dp": 2},
			[]values{{"tp": 1}, {"tp": 3}, {"dp": 4}, {"dp": 0}},
		},
		{13, "scale invariance", check.Trend{ID: "d", What: "latency", Along: "scale of the network and the device", At: []float64{1, 2, 4}, Value: latencyAt(func(s *compute.SingleNode, k float64) {
			s.Context, s.Model.Params = 0, s.Model.Params.Times(k)
			*s = check.Faster(check.Faster(*s, walls.Compute, k), walls.MemoryBandwidth, k)
		}), Cites: "compute.SingleNode"}.Check, values{"d": check.Stays}, []values{{"d": check.Rises}, {"d": check.Falls}}},
		{
			14, "limit case", check.Equal{ID: "t", What: "latency with an empty cache", Want: check.Seconds(small.Weights.Over(hardware.H100.Bandwidth) + small.Overhead), Tolerance: 1e-3, Cites: "compute.SingleNode"}.Check,
			values{"t": small.Latency},
			[]values{{"t": r.Latency}, {"t": small.Weights.Over(hardware.H100.Bandwidth).Times(2)}},
		},
	}
}

// devices are some devices by latency and power.
func devices() []check.Place {
	var out []check.Place
	for _, name := range []string{"H100", "V100", "T4", "H200"} {
		h := walls.Must(hardware.Find(name))
		r := compute.SingleNode{Model: models.Llama3_8B, Hardware: h, Batch: 1}.Run()
		costs := map[string]float64{"H100": 2, "V100": 3, "T4": 3, "H200": 4}
		out = append(out, check.Place{Name: name, Costs: []float64{float64(r.Latency), costs[name]}})
	}
	return out
}

// feasible is a split of 16 devices that holds the weights of a 70B model.
func feasible() check.Design {
	return check.Design{What: "the split", IDs: []string{"tp", "dp"}, Cites: "training.Memory", Solve: func(c check.Claims) ([]check.Limit, error) {
		tp, err := check.Whole(c, "tp")
		if err != nil {
			return nil, err
		}
		dp, err := check.Whole(c, "dp")
		if err != nil {
			return nil, err
		}
		weights := compute.SingleNode{Model: models.Llama3_70B, Hardware: hardware.H100, Batch: 1}.Run().Weights.Times(1 / float64(tp))
		return []check.Limit{
			check.Exactly("tp times dp", tp*dp, 16),
			check.That("heads", models.Llama3_70B.Heads%tp == 0, "the split must divide them"),
			check.AtMost("weights", weights, hardware.H100.Memory),
		}, nil
	}}
}

// systemRows are the checks beyond one device: 12 and 15 to 22.
func systemRows() []row {
	ring := network.Collective{Operation: network.AllReduce, Message: units.GB, Ranks: 8, Intra: 450 * units.GBps, Algorithm: physics.Ring}.Run()
	bubble := physics.BubbleRatio(4, 1, 16) / (1 + physics.BubbleRatio(4, 1, 16))
	inside := float64(queue.Arrivals) * float64(slow.Mean)
	rate := []check.Number{check.Quantity(units.RequestRate(0)), check.Seconds(0)}
	return []row{
		{
			12, "conservation", check.Split{Compute: "c", Memory: "m", Overhead: "o", Latency: "l", Tolerance: 1e-3}.Check,
			values{"c": result.Compute, "m": result.Memory, "o": result.Overhead, "l": result.Latency},
			[]values{{"l": result.Serial}, {"o": 0 * units.Second}, {"m": -result.Memory}},
		},
		{
			12, "conservation of a sum", check.Sum{Parts: []string{"w", "k"}, Whole: "m", Total: check.Bytes(0), What: "memory", Tolerance: 1e-6, Cites: "compute.SingleNode"}.Check,
			values{"w": result.Weights, "k": result.Cache, "m": result.Footprint},
			[]values{{"w": 2 * result.Weights}, {"k": 0 * units.GB}, {"k": -result.Cache}, {"m": result.Weights}},
		},
		{
			15, "optimum not beaten", batches().Check,
			values{"b": 64},
			[]values{{"b": 1}, {"b": 512}, {"b": 16}, {"b": 3}, {"b": check.None}},
		},
		{
			16, "Pareto membership", check.Front{ID: "f", What: "batches", Places: frontOf(), Cites: "serving.Serving"}.Check,
			values{"f": "1, 8, 64"},
			[]values{{"f": "1, 8"}, {"f": "1, 8, 64, 65"}, {"f": "64"}, {"f": "7"}},
		},
		{
			17, "Little's law", check.Little("n", "x", "t", rate, 1e-3).Check,
			values{"x": queue.Arrivals, "t": slow.Mean, "n": inside},
			[]values{{"n": inside * 1.1}, {"n": inside / 1000}, {"t": queue.Service}, {"x": float64(queue.Arrivals)}},
		},
		{
			18, "queue stability", check.All(check.Stable("u").Check, check.Ordered{IDs: []string{"s", "p50", "p99"}, As: check.Seconds(0), What: "service, P50, P99", Cites: "serving.Tail"}.Check),
			values{"u": slow.Utilization, "s": queue.Service, "p50": slow.P50, "p99": slow.P99},
			[]values{{"u": 1.0}, {"u": 1.4}, {"p99": slow.Mean.Times(0.1)}, {"p50": queue.Service.Times(0.5)}},
		},
		{
			19, "pipeline bubble", check.Gate(check.Fraction("f", "bubble").Check, check.Equal{ID: "f", What: "bubble", Want: check.Plain(3. / 19), Tolerance: 1e-3, Cites: "parallel.Training"}.Check),
			values{"f": bubble},
			[]values{{"f": 3. / 16}, {"f": 4. / 20}, {"f": 16. / 19}, {"f": 1.2}},
		},
		{
			20, "collective bound", check.NotFasterRing("t", units.GB, 8, 450*units.GBps).Check,
			values{"t": ring.Time},
			[]values{{"t": units.GB.Over(450 * units.GBps)}, {"t": ring.Time.Times(0.5)}},
		},
		{
			21, "speed-up law", check.All(check.SpeedUpBound("s", 16, 0.9).Check, check.Ordered{IDs: []string{"e1", "e2"}, Falling: true, What: "efficiencies at more devices", Cites: "Amdahl's law"}.Check),
			values{"s": 1 / (0.1 + 0.9/16), "e1": 1.0, "e2": 0.4},
			[]values{{"s": 16.0}, {"s": 11.0}, {"s": -1.0}, {"e2": 1.1}},
		},
		energy(),
	}
}

// batches are options for the most tokens per second within 8 ms.
func batches() check.Best {
	b := check.Best{ID: "b", What: "batch", Objective: "tokens per second", Cites: "compute.SingleNode"}
	for _, n := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512} {
		s := decode
		s.Batch = n
		r := s.Run()
		b.Options = append(b.Options, check.Option{Name: fmt.Sprint(n), At: float64(n), Value: float64(r.Throughput), Fits: r.Latency < 12*units.Millisecond, Why: "it takes " + r.Latency.String()})
	}
	return b
}

func frontOf() []check.Place {
	return []check.Place{{"1", []float64{1, 9}}, {"8", []float64{2, 5}}, {"64", []float64{4, 2}}, {"65", []float64{5, 2}}}
}

// energy is power times time, and the emissions and cost that follow.
func energy() row {
	s := power.Sustainability{Hardware: hardware.H100, Devices: 64, Utilization: 0.4, Region: infra.US_Avg, Duration: 30 * units.Day}
	r := s.Run()
	intensity := infra.US_Avg.Carbon
	return row{
		22, "energy, carbon, cost", check.All(
			check.Product{ID: "e", As: check.Quantity(units.Joules(0)), Factors: []string{"p", "t"}, Units: []check.Number{check.Quantity(units.Watts(0)), check.Seconds(0)}, Law: "E = P·t", Tolerance: 1e-3, Cites: "power.Sustainability"}.Check,
			check.Product{ID: "c", As: check.Quantity(units.KgCO2e(0)), Factors: []string{"e", "pue", "i"}, Units: []check.Number{check.Quantity(units.Joules(0)), check.Plain(0), check.Quantity(units.CarbonIntensity(0))}, Law: "CO2 = E·PUE·I", Tolerance: 1e-3, Cites: "power.Sustainability"}.Check,
			check.Range{ID: "p", What: "power", As: check.Quantity(units.Watts(0)), Low: float64(hardware.H100.Idle.Times(64)), High: float64(hardware.H100.TDP.Times(64)), Cites: "power.Sustainability"}.Check,
		),
		values{"p": r.Power, "t": s.Duration, "e": r.ITEnergy, "c": r.Operational, "pue": r.PUE, "i": intensity},
		[]values{{"p": hardware.H100.TDP.Times(70)}, {"t": 1 * units.Hour}, {"e": r.Energy.Times(2)}, {"c": r.Operational.Times(r.PUE * 1.1)}, {"pue": 1.0 / r.PUE}, {"e": r.ITEnergy.Times(1 / 3.6e6)}},
	}
}

// Every check of the taxonomy lets the solver pass and refuses the wrong values.
// Number 2, functions on hidden inputs, is in package labs.
func TestTaxonomy(t *testing.T) {
	numbers := map[int]bool{2: true}
	for _, r := range append(singleNodeRows(), systemRows()...) {
		numbers[r.number] = true
		t.Run(fmt.Sprintf("%d %s", r.number, r.name), func(t *testing.T) {
			v := r.check(said(r.right))
			require.True(t, v.OK, "%s %s", v.Message, v.CounterExample)
			require.InDelta(t, 1, v.Score, 1e-9)
			require.NotEmpty(t, v.Invariant)
			for _, wrong := range r.wrong {
				all := values{}
				for id, x := range r.right {
					all[id] = x
				}
				for id, x := range wrong {
					all[id] = x
				}
				v := r.check(said(all))
				require.False(t, v.OK, "%v passes: %s", wrong, v.Message)
				require.NotEmpty(t, v.Message)
				require.True(t, v.Score >= 0 && v.Score < 1)
			}
			for id := range r.right {
				less := said(r.right)
				delete(less, id)
				require.False(t, r.check(less).OK, "without %s", id)
			}
		})
	}
	require.Len(t, numbers, 22)
}
