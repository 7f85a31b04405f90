package models

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// ForwardOps is the arithmetic of one forward pass over a sequence of s tokens,
// or over one sample of a network without tokens.
//
//	F(s, 0) = 2·P_m·s + 2·L·D_a·s²
//
// Narayanan 2021, equation 3, with the causal half of attention.
func (m *Model) ForwardOps(s float64) units.FLOP {
	if !m.Attends() {
		return m.LinearOps()
	}
	return m.LinearOps().Times(s) + m.PrefillAttentionOps(s, 0)
}

// TrainingOps is the arithmetic that a device really does to train one sequence:
// forward, twice that backward, and what is computed again.
//
//	3·F none, 3·F + F_att selective, 4·F full
//
// Korthikanti 2022; Chowdhery 2022, appendix B.
func (m *Model) TrainingOps(s float64, r physics.Recompute) units.FLOP {
	forward := m.ForwardOps(s)
	switch {
	case r == physics.Full:
		return forward.Times(4)
	case r == physics.Selective && m.Attends():
		return forward.Times(3) + m.PrefillAttentionOps(s, 0)
	default:
		return forward.Times(3)
	}
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
	Parts            int     // of a pipeline stage, interleaved
	Microbatch       float64 // sequences of one microbatch
	Held             float64 // microbatches whose activations are held
	Sequence         float64 // tokens of one sequence
	SequenceParallel bool
	ZeRO             int
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

// ShardParams are the parameters of one rank before ZeRO: expert parallelism
// spreads only the experts.
//
//	(P_s + E·p_e/ep)/(tp·pp)
//
// Rajbhandari 2022, "DeepSpeed-MoE".
func (m *Model) ShardParams(tp, pp, ep int) float64 {
	expert, shared := m.ExpertParams()
	return (shared + float64(m.Experts)*expert/float64(ep)) / (float64(tp) * float64(pp))
}

// StageLayers are the layers of the largest pipeline stage, ⌈L/pp⌉, at least 1.
func (m *Model) StageLayers(pp int) int { return max(1, (m.Layers+pp-1)/pp) }

// TrainingMemory is the memory of one rank. ZeRO stage 1 shards the optimizer
// over the data-parallel ranks, 2 the gradients too, 3 the weights too.
//
// Rajbhandari 2020, "ZeRO"; Korthikanti 2022 (activations).
func (m *Model) TrainingMemory(s *Split) StateMemory {
	params := m.ShardParams(s.TP, s.PP, s.EP)
	trained := params * s.Trainable
	out := StateMemory{
		Weights:   s.Precision.Size().Times(params / s.Shards(3)),
		Gradients: physics.GradientSize(s.Precision).Times(trained / s.Shards(2)),
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
	if s.ZeRO >= stage {
		return float64(s.DP)
	}
	return 1
}

// HiddenBytes is the residual stream of one microbatch, u·S·H·b.
func (m *Model) HiddenBytes(s *Split) units.Bytes {
	return s.Precision.Size().Times(s.Microbatch * s.Sequence * float64(m.Hidden))
}

// LayerActivations is what one layer keeps of a microbatch for its backward pass,
// in elements of the residual stream of one byte at 16 bit.
//
//	none       34·s·u·H + 5·A·s²·u, over t with sequence parallelism;
//	           without it 10 of the 34 stay whole
//	selective  the same without the s² term
//	full       2·s·u·H
//
// Korthikanti 2022, "Reducing activation recomputation in large transformers".
func (m *Model) LayerActivations(s *Split) units.Bytes {
	stream := s.Microbatch * s.Sequence * float64(m.Hidden)
	t := float64(s.TP)
	whole := 1.0
	if s.SequenceParallel {
		whole = t
	}
	scale := s.Precision.Size().Times(0.5)
	if s.Recompute == physics.Full {
		return scale.Times(2 * stream / whole)
	}
	elements := stream * (10/whole + 24/t)
	if s.Recompute == physics.KeepAll {
		elements += 5 * float64(m.Heads) * s.Sequence * s.Sequence * s.Microbatch / t
	}
	return scale.Times(elements)
}

// TrainingActivations is what a rank keeps of all microbatches in flight, with
// the logits of one where the vocabulary is known and the stage is also the last.
func (m *Model) TrainingActivations(s *Split) units.Bytes {
	if !m.Attends() {
		scale := s.Precision.Size().Ratio(physics.FP16.Size())
		return m.Activations.Times(0.5 * scale * s.Microbatch * s.Held) // the registry counts writing and reading
	}
	kept := m.LayerActivations(s).Times(float64(m.StageLayers(s.PP)) * s.Held)
	return (kept + m.LogitBytes(s)).Times(1 + s.Fragmentation)
}

// LogitBytes are the 32-bit logits of a microbatch, 4·s·u·V/t. The first stage
// of a pipeline, which holds the most microbatches, has none.
func (m *Model) LogitBytes(s *Split) units.Bytes {
	if s.PP > 1 {
		return 0
	}
	return physics.FP32.Size().Times(s.Sequence * s.Microbatch * float64(m.Vocab) / float64(s.TP))
}
