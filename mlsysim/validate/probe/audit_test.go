package probe_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/validate/probe"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var (
	laptop = probe.Machine{OS: "linux/amd64", Processor: "Test 1000", Cores: 8, Memory: 64 * units.GiB, Cache: 16 * units.MiB}
	steady = probe.Benchmark{Bandwidth: 40 * units.GBps, Copy: 40 * units.GBps, Triad: 30 * units.GBps, Rate: 100 * units.GFLOPS, Cores: 8, Buffer: units.GiB}
)

func judge(t require.TestingT, a probe.Audit, m probe.Machine, b probe.Benchmark) probe.Report {
	r, err := a.Judge(m, b)
	require.NoError(t, err)
	return r
}

// Twice the machine takes half the time; what binds is what takes longer; and no
// device of any speed is beyond its roof.
func TestEstimateFollowsTheRoofline(t *testing.T) {
	workloads := []models.Model{models.Llama3_8B, models.ResNet50, models.BERT_Base}
	rapid.Check(t, func(t *rapid.T) {
		b := steady
		b.Bandwidth = units.GBps.Times(rapid.Float64Range(0.1, 2000).Draw(t, "bandwidth"))
		b.Rate = units.GFLOPS.Times(rapid.Float64Range(0.01, 1e5).Draw(t, "rate"))
		a := probe.Audit{Workload: rapid.SampledFrom(workloads).Draw(t, "workload"), Batch: rapid.IntRange(1, 64).Draw(t, "batch")}
		r := judge(t, a, laptop, b)

		p := r.Pass
		require.InEpsilon(t, float64(max(p.Compute, p.Memory)), float64(p.Latency), 1e-12)
		require.Equal(t, p.Compute >= p.Memory, p.Binding == walls.Compute)
		require.LessOrEqual(t, float64(p.Work.Per(p.Latency)), float64(b.Rate)*(1+1e-12))

		twice := b
		twice.Bandwidth, twice.Rate = 2*b.Bandwidth, 2*b.Rate
		half := judge(t, a, laptop, twice)
		require.InEpsilon(t, float64(p.Latency), 2*float64(half.Pass.Latency), 1e-12)

		speed, known := r.Speed()
		faster, _ := half.Speed()
		require.Equal(t, r.Fits, known)
		if known {
			require.InEpsilon(t, 2*speed, faster, 1e-12)
		}
	})
}

// A decode step at one token of context reads the weights: 8.03 billion of 4 bytes
// over 40 GB/s.
func TestDecodeByHand(t *testing.T) {
	r := judge(t, probe.Audit{Workload: models.Llama3_8B, Context: 1}, laptop, steady)
	require.Equal(t, compute.Decode, r.Pass.Phase)
	require.InEpsilon(t, 8.03e9*4/40e9, float64(r.Pass.Latency), 1e-3)
	require.Equal(t, walls.MemoryBandwidth, r.Pass.Binding)
	require.False(t, r.Pass.Warnings.Has(walls.EfficiencyOptimistic))

	narrow := judge(t, probe.Audit{Workload: models.Llama3_8B, Context: 1, Precision: physics.FP16}, laptop, steady)
	require.InEpsilon(t, 2*float64(narrow.Pass.Memory), float64(r.Pass.Memory), 1e-6)
}

// The device that has exactly the measured numbers is the closest.
func TestNearestFindsEveryDevice(t *testing.T) {
	tried := 0
	for _, e := range hardware.Entries() {
		d := e.Value
		if d.MainBandwidth() == 0 || d.Rates.FP32 == 0 || hardware.Doubt(&e) != "" {
			continue
		}
		tried++
		found := probe.Nearest(d.MainBandwidth(), d.Rates.FP32)
		require.Equal(t, d.MainBandwidth(), found.MainBandwidth(), e.Key)
		require.Equal(t, d.Rates.FP32, found.Rates.FP32, e.Key)
	}
	require.Positive(t, tried)
}

func TestReference(t *testing.T) {
	known := laptop
	for want, set := range map[probe.Choice]func(a *probe.Audit, m *probe.Machine){
		probe.Closest:        func(*probe.Audit, *probe.Machine) {},
		probe.Named:          func(a *probe.Audit, m *probe.Machine) { a.Hardware, m.Accelerator = hardware.A100, "H100" },
		probe.OwnAccelerator: func(_ *probe.Audit, m *probe.Machine) { m.Accelerator = "H100" },
		probe.OwnProcessor:   func(_ *probe.Audit, m *probe.Machine) { m.Processor = "T4" },
	} {
		a, m := probe.Audit{}, known
		set(&a, &m)
		r := judge(t, a, m, steady)
		require.Equal(t, want, r.Chosen)
		require.NotEmpty(t, r.Reference.Device.Name)
		text := show.Text(r.View(), show.Options{Width: 400})
		require.Equal(t, want == probe.Closest, hasNote(r, "the registry has no"), text)
	}
	nameless := laptop
	nameless.Processor = ""
	require.True(t, hasNote(judge(t, probe.Audit{}, nameless, steady), "nothing here says what it is"))
}

func hasNote(r probe.Report, part string) bool {
	for _, b := range r.View().Blocks {
		for _, n := range b.Notes {
			if strings.HasPrefix(n, part) {
				return true
			}
		}
	}
	return false
}

// The keys of the reference command come first, in its order.
func TestJSON(t *testing.T) {
	text, err := show.JSON(judge(t, probe.Audit{}, laptop, steady).View())
	require.NoError(t, err)
	at := 0
	for _, key := range []string{
		"workload", "environment", "reference_hardware", "estimated_latency_ms", "estimated_throughput", "bottleneck", "h100_relative_speed", "benchmark",
	} {
		next := strings.Index(string(text), "\n  \""+key+"\":")
		require.GreaterOrEqual(t, next, at, key)
		at = next
	}
	var flat struct {
		Environment map[string]any
		Benchmark   map[string]any
		Unit        string `json:"throughput_unit"`
		Kind        string
	}
	require.NoError(t, json.Unmarshal(text, &flat))
	require.Equal(t, "Test 1000", flat.Environment["processor"])
	require.Equal(t, "unknown", flat.Environment["accelerator"])
	require.InDelta(t, 4e10, flat.Benchmark["copy"], 1)
	require.Equal(t, "tokens/s", flat.Unit)
	require.Equal(t, "estimate", flat.Kind)
}

func TestTokensAreForLanguageModels(t *testing.T) {
	for _, m := range []models.Model{models.ResNet50, models.BERT_Base} {
		require.Equal(t, "samples/s", judge(t, probe.Audit{Workload: m}, laptop, steady).Flat().Unit, m.Name)
	}
}

// What is unknown is never a number.
func TestUnknownMemory(t *testing.T) {
	m := laptop
	m.Memory, m.Cache = 0, 0
	r := judge(t, probe.Audit{}, m, steady)
	require.False(t, r.FitKnown)
	flat, err := describe.Encode(r.Flat())
	require.NoError(t, err)
	for _, want := range []string{`"fits":null`, `"memory":null`, `"last_level_cache":null`, `"short":null`} {
		require.Contains(t, string(flat), want)
	}
	require.NotContains(t, show.Text(r.View(), show.Options{Width: 200}), "1.126 PB")
}

func TestTooLargeIsAResult(t *testing.T) {
	m := laptop
	m.Memory = 8 * units.GiB
	r := judge(t, probe.Audit{}, m, steady)
	require.True(t, r.FitKnown)
	require.False(t, r.Fits)
	require.InEpsilon(t, float64(r.Pass.Footprint-m.Memory), float64(r.Pass.Short), 1e-12)
	_, known := r.Speed()
	require.False(t, known)
}

func TestRefusals(t *testing.T) {
	for field, a := range map[string]probe.Audit{
		"Batch":     {Batch: -1},
		"Context":   {Context: -5},
		"Precision": {Precision: physics.INT8},
	} {
		_, err := a.Judge(laptop, steady)
		var refused *describe.FieldError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, field, refused.Field)
	}
}
