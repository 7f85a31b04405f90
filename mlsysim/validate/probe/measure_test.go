package probe_test

import (
	"context"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/validate/probe"
)

// short is enough for every kernel to run its fewest repeats.
const short = 30 * units.Millisecond

func measure(t *testing.T, e probe.Effort) probe.Benchmark {
	t.Helper()
	b, err := probe.Here().Measure(t.Context(), e)
	require.NoError(t, err)
	return b
}

// Any computer that runs this lies in these ranges, however busy it is.
func TestMeasurementIsPhysical(t *testing.T) {
	b := measure(t, probe.Effort{Time: short})
	for _, rate := range []units.ByteRate{b.Copy, b.Triad} {
		require.Greater(t, rate, 0.1*units.GBps)
		require.Less(t, rate, 2000*units.GBps)
	}
	require.Equal(t, max(b.Copy, b.Triad), b.Bandwidth)
	require.Greater(t, b.Rate, units.FLOPRate(1e7))
	require.Less(t, b.Rate, (100 * units.GFLOPS).Times(float64(b.Cores)), "no register of 32 bits gets that much")

	require.Equal(t, runtime.GOMAXPROCS(0), b.Cores)
	for _, passes := range []int{b.CopyPasses, b.TriadPasses, b.RatePasses} {
		require.GreaterOrEqual(t, passes, 3)
	}
	for _, spread := range []float64{b.CopySpread, b.TriadSpread, b.RateSpread} {
		require.False(t, math.IsNaN(spread) || math.IsInf(spread, 0))
		require.GreaterOrEqual(t, spread, 0.0)
	}
	require.GreaterOrEqual(t, b.Buffer, 4*probe.Here().Cache)
}

// More cores do more, or at least not half as much. Other programs may take the
// cores away at any moment, so one of several tries has to show it.
func TestMoreCoresAreNotSlower(t *testing.T) {
	shown := func() bool {
		one := measure(t, probe.Effort{Time: short, Cores: 1, Buffer: 48 * units.MiB})
		all := measure(t, probe.Effort{Time: short, Buffer: 48 * units.MiB})
		return all.Bandwidth >= one.Bandwidth.Times(0.5) && all.Rate >= one.Rate.Times(0.5)
	}
	for range 20 {
		if shown() {
			return
		}
	}
	t.Fatal("all cores together do less than half of what one does")
}

func TestMeasuringEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err := probe.Here().Measure(ctx, probe.Effort{
		Time: units.Hour, Buffer: units.MiB,
		Progress: func(float64, string) {
			calls++
			if calls == 3 {
				cancel()
			}
		},
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, calls, "nothing runs after the end")

	_, err = probe.Here().Measure(ctx, probe.Effort{Time: units.Hour, Buffer: units.MiB})
	require.ErrorIs(t, err, context.Canceled)
}

func TestProgressRises(t *testing.T) {
	last, doing := 0.0, map[string]bool{}
	measure(t, probe.Effort{Time: short, Buffer: 3 * units.MiB, Progress: func(done float64, what string) {
		require.GreaterOrEqual(t, done, last)
		require.LessOrEqual(t, done, 1.0)
		last = done
		doing[what] = true
	}})
	require.Len(t, doing, 3)
}
