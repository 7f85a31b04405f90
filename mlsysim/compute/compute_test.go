package compute_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var base = compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 32, Context: 2048}

func solve(t require.TestingT, s compute.SingleNode) compute.Result {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// draw is a valid pass of a random network on a random device.
func draw(t *rapid.T) compute.SingleNode {
	m := rapid.SampledFrom(models.Entries()).Draw(t, "model")
	h := rapid.SampledFrom(hardware.Entries()).Draw(t, "hardware")
	s := compute.SingleNode{
		Model: *m.Value, Hardware: *h.Value, Batch: rapid.IntRange(1, 2048).Draw(t, "batch"),
		Efficiency: rapid.Float64Range(0.05, 1).Draw(t, "efficiency"),
	}
	if s.Model.Reads() {
		s.Prompt = rapid.IntRange(1, 512).Draw(t, "sequence")
	}
	if s.Model.Generates() {
		s.Prompt = 0
		s.Context = rapid.IntRange(0, 32768).Draw(t, "context")
		if rapid.Bool().Draw(t, "prefill") {
			s.Phase, s.Prompt = compute.Prefill, rapid.IntRange(1, 8192).Draw(t, "prompt")
		}
		if s.Phase == compute.Prefill && s.Model.Decodes() {
			s.Context = 0
		}
	}
	return s
}

func TestLatencyIsTheLongerTimePlusOverhead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		r := solve(t, s)
		require.InEpsilon(t, float64(max(r.Compute, r.Memory)+r.Overhead), float64(r.Latency), 1e-12)
		require.Greater(t, float64(max(r.Compute, r.Memory)), 0.0)
		require.GreaterOrEqual(t, float64(r.Serial), float64(r.Latency))
		require.InEpsilon(t, float64(s.Batch), float64(r.Throughput)*float64(r.Latency), 1e-12)
		require.Equal(t, r.Compute >= r.Memory, r.Binding == walls.Compute)
	})
}

func TestUtilisationNeverExceedsTheEfficiency(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		r := solve(t, s)
		require.Greater(t, r.MFU, 0.0)
		require.Equal(t, r.MFU, r.HFU)
		require.LessOrEqual(t, r.MFU, s.Efficiency*(1+1e-12))
	})
}

func TestBetterHardwareIsNeverSlower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		before := solve(t, s).Latency
		better := s
		switch rapid.IntRange(0, 2).Draw(t, "what") {
		case 0:
			better.Hardware.Bandwidth = s.Hardware.Bandwidth.Times(1.5)
		case 1:
			better.Hardware.Memory = s.Hardware.Memory.Times(1.5)
		default:
			better.Efficiency = min(1, 1.2*s.Efficiency)
		}
		require.LessOrEqual(t, float64(solve(t, better).Latency), float64(before)*(1+1e-12))
	})
}

func TestMoreWorkIsNeverFaster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		before := solve(t, s).Latency
		more := s
		more.Batch++
		require.GreaterOrEqual(t, float64(solve(t, more).Latency), float64(before)*(1-1e-12))
		if s.Model.Generates() && !(s.Phase == compute.Prefill && s.Model.Decodes()) {
			more = s
			more.Context += 100
			require.GreaterOrEqual(t, float64(solve(t, more).Latency), float64(before)*(1-1e-12))
		}
	})
}

func TestDecodeThroughputGrowsWithTheBatch(t *testing.T) {
	for _, e := range models.Entries() {
		m := *e.Value
		if !m.Generates() {
			continue
		}
		s := compute.SingleNode{Model: m, Hardware: hardware.H200, Batch: 1, Context: 1024}
		s.Hardware.Memory = units.PB // up to the memory limit
		last := solve(t, s).Throughput
		for s.Batch = 2; s.Batch <= 256; s.Batch *= 2 {
			r := solve(t, s)
			require.Greater(t, float64(r.Throughput), float64(last), "%s at batch %d", m.Name, s.Batch)
			last = r.Throughput
		}
	}
}

// Without context, decoding turns compute-bound where the batch reaches the
// ridge times the efficiency; with a long context the cache keeps it
// memory-bound at any batch.
func TestDecodeTurnsComputeBoundOnlyWithShortContext(t *testing.T) {
	s := base
	s.Context, s.Batch = 0, 4096
	require.Equal(t, walls.Compute, solve(t, s).Binding)
	s.Batch = 64
	require.Equal(t, walls.MemoryBandwidth, solve(t, s).Binding)
	s.Context, s.Batch, s.Hardware.Memory = 8192, 4096, 1000*units.TB
	require.Equal(t, walls.MemoryBandwidth, solve(t, s).Binding)
}

func TestCalibratedIsNeverFasterThanThePerfectIdeal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		s.Efficiency = 1
		ideal := solve(t, s)
		s.Level = physics.Calibrated
		require.GreaterOrEqual(t, float64(solve(t, s).Latency), float64(ideal.Latency)*(1-1e-12))
	})
}

// By hand: 16.06e9 B of weights and 32·2048·131072 B of cache over 3.35e12 B/s,
// plus 10 µs and 32 × 10 µs.
func TestDecodeByHand(t *testing.T) {
	s := base
	s.Hardware.Dispatch, s.Hardware.Launch = 10*units.Microsecond, 10*units.Microsecond
	s.Hardware.Bandwidth = 3.35 * units.TBps
	weights := 2 * float64(s.Model.Params)
	cache := 32 * 2048 * 131072.0
	require.InEpsilon(t, (weights+cache)/3.35e12+330e-6, float64(solve(t, s).Latency), 1e-12)
}

func TestOversizedModelSpillsOverTheHostLink(t *testing.T) {
	r := solve(t, compute.SingleNode{Model: models.Llama3_70B, Hardware: hardware.H100, Batch: 1})
	require.False(t, r.Fits)
	require.Equal(t, walls.HostLink, r.Binding)
	require.InEpsilon(t, 2*float64(models.Llama3_70B.Params)-float64(hardware.H100.Memory), float64(r.Short), 1e-12)
	require.True(t, r.Warnings.Has(walls.DoesNotFit))
	require.NoError(t, r.Explain().Verify(r))
}

func TestTracesOfEveryKindVerify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		if rapid.Bool().Draw(t, "calibrated") {
			s.Level = physics.Calibrated
		}
		r := solve(t, s)
		require.NoError(t, r.Explain().Verify(r))
	})
}

func TestRefusals(t *testing.T) {
	for want, change := range map[string]func(*compute.SingleNode){
		"compute.SingleNode: Batch = 0: want at least 1":                                                         func(s *compute.SingleNode) { s.Batch = 0 },
		"compute.SingleNode: Efficiency = 1.5: want above 0 and at most 1":                                       func(s *compute.SingleNode) { s.Efficiency = 1.5 },
		"Precision = int4: want one of fp16, bf16, tf32, fp32, fp64, fp8, int8, the formats of NVIDIA H100 SXM5": func(s *compute.SingleNode) { s.Precision = physics.INT4 },
		"Hardware.Bandwidth = -1 B/s: want at least 0":                                                           func(s *compute.SingleNode) { s.Hardware.Bandwidth = -1 },
		"Phase = decode: want sample or prefill":                                                                 func(s *compute.SingleNode) { s.Model, s.Phase = models.ResNet50, compute.Decode },
		"Phase = sample: want decode or prefill: a pass of BERT":                                                 func(s *compute.SingleNode) { s.Model, s.Phase, s.Context = models.BERT_Base, compute.Sample, 0 },
		"Prompt = 0: want at least 1 in a prefill":                                                               func(s *compute.SingleNode) { s.Phase = compute.Prefill },
		"Model.TopK = 9: want between 1 and the number of experts":                                               func(s *compute.SingleNode) { s.Model = models.Mixtral_8x7B; s.Model.TopK = 9 },
	} {
		s := base
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

func ExampleSingleNode() {
	r, err := compute.SingleNode{Model: models.ResNet50, Hardware: hardware.A100, Batch: 1}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Latency, "bound by", r.Binding)
	fmt.Println(r.Warnings)
	// Output:
	// 567.9 µs bound by memory bandwidth
	// fixed overheads take longer than computing and reading memory
}

func BenchmarkSingleNode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := base.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
