package models

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// CountParams counts the parameters of the shape: all, and those that one token
// uses. The count is exact where the style says which biases, norms and positions
// there are; without one it is right to about a thousandth. A shape that is no
// stack of layers, or not known in full, cannot be counted and gives zero.
//
//	L·(mixer + feed-forward + norms) + embeddings + what lies outside the layers
//
// Mixer is attention, latent attention or a state-space layer; a mixture counts
// all experts, its router, shared experts and dense layers.
func (m *Model) CountParams() (params, active units.Params, exact bool) {
	if !m.countable() {
		return 0, 0, false
	}
	s := m.shape()
	outside := s.layers() + s.outside()
	all := outside + s.feedForward(s.f(m.Experts))
	return units.Params(all), units.Params(outside + s.feedForward(s.f(m.TopK))), m.Style != StyleUnknown
}

// countable reports whether the shape is known in full.
func (m *Model) countable() bool {
	switch {
	case m.Layers == 0 || m.Hidden == 0 || m.Family == Diffusion || m.Family == Recommendation:
		return false
	case m.Family == SSM:
		return m.State > 0 && (m.GlobalLayers == 0 || m.AttentionWidth() > 0)
	case m.Family == EncoderDecoder && m.EncoderLayers == 0, m.DenseLayers > 0 && m.DenseFFN == 0:
		return false
	default:
		return m.AttentionWidth() > 0 && m.FFN > 0 && (m.Vocab > 0 || m.Family == ViT)
	}
}

// A shape is a model with its convention, as the floating-point numbers that a
// count multiplies.
type shape struct {
	*Model
	convention
	h, heads, width, kvWidth float64
}

func (m *Model) shape() shape {
	return shape{
		Model: m, convention: m.Style.of(), h: float64(m.Hidden), heads: float64(m.Heads),
		width: m.AttentionWidth(), kvWidth: m.kvHeads() * float64(m.headDim()),
	}
}

// f is a count as a number to multiply.
func (s *shape) f(count int) float64 { return float64(count) }

// if1 is a number of parameters that are there on a condition.
func if1(there bool, count float64) float64 {
	if there {
		return count
	}
	return 0
}

// layers counts everything inside the layers except feed-forward blocks.
func (s *shape) layers() float64 {
	attending, decoder := s.f(s.AttentionLayers()), s.f(s.Layers)
	norms := s.f(s.norm) * s.h
	count := s.f(s.localLayers())*s.attention() + s.f(s.GlobalLayers)*s.global()
	count += (decoder-attending)*s.stateSpace() + decoder*s.f(s.norms)*norms
	if !s.Decodes() {
		return count
	}
	encoder := s.f(s.EncoderLayers) * (s.attention() + s.block(s.f(s.FFN)) + s.f(s.norms)*norms)
	return count + encoder + decoder*(s.attention()+norms) // cross-attention
}

// attention counts one attention block.
func (s *shape) attention() float64 {
	if s.KVRank > 0 {
		return s.latent()
	}
	matrices := 2 * s.h * (s.width + s.kvWidth)
	biases := if1(s.queryBias, s.width+s.kvWidth) + if1(s.keyBias, s.kvWidth) + if1(s.outBias, s.h)
	norms := if1(s.headNorm, 2*s.f(s.headDim())) + if1(s.wideNorm, s.width+s.kvWidth)
	return matrices + biases + norms + if1(s.sinks, s.heads)
}

// global counts one attention block of a layer that no window narrows.
func (s *shape) global() float64 {
	if s.GlobalHeadDim == 0 {
		return s.attention()
	}
	width, kv, matrices := s.globalWidth(), s.globalKVHeads()*s.f(s.GlobalHeadDim), 2.0
	if s.SharedKV {
		matrices = 1
	}
	return s.h*(2*width+matrices*kv) + if1(s.headNorm, 2*s.f(s.GlobalHeadDim))
}

// latent counts one block of multi-head latent attention: queries through a rank
// of their own or directly, keys and values through a shared one, with a norm at
// each rank.
//
// DeepSeek-V2 2024, section 2.1.
func (s *shape) latent() float64 {
	d, rope, r, q := s.f(s.headDim()), s.f(s.RopeDim), s.f(s.KVRank), s.f(s.QRank)
	queries := s.h * s.heads * (d + rope)
	if q > 0 {
		queries = s.h*q + q + q*s.heads*(d+rope)
	}
	return queries + s.h*(r+rope) + r + r*s.heads*2*d + s.width*s.h
}

// stateSpace counts one state-space layer.
//
// Gu, Dao 2023, "Mamba"; Dao, Gu 2024, "Mamba-2", heads of HeadDim channels.
func (s *shape) stateSpace() float64 {
	inner, n, w := s.innerWidth(), s.f(s.State), s.convWidth()
	if s.Style == StyleMamba2 {
		heads := inner / s.f(max(1, s.headDim()))
		return s.h*(2*inner+2*n+heads) + (inner+2*n)*(w+1) + 3*heads + inner + inner*s.h
	}
	rank := math.Ceil(s.h / 16) // of the step size
	scan := inner*(rank+2*n) + rank*inner + inner + inner*n + inner
	return s.h*2*inner + inner*(w+1) + scan + inner*s.h + if1(s.smallNorm, rank+2*n)
}

// block counts one feed-forward block or expert of an inner width.
func (s *shape) block(inner float64) float64 {
	if inner == 0 {
		return 0
	}
	in := 1.0
	if s.Gated {
		in = 2
	}
	return (in+1)*s.h*inner + if1(s.ffnBias, in*inner+s.h)
}

// feedForward counts the feed-forward blocks of all layers with so many experts
// each.
func (s *shape) feedForward(experts float64) float64 {
	inner, layers := s.f(s.FFN), s.f(s.Layers)
	if s.Experts == 0 {
		return layers * s.block(inner)
	}
	all, dense := s.f(s.Experts), s.f(s.DenseLayers)
	router := s.h*all + if1(s.routerBias, all)
	shared := s.f(s.SharedExperts)*s.block(inner) + if1(s.sharedGate, s.h) + if1(s.mixNorms, 4*s.h+all)
	return dense*s.block(s.f(s.DenseFFN)) + (layers-dense)*(experts*s.block(inner)+shared+router)
}

// outside counts what lies outside the layers: embeddings, positions, norms, and
// what single styles have.
func (s *shape) outside() float64 {
	norms := s.f(s.ends*s.norm) * s.h
	vocab := s.f(s.Vocab)
	if s.Family == ViT {
		return norms + (s.f(s.Patch)+1)*s.h + (1+s.f(s.Input))*s.h + vocab*s.h + if1(s.headBias, vocab)
	}
	embeddings := vocab*s.h + if1(!s.Tied, vocab*s.h) + if1(s.headBias, vocab)
	positions := if1(s.learned, s.f(s.Context+s.padding)*s.h) + s.f(s.segments)*s.h
	return norms + embeddings + positions + if1(s.pooler, s.h*s.h+s.h) + s.special()
}

// Relative positions of T5 share one table of buckets per stack (Raffel 2020).
const relativeBuckets = 32

// The stem of Whisper is two convolutions of width 3 (Radford 2022).
const stemWidth = 3

// special counts what one style alone has.
func (s *shape) special() float64 {
	switch s.Style {
	case StyleT5:
		return 2 * relativeBuckets * s.heads
	case StyleWhisper:
		return stemWidth*s.h*(s.f(s.Patch)+s.h) + 2*s.h + s.f(s.Input)*s.h
	default:
		return 0
	}
}
