package models

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Stacked reports whether the network is a stack of equal layers, so that its
// shape says what they keep for the backward pass.
func (m *Model) Stacked() bool { return m.Reads() || m.fixed() }

// HiddenBytes is what one microbatch hands from layer to layer on a rank: the
// residual stream u·S/c·H·b, or the mean output of a layer where a network has
// none.
func (m *Model) HiddenBytes(s *Split) units.Bytes {
	if !m.Stacked() {
		return m.layerOutput(s)
	}
	return s.Precision.Size().Times(s.Microbatch * m.length(s) * float64(m.Hidden))
}

// layerOutput is the mean output of a layer for one microbatch; the registry
// counts what is written and read again.
func (m *Model) layerOutput(s *Split) units.Bytes {
	scale := s.Precision.Size().Ratio(physics.FP16.Size())
	return m.Activations.Times(0.5 * scale * s.Microbatch / float64(max(1, m.Blocks())))
}

// Positions is the positions of a sample: tokens, or what an image brings.
func (m *Model) Positions(s *Split) float64 {
	if m.fixed() {
		return float64(m.Input)
	}
	return s.Sequence
}

// length is the part of them that a rank holds.
func (m *Model) length(s *Split) float64 { return m.Positions(s) / s.context() }

// LayerActivations is what one layer keeps of a microbatch for its backward pass,
// in elements of the residual stream of one byte at 16 bit.
//
//	none       34·s·u·H + 5·A·s²·u, over t with sequence parallelism;
//	           without it 10 of the 34 stay whole
//	selective  the same without the s² term
//	full       2·s·u·H
//
// all over the parts of the sequence: each rank's queries still see every key. A
// decoder with an encoder keeps cross-attention and its norm too, 13·s·u·H +
// 5·A·s·s_e·u; the value is then the mean over all layers. A state-space layer of
// inner width 2·H keeps 32·s·u·H and is counted like the others.
//
// Korthikanti 2022, "Reducing activation recomputation in large transformers".
func (m *Model) LayerActivations(s *Split) units.Bytes {
	n := m.length(s)
	own := m.layerActivations(s, n, m.Positions(s), 34, 10)
	if !m.Decodes() || m.Blocks() == 0 {
		return own
	}
	source := m.source(m.Positions(s))
	encoder := m.layerActivations(s, source, source, 34, 10).Times(float64(m.EncoderLayers))
	if s.Recompute != physics.Full {
		own += m.layerActivations(s, n, source, 13, 5)
	}
	return (encoder + own.Times(float64(m.Layers))).Times(1 / float64(m.Blocks()))
}

// layerActivations is the same for n positions that attend to others, where all
// of a number of elements per position are split over ranks except the whole ones.
func (m *Model) layerActivations(s *Split, n, others, all, whole float64) units.Bytes {
	stream := s.Microbatch * n * float64(m.Hidden)
	t := float64(s.TP)
	copies := 1.0
	if s.SequenceParallel {
		copies = t
	}
	scale := s.Precision.Size().Times(0.5)
	if s.Recompute == physics.Full {
		return scale.Times(2 * stream / copies)
	}
	elements := stream * (whole/copies + (all-whole)/t)
	if s.Recompute == physics.KeepAll {
		attending := float64(m.AttentionLayers()) / float64(max(1, m.Layers))
		elements += 5 * attending * float64(m.Heads) * n * others * s.Microbatch / t
	}
	return scale.Times(elements)
}

// TrainingActivations is what a rank keeps of all microbatches in flight, with
// the logits of one where the vocabulary is known and the stage is also the last.
func (m *Model) TrainingActivations(s *Split) units.Bytes {
	if !m.Stacked() {
		return m.layerOutput(s).Times(float64(m.StageLayers(s.PP)) * s.Held)
	}
	kept := m.LayerActivations(s).Times(float64(m.StageLayers(s.PP)) * s.Held)
	return (kept + m.LogitBytes(s)).Times(1 + s.Fragmentation)
}

// LogitBytes are the 32-bit logits of a microbatch, 4·s·u·V/t, or of a classifier
// 4·u·V. The first stage of a pipeline, which holds the most microbatches, has
// none.
func (m *Model) LogitBytes(s *Split) units.Bytes {
	if s.PP > 1 {
		return 0
	}
	outputs := s.Sequence / s.context()
	if !m.Reads() {
		outputs = 1
	}
	return physics.FP32.Size().Times(outputs * s.Microbatch * float64(m.Vocab) / float64(s.TP))
}
