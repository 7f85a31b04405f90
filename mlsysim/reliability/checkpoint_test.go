package reliability_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var checkpoint = reliability.Checkpoint{Model: models.Llama3_70B, Storage: 7 * units.GBps, Writers: 16, Stall: 5 * units.Second}

func write(t require.TestingT, s reliability.Checkpoint) reliability.CheckpointResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

func TestCheckpointInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := reliability.Checkpoint{
			Model: models.Llama3_8B, Optimizer: reliability.Optimizer(rapid.IntRange(0, 2).Draw(t, "optimizer")),
			Storage: units.GBps.Times(rapid.Float64Range(0.001, 100).Draw(t, "storage")), Writers: rapid.IntRange(1, 10_000).Draw(t, "writers"),
			Interval: units.Seconds(rapid.Float64Range(1e-3, 1e5).Draw(t, "interval")), Stall: units.Seconds(rapid.Float64Range(1e-3, 1e3).Draw(t, "stall")),
		}
		r := write(t, s)
		require.NoError(t, r.Explain().Verify(r))
		require.Greater(t, r.StallShare, 0.0)
		require.Less(t, r.StallShare, 1.0) // D-18: 14 120 % upstream
		more := s
		more.Writers *= 2
		require.LessOrEqual(t, float64(write(t, more).Write), float64(r.Write))

		// One writer with the required bandwidth writes in the allowed time.
		enough := s
		enough.Writers, enough.Storage, enough.Limit = 1, r.Required, r.Required
		require.InEpsilon(t, float64(s.Stall), float64(write(t, enough).Write), 1e-12)
	})
}

// Solvers.md 3.9: 70.6B parameters, 16 writers of 7 GB/s.
func TestCheckpointWorked(t *testing.T) {
	s := checkpoint
	s.Model.Params = 70.6 * units.Billion
	r := write(t, s)
	require.InEpsilon(t, 988.4e9, float64(r.Size), 1e-12)
	require.InEpsilon(t, 8.825, float64(r.Write), 1e-12)
	require.InEpsilon(t, 6.1247e-4, r.StallShare, 1e-5)
	require.InEpsilon(t, 988.4e9/5, float64(r.Required), 1e-12)
	require.True(t, r.Warnings.Has(walls.LimitMissed))
}

func TestCheckpointOptimizers(t *testing.T) { // D-18
	s := checkpoint
	adam := write(t, s).Size
	s.Optimizer = reliability.AdamW
	require.InEpsilon(t, float64(adam), float64(write(t, s).Size), 1e-15)
	s.Optimizer = reliability.SGD
	require.InEpsilon(t, float64(adam)*4/14, float64(write(t, s).Size), 1e-12)
	require.ErrorContains(t, s.Optimizer.UnmarshalText([]byte("banana")), "want one of adam, adamw, sgd")
}

func TestCheckpointUnknownStorage(t *testing.T) { // N-09
	s := checkpoint
	s.Storage = 0
	r := write(t, s)
	require.False(t, r.Known)
	require.Zero(t, r.Write)
	require.True(t, r.Warnings.Has(walls.StorageUnknown))
	require.True(t, r.RequiredKnown)
	require.NoError(t, r.Explain().Verify(r))
}

func TestCheckpointRefusals(t *testing.T) {
	for want, change := range map[string]func(*reliability.Checkpoint){
		"reliability.Checkpoint: Writers = -3: want at least 1": func(s *reliability.Checkpoint) { s.Writers = -3 }, // V-24
		"Model.Params = 0":           func(s *reliability.Checkpoint) { s.Model.Params = 0 }, // V-25
		"Interval = ":                func(s *reliability.Checkpoint) { s.Interval = -1 },
		"Storage = NaN":              func(s *reliability.Checkpoint) { s.Storage = units.ByteRate(math.NaN()) },
		"Optimizer = 9: want one of": func(s *reliability.Checkpoint) { s.Optimizer = 9 },
	} {
		s := checkpoint
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
	var s reliability.Checkpoint
	require.ErrorContains(t, describe.Decode([]byte(`{"model": "Llama3_8B", "writers": 0}`), &s), "at least 1") // V-24
	require.ErrorContains(t, describe.Decode([]byte(`{"model": "Llama3_8B", "interval": 0}`), &s), "above 0")   // D-18
}

func ExampleCheckpoint() {
	r, err := checkpoint.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Size, "in", r.Write, "- to keep to 5 s:", r.Required)
	// Output: 987.8 GB in 8.819 s - to keep to 5 s: 197.6 GB/s
}

func BenchmarkCheckpoint(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := checkpoint.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
