package reliability_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var fleet = reliability.Fleet{Nodes: 128, Job: 720 * units.Hour}

func run(t require.TestingT, s reliability.Fleet) reliability.FleetResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

func drawFleet(t *rapid.T) reliability.Fleet {
	s := reliability.Fleet{
		Nodes: rapid.IntRange(1, 50_000).Draw(t, "nodes"), Accelerators: rapid.IntRange(1, 16).Draw(t, "accelerators"),
		NICs: rapid.IntRange(1, 8).Draw(t, "nics"), PSUs: rapid.IntRange(1, 6).Draw(t, "psus"),
		Switches:   rapid.IntRange(0, 100).Draw(t, "switches"),
		Job:        units.Hour.Times(rapid.Float64Range(1e-3, 5000).Draw(t, "job")),
		Checkpoint: units.Seconds(rapid.Float64Range(1e-3, 3000).Draw(t, "checkpoint")),
		Recovery:   units.Seconds(rapid.Float64Range(1e-3, 3000).Draw(t, "recovery")),
	}
	if s.PSUs > 1 {
		s.SparePSUs = rapid.IntRange(0, s.PSUs-1).Draw(t, "spares")
	}
	if rapid.Bool().Draw(t, "classes") {
		s.SwitchMTTF, s.SoftwareMTTF, s.SilentMTTF = 200_000*units.Hour, 20_000*units.Hour, 90_000*units.Hour
		s.Shape = rapid.Float64Range(0.3, 3).Draw(t, "shape")
	}
	return s
}

func TestGoodputIsBestAtTheOptimum(t *testing.T) { // I-16
	rapid.Check(t, func(t *rapid.T) {
		s := drawFleet(t)
		best := run(t, s)
		require.NoError(t, best.Explain().Verify(best))
		require.GreaterOrEqual(t, best.Goodput, 0.0)
		require.Less(t, best.Goodput, 1.0)

		s.Interval = best.Optimal.Times(math.Exp(rapid.Float64Range(-4, 4).Draw(t, "factor")))
		other := run(t, s)
		require.LessOrEqual(t, other.Goodput, best.Goodput*(1+1e-12))
		require.InEpsilon(t, best.Goodput+1e-300, other.BestGoodput+1e-300, 1e-12)
		require.NoError(t, other.Explain().Verify(other))
	})
}

func TestGoodputFallsWithSizeAndCosts(t *testing.T) { // I-16
	rapid.Check(t, func(t *rapid.T) {
		s := drawFleet(t)
		r := run(t, s)
		for name, change := range map[string]func(*reliability.Fleet){
			"Nodes":      func(s *reliability.Fleet) { s.Nodes *= 2 },
			"Checkpoint": func(s *reliability.Fleet) { s.Checkpoint *= 2 },
			"Recovery":   func(s *reliability.Fleet) { s.Recovery *= 2 },
		} {
			worse := s
			change(&worse)
			require.LessOrEqual(t, run(t, worse).Goodput, r.Goodput, name)
		}
	})
}

// Solvers.md 3.8: 128 nodes of 8 GPUs, 1 NIC and 2 power supplies, 720 h.
func TestFleetWorked(t *testing.T) {
	r := run(t, fleet)
	require.InEpsilon(t, 41.85268, r.MTBF.Ratio(units.Hour), 1e-6)
	require.InEpsilon(t, 17.2032, r.Failures, 1e-9)
	require.InEpsilon(t, 4212.195, float64(r.Optimal), 1e-6)
	require.InEpsilon(t, 4252.10, float64(r.Young), 1e-6)
	require.InEpsilon(t, 0.9701100, r.Goodput, 1e-6)
	tau, mtbf := float64(r.Optimal), float64(r.MTBF)
	require.InEpsilon(t, 1-60/tau-(tau/2+300)/mtbf, r.Goodput, 5e-4) // first order
}

// Every input moves some output (D-27); a rate of zero and shape one change none.
func TestFleetEveryInputMatters(t *testing.T) {
	base := run(t, fleet)
	for name, change := range map[string]func(*reliability.Fleet){
		"Nodes":           func(s *reliability.Fleet) { s.Nodes++ },
		"Accelerators":    func(s *reliability.Fleet) { s.Accelerators = 4 },
		"NICs":            func(s *reliability.Fleet) { s.NICs = 8 },
		"PSUs":            func(s *reliability.Fleet) { s.PSUs = 4 },
		"SparePSUs":       func(s *reliability.Fleet) { s.SparePSUs = 1 },
		"AcceleratorMTTF": func(s *reliability.Fleet) { s.AcceleratorMTTF = units.Year },
		"NICMTTF":         func(s *reliability.Fleet) { s.NICMTTF = units.Year },
		"PSUMTTF":         func(s *reliability.Fleet) { s.PSUMTTF = units.Year },
		"Switches":        func(s *reliability.Fleet) { s.Switches, s.SwitchMTTF = 8, units.Year },
		"SoftwareMTTF":    func(s *reliability.Fleet) { s.SoftwareMTTF = units.Year },
		"SilentMTTF":      func(s *reliability.Fleet) { s.SilentMTTF = units.Year },
		"MTBF":            func(s *reliability.Fleet) { s.MTBF = units.Day },
		"Shape":           func(s *reliability.Fleet) { s.Shape = 0.7 },
		"Job":             func(s *reliability.Fleet) { s.Job = units.Hour },
		"Checkpoint":      func(s *reliability.Fleet) { s.Checkpoint = 30 },
		"Recovery":        func(s *reliability.Fleet) { s.Recovery = 30 },
		"Interval":        func(s *reliability.Fleet) { s.Interval = units.Hour },
	} {
		s := fleet
		change(&s)
		r := run(t, s)
		require.NoError(t, r.Explain().Verify(r), name)
		moved := r.MTBF != base.MTBF || r.Probability != base.Probability || r.Goodput != base.Goodput || r.Optimal != base.Optimal
		require.True(t, moved, name)
	}
}

func TestSlowCheckpointWarns(t *testing.T) {
	s := fleet
	s.MTBF, s.Checkpoint = units.Hour, 2*units.Hour
	r := run(t, s)
	require.True(t, r.Warnings.Has(walls.CheckpointSlow))
	require.NoError(t, r.Explain().Verify(r))
	s.Checkpoint = 30 * units.Hour // Lambert's equation has lost its digits here
	r = run(t, s)
	require.NoError(t, r.Explain().Verify(r))
}

func TestFleetRefusals(t *testing.T) {
	for want, change := range map[string]func(*reliability.Fleet){
		"reliability.Fleet: Job = ":            func(s *reliability.Fleet) { s.Job = -5 * units.Hour },          // V-23
		"Recovery = ":                          func(s *reliability.Fleet) { s.Recovery = -1e9 * units.Second }, // D-26
		"Nodes = 0: want at least 1":           func(s *reliability.Fleet) { s.Nodes = 0 },
		"SparePSUs = 2: want below the power":  func(s *reliability.Fleet) { s.SparePSUs = 2 },
		"Checkpoint = ":                        func(s *reliability.Fleet) { s.Checkpoint = -1 },
		"Shape = 20: want at least 0.1 and at": func(s *reliability.Fleet) { s.Shape = 20 },
	} {
		s := fleet
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
	var s reliability.Fleet // zero stands for the default in a struct; an explicit zero is refused
	require.ErrorContains(t, describe.Decode([]byte(`{"nodes": 64, "checkpoint": 0}`), &s), "above 0")
}

func ExampleFleet() {
	r, err := reliability.Fleet{Nodes: 2048, Job: 54 * units.Day}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f failures, a checkpoint every %v keeps %.1f %%\n", r.Failures, r.Optimal, 100*r.Goodput)
	// Output: 495 failures, a checkpoint every 17.06 min keeps 86.3 %
}

func BenchmarkFleet(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fleet.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
