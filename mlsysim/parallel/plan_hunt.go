package parallel

import (
	"slices"

	"github.com/mlsysim/golab/mlsysim/units"
)

// A hunt is a search in progress.
type hunt struct {
	in    *Plan
	step  Training // the candidate that is worked out
	laid  spread   // of its split
	space *space
	found PlanResult

	pruning bool        // candidates may be cut by a bound
	misses  int         // candidates that do not fit
	lacks   units.Bytes // least memory that one of them lacks
	nearest Choice      // that one, unless something fits
}

// A branch is one way to split the cluster, with the number of its candidates.
type branch struct{ tp, pp, cp, ep, size int }

func newHunt(in *Plan, base *Training) *hunt {
	h := &hunt{in: in, step: *base, space: newSpace(in, base.devices())}
	h.laid = h.step.spread()
	h.found.Devices, h.found.Capacity, h.found.Precision = base.devices(), base.Hardware.Capacity(), base.Precision
	return h
}

// run tries every candidate, or those of the branches that no bound rules out.
func (h *hunt) run() {
	branches := h.branches()
	if h.found.Candidates > h.in.Exhaustive {
		h.prune(branches)
		return
	}
	for i := range branches {
		h.lay(&branches[i])
		h.try()
	}
}

// lay lays the split of a branch.
func (h *hunt) lay(b *branch) {
	h.step.TP, h.step.PP, h.step.CP, h.step.EP = b.tp, b.pp, b.cp, b.ep
	h.laid.lay()
}

// branches lists the splits that the model allows and counts the others.
func (h *hunt) branches() []branch {
	h.found.Splits = h.space.count(h.space.devices, 0)
	var out []branch
	m, n := &h.step.Model, h.space.devices
	for _, tp := range h.space.upTo(n, h.space.maxTP) {
		if tp > 1 && (!m.Attends() || m.Heads%tp != 0) {
			h.reject("tp: "+wantHeads, h.space.count(n/tp, 1))
			continue
		}
		for _, pp := range h.space.upTo(n/tp, h.space.maxPP) {
			if pp > max(1, m.Blocks()) {
				h.reject("pp: "+wantLayers, h.space.count(n/tp/pp, 2))
				continue
			}
			out = h.inner(out, branch{tp: tp, pp: pp}, n/tp/pp)
		}
	}
	return out
}

// inner lists the splits of what tensor parallelism and stages leave.
func (h *hunt) inner(out []branch, b branch, n int) []branch {
	m := &h.step.Model
	for _, cp := range h.space.upTo(n, h.space.maxCP) {
		if cp > 1 && (!m.Cuts() || h.step.Sequence%cp != 0) {
			h.reject("cp: "+wantSequence, h.space.count(n/cp, 3))
			continue
		}
		for _, ep := range h.space.upTo(n/cp, h.space.maxEP) {
			if ep > 1 && m.Experts%ep != 0 {
				h.reject("ep: "+wantExperts, 1)
				continue
			}
			b.cp, b.ep = cp, ep
			h.lay(&b)
			o := h.space.optionsOf(&h.laid)
			b.size = o.size()
			h.found.Candidates += b.size
			out = append(out, b)
		}
	}
	return out
}

// reject counts splits that are out.
func (h *hunt) reject(why string, splits int) {
	i := slices.IndexFunc(h.found.Rejected, func(r Rejection) bool { return r.Why == why })
	if i < 0 {
		h.found.Rejected = append(h.found.Rejected, Rejection{Why: why})
		i = len(h.found.Rejected) - 1
	}
	h.found.Rejected[i].Splits += splits
}

// try works out the candidates of the split that is laid. What a loop does not
// change is worked out above it.
func (h *hunt) try() {
	o := h.space.optionsOf(&h.laid)
	s := &h.step
	sent := h.exchanges(&o)
	var r TrainingResult
	for i, mode := range o.recompute {
		s.Checkpointing = mode
		work := h.laid.arithmetic()
		for j, m := range o.microbatches {
			if h.pruning && h.drops(&o, i, j, &sent) {
				continue
			}
			s.Checkpointing, s.Microbatches = mode, m
			messages := h.laid.cut()
			for _, s.Parts = range o.parts {
				for _, s.ZeRO = range o.zero {
					h.candidate(&work, &messages, &sent[s.ZeRO], &r)
				}
			}
		}
	}
}

// exchanges are those of each stage of ZeRO.
func (h *hunt) exchanges(o *options) (sent [len(stages)]exchange) {
	for _, h.step.ZeRO = range o.zero {
		sent[h.step.ZeRO] = h.laid.exchange()
	}
	return sent
}

// drops cuts the candidates of one mode and number of microbatches.
func (h *hunt) drops(o *options, mode, microbatches int, sent *[len(stages)]exchange) bool {
	some := *o
	some.recompute, some.microbatches = o.recompute[mode:mode+1], o.microbatches[microbatches:microbatches+1]
	b := h.bound(&some, sent)
	return h.cuts(&b, some.size())
}

// candidate works one out and keeps it if it is among the best. One that does
// not fit matters only until another does.
func (h *hunt) candidate(work *effort, messages *cut, sent *exchange, r *TrainingResult) {
	memory := h.laid.split(messages.most)
	h.laid.hold(&memory, r)
	h.found.Tried++
	if !r.Fits && h.missed(1, r.Short) {
		return
	}
	h.laid.take(work, messages, sent, &memory, r)
	if r.Fits && h.loses(r.Step, r.Memory) {
		return
	}
	h.laid.rate(r)
	c := Choice{
		TP: h.step.TP, PP: h.step.PP, CP: h.step.CP, EP: h.step.EP, DP: r.DP, Microbatches: h.step.Microbatches,
		Parts: h.step.Parts, ZeRO: h.step.ZeRO, Checkpointing: h.step.Checkpointing, Step: r.Step, MFU: r.MFU, Memory: r.Memory,
	}
	if !r.Fits {
		h.approach(&c)
		return
	}
	h.found.Fits = true
	h.list(&c)
	h.show(&c)
}
