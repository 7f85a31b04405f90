// Package probe measures the machine that it runs on, memory bandwidth and
// arithmetic of all cores in plain Go, and places it on the roofline beside the
// registry. It leaves out accelerators, vector instructions and what software
// adds to a pass: what it says of a network is an estimate.
//
//	m := probe.Here()
//	b, err := m.Measure(ctx, probe.Effort{Time: 2 * units.Second})
//	r, err := probe.Audit{Workload: models.Llama3_8B}.Judge(m, b)
package probe

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/mlsysim/golab/mlsysim/units"
)

// Effort says how to measure.
type Effort struct {
	Time     units.Seconds                    // of all repeats together
	Cores    int                              // that work at once; 0 is all
	Buffer   units.Bytes                      // of the three arrays together; 0 is much more than the caches
	Progress func(done float64, doing string) // may be nil; done goes from 0 to 1
}

// A Benchmark is what the machine reached. Bytes are counted as STREAM does: those
// that the program names, not what the caches read before they write.
type Benchmark struct {
	Bandwidth   units.ByteRate `help:"memory bandwidth, the larger of copy and triad" better:"higher"`
	Copy        units.ByteRate `help:"copying an array, median of the repeats" better:"higher"`
	CopySpread  float64        `help:"distance of the quartiles over the median" better:"lower"`
	CopyPasses  int            `help:"repeats"`
	Triad       units.ByteRate `help:"STREAM triad a = b + s·c, median of the repeats" better:"higher"`
	TriadSpread float64        `help:"distance of the quartiles over the median" better:"lower"`
	TriadPasses int            `help:"repeats"`
	Rate        units.FLOPRate `help:"float32 multiply-adds in registers, plain Go without vector instructions, median of the repeats" better:"higher"`
	RateSpread  float64        `help:"distance of the quartiles over the median" better:"lower"`
	RatePasses  int            `help:"repeats"`
	Cores       int            `help:"cores that worked at once"`
	Buffer      units.Bytes    `help:"memory that was swept"`
	Time        units.Seconds  `help:"time of the measurement"`
}

const (
	fewest      = 3    // repeats, however long they take
	chainLength = 1024 // steps between two looks at a counter
	word        = 8    // bytes of an element
)

// Measure takes the time of the effort and a little more. It ends early, with the
// context's error, when the context ends.
func (m Machine) Measure(ctx context.Context, e Effort) (Benchmark, error) {
	if e.Cores == 0 {
		e.Cores = runtime.GOMAXPROCS(0)
	}
	if e.Buffer == 0 {
		e.Buffer = m.buffer()
	}
	s := session{Effort: e, ctx: ctx, start: time.Now()}
	s.allocate()

	copied := s.repeat("copying memory", s.copy)
	added := s.repeat("adding arrays", s.triad)
	computed := s.compute()
	if err := ctx.Err(); err != nil {
		return Benchmark{}, fmt.Errorf("measuring this machine: %w", err)
	}
	b := s.sum(copied, added, computed)
	b.Time = since(s.start)
	return b, nil
}

// sum turns the times of passes into rates: a copy reads and writes each element,
// a triad reads two and writes one.
func (s *session) sum(copied, added, computed times) Benchmark {
	array := units.Bytes(word * len(s.a))
	b := Benchmark{
		Cores: s.Cores, Buffer: array.Times(3),
		Copy: array.Times(2).Per(copied.median()), CopySpread: copied.spread(), CopyPasses: len(copied),
		Triad: array.Times(3).Per(added.median()), TriadSpread: added.spread(), TriadPasses: len(added),
		Rate: s.work().Per(computed.median()), RateSpread: computed.spread(), RatePasses: len(computed),
	}
	b.Bandwidth = max(b.Copy, b.Triad)
	return b
}

// A session is one measurement.
type session struct {
	Effort
	ctx     context.Context
	start   time.Time
	a, b, c []float64
	rounds  int // chains that each core computes in a pass
}

// allocate lets each core touch its part first, so that it lies near the core.
func (s *session) allocate() {
	n := max(int(s.Buffer.Ratio(3*word)), s.Cores)
	s.a, s.b, s.c = make([]float64, n), make([]float64, n), make([]float64, n)
	s.pass(func(core int) {
		lo, hi := s.part(core)
		for i := lo; i < hi; i++ {
			s.a[i], s.b[i], s.c[i] = 1, 2, 3
		}
	})
}

func (s *session) part(core int) (lo, hi int) {
	return core * len(s.a) / s.Cores, (core + 1) * len(s.a) / s.Cores
}

func (s *session) copy(core int) {
	lo, hi := s.part(core)
	copy(s.a[lo:hi], s.b[lo:hi])
}

func (s *session) triad(core int) {
	lo, hi := s.part(core)
	triad(s.a[lo:hi], s.b[lo:hi], s.c[lo:hi], 3)
}

// compute repeats passes of some milliseconds.
func (s *session) compute() times {
	const least = 5 * units.Millisecond
	for s.rounds = 16; s.ctx.Err() == nil && s.pass(s.chains) < least; {
		s.rounds *= 2
	}
	return s.repeat("multiplying and adding", s.chains)
}

// chains ends at a fixed point of the chain, so that no number grows.
func (s *session) chains(int) {
	var c [lanes]float32
	for range s.rounds {
		chain(chainLength, 0.75, 0.5, &c)
	}
	runtime.KeepAlive(c)
}

// work is the arithmetic of a pass: a multiplication and an addition a step.
func (s *session) work() units.FLOP {
	return units.FLOP(2 * lanes * chainLength * s.rounds * s.Cores)
}

// pass runs the work on every core at once and returns the time until the last
// one is done.
func (s *session) pass(work func(core int)) units.Seconds {
	var wg sync.WaitGroup
	start := time.Now()
	for core := range s.Cores {
		wg.Go(func() { work(core) })
	}
	wg.Wait()
	return since(start)
}

// repeat runs passes for a third of the time, after one that does not count.
func (s *session) repeat(doing string, work func(core int)) times {
	if s.ctx.Err() != nil {
		return nil
	}
	s.tell(doing)
	s.pass(work)
	var all times
	for start := time.Now(); len(all) < fewest || since(start) < s.Time.Times(1.0/3); {
		if s.ctx.Err() != nil {
			return nil
		}
		all = append(all, s.pass(work))
		s.tell(doing)
	}
	return all
}

func (s *session) tell(doing string) {
	if s.Progress != nil {
		s.Progress(min(since(s.start).Ratio(s.Time), 1), doing)
	}
}

func since(start time.Time) units.Seconds { return units.Second.Times(time.Since(start).Seconds()) }

// times are those of equal passes; never empty where a session was not ended.
type times []units.Seconds

// quantile is the value below which a share of the times lies.
func (t times) quantile(share float64) units.Seconds {
	sorted := slices.Sorted(slices.Values(t))
	at := share * float64(len(sorted)-1)
	i := int(at)
	next := min(i+1, len(sorted)-1)
	return sorted[i] + (sorted[next] - sorted[i]).Times(at-float64(i))
}

func (t times) median() units.Seconds { return t.quantile(0.5) }

func (t times) spread() float64 { return (t.quantile(0.75) - t.quantile(0.25)).Ratio(t.median()) }
