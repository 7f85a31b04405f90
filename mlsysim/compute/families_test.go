package compute_test

import (
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

// Two devices of classes that the registry may not have: a wafer whose only
// memory is on it, and a processor. The wafer's dense rate is unpublished; a
// tenth of the sparse figure is the vendor's own ratio for its predecessor.
var (
	wafer = hardware.Device{
		Name: "wafer", Rates: hardware.Rates{FP16: 12.5 * units.PFLOPS}, SRAM: 44 * units.GB, SRAMBandwidth: 21_000 * units.TBps,
		HostLink: 150 * units.GBps, TDP: 23 * units.Kilowatt, Launch: 10 * units.Microsecond,
	}
	processor = hardware.Device{
		Name: "processor", Rates: hardware.Rates{FP32: 7.2 * units.TFLOPS, BF16: 229 * units.TFLOPS, INT8: 459 * units.TFLOPS},
		Memory: 1024 * units.GiB, Bandwidth: 307.2 * units.GBps, TDP: 350, Launch: 10 * units.Microsecond,
	}
)

// Every network of the registry runs on every class of device in its usual phase,
// in training, and under the same laws.
func TestNoDomainIsForbidden(t *testing.T) {
	devices := []hardware.Device{hardware.STM32L4R5, hardware.ESP32_S3, hardware.IPhone15Pro, hardware.JetsonOrinNX, wafer, processor, hardware.H100}
	for _, h := range devices {
		for _, e := range models.Entries() {
			s := compute.SingleNode{Model: *e.Value, Hardware: h, Batch: 1}
			if s.Model.Reads() && !s.Model.Generates() {
				s.Prompt = 128
			}
			for _, phase := range []compute.Phase{compute.Auto, compute.Train} {
				s.Phase = phase
				if phase == compute.Train && s.Model.Reads() {
					s.Prompt = 128
				}
				r := solve(t, s)
				require.InEpsilon(t, float64(max(r.Compute, r.Memory)+r.Overhead), float64(r.Latency), 1e-12)
				require.LessOrEqual(t, r.HFU, 0.5*(1+1e-12))
				require.Equal(t, r.Fits, r.Short == 0)
				require.NoError(t, r.Explain().Verify(r), "%s on %s", e.Path, h.Name)
			}
		}
	}
}

// By hand: DS-CNN at 8 bit is small enough for the SRAM of a microcontroller,
// MobileNetV2 (3.5 MB) only for a flash that its 2 MB has not.
func TestMicrocontrollerTiers(t *testing.T) {
	r := solve(t, compute.SingleNode{Model: models.DS_CNN, Hardware: hardware.STM32L4R5, Batch: 1})
	require.Equal(t, physics.INT8, r.Precision)
	require.InEpsilon(t, (24908+289260/2)/480e6, float64(r.Memory), 1e-12)
	require.InEpsilon(t, 5313536/(480e6*0.5), float64(r.Compute), 1e-12)
	r = solve(t, compute.SingleNode{Model: models.MobileNetV2, Hardware: hardware.STM32L4R5, Batch: 1})
	require.InEpsilon(t, (3504872+27453392/2)/120e6, float64(r.Memory), 1e-12)
	require.False(t, r.Fits)
	require.InEpsilon(t, 3504872-(2<<20)-(640<<10), float64(r.Short), 1e-12)
}

// By hand: a wafer reads an 8B network from itself in 0.77 µs, less than even one
// token takes to compute, and a 70B one over the link.
func TestWafer(t *testing.T) {
	r := solve(t, compute.SingleNode{Model: models.Llama3_8B, Hardware: wafer, Batch: 1})
	require.InEpsilon(t, 2*8030261248/21e15, float64(r.Memory), 1e-12)
	require.Equal(t, walls.Compute, r.Binding)
	r = solve(t, compute.SingleNode{Model: models.Llama3_70B, Hardware: wafer, Batch: 1})
	require.Equal(t, walls.HostLink, r.Binding)
	require.InEpsilon(t, (2*70553706496-44e9)/150e9, float64(r.Memory), 1e-12)
}

// P-09 and V-40: a state-space network decodes as fast at any context, and a
// transformer does not.
func TestStateDoesNotGrow(t *testing.T) {
	s := compute.SingleNode{Model: models.Mamba_2_8B, Hardware: hardware.A100, Batch: 8}
	short := solve(t, s)
	s.Context = 1_000_000
	require.Equal(t, short.Latency, solve(t, s).Latency)
	require.Equal(t, short.Cache, solve(t, s).Cache)
	require.InEpsilon(t, 8*2*6553600, float64(short.Cache), 1e-12)
	s.Model = models.Jamba_1_5_Large // nine layers of a hybrid attend
	long := solve(t, s).Cache
	s.Context = 0
	require.Less(t, float64(solve(t, s).Cache), float64(long))
}

// By hand: 50 steps of Stable Diffusion with guidance on an H100, batch 1.
func TestDenoisingSteps(t *testing.T) {
	s := compute.SingleNode{Model: models.StableDiffusion_v1_5, Hardware: hardware.H100, Batch: 1}
	s.Hardware.Launch, s.Hardware.Dispatch = 10*units.Microsecond, 10*units.Microsecond
	r := solve(t, s)
	require.Equal(t, compute.Sample, r.Phase)
	require.InEpsilon(t, 100*803.3e9/(0.5*float64(s.Hardware.Rates.FP16)), float64(r.Compute), 1e-12)
	require.InEpsilon(t, 50*2*859520964/float64(s.Hardware.Bandwidth), float64(r.Memory), 1e-12)
	require.InEpsilon(t, 10e-6+50*25*10e-6, float64(r.Overhead), 1e-12)
	require.InEpsilon(t, 2*859520964, float64(r.Footprint), 1e-12)
}

// By hand: DLRM does not fit at 32 bit, but a batch touches little of what is
// missing: that share of its reads crosses the link.
func TestLookupsBehindTheLink(t *testing.T) {
	s := compute.SingleNode{Model: models.DLRM_MLPerf_v1, Hardware: hardware.H100, Batch: 2048, Precision: physics.FP32}
	r := solve(t, s)
	require.False(t, r.Fits)
	traffic := 4 * (2368897 + 2048*26*128.0)
	far := traffic * float64(r.Short) / float64(r.Footprint)
	require.InEpsilon(t, traffic, float64(r.Traffic), 1e-12)
	require.InEpsilon(t, max(far/float64(s.Hardware.HostLink), (traffic-far)/float64(s.Hardware.Bandwidth)), float64(r.Memory), 1e-12)
	require.Less(t, float64(r.Memory), 1e-4)
}

// I-6: a prefill turns compute-bound as it grows; a decode step does so only
// where a token brings more arithmetic than its cache takes to read.
func TestWhenPassesTurnComputeBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []models.Model
		for _, e := range models.Entries() {
			if e.Value.Generates() {
				all = append(all, *e.Value)
			}
		}
		s := compute.SingleNode{Model: rapid.SampledFrom(all).Draw(t, "model"), Hardware: hardware.H100, Efficiency: 0.5}
		s.Hardware.Memory = 1e6 * units.PB
		s.Phase, s.Batch, s.Prompt = compute.Prefill, 1024, 4096
		r := solve(t, s)
		require.Equal(t, walls.Compute, r.Binding)

		s.Phase, s.Prompt, s.Batch = compute.Decode, 0, 100_000_000
		s.Context = rapid.IntRange(0, 100_000).Draw(t, "context")
		context := float64(s.Context)
		work := float64(s.Model.LinearOps() + s.Model.DecodeAttentionOps(context))
		read := float64(s.Model.CacheTraffic(context, 2, 1))
		ridge := float64(s.Hardware.Rates.FP16) * 0.5 / float64(s.Hardware.Bandwidth)
		if ratio := work / max(read, 1); ratio > 1.001*ridge || ratio < 0.999*ridge {
			require.Equal(t, ratio > ridge, solve(t, s).Binding == walls.Compute)
		}
	})
}

// I-4: more layers, in a network whose parameters follow from its shape.
func TestMoreLayersAreNeverFaster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		params, active, _ := s.Model.CountParams()
		if params == 0 {
			return
		}
		s.Model.Params, s.Model.Active = params, 0
		if s.Model.Experts > 0 {
			s.Model.Active = active
		}
		before := solve(t, s).Latency
		s.Model.Layers++
		params, active, _ = s.Model.CountParams()
		s.Model.Params = params
		if s.Model.Experts > 0 {
			s.Model.Active = active
		}
		require.GreaterOrEqual(t, float64(solve(t, s).Latency), float64(before)*(1-1e-12))
	})
}

func TestFamilyRefusals(t *testing.T) {
	for want, s := range map[string]compute.SingleNode{
		"Phase = prefill: want sample: ViT-B/16 has no attention layers": {Model: models.ViT_Base, Phase: compute.Prefill, Prompt: 9},
		"Phase = decode: want sample or prefill: Stable Diffusion":       {Model: models.StableDiffusion_v1_5, Phase: compute.Decode},
		"Phase = sample: want decode or prefill: a pass of Mamba-2.8B":   {Model: models.Mamba_2_8B, Phase: compute.Sample},
		"Context = 9: want 0: the encoder of T5-Base reads all":          {Model: models.T5_Base, Phase: compute.Prefill, Prompt: 9, Context: 9},
		"Context = 9: want 0: DLRM (MLPerf, Criteo 1TB) has no cache":    {Model: models.DLRM_MLPerf_v1, Context: 9},
		"Model.State = 0: want at least 1":                               {Model: models.Model{Family: models.SSM, Params: 1e9, Layers: 2, Hidden: 8}},
		"Model.FLOPs = 0 FLOP: want above 0: parameters do not give":     {Model: models.Model{Family: models.Diffusion, Params: 1e9, Layers: 2, Steps: 2}},
	} {
		s.Hardware, s.Batch = hardware.H100, 1
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}
