package models

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Layout says how a pass lies on devices: the formats of weights and cache, and
// the number of tensor-parallel ranks that share the work evenly.
type Layout struct {
	Weights physics.Precision
	Cache   physics.Precision
	Ranks   int
}

// DecodePass is the work of one rank for one new token in each sequence of a
// batch, with s tokens in the cache.
//
//	F = B·f(s)/t, Q = W_t(B)/t + B·(KV(s) read, or state read and written)
//
// Activations stay on the chip and are left out.
func (m *Model) DecodePass(batch int, s float64, l Layout) physics.Pass {
	b, t := float64(batch), float64(l.Ranks)
	return physics.Pass{
		Linear:    m.LinearOps().Times(b / t),
		Attention: m.DecodeAttentionOps(s).Times(b / t),
		Traffic:   m.DecodeWeights(b, l.Weights).Times(1/t) + m.CacheTraffic(s, l.Cache.Size(), l.Ranks).Times(b),
	}
}

// PrefillPass is the work of one rank for n new tokens in each sequence of a
// batch after c cached ones.
//
//	F = B·F(n, c)/t, Q = W_t(n·B)/t + B·(KV(c) read + KV(n) written)
func (m *Model) PrefillPass(batch int, n, c float64, l Layout) physics.Pass {
	b, t := float64(batch), float64(l.Ranks)
	cache := units.Bytes(0)
	if m.Generates() {
		cache = m.KVBytes(c, l.Cache.Size(), l.Ranks) + m.KVBytes(n, l.Cache.Size(), l.Ranks)
	}
	return physics.Pass{
		Linear:    m.PrefillLinearOps(n).Times(b / t),
		Attention: m.PrefillAttentionOps(n, c).Times(b / t),
		Traffic:   m.TouchedWeights(n*b, l.Weights).Times(1/t) + cache.Times(b),
	}
}

// SamplePass is the work of a batch of inferences through a network without
// tokens: every weight once, every activation of every sample; a denoiser does
// so at every step.
//
//	F = B·g·f, Q = r·W + B·g·A, r steps and g = r, or 2·r with guidance
//
// Ho 2020, "DDPM"; Ho, Salimans 2022, "Classifier-free guidance"; Naumov 2019,
// "DLRM" (look-ups).
func (m *Model) SamplePass(batch int, p physics.Precision) physics.Pass {
	b := float64(batch) * m.Forwards()
	scale := p.Size().Ratio(physics.FP16.Size())
	return physics.Pass{
		Linear:    m.SampleOps().Times(b),
		Attention: m.SampleAttentionOps().Times(b),
		Traffic:   m.SampleWeights(batch, p).Times(m.Rounds()) + m.Activations.Times(b*scale),
	}
}

// Rounds is how often a sample's pass reads the weights: once per denoising step.
func (m *Model) Rounds() float64 { return float64(max(1, m.Steps)) }

// Forwards is how often a sample runs through the network: with guidance, twice
// per denoising step.
func (m *Model) Forwards() float64 {
	if m.Guidance {
		return 2 * m.Rounds()
	}
	return m.Rounds()
}

// Launches is the layers that one pass over a sample starts, those of every
// denoising step.
func (m *Model) Launches() int { return max(1, product(float64(m.Blocks()), m.Rounds())) }

// fixed reports whether a network without tokens is a stack of attention layers
// over a fixed number of positions.
func (m *Model) fixed() bool {
	return !m.Reads() && m.Input > 0 && m.Layers > 0 && m.AttentionWidth() > 0
}

// byShape reports whether the shape of such a stack gives the arithmetic.
func (m *Model) byShape() bool { return m.FLOPs == 0 && m.fixed() }

// NeedsFLOPs reports whether the parameters do not give the arithmetic, because
// each is used at many places of a sample, and nothing else does.
func (m *Model) NeedsFLOPs() bool {
	switch m.Family {
	case CNN, Other:
		return m.FLOPs == 0
	case ViT, Diffusion:
		return m.FLOPs == 0 && !m.byShape()
	default:
		return false
	}
}

// SampleOps is the arithmetic of a sample or denoising step outside attention;
// where the registry states it, attention is part of it.
func (m *Model) SampleOps() units.FLOP {
	if m.byShape() {
		return m.LinearOps().Times(float64(m.Input))
	}
	return m.LinearOps()
}

// SampleAttentionOps is the arithmetic of attention of a sample whose positions
// all attend to one another.
//
//	4·L·D_a·n²
//
// Dosovitskiy 2021, "ViT".
func (m *Model) SampleAttentionOps() units.FLOP {
	if !m.byShape() {
		return 0
	}
	n := float64(m.Input)
	return units.FLOP(m.pairOps() * n * n)
}

// SampleWeights is the bytes of weights that a batch of samples reads in one
// forward pass: all, or of embedding tables only the rows that are looked up,
// each for itself.
//
//	b·(P − V·H) + B·n·H·b
//
// Naumov 2019, "DLRM".
func (m *Model) SampleWeights(batch int, p physics.Precision) units.Bytes {
	if m.Family != Recommendation {
		return m.Weights(p)
	}
	rows := min(float64(batch)*float64(m.Lookups), float64(m.Vocab))
	return p.Size().Times(float64(m.Params-m.embedding()) + rows*float64(m.Hidden))
}
