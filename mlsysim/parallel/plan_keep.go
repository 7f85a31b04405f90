package parallel

import (
	"cmp"
	"slices"

	"github.com/mlsysim/golab/mlsysim/units"
)

// order ranks candidates: the faster first, of equals the one with smaller tp,
// then pp, cp and ep, then the one that needs less memory, then the simpler.
func order(a, b *Choice) int {
	if c := cmp.Compare(a.Step, b.Step); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(a.TP, b.TP), cmp.Compare(a.PP, b.PP), cmp.Compare(a.CP, b.CP), cmp.Compare(a.EP, b.EP), cmp.Compare(a.Memory, b.Memory),
		cmp.Compare(a.Parts, b.Parts), cmp.Compare(a.Microbatches, b.Microbatches), cmp.Compare(a.ZeRO, b.ZeRO), cmp.Compare(a.Checkpointing, b.Checkpointing),
	)
}

// loses reports whether what takes so long and needs so much can be neither listed
// nor shown: slower than everything listed, while one of the front that needs no
// more memory is faster, too.
func (h *hunt) loses(step units.Seconds, memory units.Bytes) bool {
	top, front := h.found.Top, h.found.Front
	if len(top) < h.in.Listed || step <= top[len(top)-1].Step {
		return false
	}
	at := lighter(front, memory)
	return at > 0 && front[at-1].Step < step
}

// list keeps the best candidates in order.
func (h *hunt) list(c *Choice) {
	top := h.found.Top
	full := len(top) == h.in.Listed
	if full && order(c, &top[len(top)-1]) > 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(top, *c, func(a, b Choice) int { return order(&a, &b) })
	if full {
		top = top[:len(top)-1]
	}
	h.found.Top = slices.Insert(top, at, *c)
}

// show keeps the front: ever more memory, ever shorter steps.
func (h *hunt) show(c *Choice) {
	front := h.found.Front
	at := lighter(front, c.Memory)
	if at > 0 && !ahead(c, &front[at-1]) {
		return
	}
	if at > 0 && front[at-1].Memory == c.Memory {
		at--
	}
	end := at
	for end < len(front) && front[end].Step >= c.Step {
		end++
	}
	h.found.Front = slices.Replace(front, at, end, *c)
}

// lighter is how many of the front need at most a memory; the last of them is
// the fastest.
func lighter(front []Choice, memory units.Bytes) int {
	low, high := 0, len(front)
	for low < high {
		if middle := (low + high) / 2; front[middle].Memory <= memory {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// ahead reports whether a candidate belongs on a front beside one that needs no
// more memory.
func ahead(c, other *Choice) bool {
	if c.Step == other.Step && c.Memory == other.Memory {
		return order(c, other) < 0
	}
	return c.Step < other.Step
}

// missed counts candidates that do not fit, and reports whether they no longer
// matter.
func (h *hunt) missed(candidates int, short units.Bytes) bool {
	if h.misses == 0 || short < h.lacks {
		h.lacks, h.nearest = short, Choice{}
	}
	h.misses += candidates
	return h.found.Fits || short > h.lacks
}

// approach keeps the best of those that lack least.
func (h *hunt) approach(c *Choice) {
	if h.nearest.TP == 0 || order(c, &h.nearest) < 0 {
		h.nearest = *c
	}
}

// result works out the winner as a step of its own.
func (h *hunt) result() (PlanResult, error) {
	r := &h.found
	if h.misses > 0 {
		r.Rejected = append(r.Rejected, Rejection{Why: "memory: at most " + r.Capacity.String() + " on each device", Candidates: h.misses, Short: h.lacks})
	}
	r.Choice = h.nearest
	if r.Fits {
		r.Choice = r.Top[0]
	}
	best, err := r.of(h.in.training()).Solve()
	if err != nil {
		return PlanResult{}, err
	}
	r.best, r.in = best, *h.in
	r.Short, r.Throughput, r.Notes = best.Short, best.Throughput, best.Notes
	return *r, nil
}
