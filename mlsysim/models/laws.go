package models

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Attends reports whether the network has attention layers and a cache, so that
// context costs something.
func (m *Model) Attends() bool {
	return (m.Family == Transformer || m.Family == MoE || m.Family == Encoder) && m.Layers > 0 && m.AttentionWidth() > 0
}

// Generates reports whether the network produces tokens one after another.
func (m *Model) Generates() bool { return m.Attends() && m.Family != Encoder }

// ActiveParams returns the parameters one token uses.
func (m *Model) ActiveParams() units.Params {
	if m.Active > 0 {
		return m.Active
	}
	return m.Params
}

// MatmulParams returns the active parameters that are multiplied: an input
// embedding is a lookup and costs no arithmetic, unless a decoder multiplies by
// the same matrix at its output.
//
// Kaplan 2020, appendix B.
func (m *Model) MatmulParams() units.Params {
	if m.Tied && m.Family != Encoder || m.Vocab == 0 {
		return m.ActiveParams()
	}
	return m.ActiveParams() - units.Params(float64(m.Vocab)*float64(m.Hidden))
}

// headDim returns the width of one head, hidden / heads unless stated.
func (m *Model) headDim() int {
	if m.HeadDim > 0 || m.Heads == 0 {
		return m.HeadDim
	}
	return m.Hidden / m.Heads
}

// AttentionWidth returns heads times the width of a head.
func (m *Model) AttentionWidth() float64 { return float64(m.Heads) * float64(m.headDim()) }

// Attended returns how many of s positions a token attends to and a cache keeps:
// all, or those inside the sliding window.
func (m *Model) Attended(s float64) float64 {
	if m.Window > 0 {
		return min(s, float64(m.Window))
	}
	return s
}

// LinearOps is the arithmetic of one token outside attention: two operations
// per matrix parameter, or what the registry states.
func (m *Model) LinearOps() units.FLOP {
	if m.FLOPs > 0 {
		return m.FLOPs
	}
	return units.FLOP(2 * float64(m.MatmulParams()))
}

// DecodeAttentionOps is the arithmetic of attention for one new token that
// attends to s positions.
//
//	4·L·D_a·s, and 2·L·A·(2·r + d_rope)·s for absorbed latent attention
//
// Kaplan 2020, appendix B; DeepSeek-V2 2024.
func (m *Model) DecodeAttentionOps(s float64) units.FLOP {
	s = m.Attended(s)
	if m.KVRank > 0 {
		return units.FLOP(2 * float64(m.Layers) * float64(m.Heads) * float64(2*m.KVRank+m.RopeDim) * s)
	}
	return units.FLOP(4 * float64(m.Layers) * m.AttentionWidth() * s)
}

// PrefillAttentionOps is the arithmetic of attention for n new tokens after c
// cached ones: causal, so a token attends to those before it; an encoder
// attends to all.
//
//	decoder 2·L·D_a·n·(2c + n), encoder 4·L·D_a·n·(c + n)
//
// Pope 2023; Dao 2022. A sliding window caps what each token attends to.
func (m *Model) PrefillAttentionOps(n, c float64) units.FLOP {
	perPosition := 4 * float64(m.Layers) * m.AttentionWidth()
	if m.Family == Encoder {
		return units.FLOP(perPosition * n * (c + n))
	}
	if w := float64(m.Window); m.Window > 0 && c+n > w {
		growing := max(w-c, 0)
		return units.FLOP(perPosition * (growing*(2*c+growing)/2 + (n-growing)*w))
	}
	return units.FLOP(perPosition / 2 * n * (2*c + n))
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

// KVElements returns the cached elements per token on one of tp tensor-parallel
// ranks. Key-value heads split over the ranks and are repeated when there are
// fewer heads than ranks; a latent cache is held whole by every rank.
//
//	2·L·A_kv·d, and L·(r + d_rope) for latent attention
//
// Ainslie 2023 (GQA); DeepSeek-V2 2024 (MLA).
func (m *Model) KVElements(tp int) float64 {
	if m.KVRank > 0 {
		return float64(m.Layers) * float64(m.KVRank+m.RopeDim)
	}
	heads := m.KVHeads
	if heads == 0 {
		heads = m.Heads
	}
	perRank := max(1, float64(heads)/float64(tp))
	return 2 * float64(m.Layers) * float64(m.headDim()) * perRank
}

// KVBytes returns the cache of one sequence of s tokens with elements of a given
// size on one of tp ranks. A sliding window keeps no more than its width.
func (m *Model) KVBytes(s float64, element units.Bytes, tp int) units.Bytes {
	return element.Times(m.KVElements(tp) * m.Attended(s))
}

// CacheRule says in words how many elements a token keeps.
func (m *Model) CacheRule() string {
	if m.KVRank > 0 {
		return "layers × (latent + rotary width)"
	}
	return "2 × layers × key-value heads × head width"
}

// LinearRule says in words where the arithmetic per token or sample comes from.
func (m *Model) LinearRule() string {
	switch {
	case m.FLOPs > 0:
		return "operations of one token or sample, from the registry"
	case m.Tied && m.Family != Encoder || m.Vocab == 0:
		return "2 operations per parameter a token uses"
	default:
		return "2 operations per parameter a token multiplies (the input embedding is a lookup)"
	}
}
