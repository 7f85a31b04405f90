package probe

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A chain has a closed form: cₙ = f + (c₀ − f)·sⁿ with the fixed point f = t/(1 − s).
func TestChainComputesWhatIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		s := rapid.Float32Range(-0.9, 0.9).Draw(t, "s")
		add := rapid.Float32Range(-2, 2).Draw(t, "t")
		var c, start [lanes]float32
		for i := range c {
			c[i] = rapid.Float32Range(-4, 4).Draw(t, "c")
		}
		start = c
		chain(n, s, add, &c)
		fixed := float64(add) / (1 - float64(s))
		for i := range c {
			want := fixed + (float64(start[i])-fixed)*math.Pow(float64(s), float64(n))
			require.InDelta(t, want, c[i], 1e-4, "lane %d", i)
		}
	})
}

func TestTriad(t *testing.T) {
	a, b, c := make([]float64, 5), []float64{1, 2, 3, 4, 5}, []float64{10, 20, 30, 40, 50}
	triad(a, b, c, 3)
	require.Equal(t, []float64{31, 62, 93, 124, 155}, a)
}

// Every element belongs to exactly one core.
func TestPartsCoverTheArray(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := session{Effort: Effort{Cores: rapid.IntRange(1, 300).Draw(t, "cores")}}
		s.a = make([]float64, rapid.IntRange(s.Cores, 2000).Draw(t, "n"))
		next := 0
		for core := range s.Cores {
			lo, hi := s.part(core)
			require.Equal(t, next, lo)
			require.Greater(t, hi, lo)
			next = hi
		}
		require.Len(t, s.a, next)
	})
}

func TestQuantiles(t *testing.T) {
	require.InDelta(t, 3, float64(times{5, 1, 3}.median()), 0)
	require.InDelta(t, 2.5, float64(times{4, 1, 2, 3}.median()), 0)
	require.InDelta(t, 7, float64(times{7}.median()), 0)
	require.InDelta(t, 1.5/2.5, times{4, 1, 2, 3}.spread(), 1e-15)
	require.InDelta(t, 0, times{2, 2, 2}.spread(), 0)
}

// A thousand elements of 8 bytes: a copy moves 16 kB, a triad 24 kB, and a round of
// a core is 1024 steps of 12 lanes with two operations each.
func TestSumByHand(t *testing.T) {
	s := session{Effort: Effort{Cores: 2}, a: make([]float64, 1000), rounds: 5}
	b := s.sum(times{2, 2, 4}, times{0.5, 1, 3}, times{1, 1})
	require.InDelta(t, 8e3, float64(b.Copy), 1e-9)
	require.InDelta(t, 24e3, float64(b.Triad), 1e-9)
	require.InDelta(t, 24e3, float64(b.Bandwidth), 1e-9)
	require.InDelta(t, 2*12*1024*5*2, float64(b.Rate), 1e-6)
	require.InDelta(t, 24e3, float64(b.Buffer), 0)
	require.Equal(t, [...]int{3, 3, 2, 2}, [...]int{b.CopyPasses, b.TriadPasses, b.RatePasses, b.Cores})
}

// A pass does what it is counted for: after it the arrays hold what was asked.
func TestPassesWriteEveryElement(t *testing.T) {
	s := session{Effort: Effort{Cores: 3, Buffer: 24 * 1000}}
	s.allocate()
	s.pass(s.copy)
	for _, v := range s.a {
		require.InDelta(t, 2, v, 0)
	}
	s.pass(s.triad)
	for _, v := range s.a {
		require.InDelta(t, 11, v, 0)
	}
}
