package serving_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var tuning = serving.Tuning{
	Batching: serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 2048, MeanPrompt: 512, MeanOutput: 128, Batch: 96},
	Arrivals: 120, SLA: 5 * units.Second, Replicas: 2, MaxReplicas: 4, Chunks: []int{128, 256, 0}, StallLimit: 15 * units.Millisecond,
}

type tuningSolve func(serving.Tuning) serving.TuningResult

func drawTuning(t *rapid.T) serving.Tuning {
	from := drawCapacity(t)
	s := serving.Tuning{Batching: from.Batching, SLA: from.SLA, Arrivals: from.Arrivals, CV: from.CV, Constant: from.Constant}
	s.Batch = rapid.IntRange(1, 24).Draw(t, "largest")
	s.Replicas = rapid.IntRange(1, 4).Draw(t, "replicas")
	s.MaxReplicas = rapid.SampledFrom([]int{0, s.Replicas + 2}).Draw(t, "most replicas")
	s.Chunks = rapid.SampledFrom([][]int{nil, {0}, {64, 512, 0}}).Draw(t, "chunks")
	if rapid.Bool().Draw(t, "stalls") {
		s.StallLimit = units.Millisecond.Times(rapid.Float64Range(5, 200).Draw(t, "gap"))
	}
	return s
}

// An option is a combination as the other solvers see it.
type option struct {
	batch, chunk, replicas int
	verdict                serving.Verdict
	each, late             float64 // goodput per replica, share beyond the limit
	p99                    units.Seconds
}

// options tries everything with the batching and the tail solver.
func options(s serving.Tuning) []option {
	var out []option
	chunks := s.Chunks
	if len(chunks) == 0 {
		chunks = []int{s.Chunk}
	}
	for batch := 1; batch <= s.Batch; batch++ {
		for _, chunk := range chunks {
			for c := s.Replicas; c <= max(s.Replicas, s.MaxReplicas); c++ {
				one := s.Batching
				one.Batch, one.Chunk = batch, chunk
				out = append(out, judged(s, one.Run(), option{batch: batch, chunk: chunk, replicas: c}))
			}
		}
	}
	return out
}

func judged(s serving.Tuning, replica serving.BatchingResult, o option) option {
	if replica.Active < o.batch {
		o.verdict = serving.NoRoom
		return o
	}
	base := replica.TTFT + replica.ITL.Times(float64(s.MeanOutput))
	q := serving.Tail{Arrivals: s.Arrivals, Service: base, Replicas: o.batch * o.replicas, CV: s.CV, Constant: s.Constant, SLA: s.SLA}.Run()
	o.p99, o.late = q.P99, 1
	if q.Stable {
		cv := s.CV
		if cv == 0 && !s.Constant {
			cv = 1
		}
		o.late = physics.NewQueue(o.batch*o.replicas, q.Load, cv).Tail(s.SLA.Ratio(base))
		o.each = float64(s.Arrivals) * (1 - o.late) / float64(o.replicas)
	}
	switch {
	case s.StallLimit > 0 && replica.Stall > s.StallLimit:
		o.verdict = serving.Stalls
	case !q.Stable:
		o.verdict = serving.Unstable
	case o.late > 0.01:
		o.verdict = serving.Misses
	}
	return o
}

// No combination is better than the answer, and where none meets the limits none
// has a smaller percentile.
func tuningIsOptimal(s serving.Tuning, solve tuningSolve) bool {
	r := solve(s)
	// Goodput counts in billionths of the arrivals: what differs by less is equal.
	least := float64(s.Arrivals) * 1e-9
	each := float64(r.EachGoodput)
	for _, o := range options(s) {
		switch {
		case o.verdict == serving.Meets && !r.Reached:
			return false
		case o.verdict == serving.Meets && (o.each > each+2*least || math.Abs(o.each-each) < least/1e3 && o.p99 < r.P99.Times(1-1e-12)):
			return false
		case o.verdict == serving.Misses && !r.Reached && o.p99 < r.P99.Times(1-1e-12):
			return false
		}
	}
	return true
}

// Every combination is counted, under the reason it has.
func tuningCountsAll(s serving.Tuning, solve tuningSolve) bool {
	r := solve(s)
	var n [5]int
	all := options(s)
	for _, o := range all {
		n[o.verdict]++
	}
	return r.Tried == len(all) && n == [5]int{r.Met, r.NoRoom, r.Stalls, r.Unstable, r.Missed}
}

// The answer is one of the combinations, with its numbers, and meets the limits
// if it says so.
func tuningKeepsLimits(s serving.Tuning, solve tuningSolve) bool {
	r := solve(s)
	if !r.Stable {
		return !r.Reached
	}
	if r.Reached && (r.P99 > s.SLA.Times(1+1e-9) || s.StallLimit > 0 && r.Stall > s.StallLimit) {
		return false
	}
	for _, o := range options(s) {
		if o.batch == r.Batch && o.chunk == r.Chunk && o.replicas == r.Replicas {
			near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(a, b)+1e-300 }
			return near(o.each, float64(r.EachGoodput)) && near(float64(o.p99), float64(r.P99)) && r.Goodput <= s.Arrivals &&
				r.Reached == (o.verdict == serving.Meets)
		}
	}
	return false
}

// A looser limit or a larger choice is never worse.
func tuningIsMonotone(s serving.Tuning, solve tuningSolve) bool {
	r := solve(s)
	looser, wider := s, s
	looser.SLA = s.SLA.Times(1.5)
	wider.Batch = s.Batch + 8
	for _, more := range []serving.TuningResult{solve(looser), solve(wider)} {
		if r.Reached && (!more.Reached || more.EachGoodput < r.EachGoodput-s.Arrivals.Times(2e-9)) {
			return false
		}
	}
	return true
}

var tuningInvariants = map[string]func(serving.Tuning, tuningSolve) bool{
	"optimal": tuningIsOptimal, "counts": tuningCountsAll, "limits": tuningKeepsLimits, "monotone": tuningIsMonotone,
}

func TestTuningInvariants(t *testing.T) {
	solve := func(s serving.Tuning) serving.TuningResult { return s.Run() }
	reached := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawTuning(t)
		for name, holds := range tuningInvariants {
			require.True(t, holds(s, solve), name)
		}
		r := s.Run()
		require.NoError(t, r.Explain().Verify(r))
		require.NotEmpty(t, r.View().Blocks)
		if r.Reached {
			reached++
		}
	})
	require.Greater(t, reached, 10, "too few services could be tuned")
}

func TestTuningInvariantsKillMutants(t *testing.T) {
	solve := func(s serving.Tuning) serving.TuningResult { return s.Run() }
	for name, mutant := range map[string]tuningSolve{
		"optimal": func(s serving.Tuning) serving.TuningResult { // D-39: the largest batch that is feasible
			for b := s.Batch; b > 0; b-- {
				if r := only(s, b); r.Reached {
					return r
				}
			}
			return s.Run()
		},
		"counts": func(s serving.Tuning) serving.TuningResult { // what fails is skipped silently
			r := s.Run()
			r.Tried -= r.Unstable
			r.Unstable = 0
			return r
		},
		"limits": func(s serving.Tuning) serving.TuningResult { // D-39: throughput whatever the batch
			r := s.Run()
			r.Goodput = s.Arrivals.Times(float64(s.MeanOutput))
			return r
		},
		"monotone": func(s serving.Tuning) serving.TuningResult { // goodput by what was allowed, not by what was chosen
			r := s.Run()
			r.EachGoodput = r.EachGoodput.Times(1 / float64(s.Batch))
			return r
		},
	} {
		holds := tuningInvariants[name]
		require.True(t, holds(tuning, solve), name)
		require.False(t, holds(tuning, mutant), name)
	}
}

// only looks at one batch size: the best of it, or a result that is not reached.
func only(s serving.Tuning, batch int) serving.TuningResult {
	r := s.Run()
	r.Reached = false
	for _, o := range options(s) {
		if o.batch == batch && o.verdict == serving.Meets && (!r.Reached || o.each > float64(r.EachGoodput)) {
			r.Reached, r.Batch, r.Chunk, r.Replicas = true, o.batch, o.chunk, o.replicas
			r.EachGoodput, r.P99 = units.RequestRate(o.each), o.p99
		}
	}
	return r
}

// workedTuning serves requests of 1024 tokens in and out.
func workedTuning(arrivals units.RequestRate, sla units.Seconds, replicas int) serving.Tuning {
	return serving.Tuning{
		Batching: serving.Batching{Model: worked8B, Hardware: workedH100, Longest: 2048, MeanPrompt: 1024, MeanOutput: 1024, Batch: 64},
		Arrivals: arrivals, SLA: sla, Replicas: replicas,
	}
}

// The cases of the reference vectors, held against trying everything.
func TestTuningIsTheBest(t *testing.T) {
	for _, s := range []serving.Tuning{workedTuning(1, 60, 4), workedTuning(2, 20, 1), workedTuning(50, 60, 2)} {
		for name, holds := range tuningInvariants {
			require.True(t, holds(s, func(s serving.Tuning) serving.TuningResult { return s.Run() }), name)
		}
	}
}

// By hand: 1024 tokens in and out, one request a second at 4 replicas.
func TestTuningByHand(t *testing.T) {
	r := workedTuning(1, 60, 4).Run()
	require.True(t, r.Reached)
	require.Equal(t, 3, r.Batch)
	require.Equal(t, 63, r.Met)
	require.Equal(t, 1, r.Unstable) // 4 slots for 5.4 busy ones

	itl := (16.06e9+3*1536*131072)/3.35e12 + 32e-5 // weights and the cache of three, half way through
	ops := (3+1024)*16.06e9 + 4*32*4096*1536*3 + 2*32*4096*1024*1024
	base := ops/(0.5*989e12) + 32e-5 + 1024*itl
	require.InEpsilon(t, base, float64(r.Base), 1e-12) // 5.456 s
	blocked := 1.0
	for j := 1.0; j <= 12; j++ {
		blocked = base * blocked / (j + base*blocked)
	}
	wait, x := blocked/(1-base/12*(1-blocked)), 60/base
	late := math.Exp(-x) + wait*(math.Exp(-x)-math.Exp(-(12-base)*x))/(11-base)
	require.InEpsilon(t, 1-late, float64(r.Goodput), 1e-12)
	require.InEpsilon(t, base/12, r.Utilization, 1e-12)
}

func TestTuningRescale(t *testing.T) {
	require.NoError(t, dimtest.Check(tuning, units.Bytes(1).Dim(), units.FLOP(1).Dim()))
}

func TestTuningOutOfReach(t *testing.T) {
	s := tuning
	s.SLA = 500 * units.Millisecond
	r := s.Run()
	require.True(t, r.Fits && r.Stable && !r.Reached)
	require.True(t, r.Warnings.Has(walls.LimitMissed))
	require.Negative(t, r.Headroom)
	require.Positive(t, r.Missed)
	s.Arrivals = 1e6
	r = s.Run()
	require.False(t, r.Stable || r.Reached)
	require.Equal(t, r.Tried, r.Unstable+r.Stalls)
	require.Equal(t, walls.Queueing, r.Binding)
	require.NoError(t, r.Explain().Verify(r))
	s.Model = models.Llama3_70B
	r = s.Run()
	require.False(t, r.Fits)
	require.Equal(t, r.Tried, r.NoRoom)
	require.Equal(t, walls.MemoryCapacity, r.Binding)
	require.Positive(t, float64(r.Short))
}

func TestTuningRefusals(t *testing.T) {
	for want, change := range map[string]func(*serving.Tuning){
		"serving.Tuning: Arrivals = -1 requests/s: want above 0":       func(s *serving.Tuning) { s.Arrivals = -1 },                // D-39
		"serving.Tuning: SLA = -5 ms: want above 0":                    func(s *serving.Tuning) { s.SLA = -5 * units.Millisecond }, // V-43
		"serving.Tuning: Chunks[1] = -1: want at least 0":              func(s *serving.Tuning) { s.Chunks = []int{64, -1} },
		"serving.Tuning: MaxReplicas = 1: want at least Replicas":      func(s *serving.Tuning) { s.MaxReplicas = 1 },
		"serving.Tuning: Batch = 90000: want at most 20000 combinatio": func(s *serving.Tuning) { s.Batch = 90_000 },
		"serving.Tuning: MeanOutput = 0 tokens: want above 0":          func(s *serving.Tuning) { s.MeanOutput, s.MeanPrompt = 0, 1 },
		"serving.Tuning: Model = ResNet-50: want a network":            func(s *serving.Tuning) { s.Model = models.ResNet50 },
	} {
		s := tuning
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

func TestTuningJSON(t *testing.T) {
	out, err := describe.Encode(tuning.Run())
	require.NoError(t, err)
	require.Contains(t, string(out), `"verdict":"met"`)
}

func ExampleTuning() {
	r, err := tuning.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("batch %d in chunks of %d at %d replicas: 99 %% within %v\n", r.Batch, r.Chunk, r.Replicas, r.P99)
	// Output: batch 34 in chunks of 256 at 3 replicas: 99 % within 3.573 s
}

func BenchmarkTuning(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tuning.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
