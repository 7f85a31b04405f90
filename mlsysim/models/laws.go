package models

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Reads reports whether a pass is a number of tokens per sequence, which the
// user chooses.
func (m *Model) Reads() bool {
	switch m.Family {
	case Transformer, MoE, Encoder, EncoderDecoder:
		return m.Layers > 0 && m.AttentionWidth() > 0
	case SSM:
		return m.Layers > 0 && m.State > 0
	default:
		return false
	}
}

// Generates reports whether the network produces tokens one after another.
func (m *Model) Generates() bool { return m.Reads() && m.Family != Encoder }

// Attends reports whether a token attends to others, so that context costs
// something.
func (m *Model) Attends() bool { return m.Reads() && m.AttentionLayers() > 0 && m.AttentionWidth() > 0 }

// Decodes reports whether an encoder reads for a decoder.
func (m *Model) Decodes() bool { return m.Family == EncoderDecoder }

// AttentionLayers returns the layers with attention; a state-space network has
// them only where it is a hybrid.
func (m *Model) AttentionLayers() int {
	if m.Family == SSM {
		return m.GlobalLayers
	}
	return m.Layers
}

// Blocks returns all layers, the encoder's included.
func (m *Model) Blocks() int { return product(float64(m.Layers)+float64(m.EncoderLayers), 1) }

// product multiplies counts without overflow.
func product(a, b float64) int { return int(min(a*b, mostLaunched)) }

// mostLaunched keeps a count of launches inside the range of an int.
const mostLaunched = 1e15

// ActiveParams returns the parameters one token uses.
func (m *Model) ActiveParams() units.Params {
	if m.Active > 0 {
		return m.Active
	}
	return m.Params
}

// embedding is the size of the input embedding, or of all embedding tables.
func (m *Model) embedding() units.Params { return units.Params(float64(m.Vocab) * float64(m.Hidden)) }

// looksUp reports whether the embedding is a lookup alone: it costs no
// arithmetic, unless a decoder multiplies by the same matrix at its output.
func (m *Model) looksUp() bool { return m.Vocab > 0 && (!m.Tied || m.Family == Encoder) }

// MatmulParams returns the active parameters that a token multiplies, those of
// the decoder where an encoder has read before.
//
// Kaplan 2020, appendix B.
func (m *Model) MatmulParams() units.Params {
	p := m.ActiveParams() - m.encoderParams()
	if m.looksUp() {
		p -= m.embedding()
	}
	return p
}

// headDim returns the width of one head, hidden / heads unless stated.
func (m *Model) headDim() int {
	if m.HeadDim > 0 || m.Heads == 0 {
		return m.HeadDim
	}
	return m.Hidden / m.Heads
}

// kvHeads returns the key-value heads, as many as heads unless stated.
func (m *Model) kvHeads() float64 {
	if m.KVHeads > 0 {
		return float64(m.KVHeads)
	}
	return float64(m.Heads)
}

// AttentionWidth returns heads times the width of a head.
func (m *Model) AttentionWidth() float64 { return float64(m.Heads) * float64(m.headDim()) }

// LinearOps is the arithmetic of one token outside attention: two operations
// per matrix parameter, or what the registry states. Networks without tokens
// state it for one sample or denoising step, attention included.
//
// The scan of a state-space layer, some 9 operations per state element, is left
// out: it is below a hundredth.
func (m *Model) LinearOps() units.FLOP {
	if m.FLOPs > 0 {
		return m.FLOPs
	}
	return units.FLOP(2 * float64(m.MatmulParams()))
}

// pairOps is the arithmetic of all attention layers for one token and one
// position that it attends to: its score and its part of the weighted sum.
//
//	4·L·D_a, and 2·L·A·(2·d + d_rope) for latent attention, whose keys are wider
//
// Kaplan 2020, appendix B; DeepSeek-V2 2024.
func (m *Model) pairOps() float64 {
	if m.KVRank > 0 {
		return 2 * float64(m.AttentionLayers()) * float64(m.Heads) * float64(2*m.headDim()+m.RopeDim)
	}
	return 4 * (float64(m.localLayers())*m.AttentionWidth() + float64(m.GlobalLayers)*m.globalWidth())
}

// DecodeAttentionOps is the arithmetic of attention for one new token that
// attends to s positions.
//
//	4·L·D_a·s, and 2·L·A·(2·r + d_rope)·s for absorbed latent attention
//
// Kaplan 2020, appendix B; DeepSeek-V2 2024.
func (m *Model) DecodeAttentionOps(s float64) units.FLOP {
	s = m.reach(s, m.widthShare())
	if m.KVRank > 0 {
		return units.FLOP(2 * float64(m.Layers) * float64(m.Heads) * float64(2*m.KVRank+m.RopeDim) * s)
	}
	return units.FLOP(m.pairOps() * s)
}

// PrefillAttentionOps is the arithmetic of attention for n new tokens after c
// cached ones: causal, so a token attends to those before it; an encoder
// attends to all. A sliding window caps what each token attends to.
//
//	decoder 2·L·D_a·n·(2c + n), encoder 4·L·D_a·n·(c + n)
//
// Pope 2023; Dao 2022.
func (m *Model) PrefillAttentionOps(n, c float64) units.FLOP {
	switch {
	case m.Decodes():
		source, tokens := m.Fed(n)
		return m.bothAttend(source, tokens)
	case m.Family == Encoder:
		return units.FLOP(m.pairOps() * n * (c + n))
	}
	full := n * (2*c + n) / 2
	if m.Window == 0 || m.Family == SSM {
		return units.FLOP(m.pairOps() * full)
	}
	near := full
	if w := float64(m.Window); c+n > w {
		growing := min(max(w-c, 0), n)
		near = growing*(2*c+growing)/2 + (n-growing)*w
	}
	return units.FLOP(m.pairOps() * (near + m.widthShare()*(full-near)))
}

// Weights returns the bytes of all parameters at a precision.
func (m *Model) Weights(p physics.Precision) units.Bytes {
	return p.Size().Times(float64(m.Params))
}

// ExpertParams returns the parameters of one expert over all layers, and those
// every token uses.
//
//	p_e = (P − P_a)/(E − k), P_s = P − E·p_e
func (m *Model) ExpertParams() (expert, shared float64) {
	if m.Experts <= m.TopK || m.Active == 0 {
		return 0, float64(m.Params)
	}
	expert = float64(m.Params-m.Active) / float64(m.Experts-m.TopK)
	return expert, float64(m.Params) - float64(m.Experts)*expert
}

// TouchedWeights returns the bytes of weights that a pass over a number of
// tokens reads: everything for a dense network, the expected distinct experts
// for a mixture.
//
//	W_t = b·(P_s + p_e·E·(1 − (1 − k/E)^T))
func (m *Model) TouchedWeights(tokens float64, p physics.Precision) units.Bytes {
	expert, shared := m.ExpertParams()
	if expert == 0 {
		return m.Weights(p)
	}
	return p.Size().Times(shared + expert*physics.ExpectedExperts(m.Experts, m.TopK, tokens))
}

// DecodeWeights is the same for a decode step, in which an encoder rests.
func (m *Model) DecodeWeights(tokens float64, p physics.Precision) units.Bytes {
	if m.Decodes() {
		return p.Size().Times(float64(m.Params - m.encoderParams()))
	}
	return m.TouchedWeights(tokens, p)
}

// LinearRule says in words where the arithmetic per token or sample comes from.
func (m *Model) LinearRule() string {
	switch {
	case m.FLOPs > 0 && m.FLOPsPer != "":
		return "operations of one " + m.FLOPsPer + ", from the registry"
	case m.FLOPs > 0:
		return "operations of one token or sample, from the registry"
	case m.Decodes():
		return "2 operations per parameter of the decoder that a token multiplies"
	case m.looksUp():
		return "2 operations per parameter a token multiplies (the input embedding is a lookup)"
	default:
		return "2 operations per parameter a token uses"
	}
}
