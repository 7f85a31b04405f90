package parallel_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var cluster = parallel.Orchestration{Accelerators: 64, PerJob: 16, Arrivals: daily(1.6), Duration: 2 * units.Day}

// daily is a rate of jobs per day.
func daily(jobs float64) units.RequestRate { return units.Requests(jobs).Per(units.Day) }

func orchestrate(t require.TestingT, s parallel.Orchestration) parallel.OrchestrationResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

func drawCluster(t *rapid.T) parallel.Orchestration {
	s := parallel.Orchestration{
		Accelerators: rapid.IntRange(1, 20_000).Draw(t, "accelerators"),
		Duration:     units.Hour.Times(rapid.Float64Range(0.1, 1000).Draw(t, "hours")),
		CV:           rapid.Float64Range(0.01, 5).Draw(t, "cv"),
		Constant:     rapid.Bool().Draw(t, "constant"),
	}
	s.PerJob = rapid.IntRange(1, s.Accelerators).Draw(t, "job")
	load := rapid.Float64Range(1e-6, 1.2).Draw(t, "rho") * float64(s.Accelerators/s.PerJob)
	s.Arrivals = units.Requests(load).Per(s.Duration)
	return s
}

func TestOrchestrationMoreOfIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawCluster(t)
		r := orchestrate(t, s)
		require.NoError(t, r.Explain().Verify(r))
		require.Equal(t, s.Accelerators, r.Slots*s.PerJob+r.Stranded)
		if !r.Stable {
			return
		}
		larger := s // another slot never makes jobs wait longer
		larger.Accelerators += s.PerJob
		require.LessOrEqual(t, float64(orchestrate(t, larger).Wait), float64(r.Wait)*(1+1e-9))
		faster := s
		faster.Duration = s.Duration.Times(0.9)
		require.LessOrEqual(t, float64(orchestrate(t, faster).Wait), float64(r.Wait)*(1+1e-9))
		require.InDelta(t, float64(s.Arrivals)*float64(r.Wait), r.Queue, 1e-9*r.Queue) // Little
	})
}

// Solvers.md 3.17.
func TestOrchestrationWorked(t *testing.T) {
	r := orchestrate(t, cluster)
	require.Equal(t, 4, r.Slots)
	require.InEpsilon(t, 1.491081, r.Wait.Ratio(units.Day), 1e-6)

	whole := parallel.Orchestration{Accelerators: 64, Arrivals: daily(0.4), Duration: 2 * units.Day, Constant: true}
	r = orchestrate(t, whole)
	require.InEpsilon(t, 0.8, r.Utilization, 1e-12)
	require.InEpsilon(t, 4.0, r.Wait.Ratio(units.Day), 1e-12)
	require.InEpsilon(t, 1.6, r.Queue, 1e-12)
}

// Upstream never reads the cluster; ours does (D-27).
func TestOrchestrationEveryInputMatters(t *testing.T) {
	base := orchestrate(t, cluster).Wait
	for name, change := range map[string]func(*parallel.Orchestration){
		"Accelerators": func(s *parallel.Orchestration) { s.Accelerators = 80 },
		"PerJob":       func(s *parallel.Orchestration) { s.PerJob = 8 },
		"Arrivals":     func(s *parallel.Orchestration) { s.Arrivals = daily(1) },
		"Duration":     func(s *parallel.Orchestration) { s.Duration = units.Day },
		"CV":           func(s *parallel.Orchestration) { s.CV = 2 },
		"Constant":     func(s *parallel.Orchestration) { s.Constant = true },
	} {
		s := cluster
		change(&s)
		require.NotEqual(t, base, orchestrate(t, s).Wait, name)
	}
}

func TestOrchestrationBadDesigns(t *testing.T) {
	s := cluster
	s.PerJob = 100
	r := orchestrate(t, s)
	require.False(t, r.Fits)
	require.False(t, r.Stable)
	require.Equal(t, 36, r.Short)
	require.NoError(t, r.Explain().Verify(r))

	s = cluster
	s.Arrivals = daily(2)
	r = orchestrate(t, s)
	require.False(t, r.Stable)
	require.True(t, r.Warnings.Has(walls.Unstable))
	require.InEpsilon(t, 1.0, r.Utilization, 1e-12)
}

func TestOrchestrationRefusals(t *testing.T) { // V-28
	for want, change := range map[string]func(*parallel.Orchestration){
		"parallel.Orchestration: Arrivals = ":         func(s *parallel.Orchestration) { s.Arrivals = -1 },
		"Duration = 0 s: want above 0":                func(s *parallel.Orchestration) { s.Duration = 0 },
		"Accelerators = 0: want at least 1":           func(s *parallel.Orchestration) { s.Accelerators = 0 },
		"PerJob = -1: want at least 0":                func(s *parallel.Orchestration) { s.PerJob = -1 },
		"PerJob = 1: want enough for at most 1000000": func(s *parallel.Orchestration) { s.Accelerators, s.PerJob = 5_000_000, 1 },
	} {
		s := cluster
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

func ExampleOrchestration() {
	r, err := cluster.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d jobs at once, %.0f %% busy, wait %v\n", r.Slots, 100*r.Utilization, r.Wait)
	// Output: 4 jobs at once, 80 % busy, wait 35.79 h
}

func BenchmarkOrchestration(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cluster.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
