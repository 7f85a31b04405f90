package physics_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

func TestAllReduceLiesBetweenTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := units.Bytes(rapid.Float64Range(1, 1e11).Draw(t, "message"))
		n := rapid.IntRange(2, 4096).Draw(t, "ranks")
		link := units.ByteRate(rapid.Float64Range(1e8, 1e12).Draw(t, "link"))
		a := units.Seconds(rapid.Float64Range(0, 1e-4).Draw(t, "latency"))
		best := physics.AllReduce(m, n, link, a)
		floor := m.Times(2 * float64(n-1) / float64(n)).Over(link)
		require.GreaterOrEqual(t, float64(best), float64(floor)*(1-1e-12))
		require.LessOrEqual(t, float64(best), float64(physics.RingAllReduce(m, n, link, a)))
		require.LessOrEqual(t, float64(best), float64(physics.TreeAllReduce(m, n, link, a)))
	})
	require.Zero(t, physics.AllReduce(units.GB, 1, units.GBps, units.Microsecond))
}

// By hand, solvers.md 2.10: 64 ranks, 50 GB/s, 5 µs.
func TestCollectivesByHand(t *testing.T) {
	link, latency := 50*units.GBps, 5*units.Microsecond
	require.InEpsilon(t, 0.040005, float64(physics.RingAllReduce(units.GB, 64, link, latency)), 1e-12)
	require.InEpsilon(t, 0.04006, float64(physics.TreeAllReduce(units.GB, 64, link, latency)), 1e-12)
	require.InEpsilon(t, 0.1e-3, float64(physics.TreeAllReduce(units.MB, 64, link, latency)), 1e-12)
	require.Equal(t, physics.TreeAllReduce(units.MB, 64, link, latency), physics.AllReduce(units.MB, 64, link, latency))
}

func TestExpectedExperts(t *testing.T) {
	require.InDelta(t, 2, physics.ExpectedExperts(8, 2, 1), 1e-12)
	last := 0.0
	for tokens := 1.0; tokens <= 256; tokens *= 2 {
		touched := physics.ExpectedExperts(8, 2, tokens)
		require.Greater(t, touched, last)
		require.LessOrEqual(t, touched, 8.0)
		last = touched
	}
	require.InDelta(t, 8, last, 1e-9)
	require.Zero(t, physics.ExpectedExperts(0, 0, 5))
}

func TestDraw(t *testing.T) {
	require.Equal(t, 210*units.Watt, physics.Draw(210, 700, 0))
	require.Equal(t, 700*units.Watt, physics.Draw(210, 700, 1))
	require.Equal(t, 406*units.Watt, physics.Draw(210, 700, 0.4)) // solvers.md 3.10: TDP·(0.3 + 0.7·0.4)
}

func TestFitsForgivesRounding(t *testing.T) {
	fits, short := physics.Fits(units.GB.Times(1+1e-13), units.GB)
	require.True(t, fits)
	require.Zero(t, short)
	fits, short = physics.Fits(3*units.GB, units.GB)
	require.False(t, fits)
	require.Equal(t, 2*units.GB, short)
}

func TestPrecisionNames(t *testing.T) {
	for p := range physics.NumPrecisions {
		var back physics.Precision
		require.NoError(t, back.UnmarshalText([]byte(p.String())))
		require.Equal(t, p, back)
	}
	var p physics.Precision
	require.ErrorContains(t, p.UnmarshalText([]byte("fp7")), "want one of auto, fp16")
	require.Equal(t, units.Bytes(0.5), physics.INT4.Size())
}
