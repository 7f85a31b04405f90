package parallel

import (
	"slices"

	"github.com/mlsysim/golab/mlsysim/physics"
)

// A space is what can be chosen.
type space struct {
	devices                    int
	maxTP, maxPP, maxCP, maxEP int
	divisors                   map[int][]int // of the numbers met so far
	ways                       [3]map[int]int
}

func newSpace(s *Plan, devices int) *space {
	limit := func(most, missing int) int {
		if most == 0 {
			return missing
		}
		return most
	}
	p := &space{
		devices: devices, divisors: map[int][]int{},
		maxTP: limit(s.MaxTP, s.PerNode), maxPP: limit(s.MaxPP, devices), maxCP: limit(s.MaxCP, devices),
		maxEP: min(limit(s.MaxEP, devices), max(1, s.Model.Experts)),
	}
	for i := range p.ways {
		p.ways[i] = map[int]int{}
	}
	return p
}

// of lists the divisors of a number in order.
func (p *space) of(n int) []int {
	if all, ok := p.divisors[n]; ok {
		return all
	}
	var low, high []int
	for d := 1; d*d <= n; d++ {
		if n%d != 0 {
			continue
		}
		low = append(low, d)
		if d*d != n {
			high = append(high, n/d)
		}
	}
	slices.Reverse(high)
	p.divisors[n] = append(low, high...)
	return p.divisors[n]
}

// upTo lists those divisors that a limit allows.
func (p *space) upTo(n, most int) []int {
	all := p.of(n)
	end, _ := slices.BinarySearch(all, most+1)
	return all[:end]
}

// count is the number of ways to choose the last kinds of parallelism on n
// devices, after so many of tp, pp, cp and ep are chosen.
func (p *space) count(n, chosen int) int {
	if chosen == 4 {
		return 1
	}
	if chosen == 0 {
		return p.sum(n, p.maxTP, chosen)
	}
	memo := p.ways[chosen-1]
	if ways, ok := memo[n]; ok {
		return ways
	}
	memo[n] = p.sum(n, [...]int{p.maxPP, p.maxCP, p.maxEP}[chosen-1], chosen)
	return memo[n]
}

func (p *space) sum(n, most, chosen int) int {
	total := 0
	for _, d := range p.upTo(n, most) {
		total += p.count(n/d, chosen+1)
	}
	return total
}

// Options are what is chosen for a split.
type options struct {
	microbatches, parts, zero []int
	recompute                 []physics.Recompute
}

func (o *options) size() int {
	return len(o.microbatches) * len(o.parts) * len(o.zero) * len(o.recompute)
}

// optionsOf lists the choices of the split that the spread is laid for.
func (p *space) optionsOf(s *spread) options {
	o := options{microbatches: p.upTo(s.local, mostMicrobatches), parts: once[:], zero: stages[:1], recompute: modes[:1]}
	if s.pp > 1 {
		o.parts = p.of(s.Model.StageLayers(s.pp))
	}
	if s.dp*s.cp > 1 {
		o.zero = stages[:]
	}
	if s.Model.Stacked() {
		o.recompute = modes[:]
	}
	return o
}

// What there is to choose from; a network that is no stack of equal layers
// keeps what it has.
var (
	once   = [...]int{1}
	stages = [...]int{0, 1, 2, 3}
	modes  = [...]physics.Recompute{physics.Selective, physics.KeepAll, physics.Full}
)

// mostMicrobatches is the limit of Training.
const mostMicrobatches = 1_000_000
