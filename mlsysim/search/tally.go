package search

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// totals is what all workers find together.
type totals struct {
	sync.Mutex
	plan     *plan
	counts   []int // by verdict
	refusals map[string]int
	best     champion
	front    frontier

	// Per combination, where there are few enough to keep.
	verdicts []verdict
	values   [][]float64 // per metric; NaN is unknown
}

// A champion is the best combination so far; ties go to the first in the order
// of the axes.
type champion struct {
	index int
	cost  float64
	found bool
}

func (c *champion) challenge(other champion) {
	better := !c.found || other.cost < c.cost || other.cost == c.cost && other.index < c.index
	if other.found && better {
		*c = other
	}
}

// mostKept bounds the memory of verdicts and metrics.
const mostKept = 256 << 20

func newTotals(p *plan) *totals {
	t := &totals{plan: p, counts: make([]int, int(limited)+len(p.limits)), refusals: map[string]int{}}
	t.front.width = len(p.pareto)
	if p.total*(1+8*len(p.metrics)) > mostKept {
		return t
	}
	t.verdicts = make([]verdict, p.total)
	for i := range t.verdicts {
		t.verdicts[i] = missed
	}
	t.values = make([][]float64, len(p.metrics))
	for i := range t.values {
		t.values[i] = make([]float64, p.total)
	}
	return t
}

// A tally is what one worker finds in one block.
type tally struct {
	*trial
	all      *totals
	counts   []int
	refusals map[string]int
	best     champion
	front    frontier
	row      []float64
}

func newTally(t *trial, all *totals) *tally {
	return &tally{
		trial: t, all: all, counts: make([]int, len(all.counts)), refusals: map[string]int{},
		front: frontier{width: all.front.width}, row: make([]float64, all.front.width),
	}
}

func (t *tally) point(i int) {
	t.counts[t.verdict]++
	if t.verdict == refused {
		t.refusals[reason(t.err)]++
	}
	if t.all.verdicts != nil {
		t.keep(i)
	}
	if t.verdict != fitting {
		return
	}
	if k := t.plan.objective; k >= 0 && t.known[k] {
		t.best.challenge(champion{i, t.plan.sign * t.values[k], true})
	}
	if t.ranked() {
		t.front.add(i, t.row)
	}
}

func (t *tally) keep(i int) {
	t.all.verdicts[i] = t.verdict
	for k, column := range t.all.values {
		if !t.known[k] {
			column[i] = math.NaN()
			continue
		}
		column[i] = t.values[k]
	}
}

// ranked fills the row of costs; false if one is unknown or none is wanted.
func (t *tally) ranked() bool {
	for k, c := range t.plan.pareto {
		if !t.known[c.metric] {
			return false
		}
		t.row[k] = c.sign * t.values[c.metric]
	}
	return len(t.row) > 0
}

// block adds what was found to the totals.
func (t *tally) block(int) error {
	if t.front.width > 0 {
		t.front.sift()
	}
	t.all.Lock()
	defer t.all.Unlock()
	for v, n := range t.counts {
		t.all.counts[v] += n
	}
	for why, n := range t.refusals {
		t.all.refusals[why] += n
	}
	t.all.best.challenge(t.best)
	t.all.front.join(&t.front)
	clear(t.counts)
	clear(t.refusals)
	t.best = champion{}
	t.front.reset()
	return t.all.front.settle()
}

// A Rejection is how many combinations were rejected for one reason.
type Rejection struct {
	Reason string
	Count  int
}

// rejected lists the reasons, the most frequent first.
func (t *totals) rejected() []Rejection {
	var out []Rejection
	for v, n := range t.counts {
		switch v := verdict(v); {
		case n == 0 || v == fitting || v == refused:
		case v < limited:
			out = append(out, Rejection{reasons[v], n})
		default:
			out = append(out, Rejection{"not " + t.plan.limits[v-limited].text, n})
		}
	}
	for why, n := range t.refusals {
		out = append(out, Rejection{why, n})
	}
	slices.SortFunc(out, func(a, b Rejection) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

func (t *totals) cloud() Cloud {
	c := Cloud{
		Title: t.plan.name, Total: t.plan.total, Fitting: t.counts[fitting], Rejected: t.rejected(),
		plan: t.plan, tally: t.counts, best: t.best, verdicts: t.verdicts, values: t.values,
	}
	for _, a := range t.plan.axes {
		c.Axes = append(c.Axes, a.path)
	}
	if len(t.plan.pareto) > 0 {
		c.front = t.front.unbeaten()
	}
	c.Missed = c.Total
	for _, n := range t.counts {
		c.Missed -= n
	}
	return c
}
