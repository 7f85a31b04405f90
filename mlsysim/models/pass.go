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
//	F = B·f(s)/t, Q = W_t(B)/t + B·KV(s)
//
// Activations stay on the chip and are left out.
func (m *Model) DecodePass(batch int, s float64, l Layout) physics.Pass {
	b, t := float64(batch), float64(l.Ranks)
	return physics.Pass{
		Linear:    m.LinearOps().Times(b / t),
		Attention: m.DecodeAttentionOps(s).Times(b / t),
		Traffic:   m.TouchedWeights(b, l.Weights).Times(1/t) + m.KVBytes(s, l.Cache.Size(), l.Ranks).Times(b),
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
		Linear:    m.LinearOps().Times(n * b / t),
		Attention: m.PrefillAttentionOps(n, c).Times(b / t),
		Traffic:   m.TouchedWeights(n*b, l.Weights).Times(1/t) + cache.Times(b),
	}
}

// SamplePass is the work of a batch of inferences through a network without
// tokens: every weight once, every activation of every sample.
//
//	F = B·f, Q = W + B·A
func (m *Model) SamplePass(batch int, p physics.Precision) physics.Pass {
	b := float64(batch)
	scale := p.Size().Ratio(physics.FP16.Size())
	return physics.Pass{
		Linear:  m.LinearOps().Times(b),
		Traffic: m.Weights(p) + m.Activations.Times(b*scale),
	}
}
