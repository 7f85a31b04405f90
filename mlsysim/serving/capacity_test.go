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
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var capacity = serving.Capacity{
	Batching: serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H100, Longest: 2048, MeanPrompt: 512, MeanOutput: 128, Batch: 32, Chunk: 256},
	Arrivals: 200, SLA: 3.55 * units.Second, MaxReplicas: 64,
}

type capacitySolve func(serving.Capacity) serving.CapacityResult

// drawCapacity is a service whose limit is somewhere around the time of a request.
func drawCapacity(t *rapid.T) serving.Capacity {
	s := serving.Capacity{Batching: drawBatching(t)}
	s.Mean, s.Batch = 0, min(s.Batch, 64)
	s.MeanPrompt = units.Tokens(rapid.IntRange(1, s.Longest/2).Draw(t, "prompt tokens"))
	s.MeanOutput = units.Tokens(rapid.IntRange(1, s.Longest/2).Draw(t, "output tokens"))
	s.MaxReplicas = rapid.IntRange(1, 60).Draw(t, "most")
	s.CV = rapid.SampledFrom([]float64{0, 0.5, 1, 2}).Draw(t, "cv")
	s.Constant = s.CV == 0
	s.Arrivals, s.SLA = 1, 1
	base := s.Run().Base
	if base == 0 { // it does not fit
		return s
	}
	s.SLA = base.Times(0.3317 + 0.01*float64(rapid.IntRange(0, 1200).Draw(t, "limit"))) // never a quantile to the last digit
	slots := float64(s.Run().Active * s.MaxReplicas)
	s.Arrivals = units.Requests(slots * rapid.Float64Range(1e-3, 1.1).Draw(t, "load")).Per(base)
	return s
}

// leastReplicas tries every number with the tail solver: slots are servers.
func leastReplicas(s serving.Capacity, r serving.CapacityResult) (int, bool) {
	for c := 1; c <= s.MaxReplicas && r.RateKnown; c++ {
		q := serving.Tail{Arrivals: s.Arrivals, Service: r.Base, Replicas: c * r.Active, CV: s.CV, Constant: s.Constant}.Run()
		if q.Stable && q.P99 <= s.SLA.Times(1+1e-12) {
			return c, true
		}
	}
	return 0, false
}

func capacityIsLeast(s serving.Capacity, solve capacitySolve) bool {
	r := solve(s)
	want, met := leastReplicas(s, r)
	return r.Reached == met && r.Replicas == want
}

// The limit is met where the result says so, the floor is below every P99, and
// both quantiles hold together.
func capacityKeepsItsLimit(s serving.Capacity, solve capacitySolve) bool {
	r := solve(s)
	switch {
	case !r.Stable:
		return !r.Reached
	case r.Reached && r.P99 > s.SLA.Times(1+1e-9), !r.Reached && r.P99 < s.SLA.Times(1-1e-9):
		return false
	}
	return r.P99 >= r.Least.Times(1-1e-9) && r.Least >= r.Base.Times(1-1e-9) &&
		math.Abs(float64(r.TTFT99-r.Wait99-r.TTFT)) <= 1e-9*float64(r.TTFT99) && r.Wait99 <= r.P99
}

// A limit below the time of a request is out of reach of any number, and the
// larger part of that time is named.
func capacityNamesThePart(s serving.Capacity, solve capacitySolve) bool {
	r := solve(s)
	switch {
	case !r.Fits:
		return !r.Reached && r.Part == serving.MemoryPart && r.Short > 0
	case r.Base > s.SLA && r.TTFT > r.Base-r.TTFT:
		return !r.Reached && r.Part == serving.PrefillPart
	case r.Base > s.SLA:
		return !r.Reached && r.Part == serving.DecodePart
	case r.Least > s.SLA.Times(1+1e-9):
		return !r.Reached && r.Part == serving.VariationPart
	case !r.Reached && r.Least < s.SLA.Times(1-1e-9):
		return r.Part == serving.ReplicasPart
	}
	return r.Reached == (r.Part == serving.NoPart)
}

// More requests never take fewer replicas, and a looser limit never more.
func capacityIsMonotone(s serving.Capacity, solve capacitySolve) bool {
	r := solve(s)
	busier, looser := s, s
	busier.Arrivals, looser.SLA = s.Arrivals.Times(1.5), s.SLA.Times(2)
	b, l := solve(busier), solve(looser)
	return (!b.Reached || r.Reached && b.Replicas >= r.Replicas) && (!r.Reached || l.Reached && l.Replicas <= r.Replicas)
}

var capacityInvariants = map[string]func(serving.Capacity, capacitySolve) bool{
	"least": capacityIsLeast, "limit": capacityKeepsItsLimit, "part": capacityNamesThePart, "monotone": capacityIsMonotone,
}

func TestCapacityInvariants(t *testing.T) {
	solve := func(s serving.Capacity) serving.CapacityResult { return s.Run() }
	reached := 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawCapacity(t)
		for name, holds := range capacityInvariants {
			require.True(t, holds(s, solve), name)
		}
		r := s.Run()
		require.NoError(t, r.Explain().Verify(r))
		require.NotEmpty(t, r.View().Blocks)
		if r.Reached {
			reached++
		}
	})
	require.Greater(t, reached, 10, "too few services could be sized")
}

// Each invariant fails for the mistake it is there for.
func TestCapacityInvariantsKillMutants(t *testing.T) {
	solve := func(s serving.Capacity) serving.CapacityResult { return s.Run() }
	hasty := capacity
	hasty.SLA = 100 * units.Millisecond
	for name, m := range map[string]struct {
		in    serving.Capacity
		solve capacitySolve
	}{
		"least": {capacity, func(s serving.Capacity) serving.CapacityResult { // D-37: a replica is one server
			r := s.Run()
			for c := 1; c <= s.MaxReplicas; c++ {
				q := serving.Tail{Arrivals: s.Arrivals, Service: r.Base.Times(1 / float64(r.Active)), Replicas: c}.Run()
				if q.Stable && r.Base+q.P99 <= s.SLA {
					r.Replicas = c
					break
				}
			}
			return r
		}},
		"limit": {capacity, func(s serving.Capacity) serving.CapacityResult { // D-09: waiting quantile and mean service
			r := s.Run()
			r.P99 = r.Wait99 + r.Base
			return r
		}},
		"part": {hasty, func(s serving.Capacity) serving.CapacityResult { // D-37: the most replicas stand for an answer
			r := s.Run()
			r.Reached, r.Replicas, r.Part = true, s.MaxReplicas, serving.NoPart
			return r
		}},
		"monotone": {capacity, func(s serving.Capacity) serving.CapacityResult { // the limit is lost on the way
			r := s.Run()
			r.Replicas = int(1e3 / float64(s.Arrivals))
			return r
		}},
	} {
		holds := capacityInvariants[name]
		require.True(t, holds(m.in, solve), name)
		require.False(t, holds(m.in, m.solve), name)
	}
}

// By hand: 1920 tokens in, 128 out, a batch
// of 32, so that an iteration carries 32 tokens and 480 of prompts.
func TestCapacityByHand(t *testing.T) {
	s := serving.Capacity{
		Batching: serving.Batching{Model: worked8B, Hardware: workedH100, Longest: 2048, Mean: 2048, MeanPrompt: 1920, MeanOutput: 128, Batch: 32},
		Arrivals: 20, SLA: 10, MaxReplicas: 128,
	}
	const linear, peak = 16.06e9, 0.5 * 989e12
	held := 4 * 32 * 4096 * 2048 * 32.0           // 32 requests attend to 2048 tokens
	whole := 2 * 32 * 4096 * 1920 * 1920.0        // causal attention of one prompt
	itl := (512*linear+held+whole/4)/peak + 32e-5 // 480 tokens are a quarter of a prompt
	ttft := ((32+1920)*linear+held+whole)/peak + 32e-5
	base := ttft + 128*itl
	r := s.Run()
	require.InEpsilon(t, itl, float64(r.ITL), 1e-12)
	require.InEpsilon(t, ttft, float64(r.TTFT), 1e-12)
	require.InEpsilon(t, base, float64(r.Base), 1e-12) // 2.307 s
	require.InEpsilon(t, 32/base, float64(r.PerReplica), 1e-12)
	require.InEpsilon(t, math.Log(100)*base, float64(r.Least), 1e-12)
	require.False(t, r.Reached) // 10.62 s at best: exponential times vary too much for 10 s
	require.Equal(t, serving.VariationPart, r.Part)

	s.Constant = true
	r = s.Run()
	require.Equal(t, 2, r.Replicas) // 46.1 slots are busy of 64
	require.InEpsilon(t, 20*base/64, r.Utilization, 1e-12)
	require.InEpsilon(t, base, float64(r.Least), 1e-12)
	require.Less(t, float64(r.P99), 1.1*base)
}

func TestCapacityNothingFits(t *testing.T) {
	s := capacity
	s.Model = models.Llama3_70B
	r := s.Run()
	require.False(t, r.Fits || r.Reached || r.RateKnown || r.Stable)
	require.Equal(t, serving.MemoryPart, r.Part)
	require.Equal(t, walls.MemoryCapacity, r.Binding)
	require.Greater(t, float64(r.Short), 0.0)
	s.TP, s.SLA = 4, units.Minute
	require.True(t, s.Run().Reached)
	require.Equal(t, 4*s.Run().Replicas, s.Run().Devices)
}

// I-9: without load the 99th percentile is that of the service.
func TestCapacityWithoutLoad(t *testing.T) {
	s := capacity
	s.Arrivals = 1e-9
	r := s.Run()
	require.Equal(t, 1, r.Replicas)
	require.InEpsilon(t, float64(r.Least), float64(r.P99), 1e-9)
	require.Zero(t, r.Wait99)
}

// A million replicas are searched as quickly as a dozen.
func TestCapacityOfAMillionReplicas(t *testing.T) {
	s := capacity
	s.MaxReplicas, s.Batch = 1_000_000, 256
	base := s.Run().Base
	s.SLA = base.Times(4.7)
	s.Arrivals = units.Requests(0.9 * 256e6).Per(base)
	r := s.Run()
	require.True(t, r.Reached)
	require.InDelta(t, 900_000, r.Replicas, 1000)
	s.Arrivals = s.Arrivals.Times(1.2)
	require.Equal(t, serving.ReplicasPart, s.Run().Part)
	require.True(t, s.Run().Warnings.Has(walls.Unstable|walls.NotReached))
	require.Zero(t, testing.AllocsPerRun(10, func() { _, _ = s.Solve() }))
}

func TestCapacityRefusals(t *testing.T) {
	for want, change := range map[string]func(*serving.Capacity){
		"serving.Capacity: Arrivals = NaN: want above 0":                    func(s *serving.Capacity) { s.Arrivals = units.RequestRate(nan()) }, // V-38
		"serving.Capacity: Arrivals = 0":                                    func(s *serving.Capacity) { s.Arrivals = 0 },
		"serving.Capacity: SLA = -5 ms: want above 0":                       func(s *serving.Capacity) { s.SLA = -5 * units.Millisecond }, // V-43
		"serving.Capacity: Batch = 0: want at least 1":                      func(s *serving.Capacity) { s.Batch = 0 },
		"serving.Capacity: Batch = 200000: want at most 100000":             func(s *serving.Capacity) { s.Batch = 200_000 },
		"serving.Capacity: MeanPrompt = 0 tokens: want above 0":             func(s *serving.Capacity) { s.MeanPrompt = 0 },
		"serving.Capacity: MeanOutput = 0 tokens: want above 0":             func(s *serving.Capacity) { s.MeanOutput = 0 },
		"serving.Capacity: MeanPrompt = 4000 tokens: want with":             func(s *serving.Capacity) { s.MeanPrompt = 4000 },
		"serving.Capacity: MaxReplicas = 2000000: want at least 1 and at":   func(s *serving.Capacity) { s.MaxReplicas = 2_000_000 },
		"serving.Capacity: TP = 3: want a divisor of the model's attention": func(s *serving.Capacity) { s.TP = 3 },
	} {
		s := capacity
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
	var s serving.Capacity
	err := describe.Decode([]byte(`{"model": "Llama3_8B", "hardware": "H100", "arrivals": "20 qps", "sla": "10 s", "batch": 32}`), &s)
	require.NoError(t, err)
	require.Equal(t, 10*units.Second, s.SLA)
	require.Equal(t, 32, s.Batch)
}

func TestCapacityRescale(t *testing.T) {
	require.NoError(t, dimtest.Check(capacity, units.Bytes(1).Dim(), units.FLOP(1).Dim()))
}

func ExampleCapacity() {
	r, err := capacity.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d replicas, %.0f %% busy; 99 %% of the requests end within %v\n", r.Replicas, 100*r.Utilization, r.P99)
	// Output: 6 replicas, 80 % busy; 99 % of the requests end within 3.524 s
}

func BenchmarkCapacity(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := capacity.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
