package laws_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/power"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/scenario"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func operationDefects() []promise {
	return []promise{
		{id: "D-02", says: "the region sets the emissions; an unknown one is refused; the utilisation is the pass's own", holds: regionCounts},
		{id: "D-18", says: "adamw is adam, others are refused, and a stall is a share of the time", holds: checkpointOptimizers},
		{id: "D-25", says: "a price that is not known leaves the cost out", holds: priceUnknown},
		{id: "D-27", says: "no input without effect: law I-26 tries them all, these four were dead", holds: deadInputsLive},
		{id: "D-28", says: "every limit of a scenario is tested", holds: limitsTested},
		{id: "D-40", says: "a price of emissions is not negative", holds: carbonPrice},
		{id: "D-41", says: "unknown storage is unknown, not a stall", holds: storageUnknown},
		{id: "D-43", says: "links of a torus counted, at most one per endpoint; unknown names and sizes refused", holds: topologies},
	}
}

func searchDefects() []promise {
	return []promise{
		{id: "D-24", says: "the elasticity of the memory that is read; none binds on ties", holds: tinyElasticities},
		{id: "D-31", says: "quantities have units, and a wrong one is refused", holds: typedUnits},
		{id: "D-45", says: "metrics, operators and thresholds are checked; what does not fit is not ranked", holds: typedSpaces},
		{id: "D-47", says: "a limit without a number is no limit", holds: boundsAreNumbers},
	}
}

// 64 · 0.7 kW · 336 h = 15052.8 kWh at full use, times PUE and intensity.
func regionCounts(t *testing.T) {
	at := func(carbon units.CarbonIntensity, pue float64) units.KgCO2e {
		return right(t, power.Sustainability.Solve, power.Sustainability{
			Hardware: hardware.H100, Devices: 64, Duration: 14 * units.Day, Utilization: 1,
			Region: infra.Grid{Name: "grid", Carbon: carbon}, Facility: infra.Facility{Name: "hall", PUE: pue},
		}).Operational
	}
	near(t, 7232.57, at(429*units.GramPerKWh, 1.12), 6)
	near(t, 319.119, at(20*units.GramPerKWh, 1.06), 6)

	var g infra.Grid
	require.ErrorContains(t, g.UnmarshalText([]byte("Atlantis")), `unknown region "Atlantis"`)
	require.ErrorContains(t, g.UnmarshalText([]byte("Quebeck")), "did you mean Quebec")

	card := right(t, scenario.Evaluation.Solve, scenario.Evaluation{Model: models.Llama3_8B, Hardware: hardware.H100, Region: infra.Quebec})
	near(t, (210+490*card.Pass.MFU)*30*86400, card.ITEnergy, 9)
	require.Less(t, card.Pass.MFU, 0.1)
	elsewhere := right(t, scenario.Evaluation.Solve, scenario.Evaluation{Model: models.Llama3_8B, Hardware: hardware.H100, Region: infra.Poland})
	near(t, infra.Poland.Carbon.Ratio(infra.Quebec.Carbon), elsewhere.Carbon.Ratio(card.Carbon), 9)
}

// 8.03e9 parameters of 14 bytes at 1 GB/s: 112.42 s in every second of training.
func checkpointOptimizers(t *testing.T) {
	solve := reliability.Checkpoint.Solve
	s := reliability.Checkpoint{Model: plain(), Storage: units.GBps, Interval: units.Second, Optimizer: reliability.AdamW}
	r := right(t, solve, s)
	near(t, 112.42e9, r.Size, 12)
	near(t, 112.42/113.42, r.StallShare, 9)
	s.Interval = -1
	refused(t, solve, s, "reliability.Checkpoint: Interval = -1 s: want above 0")
	var o reliability.Optimizer
	require.ErrorContains(t, o.UnmarshalText([]byte("banana")), `unknown optimizer "banana": want one of adam, adamw, sgd`)
}

func priceUnknown(t *testing.T) {
	o := cost.Ownership{Hardware: hardware.ESP32_S3}
	o.Hardware.Price = 0
	r := right(t, cost.Ownership.Solve, o)
	require.False(t, r.PriceKnown || r.CostKnown)
	require.Zero(t, r.TCO)
	require.True(t, r.Warnings.Has(walls.PriceUnknown))
	data, err := describe.Encode(r)
	require.NoError(t, err)
	require.Contains(t, string(data), `"tco":null`)
}

func deadInputsLive(t *testing.T) {
	f := reliability.Fleet{Nodes: 128, MTBF: 10 * units.Hour}
	require.Equal(t, 10*units.Hour, right(t, reliability.Fleet.Solve, f).MTBF)

	p := example[quality.Privacy]()
	noise := right(t, quality.Privacy.Solve, p).Noise
	p.Delta = 1e-9
	require.Greater(t, right(t, quality.Privacy.Solve, p).Noise, noise)

	o := example[parallel.Orchestration]()
	wait := right(t, parallel.Orchestration.Solve, o).Wait
	o.Accelerators *= 2
	require.Less(t, float64(right(t, parallel.Orchestration.Solve, o).Wait), float64(wait))

	s := example[network.Topology]()
	tree := right(t, network.Topology.Solve, s).Hops
	s.Kind = network.Dragonfly
	require.NotEqual(t, tree, right(t, network.Topology.Solve, s).Hops)
}

func limitsTested(t *testing.T) {
	e := scenario.Evaluation{Model: models.Llama3_8B, Hardware: hardware.H100, MaxPower: 200 * units.Watt}
	require.Equal(t, show.Fail, right(t, scenario.Evaluation.Solve, e).Macro) // it idles at 210 W
	e.MaxPower = 700 * units.Watt
	require.Equal(t, show.Pass, right(t, scenario.Evaluation.Solve, e).Macro)

	c := quality.Compression{Model: models.Llama3_8B, Hardware: hardware.H100, Baseline: physics.FP16, Bits: 4, MaxDrop: 1}
	require.False(t, right(t, quality.Compression.Solve, c).Accepted) // nobody has measured it
	c.Quality = quality.Published{Source: "a table", Row1: quality.Row{At: 4, Drop: 2}}
	r := right(t, quality.Compression.Solve, c)
	require.Equal(t, quality.QualityLimit, r.Limit)
	c.MaxDrop = 3
	require.True(t, right(t, quality.Compression.Solve, c).Accepted)
}

func carbonPrice(t *testing.T) {
	p := example[cost.Placement]()
	p.CarbonPrice = -5 // -5000 dollars per tonne
	refused(t, cost.Placement.Solve, p, "cost.Placement: CarbonPrice = "+p.CarbonPrice.String()+": want at least 0")
}

func storageUnknown(t *testing.T) {
	r := right(t, storage.Ingestion.Solve, storage.Ingestion{Demand: 100 * units.GBps})
	require.False(t, r.Known || r.Stalled)
	require.True(t, r.Warnings.Has(walls.StorageUnknown|walls.SupplyUnknown))
}

// An 4 x 4 x 4 torus: 2·16 links each way across the middle of 32 pairs.
func topologies(t *testing.T) {
	solve := network.Topology.Solve
	s := network.Topology{Kind: network.Torus3D, Nodes: 64, Link: 50 * units.GBps}
	r := right(t, solve, s)
	near(t, 1600e9, r.Bisection, 9)
	near(t, 50e9, r.Effective, 9)
	for _, n := range []int{2, 3, 4, 7} {
		s.Kind, s.Nodes = network.Ring, n
		require.LessOrEqual(t, right(t, solve, s).Fraction, 1.0)
	}
	for n, want := range map[int]string{
		-8: "network.Topology: Nodes = -8: want at least 2",
		1:  "network.Topology: Nodes = 1: want at least 2",
	} {
		s.Nodes = n
		refused(t, solve, s, want)
	}
	var k network.Kind
	require.NoError(t, k.UnmarshalText([]byte("fat-tree")))
	require.ErrorContains(t, k.UnmarshalText([]byte("fat_tee")), "did you mean fat_tree?")
}

// The keyword network runs from the memory on the chip: half of a percent of its
// bandwidth moves the time by T_m/T each.
func tinyElasticities(t *testing.T) {
	s := compute.SingleNode{Model: models.DS_CNN, Hardware: hardware.ESP32_S3, Batch: 1}
	s.Hardware.Dispatch, s.Hardware.Launch = 0, 0
	s.Hardware.Rates.INT8 = s.Hardware.Rates.INT8.Times(1e3) // bound by memory
	r := right(t, pass, s)
	read := "Hardware.FlashBandwidth"
	if r.Weights <= s.Hardware.SRAM {
		read = "Hardware.SRAMBandwidth"
	}
	e, err := search.Elasticities(s, "Latency", []string{read, "Hardware.Bandwidth", "Hardware.Rates.INT8"})
	require.NoError(t, err)
	require.Equal(t, read, e.Binding)
	require.InDelta(t, -r.Memory.Ratio(r.Latency), e.Fields[0].Right, 1e-6)
	tie, err := search.Elasticities(s, "Latency", []string{"Hardware.TDP", "Hardware.Rates.INT8"})
	require.NoError(t, err)
	require.Equal(t, "none", tie.Binding)
}

func typedUnits(t *testing.T) {
	var a, b quality.Scaling
	require.NoError(t, a.Budget.Set("1 EFLOP"))
	require.NoError(t, b.Budget.Set("1e18 FLOP"))
	require.Equal(t, right(t, quality.Scaling.Solve, a).Params, right(t, quality.Scaling.Solve, b).Params)
	for _, text := range []string{"500 GB", "3 s", "3 TFLOP/s", "1e18"} {
		require.Error(t, a.Budget.Set(text), text)
	}
	var m units.Bytes
	require.ErrorContains(t, m.Set("3 GB/s"), "3 GB/s")
}

func typedSpaces(t *testing.T) {
	space := func(change func(*search.Space)) (search.Cloud, error) {
		s := search.Space{Solver: example[serving.Serving](), Axes: []search.Axis{{Field: "Batch", Values: []float64{1, 16, 100_000}}}, Objective: "TokensPerSecond", Workers: 1}
		change(&s)
		return s.Solve(context.Background())
	}
	for want, change := range map[string]func(*search.Space){
		"ITL":         func(s *search.Space) { s.Objective = "ILT" },
		"a quantity":  func(s *search.Space) { s.Limits = []string{"ITL ~ 20 ms"} },
		"20 GB":       func(s *search.Space) { s.Limits = []string{"ITL <= 20 GB"} },
		"did you":     func(s *search.Space) { s.Axes[0].Field = "Bacth" },
		"not-a-thing": func(s *search.Space) { s.Limits = []string{"not-a-thing <= 20 ms"} },
	} {
		_, err := space(change)
		require.ErrorContains(t, err, want)
	}
	cloud, err := space(func(*search.Space) {})
	require.NoError(t, err)
	best, err := cloud.Best()
	require.NoError(t, err)
	require.True(t, best.Fits)
	require.Equal(t, []string{"16"}, best.At) // 100 000 requests would be faster, and do not fit
}

func boundsAreNumbers(t *testing.T) {
	for _, limit := range []string{"ITL <= NaN s", "ITL <= Inf s", "ITL <=", "ITL", "nothing <= 1"} {
		s := search.Space{Solver: example[serving.Serving](), Axes: []search.Axis{{Field: "Batch", Values: []float64{1}}}, Limits: []string{limit}}
		_, err := s.Solve(context.Background())
		require.Error(t, err, limit)
	}
}
