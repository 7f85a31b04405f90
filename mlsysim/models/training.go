package models

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// forward is the arithmetic of one forward pass over a sequence of s tokens, or
// over one sample of a network without tokens: one image at one denoising step.
// An encoder reads a source and its decoder a target of s tokens each.
func (m *Model) forward(s float64) (linear, attention units.FLOP) {
	switch {
	case m.Decodes():
		source := m.source(s)
		return m.LinearOps().Times(s) + m.EncodeOps().Times(source), m.bothAttend(source, s)
	case m.Reads():
		return m.LinearOps().Times(s), m.PrefillAttentionOps(s, 0)
	default:
		return m.SampleOps(), m.SampleAttentionOps()
	}
}

// source is the positions that an encoder reads beside s tokens of its decoder.
func (m *Model) source(s float64) float64 {
	if m.Input > 0 {
		return float64(m.Input)
	}
	return s
}

// ForwardOps is the arithmetic of one forward pass over a sequence of s tokens,
// or over one sample of a network without tokens.
//
//	F(s, 0) = 2·P_m·s + 2·L·D_a·s²
//
// Narayanan 2021, equation 3, with the causal half of attention.
func (m *Model) ForwardOps(s float64) units.FLOP {
	linear, attention := m.forward(s)
	return linear + attention
}

// TrainingParts is the arithmetic that a device really does to train one
// sequence, outside attention and in it.
func (m *Model) TrainingParts(s float64, r physics.Recompute) (linear, attention units.FLOP) {
	linear, attention = m.forward(s)
	switch r {
	case physics.Full:
		return linear.Times(4), attention.Times(4)
	case physics.Selective:
		return linear.Times(3), attention.Times(4)
	default:
		return linear.Times(3), attention.Times(3)
	}
}

// TrainingOps is the arithmetic that a device really does to train one sequence:
// forward, twice that backward, and what is computed again. What is frozen is
// counted as if it were trained.
//
//	3·F none, 3·F + F_att selective, 4·F full
//
// Korthikanti 2022; Chowdhery 2022, appendix B.
func (m *Model) TrainingOps(s float64, r physics.Recompute) units.FLOP {
	linear, attention := m.TrainingParts(s, r)
	return linear + attention
}

// TrainingPass is the work of one device that trains one microbatch: weights are
// read forward and backward, gradients and optimizer state read and written
// once, activations written and read once. held is what it holds.
//
//	Q = 2·(τ·W + G + τ·O + A), τ the touched share: 1 except for embedding tables
//
// Rajbhandari 2020, "ZeRO"; Korthikanti 2022.
func (m *Model) TrainingPass(s *Split, held *StateMemory) physics.Pass {
	linear, attention := m.TrainingParts(s.Sequence, s.Recompute)
	touched := (m.Weights(s.Precision) + held.Optimizer).Times(m.TouchedShare(s))
	return physics.Pass{
		Linear:    linear.Times(s.Microbatch),
		Attention: attention.Times(s.Microbatch),
		Traffic:   (touched + held.Gradients + held.Activations).Times(2),
	}
}

// TouchedShare is the part of the weights that a microbatch reads, and that gets
// a gradient: all, or of embedding tables only the rows that are looked up.
func (m *Model) TouchedShare(s *Split) float64 {
	if m.Family != Recommendation {
		return 1
	}
	return m.SampleWeights(int(s.Microbatch), s.Precision).Ratio(m.Weights(s.Precision))
}

// AdapterShare is the part of the parameters that low-rank adapters of square
// matrices train.
//
//	2·r·H·n·L/P, n matrices per layer, at most 1
//
// Hu 2021, "LoRA".
func (m *Model) AdapterShare(rank, matrices int) float64 {
	return min(1, 2*float64(rank)*float64(m.Hidden)*float64(matrices)*float64(m.Layers)/float64(m.Params))
}

// Split says how a training step lies on devices.
type Split struct {
	TP, PP, DP, EP   int
	CP               int     // devices that a sequence is cut over; 0 is 1
	Parts            int     // of a pipeline stage, interleaved
	Microbatch       float64 // sequences of one microbatch
	Held             float64 // microbatches whose activations are held
	Sequence         float64 // tokens of one sequence
	SequenceParallel bool
	ZeRO             int
	KeepWeights      bool // ZeRO stage 3 holds what it gathered for the whole step
	Recompute        physics.Recompute
	Optimizer        physics.Optimizer
	Precision        physics.Precision
	Trainable        float64 // share of the parameters that are trained
	Buffers          float64 // communication buffers over gradients
	Fragmentation    float64 // memory that the allocator wastes over activations
}

// StateMemory is what one rank holds while it trains.
type StateMemory struct {
	Weights, Gradients, Optimizer, Activations, Buffers units.Bytes
}

// Total adds it up.
func (s *StateMemory) Total() units.Bytes {
	return s.Weights + s.Gradients + s.Optimizer + s.Activations + s.Buffers
}

// Shard is the parameters of one rank before ZeRO.
type Shard struct {
	Shared  float64 // those that every token uses
	Experts float64
}

// Total adds them up.
func (s *Shard) Total() float64 { return s.Shared + s.Experts }

// Shard returns the parameters of a rank of the largest stage: expert parallelism
// spreads only the experts, and the input and output matrices count with the
// layers.
//
//	(P_s + E·p_e/ep)·⌈L/pp⌉/(L·tp)
//
// Rajbhandari 2022, "DeepSpeed-MoE".
func (m *Model) Shard(tp, pp, ep int) Shard {
	expert, shared := m.ExpertParams()
	part := m.StageShare(pp) / float64(tp)
	return Shard{Shared: shared * part, Experts: float64(m.Experts) * expert / float64(ep) * part}
}

// StageShare is the part of the network that the largest pipeline stage has,
// ⌈L/pp⌉/L.
func (m *Model) StageShare(pp int) float64 {
	return float64(m.StageLayers(pp)) / float64(max(1, m.Blocks()))
}

// ShardParams are the parameters of one rank before ZeRO.
func (m *Model) ShardParams(tp, pp, ep int) float64 {
	s := m.Shard(tp, pp, ep)
	return s.Total()
}

// StageLayers are the layers of the largest pipeline stage, ⌈L/pp⌉, at least 1.
func (m *Model) StageLayers(pp int) int { return max(1, (m.Blocks()+pp-1)/pp) }

// TrainingMemory is the memory of one rank. ZeRO stage 1 shards the optimizer
// over the ranks that hold the same parameters, the replicas and the parts of a
// sequence; 2 the gradients too, 3 the weights too.
//
// Rajbhandari 2020, "ZeRO"; Korthikanti 2022 (activations).
func (m *Model) TrainingMemory(s *Split) StateMemory {
	params := m.ShardParams(s.TP, s.PP, s.EP)
	trained := params * s.Trainable
	out := StateMemory{
		Weights:   s.Precision.Size().Times(params / s.Shards(3)),
		Gradients: physics.GradientSize(s.Precision).Times(trained * m.TouchedShare(s) / s.Shards(2)),
		Optimizer: s.Optimizer.State(s.Precision).Times(trained / s.Shards(1)),
	}
	out.Activations = m.TrainingActivations(s)
	out.Buffers = out.Gradients.Times(s.Buffers)
	if s.PP > 1 {
		out.Buffers += m.HiddenBytes(s).Times(2)
	}
	return out
}

// Shards is the number of ranks that share what a ZeRO stage shards.
func (s *Split) Shards(stage int) float64 {
	if s.ZeRO < stage || stage == 3 && s.KeepWeights {
		return 1
	}
	return float64(s.DP) * s.context()
}

// context is the number of parts of a sequence.
func (s *Split) context() float64 { return max(1, float64(s.CP)) }

// Cuts reports whether a sequence can be cut over devices that pass keys and
// values round: every layer attends, and what it attends to is the sequence.
func (m *Model) Cuts() bool {
	return m.Attends() && m.AttentionLayers() == m.Layers && !m.Decodes()
}
