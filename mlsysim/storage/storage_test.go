package storage_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/dimtest"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var (
	chain = storage.Ingestion{
		Demand: 0.5 * units.GBps, Accelerators: 8, HitRatio: 0.25, Storage: 7 * units.GBps, Network: 12.5 * units.GBps,
		Cache: 100 * units.GBps, Decode: 6 * units.GBps, HostLink: 64 * units.GBps, Expansion: 5, Sample: 150 * units.KB,
	}
	batch = storage.Transformation{Batch: 256, Sample: 150 * units.KB, Rate: 200 * units.MBps, Step: 40 * units.Millisecond}
)

func ingest(t require.TestingT, i storage.Ingestion) storage.IngestionResult {
	r, err := i.Solve()
	require.NoError(t, err)
	return r
}

func transform(t require.TestingT, s storage.Transformation) storage.TransformationResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// I-3: more of any stage, or a better cache in front of slow disks, never
// lowers the supply, and the supply is no more than any stage allows.
func TestFasterStagesNeverLowerTheSupply(t *testing.T) {
	rate := func(t *rapid.T, name string) units.ByteRate {
		return units.GBps.Times(float64(rapid.IntRange(1, 1000).Draw(t, name)) / 10)
	}
	rapid.Check(t, func(t *rapid.T) {
		i := chain
		i.Storage, i.Network, i.Cache = rate(t, "storage"), rate(t, "network"), rate(t, "cache")
		i.Decode, i.HostLink, i.Demand = rate(t, "decode"), rate(t, "link"), rate(t, "demand")
		i.HitRatio = float64(rapid.IntRange(0, 100).Draw(t, "hits")) / 100
		i.Accelerators = rapid.IntRange(1, 16).Draw(t, "accelerators")
		before := ingest(t, i)
		require.NoError(t, before.Explain().Verify(before))
		for _, field := range []string{"Storage", "Network", "Cache", "Decode", "HostLink"} {
			faster := i
			v, _, err := describe.Number(i, field)
			require.NoError(t, err)
			require.NoError(t, describe.SetField(&faster, field, 2*v))
			require.GreaterOrEqual(t, float64(ingest(t, faster).Supply), float64(before.Supply), field)
		}
		require.LessOrEqual(t, float64(before.Supply), float64(min(i.Decode, before.FromHostLink)))
		require.Equal(t, before.Stalled, before.AcceleratorUse < 1)
		require.InEpsilon(t, min(1, 1/before.Utilization), before.AcceleratorUse, 1e-12)
	})
}

func TestTransformationInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := batch
		s.Batch = rapid.IntRange(1, 10_000).Draw(t, "batch")
		s.Step = units.Millisecond.Times(float64(rapid.IntRange(1, 10_000).Draw(t, "step")))
		r := transform(t, s)
		require.NoError(t, r.Explain().Verify(r))
		require.InEpsilon(t, 1, r.Utilization*r.Slowdown, 1e-12)
		require.GreaterOrEqual(t, r.Slowdown, 1.0)
		require.Equal(t, r.Bottleneck, r.Slowdown > 1)
		s.Rate = r.NeededRate.Times(1 + 1e-9)
		require.False(t, transform(t, s).Bottleneck)
		s.Rate = r.NeededRate.Times(1 - 1e-9)
		require.True(t, transform(t, s).Bottleneck)
	})
}

func TestRescale(t *testing.T) {
	require.NoError(t, dimtest.Check(chain))
	require.NoError(t, dimtest.Check(batch))
}

// By hand: 19 TB an hour from disks of 7 GB/s over a link of 64 GB/s, and the
// chain of a whole node.
func TestIngestionByHand(t *testing.T) {
	r := ingest(t, storage.Ingestion{Demand: (19 * units.TB).Per(units.Hour), Storage: 7 * units.GBps, HostLink: 64 * units.GBps})
	require.InEpsilon(t, 0.7539682539682540, r.Utilization, 1e-12)
	require.Equal(t, walls.Storage, r.Binding)
	require.InEpsilon(t, 1.7222222222e9, float64(r.Margin), 1e-9)

	r = ingest(t, chain)
	require.InEpsilon(t, 7e9/0.75, float64(r.FromStorage), 1e-12)
	require.InEpsilon(t, 12.5e9/0.75, float64(r.FromNetwork), 1e-12)
	require.InEpsilon(t, 400e9, float64(r.FromCache), 1e-12)
	require.InEpsilon(t, 8*64e9/5, float64(r.FromHostLink), 1e-12)
	require.Equal(t, walls.HostCPU, r.Binding)
	require.InEpsilon(t, 4.0/6, r.Utilization, 1e-12)
	require.InEpsilon(t, 6e9/150e3, float64(r.SampleSupply), 1e-12)
	require.InEpsilon(t, 4e9/150e3, float64(r.SampleDemand), 1e-12)
}

// P-34: the disks are the node's, the link is the accelerator's; 0.3.0 compares
// one with the other.
func TestDisksAreSharedLinksAreNot(t *testing.T) {
	one := storage.Ingestion{Demand: units.GBps, Storage: 20 * units.GBps, HostLink: 5 * units.GBps}
	require.Equal(t, walls.HostLink, ingest(t, one).Binding)
	one.Accelerators = 8
	r := ingest(t, one)
	require.Equal(t, walls.Storage, r.Binding)
	require.Equal(t, 20*units.GBps, r.Supply)
}

// D-41: no known stage is no verdict; a full cache leaves the disks out.
func TestUnknownSupplyIsNotAStall(t *testing.T) {
	r := ingest(t, storage.Ingestion{Demand: units.GBps})
	require.False(t, r.Known || r.Stalled)
	require.True(t, r.Warnings.Has(walls.SupplyUnknown|walls.StorageUnknown))
	out, err := describe.Encode(r)
	require.NoError(t, err)
	require.Contains(t, string(out), `"supply":null`)

	r = ingest(t, storage.Ingestion{Demand: units.GBps, Storage: units.GBps, HitRatio: 1})
	require.False(t, r.Known)
	require.False(t, r.Warnings.Has(walls.StorageUnknown))
}

// V-30, V-44 and their neighbours.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		solve func() error
		want  string
	}{
		{func() error { i := chain; i.Demand = -5 * units.GBps; _, err := i.Solve(); return err }, "storage.Ingestion: Demand = -5 GB/s: want "},
		{func() error { i := chain; i.HitRatio = 1.1; _, err := i.Solve(); return err }, "storage.Ingestion: HitRatio = 1.1: want "},
		{func() error { i := chain; i.Accelerators = -1; _, err := i.Solve(); return err }, "storage.Ingestion: Accelerators = -1: want "},
		{func() error { s := batch; s.Batch = 0; _, err := s.Solve(); return err }, "storage.Transformation: Batch = 0: want at least 1"},
		{func() error { s := batch; s.Rate = 0; _, err := s.Solve(); return err }, "storage.Transformation: Rate = 0 B/s: want "},
		{func() error { s := batch; s.Step = -1; _, err := s.Solve(); return err }, "storage.Transformation: Step = -1 s: want "},
	} {
		require.ErrorContains(t, c.solve(), c.want)
	}
}

func TestTransformationByHand(t *testing.T) {
	r := transform(t, batch)
	require.InEpsilon(t, 0.192, float64(r.Time), 1e-12)
	require.InEpsilon(t, 0.2083333333, r.Utilization, 1e-9)
	require.InEpsilon(t, 4.8, r.Slowdown, 1e-12)
	require.Equal(t, walls.HostCPU, r.Binding)
}

// N-01: with no accelerator time there is no ratio, and no infinity.
func TestNoStepNoRatio(t *testing.T) {
	s := batch
	s.Step = 0
	r := transform(t, s)
	require.True(t, r.Bottleneck)
	require.False(t, r.Known)
	require.Zero(t, r.Slowdown)
}

func ExampleIngestion() {
	r, err := storage.Ingestion{Demand: 2 * units.GBps, Accelerators: 8, HitRatio: 0.5, Storage: 7 * units.GBps, Decode: 20 * units.GBps}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("stalled:", r.Stalled, "supply", r.Supply, "binds:", r.Binding)
	// Output: stalled: true supply 14 GB/s binds: storage
}

func ExampleTransformation() {
	r, err := batch.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Time, "per batch, needs", r.NeededRate)
	// Output: 192 ms per batch, needs 960 MB/s
}

func TestSolveAllocatesNothing(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = chain.Solve(); _, _ = batch.Solve() }))
}

func BenchmarkIngestion(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := chain.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTransformation(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := batch.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
