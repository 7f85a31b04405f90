package laws_test

import (
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
)

func trainingLaws() []law {
	return []law{
		{
			id: "I-10", says: "a fleet trains at most N·peak·efficiency over the operations of a sample", holds: fleetRate,
			mutants: []mutant{
				{"remainder of the batch dropped (D-12)", func(b *bench) {
					wrong(&b.step, nil, func(s *parallel.Training, r *parallel.TrainingResult) {
						whole := max(s.Batch/r.DP, 1)
						r.Throughput = r.Throughput.Times(float64(r.Local) / float64(whole))
					})
				}},
				{"one token per sample (D-07)", func(b *bench) {
					wrong(&b.step, func(s *parallel.Training) { s.Sequence = 1 }, nil)
				}},
			},
		},
		{
			id: "I-11", says: "a step of N devices takes at least the arithmetic over N; scaling efficiency is at most 1", holds: scales,
			mutants: []mutant{
				{"communication that gives time back (V-09)", func(b *bench) {
					wrong(&b.step, nil, func(_ *parallel.Training, r *parallel.TrainingResult) {
						r.Scaling = r.Node.Ratio(r.Node - r.TensorPar.Times(0.1) - r.Exposed.Times(0.1))
					})
				}},
				{"a second copy of every device", func(b *bench) {
					wrong(&b.step, nil, func(_ *parallel.Training, r *parallel.TrainingResult) { r.Step = r.Step.Times(0.4) })
				}},
			},
		},
		{
			id: "I-12", says: "gradient accumulation changes neither the samples nor the exchange of the gradients of a step", holds: accumulates,
			mutants: []mutant{
				{"exchange divided by the accumulation (D-19)", func(b *bench) {
					wrong(&b.step, nil, func(s *parallel.Training, r *parallel.TrainingResult) {
						r.DataPar = r.DataPar.Times(1 / float64(max(s.Accumulation, 1)))
					})
				}},
				{"a batch for each accumulation step", func(b *bench) {
					wrong(&b.step, nil, func(s *parallel.Training, r *parallel.TrainingResult) {
						r.Throughput = r.Throughput.Times(float64(max(s.Accumulation, 1)))
					})
				}},
			},
		},
		{
			id: "I-13", says: "splitting over tensor, pipeline and expert ranks conserves the operations", holds: conserves,
			mutants: []mutant{
				{"pipeline stages repeat the whole network", func(b *bench) {
					wrong(&b.step, nil, func(s *parallel.Training, r *parallel.TrainingResult) {
						r.Compute = r.Compute.Times(float64(max(s.PP, 1)))
					})
				}},
				{"attention not split over tensor ranks", func(b *bench) {
					wrong(&b.step, nil, func(s *parallel.Training, r *parallel.TrainingResult) {
						m, tp := &s.Model, float64(max(s.TP, 1))
						attention := m.PrefillAttentionOps(float64(max(s.Sequence, 1)), 0).Times(3 * (tp - 1) / tp)
						r.Compute += physics.ComputeTime(attention, s.Hardware.Rates.At(r.Precision), orHalf(s.Efficiency))
					})
				}},
			},
		},
		{
			id: "I-15", holds: memoryOrder,
			says: "memory with ZeRO 3 <= 2 <= 1 <= 0, full <= selective <= none recomputed, sequence parallel <= not",
			mutants: []mutant{
				{"weights gathered into a copy", func(b *bench) {
					wrong(&b.memory, nil, func(s *training.Memory, r *training.MemoryResult) {
						if s.ZeRO == 3 {
							r.Memory += r.Weights.Times(float64(max(s.DP, 1)))
						}
					})
				}},
				{"recomputed layers kept too", func(b *bench) {
					wrong(&b.memory, nil, func(s *training.Memory, r *training.MemoryResult) {
						if s.Checkpointing == physics.Full {
							r.Memory += r.Activations.Times(20)
						}
					})
				}},
				{"sequence parallelism gathers everywhere", func(b *bench) {
					wrong(&b.memory, nil, func(s *training.Memory, r *training.MemoryResult) {
						if !s.NoSP {
							r.Memory += r.Activations.Times(float64(max(s.TP, 1)))
						}
					})
				}},
			},
		},
	}
}

// sampleOps is what training one sample of a decoder takes at least, from the
// network's shape: three passes over every matrix and over what each token attends
// to.
func sampleOps(m *models.Model, sequence int) float64 {
	perToken := 2 * float64(m.MatmulParams())
	if m.FLOPs > 0 {
		perToken = float64(m.FLOPs)
	}
	s := float64(sequence)
	pairs := s * s / 2
	if w := float64(m.Window); m.Window > 0 && s > w {
		whole := float64(m.GlobalLayers) / float64(m.Layers)
		pairs = whole*pairs + (1-whole)*(w*w/2+(s-w)*w)
	}
	return 3 * (perToken*s + 4*float64(m.Layers)*m.AttentionWidth()*pairs)
}

func fleetRate(c *trial, b *bench) {
	s := drawStep(c)
	if chance(c, "decoder") {
		s.Model = model(c, func(m *models.Model) bool { return m.Family == models.Transformer })
		s.TP, s.PP, s.EP, s.CP, s.Parts, s.Microbatches, s.Accumulation = 1, 1, 1, 1, 1, 1, 1
	}
	r := solved(c, b.step, s)
	ops := float64(s.Model.TrainingOps(float64(max(s.Sequence, 1)), physics.KeepAll))
	if s.Model.Family == models.Transformer && s.Model.Reads() && s.Model.KVRank == 0 {
		ops = sampleOps(&s.Model, max(s.Sequence, 1))
	}
	rate := float64(s.Hardware.Rates.At(r.Precision)) * reachable(s.Level, s.Efficiency) * float64(s.Nodes*s.PerNode)
	atMost(c, "samples per second", r.Throughput, units.SampleRate(rate/ops))
}

func scales(c *trial, b *bench) {
	s := drawStep(c)
	r := solved(c, b.step, s)
	atMost(c, "scaling efficiency", r.Scaling, 1)
	atMost(c, "zero over scaling efficiency", 0, r.Scaling)

	one := s
	one.Nodes, one.PerNode, one.TP, one.PP, one.EP, one.CP, one.Parts, one.Imbalance = 1, 1, 1, 1, 1, 1, 1, 1
	alone := solved(c, b.step, one)
	atMost(c, "arithmetic over all devices", alone.Compute.Times(1/float64(r.Devices)), r.Step)
}

func accumulates(c *trial, b *bench) {
	s := drawStep(c)
	s.Accumulation, s.Microbatches = 1, 1
	once := solved(c, b.step, s)
	s.Accumulation = upTo(c, "steps", min(once.Local, 1_000_000))
	r := solved(c, b.step, s)
	same(c, "exchange of the gradients", r.DataPar, once.DataPar)
	same(c, "samples of a step", r.Throughput.For(r.Step), units.Samples(s.Batch))
	same(c, "samples of a step at once", once.Throughput.For(once.Step), units.Samples(s.Batch))
}

// conserves compares a split with a lone device that does the work of as many
// samples as all replicas together.
func conserves(c *trial, b *bench) {
	s := drawStep(c)
	s.Imbalance, s.Microbatches, s.Accumulation = 1, 1, 1
	r := solved(c, b.step, s)
	lone := s
	lone.Nodes, lone.PerNode, lone.TP, lone.PP, lone.EP, lone.CP, lone.Parts, lone.Batch = 1, 1, 1, 1, 1, 1, 1, 1
	one := solved(c, b.step, lone)
	same(c, "device-seconds of arithmetic", r.Compute.Times(float64(r.Devices)), one.Compute.Times(float64(r.Local)*float64(r.DP)))
}

func memoryOrder(c *trial, b *bench) {
	s := drawMemory(c)
	ordered := func(what string, change func(*training.Memory, int), steps int) {
		last := units.Bytes(0)
		for i := range steps {
			in := s
			change(&in, i)
			r := solved(c, b.memory, in)
			if i > 0 {
				atMost(c, what, r.Memory, last)
			}
			last = r.Memory
		}
	}
	ordered("memory of a higher ZeRO stage", func(in *training.Memory, i int) { in.ZeRO = i }, 4)
	modes := [...]physics.Recompute{physics.KeepAll, physics.Selective, physics.Full}
	ordered("memory with more recomputed", func(in *training.Memory, i int) { in.Checkpointing = modes[i] }, 3)
	ordered("memory with sequence parallelism", func(in *training.Memory, i int) { in.NoSP = i == 0 }, 2)

	in := s
	in.ZeRO = rapid.IntRange(1, 3).Draw(c.T, "zero")
	held := solved(c, b.memory, in)
	same(c, "parts of the memory", held.Weights+held.Gradients+held.Optimizer+held.Activations+held.Buffers, held.Memory)
}
