package parallel_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

var superpod = parallel.Training{Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 32, Fabric: 50 * units.GBps, Batch: 1024, TP: 8, PP: 4, Microbatches: 16}

func train(t require.TestingT, s parallel.Training) parallel.TrainingResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

func TestTrainingTraces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStep(t)
		s.Level = physics.Level(rapid.IntRange(0, 1).Draw(t, "level"))
		s.Algorithm = physics.Algorithm(rapid.IntRange(0, 4).Draw(t, "algorithm"))
		if s.Model.Attends() {
			s.LoRA = rapid.SampledFrom([]int{0, 16}).Draw(t, "lora")
		}
		r := train(t, s)
		require.NoError(t, r.Explain().Verify(r))
	})
}

// A trace shows where every number of the memory and of the traffic comes from.
func TestTraceDerivesEveryField(t *testing.T) {
	s := superpod
	s.ZeRO, s.CP, s.Nodes = 3, 2, 64
	derived := map[string]bool{}
	for _, step := range train(t, s).Explain().Steps {
		derived[step.Field] = true
	}
	for _, field := range []string{
		"Weights", "Gradients", "Optimizer", "Activations", "Buffers", "Memory", "Traffic", "Compute", "MemTime", "Overhead", "Node",
		"TensorPar", "TensorExposed", "ContextPar", "ContextExposed", "Stages", "DataPar", "Exposed", "Bubble", "Step", "Scaling", "Throughput", "MFU", "HFU",
	} {
		require.True(t, derived[field], field)
	}
}

// By hand: a microbatch of one sequence of 8,192 tokens over four devices of a
// server; each hands keys and values of 2,048 tokens on three times, and back with
// their gradients.
func TestRingAttentionByHand(t *testing.T) {
	r := train(t, parallel.Training{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 2, Sequence: 8192, CP: 4})
	part := 2 * 8 * 128 * 2048 * 2.0
	require.InEpsilon(t, 32*(9*part/450e9+6*0.5e-6), float64(r.ContextPar), 1e-12)
	attention := 4 * 2 * 32 * 4096 * 8192.0 * 8192 / 4 / (989e12 * 0.5) // three passes, and one that selective recomputing repeats
	require.InEpsilon(t, max(0, float64(r.ContextPar)-attention*3/4)+1, float64(r.ContextExposed)+1, 1e-12)
	require.Equal(t, 2, r.DP)
}

// Every network of the registry trains, with attention or without.
func TestEveryNetworkTrains(t *testing.T) {
	for _, e := range models.Entries() {
		r := train(t, parallel.Training{Model: *e.Value, Hardware: hardware.H100, Nodes: 2, Fabric: 50 * units.GBps, Batch: 64, PP: min(2, e.Value.Layers), Microbatches: 2})
		require.Positive(t, float64(r.Step), e.Path)
		require.Equal(t, e.Value.Layers > 1, r.Stages > 0, e.Path)                                // unknown layers stay on one stage
		require.Equal(t, e.Value.Stacked() || e.Value.Activations > 0, r.Activations > 0, e.Path) // an unknown size is not made up
		require.NoError(t, r.Explain().Verify(r), e.Path)
	}
}

// By hand: half of the layers of a convolutional network keep half of its
// activations, and hand the mean output of a layer on.
func TestStagesOfANetworkWithoutAttention(t *testing.T) {
	s := parallel.Training{Model: models.ResNet50, Hardware: hardware.H100, Batch: 64}
	whole := train(t, s)
	s.PP = 2
	half := train(t, s)
	require.InEpsilon(t, float64(whole.Activations), float64(half.Activations), 1e-12) // half of the layers of twice the samples
	message := 16 * 0.5 * float64(models.ResNet50.Activations) / 50
	require.InEpsilon(t, 2*(message/450e9+0.5e-6), float64(half.Stages), 1e-9)
}

func TestTrainingRefusals(t *testing.T) {
	for want, change := range map[string]func(*parallel.Training){
		"Microbatches = 1000: want": func(s *parallel.Training) { s.Microbatches = 1000 },
		"TP = 3: want a divisor":    func(s *parallel.Training) { s.TP = 3 },
		"PP = 128: want at most":    func(s *parallel.Training) { s.PP = 128 },
		"EP = 2: want at most":      func(s *parallel.Training) { s.EP = 2 },
		"Congestion = 0.5: want":    func(s *parallel.Training) { s.Congestion = 0.5 },
		"Straggler = 0.5: want":     func(s *parallel.Training) { s.Straggler = 0.5 },
		"Oversubscription = 0.5":    func(s *parallel.Training) { s.Oversubscription = 0.5 },
		"Congestion = -1: want":     func(s *parallel.Training) { s.Congestion = -1 },         // V-09
		"Congestion = NaN: want":    func(s *parallel.Training) { s.Congestion = math.NaN() }, // V-10
		"Oversubscription = -2":     func(s *parallel.Training) { s.Oversubscription = -2 },   // V-12
		"Parts = -1: want":          func(s *parallel.Training) { s.Parts = -1 },              // V-13
		"Parts = 21: want at most":  func(s *parallel.Training) { s.Parts = 21 },              // of 20 layers in a stage
		"CP = 3: want a divisor":    func(s *parallel.Training) { s.CP, s.Nodes = 3, 96 },     // 2,048 tokens
		"TP·PP·EP·CP = 96: want":    func(s *parallel.Training) { s.PP = 3; s.Parts = 1; s.CP = 4 },
		"LoRA = 16: want 0":         func(s *parallel.Training) { s.Model, s.TP, s.LoRA = models.ResNet50, 1, 16 },
		"Trainable = 0.5: want 1":   func(s *parallel.Training) { s.LoRA, s.Trainable = 16, 0.5 },
	} {
		s := superpod
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

// solvers.md 3.3: 70B on 32 servers of 8 devices.
func TestTrainingWorked(t *testing.T) {
	r, err := parallel.Training{
		Model: models.Model{Name: "70B", Params: 70.6e9, FLOPs: 141.2e9, Layers: 80, Hidden: 8192, Heads: 64, KVHeads: 8},
		Hardware: hardware.Device{
			Name: "x", Rates: hardware.Rates{FP16: 989 * units.TFLOPS}, Memory: 80 * units.GiB, Bandwidth: 3.35 * units.TBps,
			Dispatch: 10 * units.Microsecond, Launch: 10 * units.Microsecond,
		},
		Nodes: 32, IntraLink: 450 * units.GBps, Fabric: 50 * units.GBps, Batch: 1024, TP: 8, PP: 4, Microbatches: 16,
		Algorithm: physics.Hierarchical,
	}.Solve()
	require.NoError(t, err)
	for _, c := range []struct{ want, got float64 }{
		{7.204943, float64(r.Node)},
		{1.3451720, float64(r.TensorPar)},
		{0.1545075, float64(r.DataPar)},
		{1.6031466, float64(r.Bubble)},
		{0.0216348, float64(r.Stages)},
		{10.329404, float64(r.Step)},
		{99.1345, float64(r.Throughput)},
		{81.691523, r.Memory.Ratio(units.GB)},
		{0.346141, r.MFU},
	} {
		require.InEpsilon(t, c.want, c.got, 2.5e-6)
	}
	require.True(t, r.Fits)
}

// V-12, V-13: a zero that is written down is no default.
func TestExplicitZerosAreRefused(t *testing.T) {
	for _, field := range []string{"oversubscription", "parts", "congestion", "straggler", "microbatches"} {
		var s parallel.Training
		err := describe.Decode([]byte(`{"`+field+`": 0}`), &s)
		require.ErrorContains(t, err, "= 0: want at least 1")
	}
}

func BenchmarkTraining(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := superpod.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
