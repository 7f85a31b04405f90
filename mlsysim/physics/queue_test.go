package physics_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

func drawQueue(t *rapid.T) physics.Queue {
	c := rapid.IntRange(1, 300).Draw(t, "servers")
	rho := rapid.Float64Range(0, 0.999).Draw(t, "rho")
	cv := rapid.OneOf(rapid.Just(0.0), rapid.Just(1.0), rapid.Float64Range(0.02, 10)).Draw(t, "cv")
	return physics.NewQueue(c, rho*float64(c), cv)
}

func TestQueueTailFallsFromOneToZero(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := drawQueue(t)
		x := rapid.Float64Range(0, 50).Draw(t, "x")
		require.LessOrEqual(t, q.Tail(x), 1+1e-12)
		require.GreaterOrEqual(t, q.Tail(x), 0.0)
		require.LessOrEqual(t, q.Tail(x*1.01+0.01), q.Tail(x)*(1+1e-9)+1e-13)
		for _, p := range []float64{0.5, 0.01, 0.001} {
			at := q.Quantile(p)
			if !q.Constant() {
				require.InEpsilon(t, p, q.Tail(at), 1e-9)
			}
		}
	})
}

// The integral of the tail is the mean: wait plus one service.
func TestQueueTailIntegratesToTheMean(t *testing.T) {
	for _, cv := range []float64{0, 0.1, 0.2, 0.5, 0.9, 1, 1.5, 2} {
		for _, c := range []int{1, 2, 7, 60} {
			for _, rho := range []float64{0.3, 0.9} {
				q := physics.NewQueue(c, rho*float64(c), cv)
				var sum float64
				const h = 1e-3 // midpoints of a grid that puts the jump of a constant service on an edge
				for x := h / 2; x < 400; x += h {
					tail := q.Tail(x)
					sum += tail * h
					if tail < 1e-9 {
						break
					}
				}
				require.InEpsilon(t, 1+q.MeanWait(), sum, 2e-3, "cv %v, c %v, rho %v", cv, c, rho)
			}
		}
	}
}

// A shape of one is the exponential law, which has its own formula.
func TestGammaServiceMeetsTheExponentialOne(t *testing.T) {
	for _, c := range []int{1, 2, 3, 40, 2000} {
		for _, rho := range []float64{0.1, 0.5, 0.95} {
			exact, near := physics.NewQueue(c, rho*float64(c), 1), physics.NewQueue(c, rho*float64(c), 1+1e-9)
			for _, x := range []float64{1e-3, 0.5, 1, 3, 10, 30} {
				require.InEpsilon(t, exact.Tail(x), near.Tail(x), 1e-6, "c %v, rho %v, x %v", c, rho, x)
			}
		}
	}
}

// Erlang's recursion from no servers on is the definition.
func TestErlangBMeetsTheRecursion(t *testing.T) {
	for _, load := range []float64{1e-9, 0.3, 1, 17.5, 300, 4096, 9999.5} {
		for _, c := range []int{0, 1, 2, 10, 63, 500, 4096, 12_000} {
			want := physics.ErlangBFrom(1, 0, c, load)
			got := physics.ErlangB(c, load)
			if want < 1e-199 {
				require.Less(t, got, 2e-199)
				continue
			}
			require.InEpsilon(t, want, got, 1e-11, "load %v, servers %v", load, c)
		}
	}
	require.InEpsilon(t, 1-0.5, physics.ErlangB(1_000_000, 2_000_000), 1e-5) // far overloaded: 1 − c/a is lost
}

// Continuing from any number is the same as starting there.
func TestErlangBContinues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		load := rapid.Float64Range(1e-3, 1e5).Draw(t, "load")
		have := int(load * rapid.Float64Range(0, 1.01).Draw(t, "have"))
		want := have + rapid.IntRange(0, 500).Draw(t, "more")
		got := physics.ErlangBFrom(physics.ErlangB(have, load), have, want, load)
		require.InDelta(t, physics.ErlangB(want, load), got, 1e-10*got+1e-190)
	})
}

func drawSizing(t *rapid.T) physics.Sizing {
	return physics.Sizing{
		Load:   rapid.Float64Range(1e-3, 400).Draw(t, "load"),
		CV:     rapid.SampledFrom([]float64{0, 0.4, 1, 2}).Draw(t, "cv"),
		Size:   rapid.IntRange(1, 40).Draw(t, "size"),
		Most:   rapid.IntRange(1, 600).Draw(t, "most"),
		Limit:  math.Exp(rapid.Float64Range(-1, 3).Draw(t, "limit")),
		Beyond: rapid.SampledFrom([]float64{0.5, 0.1, 0.01}).Draw(t, "beyond"),
	}
}

// The least number is that of trying all of them, each from the start.
func TestLeastStationsIsTheLeast(t *testing.T) {
	brute := func(s physics.Sizing) (int, bool) {
		for c := 1; c <= s.Most; c++ {
			if servers := c * s.Size; s.Load < float64(servers) && physics.NewQueue(servers, s.Load, s.CV).Tail(s.Limit) <= s.Beyond {
				return c, true
			}
		}
		return 0, false
	}
	holds := func(s physics.Sizing, solve func(physics.Sizing) physics.Sized) bool {
		want, met := brute(s)
		got := solve(s)
		return got.Met == met && (!met || got.Stations == want)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := drawSizing(t)
		require.True(t, holds(s, physics.Sizing.Least))
		r := s.Least()
		require.Equal(t, s.Load < float64(s.Most*s.Size), r.Stable)
		if r.Stable {
			require.InEpsilon(t, float64(r.Stations*s.Size), r.Queue.Servers, 1e-15)
		}
	})
	s := physics.Sizing{Load: 100, CV: 1, Size: 8, Most: 100, Limit: 4.61, Beyond: 0.01}
	require.True(t, holds(s, physics.Sizing.Least))
	for name, mutant := range map[string]func(physics.Sizing) physics.Sized{
		"one too many": func(s physics.Sizing) physics.Sized { r := s.Least(); r.Stations++; return r },
		"too few":      func(s physics.Sizing) physics.Sized { s.Limit *= 4; return s.Least() },
		"one server":   func(s physics.Sizing) physics.Sized { s.Load, s.Size = s.Load/8, 1; return s.Least() },
		"none":         func(s physics.Sizing) physics.Sized { s.Most = 12; return s.Least() },
	} {
		require.False(t, holds(s, mutant), name)
	}
}

// A search over a million stations looks at some √a of them, and at none if no
// number of them is enough.
func TestLeastStationsIsQuick(t *testing.T) {
	s := physics.Sizing{Load: 2e8, CV: 1, Size: 256, Most: 1_000_000, Limit: 4.6052, Beyond: 0.01} // ln 100 = 4.60517…
	r := s.Least()
	require.True(t, r.Met)
	require.Less(t, r.Tried, 1000)
	require.Greater(t, r.Stations, 781_250)
	s.Limit = 4.6051
	require.Equal(t, 0, s.Least().Tried)
	require.False(t, s.Least().Met)
	s.Load = 2.56e8 // as many as there are servers
	require.False(t, s.Least().Stable)
}

func TestWaitQuantileByHand(t *testing.T) {
	q := physics.NewQueue(1, 0.5, 1) // P_w = 1/2, ω = 2
	require.InEpsilon(t, 2*math.Log(50), q.WaitQuantile(0.01), 1e-12)
	require.Zero(t, q.WaitQuantile(0.5))
	require.InDelta(t, 0.01, q.Wait*math.Exp(-q.WaitQuantile(0.01)/q.Decay()), 1e-12)
}

func BenchmarkLeastStations(b *testing.B) {
	s := physics.Sizing{Load: 2e8, CV: 1, Size: 256, Most: 1_000_000, Limit: 4.6052, Beyond: 0.01}
	b.ReportAllocs()
	for b.Loop() {
		if !s.Least().Met {
			b.Fatal("no answer")
		}
	}
}

func TestErlangByHand(t *testing.T) {
	require.InEpsilon(t, 0.5, physics.ErlangB(1, 1), 1e-15)
	require.InEpsilon(t, 0.2, physics.ErlangB(2, 1), 1e-15) // (1/2)/(1 + 1 + 1/2)
	require.InEpsilon(t, 1.0/3, physics.ErlangC(2, 1), 1e-15)
	require.InEpsilon(t, 0.7, physics.ErlangC(1, 0.7), 1e-15)
	require.Zero(t, physics.ErlangC(3, 0))
}

// The three branches of the exact tail meet: c − 1 − a through zero.
func TestExponentialTailIsSmoothAtEqualRates(t *testing.T) {
	at := func(d float64) float64 { return physics.NewQueue(3, 2-d, 1).Tail(2) }
	require.InDelta(t, at(0), at(1e-9), 1e-8)
	require.InDelta(t, at(0), at(-1e-9), 1e-8)
	require.InDelta(t, at(0.4999999), at(0.5000001), 1e-6)
}

func TestCheckpointIntervalIsTheBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := units.Seconds(math.Pow(10, rapid.Float64Range(0, 9).Draw(t, "mtbf")))
		save := m.Times(math.Pow(10, rapid.Float64Range(-9, 1).Draw(t, "save")))
		best := physics.CheckpointInterval(save, m)
		u := best.Ratio(m)
		if y := save.Ratio(m); u > 1e-4 && y < 10 { // Lambert's equation, where it has the digits
			require.InEpsilon(t, math.Exp(-y), (1-u)*math.Exp(u), 1e-9)
		}
		other := best.Times(math.Pow(10, rapid.Float64Range(-3, 3).Draw(t, "factor")))
		require.GreaterOrEqual(t, physics.Goodput(best, save, 0, m)*(1+1e-12), physics.Goodput(other, save, 0, m))
	})
}

// Daly's series and Young's root are the limits for a quick save.
func TestCheckpointIntervalSeries(t *testing.T) {
	m := 41.85268 * units.Hour
	y := (60 * units.Second).Ratio(m)
	daly := m.Times(math.Sqrt(2*y)*(1+math.Sqrt(y/2)/3+y/18) - y)
	require.InEpsilon(t, float64(daly), float64(physics.CheckpointInterval(60, m)), 1e-6)
	require.InEpsilon(t, float64(physics.YoungInterval(1e-9, m)), float64(physics.CheckpointInterval(1e-9, m)), 1e-6)
	require.Greater(t, float64(physics.CheckpointInterval(1e-30, 1e30)), 0.0)
}
