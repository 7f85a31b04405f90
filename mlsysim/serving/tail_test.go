package serving_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var tailBase = serving.Tail{Arrivals: 95, Service: 10 * units.Millisecond, Replicas: 1, SLA: units.Second}

func tail(t require.TestingT, s serving.Tail) serving.TailResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// drawTail is a stable station.
func drawTail(t *rapid.T) serving.Tail {
	s := serving.Tail{
		Service:  units.Seconds(rapid.Float64Range(1e-4, 100).Draw(t, "service")),
		Replicas: rapid.IntRange(1, 200).Draw(t, "replicas"),
		CV:       rapid.OneOf(rapid.Just(1.0), rapid.Float64Range(0.05, 5)).Draw(t, "cv"),
		Constant: rapid.IntRange(0, 4).Draw(t, "constant") == 0,
	}
	rho := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(1e-6, 0.99)).Draw(t, "rho")
	s.Arrivals = units.Requests(rho * float64(s.Replicas)).Per(s.Service)
	return s
}

func TestTailOrderAndGrowth(t *testing.T) { // I-9
	rapid.Check(t, func(t *rapid.T) {
		s := drawTail(t)
		r := tail(t, s)
		require.True(t, r.Stable)
		require.GreaterOrEqual(t, float64(r.P50), 0.0)
		require.GreaterOrEqual(t, float64(r.P99), float64(r.P50))
		require.GreaterOrEqual(t, float64(r.P999), float64(r.P99))

		busier := s
		busier.Arrivals = (s.Arrivals + units.Requests(float64(s.Replicas)).Per(s.Service)).Times(0.5)
		require.GreaterOrEqual(t, float64(tail(t, busier).P99), float64(r.P99)*(1-1e-9))
		require.GreaterOrEqual(t, float64(tail(t, busier).Mean), float64(r.Mean)*(1-1e-9))
	})
}

// One pool of c beats c separate queues that share the arrivals.
func TestTailPoolBeatsSeparateQueues(t *testing.T) { // I-9
	rapid.Check(t, func(t *rapid.T) {
		s := drawTail(t)
		alone := s
		alone.Replicas, alone.Arrivals = 1, s.Arrivals.Times(1/float64(s.Replicas))
		require.LessOrEqual(t, float64(tail(t, s).P99), float64(tail(t, alone).P99)*(1+1e-9))
		require.LessOrEqual(t, float64(tail(t, s).Wait), float64(tail(t, alone).Wait)*(1+1e-9))
	})
}

func TestTailGrowsWithoutBound(t *testing.T) { // I-9
	s := tailBase
	for _, gap := range []float64{1e-2, 1e-4, 1e-6, 1e-8} {
		s.Arrivals = units.RequestRate(100 * (1 - gap))
		require.InEpsilon(t, 0.01*math.Log(100)/gap, float64(tail(t, s).P99), 1e-6)
	}
}

// Solvers.md 3.7: milliseconds.
func TestTailWorked(t *testing.T) { // D-09: the quantile of the stay, 46.05 ms at no load, 92.10 at one half
	for _, w := range []struct {
		arrivals, service float64
		replicas          int
		p50, p99          float64
	}{
		{95, 0.010, 1, 138.6294, 921.0340},
		{50, 0.010, 1, 0, 92.1034},
		{0.1, 0.010, 1, 0, 46.0978},
		{0, 0.010, 1, 6.931472, 46.0517},
		{95, 0.010, 4, 0, 46.1352},
		{1900, 0.100, 200, 73.2877, 464.4953},
	} {
		r := tail(t, serving.Tail{Arrivals: units.RequestRate(w.arrivals), Service: units.Seconds(w.service), Replicas: w.replicas})
		require.InEpsilon(t, w.p99, 1e3*float64(r.P99), 1e-6)
		if w.p50 > 0 {
			require.InEpsilon(t, w.p50, 1e3*float64(r.P50), 1e-6)
		}
	}
}

// By hand: one server, constant service: half wait at load 0.5, ω = 1, so that
// the 99th percentile is 1 + ln 50 services.
func TestTailConstantByHand(t *testing.T) {
	r := tail(t, serving.Tail{Arrivals: 0.5, Service: 1, Constant: true})
	require.InEpsilon(t, 1+math.Log(50), float64(r.P99), 1e-12)
	require.InEpsilon(t, 0.5, float64(r.Wait), 1e-12) // M/D/1: ρ/(2(1−ρ))
	require.True(t, r.Warnings.Has(walls.Approximate))
}

func TestTailUnstableIsAResult(t *testing.T) { // N-01
	s := tailBase
	s.Arrivals = 100
	r := tail(t, s)
	require.False(t, r.Stable)
	require.InEpsilon(t, 1.0, r.Utilization, 1e-12)
	require.Zero(t, r.P99)
	require.False(t, r.HeadroomKnown)
	require.True(t, r.Warnings.Has(walls.Unstable|walls.LimitMissed))
	require.Equal(t, walls.Queueing, r.Binding)
	require.NoError(t, r.Explain().Verify(r))
}

func TestTailHeadroom(t *testing.T) {
	r := tail(t, tailBase)
	require.InEpsilon(t, 1-0.9210340371976182, r.Headroom, 1e-9)
	s := tailBase
	s.SLA = 0.5 * units.Second
	require.Negative(t, tail(t, s).Headroom)
	require.True(t, tail(t, s).Warnings.Has(walls.LimitMissed))
}

func TestTailRefusals(t *testing.T) {
	for want, change := range map[string]func(*serving.Tail){
		"serving.Tail: Arrivals = ":                       func(s *serving.Tail) { s.Arrivals = -5 },                       // V-19
		"Arrivals = NaN: want at least 0":                 func(s *serving.Tail) { s.Arrivals = units.RequestRate(nan()) }, // V-20
		"Replicas = -4: want at least 1":                  func(s *serving.Tail) { s.Replicas = -4 },                       // V-21
		"Service = 0 s: want above 0":                     func(s *serving.Tail) { s.Service = 0 },                         // V-22
		"CV = -1: want above 0 and at most 10":            func(s *serving.Tail) { s.CV = -1 },
		"Replicas = 2000000: want at least 1 and at most": func(s *serving.Tail) { s.Replicas = 2_000_000 },
	} {
		s := tailBase
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
	// V-21: a share of a replica or an explicit zero never reaches Solve.
	for _, text := range []string{"2.9", "0"} {
		var s serving.Tail
		require.Error(t, describe.Decode([]byte(`{"arrivals": 5, "service": 0.01, "replicas": `+text+`}`), &s))
	}
}

func TestTailTracesVerify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTail(t)
		s.SLA = units.Seconds(rapid.Float64Range(1e-6, 10).Draw(t, "sla"))
		r := tail(t, s)
		require.NoError(t, r.Explain().Verify(r))
	})
	s := serving.Tail{Arrivals: 1, Service: 1, Replicas: 2} // c − 1 − a = 0
	require.NoError(t, tail(t, s).Explain().Verify(tail(t, s)))
}

func ExampleTail() {
	r, err := serving.Tail{Arrivals: 350, Service: 10 * units.Millisecond, Replicas: 4, SLA: 125 * units.Millisecond}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("half within %v, 99 %% within %v, headroom %.0f %%\n", r.P50, r.P99, 100*r.Headroom)
	// Output: half within 18.98 ms, 99 % within 99.84 ms, headroom 20 %
}

func BenchmarkTail(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tailBase.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
