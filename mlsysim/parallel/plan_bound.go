package parallel

import (
	"cmp"
	"slices"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A bound is what no candidate of some options undercuts.
type bound struct {
	step   units.Seconds
	memory units.Bytes // one candidate needs just so much
}

// slack keeps rounding from lifting a bound above what it bounds.
const slack = 1 - 1e-9

// prune takes the branches in the order of their bounds and cuts those that
// cannot be listed or shown; within the others it cuts the same way.
func (h *hunt) prune(branches []branch) {
	h.pruning = true
	bounds := make([]bound, len(branches))
	order := make([]int, len(branches))
	for i := range branches {
		h.lay(&branches[i])
		o := h.space.optionsOf(&h.laid)
		sent := h.exchanges(&o)
		bounds[i], order[i] = h.bound(&o, &sent), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(bounds[a].step, bounds[b].step) })
	for _, i := range order {
		if !h.cuts(&bounds[i], branches[i].size) {
			h.lay(&branches[i])
			h.try()
		}
	}
}

// cuts drops candidates that cannot matter: slower than everything listed while a
// lighter one of the front is faster, too, or too large beside others that lack
// less.
func (h *hunt) cuts(b *bound, candidates int) bool {
	fits, short := physics.Fits(b.memory, h.found.Capacity)
	switch {
	case !fits && (h.found.Fits || h.misses > 0 && short > h.lacks):
		h.missed(candidates, short)
	case fits && h.loses(b.step, b.memory):
	default:
		return false
	}
	h.found.Cut += candidates
	return true
}

// bound bounds the candidates that some options of the split that is laid have.
func (h *hunt) bound(o *options, sent *[len(stages)]exchange) bound {
	return bound{step: h.floor(o, sent), memory: h.leanest(o)}
}

// floor bounds the step of those that fit: the least work, beside what the most of
// it would hide; the fewest microbatches where those send, read and launch least,
// the most where those idle least.
//
// Cutting messages into more never makes them faster: an algorithm is a rate with
// a latency, and the cheapest of several is concave in the message.
func (h *hunt) floor(o *options, sent *[len(stages)]exchange) units.Seconds {
	s, p := &h.step, &h.laid
	least, most, outside := h.efforts(o.recompute)
	hides := max(most.Times(p.largest()), h.mostMemory(o))
	s.Microbatches, s.Parts = o.microbatches[0], 1
	c := p.cut()
	var r TrainingResult
	p.send(&c, &exchange{}, &r)

	node := max(least.Times(p.largest()), h.leastMemory(c.rounds)) + p.roof.Start + p.roof.PerLayer.Times(launches*p.layers*c.rounds)
	busy := node + physics.Overlapped(r.TensorPar, hides, s.Chunks) + physics.Exposed(r.ContextPar, hides-outside.Times(p.largest()), p.cp) + r.ExpertPar
	idle := physics.BubbleRatio(s.PP, o.parts[len(o.parts)-1], o.microbatches[len(o.microbatches)-1])
	step := busy + busy.Times(idle) + r.Stages + h.leastExposed(o, sent, hides)
	return step.Times(s.Straggler * slack)
}

// efforts are the least and the most arithmetic of the modes, and the least outside
// attention.
func (h *hunt) efforts(modes []physics.Recompute) (least, most, outside units.Seconds) {
	for i, mode := range modes {
		h.step.Checkpointing = mode
		e := h.laid.arithmetic()
		if i == 0 {
			least, outside = e.compute, e.linear
		}
		least, most, outside = min(least, e.compute), max(most, e.compute), min(outside, e.linear)
	}
	return least, most, outside
}

// leastMemory bounds the time of memory traffic from below: the weights of so many
// microbatches, forward and backward.
func (h *hunt) leastMemory(rounds float64) units.Seconds {
	p := &h.laid
	split := p.split(1)
	weights := p.Precision.Size().Times(p.params.Total()).Times(2 * rounds * p.Model.TouchedShare(&split))
	return p.roof.Memory(&physics.Pass{Traffic: weights})
}

// mostMemory bounds it from above: the most microbatches, nothing sharded, and the
// activations of all sequences kept.
func (h *hunt) mostMemory(o *options) units.Seconds {
	s, p := &h.step, &h.laid
	s.Parts, s.ZeRO, s.Microbatches, s.Checkpointing = 1, o.zero[0], o.microbatches[len(o.microbatches)-1], o.recompute[0]
	if len(o.recompute) > 1 {
		s.Checkpointing = physics.KeepAll
	}
	split := p.split(float64(p.local))
	split.Held = 1
	var r TrainingResult
	p.hold(&split, &r)
	r.Fits = true // what spills is never ranked
	p.work(&effort{}, &cut{rounds: s.rounds()}, &models.Split{Held: s.rounds(), Microbatch: split.Microbatch, Precision: s.Precision}, &r)
	return r.MemTime
}

// leastExposed bounds what the passes leave of the exchange; all arithmetic may
// hide all of it, whichever pass it belongs to.
func (h *hunt) leastExposed(o *options, sent *[len(stages)]exchange, hides units.Seconds) units.Seconds {
	s := &h.step
	var least units.Seconds
	for i, stage := range o.zero {
		all := h.laid.sent(&sent[stage]) + h.laid.again(&sent[stage])
		if left := physics.Exposed(all, hides, s.Buckets); i == 0 || left < least {
			least = left
		}
	}
	return least
}

// leanest is the memory of the candidate that needs least: all sharded, as much
// as can be computed again, the smallest microbatches, no interleaving.
func (h *hunt) leanest(o *options) units.Bytes {
	s, p := &h.step, &h.laid
	s.Parts, s.ZeRO = 1, o.zero[len(o.zero)-1]
	s.Checkpointing, s.Microbatches = o.recompute[len(o.recompute)-1], o.microbatches[len(o.microbatches)-1]
	split := p.split(float64(ceil(p.local, s.Microbatches)))
	held := s.Model.TrainingMemory(&split)
	return held.Total()
}
