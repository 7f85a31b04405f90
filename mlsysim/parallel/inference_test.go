package parallel_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func infer(t require.TestingT, s parallel.Inference) parallel.InferenceResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// drawInference is a valid replica, with every kind of parallelism.
func drawInference(t *rapid.T) parallel.Inference {
	s := parallel.Inference{
		Model:    rapid.SampledFrom([]models.Model{models.Mixtral_8x7B, models.Llama3_70B, models.Mistral_7B, models.Mamba_2_8B, models.DeepSeek_V3}).Draw(t, "model"),
		Hardware: rapid.SampledFrom([]hardware.Device{hardware.H100, hardware.A100}).Draw(t, "hardware"),
		TP:       1 << rapid.IntRange(0, 4).Draw(t, "tp"), PP: rapid.IntRange(1, 6).Draw(t, "pp"), CP: rapid.IntRange(1, 4).Draw(t, "cp"),
		PerNode: rapid.SampledFrom([]int{1, 4, 8}).Draw(t, "per node"), Fabric: units.GBps.Times(rapid.Float64Range(1, 100).Draw(t, "fabric")),
		Prompt: rapid.IntRange(8, 20000).Draw(t, "prompt"), Output: rapid.IntRange(0, 4000).Draw(t, "output"), Batch: rapid.IntRange(6, 300).Draw(t, "batch"),
		Microbatches: rapid.IntRange(0, 6).Draw(t, "microbatches"), NodeSwitch: rapid.Bool().Draw(t, "switch"),
		Level: physics.Level(rapid.IntRange(0, 1).Draw(t, "level")), Congestion: rapid.Float64Range(1, 2).Draw(t, "congestion"),
		Imbalance: rapid.Float64Range(1, 3).Draw(t, "imbalance"), Algorithm: physics.Algorithm(rapid.IntRange(0, 4).Draw(t, "algorithm")),
	}
	s.EP = 1
	if !s.Model.Cuts() {
		s.CP = 1
	}
	if s.Model.Experts > 0 {
		s.EP = 1 << rapid.IntRange(0, 3).Draw(t, "ep")
	}
	s.Nodes = s.TP * s.PP * s.CP * s.EP * rapid.IntRange(1, 3).Draw(t, "replicas")
	return s
}

// One replica inside a server is what serving computes, digit for digit.
func TestInferenceInAServerIsServing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tp := 1 << rapid.IntRange(0, 3).Draw(t, "tp")
		s := parallel.Inference{
			Model:    rapid.SampledFrom([]models.Model{models.Mixtral_8x7B, models.Llama3_70B, models.Mistral_7B, models.Mamba_2_8B, models.Jamba_1_5_Large, models.DeepSeek_V3, models.Gemma2_9B}).Draw(t, "model"),
			Hardware: hardware.H100, TP: tp, Prompt: rapid.IntRange(1, 9000).Draw(t, "prompt"), Output: rapid.IntRange(0, 900).Draw(t, "output"),
			Batch: rapid.IntRange(1, 300).Draw(t, "batch"), Level: physics.Level(rapid.IntRange(0, 1).Draw(t, "level")),
			Precision: rapid.SampledFrom([]physics.Precision{physics.FP16, physics.FP8}).Draw(t, "precision"),
		}
		got := infer(t, s)
		want, err := serving.Serving{
			Model: s.Model, Hardware: s.Hardware, Devices: 8, TP: tp, Prompt: s.Prompt, Output: s.Output, Batch: s.Batch, Level: s.Level, Precision: s.Precision,
		}.Solve()
		require.NoError(t, err)
		for name, pair := range map[string][2]float64{
			"TTFT": {float64(want.TTFT), float64(got.TTFT)}, "ITL": {float64(want.ITL), float64(got.ITL)},
			"first": {float64(want.ITLFirst), float64(got.ITLFirst)}, "last": {float64(want.ITLLast), float64(got.ITLLast)},
			"rate": {float64(want.TokensPerSecond), float64(got.TokensPerSecond)}, "memory": {float64(want.Memory), float64(got.Memory)},
			"mfu": {want.MFU, got.MFU}, "request": {float64(want.Request), float64(got.Request)},
		} {
			require.InEpsilon(t, pair[0], pair[1], 1e-12, name)
		}
		require.Equal(t, want.Fits, got.Fits)
	})
}

func TestInferenceTraces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := infer(t, drawInference(t))
		require.NoError(t, r.Explain().Verify(r))
	})
}

// By hand: 8 key-value heads over 16 devices are held twice, so that a device
// keeps as much as over 8.
func TestKeyValueHeadsAreRepeated(t *testing.T) {
	s := parallel.Inference{Model: models.Llama2_70B, Hardware: hardware.H100, Nodes: 2, Fabric: 50 * units.GBps, Prompt: 4096, Batch: 4, TP: 8}
	eight := infer(t, s)
	s.TP = 16
	sixteen := infer(t, s)
	require.Equal(t, eight.Cache, sixteen.Cache)
	require.InEpsilon(t, 2*80*128*2*4096*4, float64(sixteen.Cache), 1e-12)
	require.InEpsilon(t, float64(eight.Weights), 2*float64(sixteen.Weights), 1e-12)
}

// By hand: four stages of 20 layers, and a batch of 8 in two microbatches: half of
// the stages wait.
func TestStagesWaitForMicrobatches(t *testing.T) {
	s := parallel.Inference{Model: models.Llama2_70B, Hardware: hardware.H100, Nodes: 4, Fabric: 50 * units.GBps, Prompt: 1024, Batch: 8, TP: 8, PP: 4, Microbatches: 2}
	r := infer(t, s)
	require.InEpsilon(t, 0.5, r.Idle, 1e-12)
	require.InEpsilon(t, 4*float64(r.Stage), float64(r.ITL), 1e-12)
	require.InEpsilon(t, 5*float64(r.PrefillStage), float64(r.TTFT), 1e-12)
	require.InEpsilon(t, 5e-6+4*8192*2/8/50e9, float64(r.Hop), 1e-12)
	require.Equal(t, walls.MemoryBandwidth, r.Binding)
	s.Microbatches = 0
	full := infer(t, s)
	require.Equal(t, 4, full.Microbatches)
	require.Zero(t, full.Idle)
	require.Greater(t, float64(full.TokensPerSecond), float64(r.TokensPerSecond))
}

// By hand: Mixtral over eight devices: two all-to-alls in each of 32 layers, one
// request per device, top 2.
func TestExpertsRouteTwicePerLayer(t *testing.T) {
	r := infer(t, parallel.Inference{Model: models.Mixtral_8x7B, Hardware: hardware.H100, Prompt: 512, Batch: 8, EP: 8})
	message := 2 * 4096 * 2.0
	require.InEpsilon(t, 64*(message*7/8/450e9+7*0.5e-6), float64(r.ExpertPar), 1e-9)
}

func TestInferenceRefusals(t *testing.T) {
	for want, change := range map[string]func(*parallel.Inference){
		"Batch = -3: want at least 1":        func(s *parallel.Inference) { s.Batch = -3 }, // V-15
		"TP = 3: want a divisor":             func(s *parallel.Inference) { s.TP = 3 },
		"PP = 128: want at most the layers":  func(s *parallel.Inference) { s.PP = 128 },
		"EP = 2: want a divisor":             func(s *parallel.Inference) { s.EP = 2 },
		"CP = 2000: want at most":            func(s *parallel.Inference) { s.CP = 2000 },
		"TP·PP·EP·CP = 16: want a divisor":   func(s *parallel.Inference) { s.PP = 16 },
		"Microbatches = 9: want at most":     func(s *parallel.Inference) { s.Microbatches = 9 },
		"Model = ResNet-50: want a decoder":  func(s *parallel.Inference) { s.Model = models.ResNet50 },
		"Fabric = 0 B/s: want above 0 B/s":   func(s *parallel.Inference) { s.Nodes, s.PP, s.Fabric = 4, 16, 0 },
		"Efficiency = 5: want above 0":       func(s *parallel.Inference) { s.Efficiency = 5 }, // V-16
		"Oversubscription = -2: want":        func(s *parallel.Inference) { s.Oversubscription = -2 },
		"IntraLink = 0 B/s: want above 0":    func(s *parallel.Inference) { s.Hardware.ScaleUp, s.TP = 0, 8 },
		"Hardware.Memory = 0 B: want above":  func(s *parallel.Inference) { s.Hardware.Memory = 0 },
		"Congestion = 0.5: want at least 1":  func(s *parallel.Inference) { s.Congestion = 0.5 },
		"Model.Hidden = 0: want at least 1":  func(s *parallel.Inference) { s.Model.Hidden = 0 },
		"Imbalance = 0.25: want at least 1":  func(s *parallel.Inference) { s.Imbalance = 0.25 },
		"IntraLatency = -1 s: want at least": func(s *parallel.Inference) { s.IntraLatency = -1 },
	} {
		s := parallel.Inference{Model: models.Llama2_70B, Hardware: hardware.H100, Fabric: 50 * units.GBps, Prompt: 1024, Batch: 8}
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

// Llama 2 70B on eight H100: a decode step cannot be faster than reading an eighth
// of the weights at 3.35 TB/s. That is 5.15 ms for the 68.98 billion parameters of
// its config; with the 140 GB that its name says, or with the cache of a full
// context beside them, 5.2 ms.
func ExampleInference_decodeFloor() {
	s := parallel.Inference{Model: models.Llama2_70B, Hardware: hardware.H100, TP: 8, Prompt: 1, Batch: 1}
	fmt.Println("weights:", s.Run().DecodeMemory)
	s.Prompt = 4096
	fmt.Println("with 4,096 tokens:", s.Run().DecodeMemory)
	s.Prompt, s.Model.Params = 1, 70*units.Billion
	fmt.Println("if it had 70 billion:", s.Run().DecodeMemory)
	// Output:
	// weights: 5.148 ms
	// with 4,096 tokens: 5.198 ms
	// if it had 70 billion: 5.224 ms
}

func ExampleInference() {
	r := parallel.Inference{
		Model: models.Llama3_405B, Hardware: hardware.H100, Nodes: 4, Fabric: 50 * units.GBps,
		TP: 8, PP: 2, Prompt: 2048, Output: 512, Batch: 64, Level: physics.Calibrated,
	}.Run()
	fmt.Println(r.Replicas, "replicas, fits:", r.Fits, "ITL", r.ITL, "TTFT", r.TTFT)
	fmt.Println(r.TokensPerSecond, "binds:", r.Binding)
	// Output:
	// 2 replicas, fits: true ITL 44.24 ms TTFT 18.05 s
	// 2893 tokens/s binds: memory bandwidth
}

func BenchmarkInference(b *testing.B) {
	in := parallel.Inference{
		Model: models.Mixtral_8x7B, Hardware: hardware.H100, Nodes: 4, Fabric: 50 * units.GBps, TP: 2, PP: 2, EP: 4, CP: 2, Prompt: 2048, Output: 512, Batch: 64,
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
