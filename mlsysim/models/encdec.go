package models

import "github.com/mlsysim/golab/mlsysim/units"

// An encoder-decoder network reads its source once with the encoder, projects it
// to keys and values for the decoder's cross-attention, and generates. Tokens of
// the prompt are the source (T5), or, where each sample brings a fixed Input
// (Whisper's frames), the decoder's own.

// layerMatrices is the parameters of one layer's matrices: attention and
// feed-forward block.
//
//	2·H·D_a + 2·H·A_kv·d + 2 or 3·H·F
func (m *Model) layerMatrices() float64 {
	matrices := 2.0
	if m.Gated {
		matrices = 3
	}
	h := float64(m.Hidden)
	return h * (2*m.AttentionWidth() + 2*m.kvHeads()*float64(m.headDim()) + matrices*float64(m.FFN))
}

// encoderParams are the parameters that work on the source alone: the encoder's
// matrices and the decoder's cross-attention keys and values. Stem, positions and
// norms, a few thousandths, are counted with the decoder.
func (m *Model) encoderParams() units.Params {
	if !m.Decodes() {
		return 0
	}
	cross := 2 * float64(m.Hidden) * m.kvHeads() * float64(m.headDim())
	return units.Params(float64(m.EncoderLayers)*m.layerMatrices() + float64(m.Layers)*cross)
}

// EncodeOps is the arithmetic of one source position outside attention.
func (m *Model) EncodeOps() units.FLOP { return units.FLOP(2 * float64(m.encoderParams())) }

// Fed returns how many source positions the encoder reads in a prefill of n
// tokens, and how many tokens the decoder computes.
func (m *Model) Fed(n float64) (source, tokens float64) {
	switch {
	case !m.Decodes():
		return 0, n
	case m.Input == 0:
		return n, 1
	default:
		return float64(m.Input), n
	}
}

// bothAttend is the arithmetic of attention of encoder and decoder.
//
//	4·L_e·D_a·S² + 4·L·D_a·n·S + 2·L·D_a·n²
//
// Vaswani 2017, section 3.2.3; Raffel 2020 (T5).
func (m *Model) bothAttend(source, tokens float64) units.FLOP {
	width := m.AttentionWidth()
	encoder := 4 * float64(m.EncoderLayers) * width * source * source
	decoder := 4 * float64(m.Layers) * width * tokens * (source + tokens/2)
	return units.FLOP(encoder + decoder)
}

// Reductions is how many outputs of a decode pass tensor-parallel ranks add up:
// those of attention and feed-forward block of each layer, and of
// cross-attention.
func (m *Model) Reductions() float64 {
	if m.Decodes() {
		return 3 * float64(m.Layers)
	}
	return 2 * float64(m.Layers)
}

// PrefillLinearOps is the arithmetic outside attention of one sequence of n new
// tokens.
func (m *Model) PrefillLinearOps(n float64) units.FLOP {
	source, tokens := m.Fed(n)
	return m.LinearOps().Times(tokens) + m.EncodeOps().Times(source)
}
