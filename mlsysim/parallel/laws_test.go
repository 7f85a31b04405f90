package parallel_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

type (
	step   = parallel.Training
	result = parallel.TrainingResult
	solver func(step) (result, error)
)

func real(s step) (result, error) { return s.Solve() }

// A law is an invariant over any way to solve a step, and a wrong way that it
// finds out.
type law struct {
	name   string
	holds  func(*rapid.T, solver) error
	mutant func(step) (result, error)
}

// mutates changes a result after the real solver.
func mutates(change func(step, *result)) solver {
	return func(s step) (result, error) {
		r, err := s.Solve()
		if err == nil {
			change(s, &r)
		}
		return r, err
	}
}

func TestLaws(t *testing.T) {
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { require.NoError(t, l.holds(t, real)) })
			require.True(t, killed(l), "no draw tells the mutant from the real solver")
		})
	}
}

// killed reports whether some draw tells the mutant from the real solver.
func killed(l law) bool {
	found := rapid.Custom(func(t *rapid.T) bool { return l.holds(t, l.mutant) != nil })
	for seed := range 300 {
		if found.Example(seed) {
			return true
		}
	}
	return false
}

// drawStep is a valid step with every kind of parallelism.
func drawStep(t *rapid.T) step {
	s := step{
		Model:    rapid.SampledFrom([]models.Model{models.Llama3_8B, models.Mixtral_8x7B, models.BERT_Base, models.ResNet50, models.Mamba_2_8B}).Draw(t, "model"),
		Hardware: rapid.SampledFrom([]hardware.Device{hardware.H100, hardware.A100}).Draw(t, "hardware"),
		PerNode:  rapid.SampledFrom([]int{1, 2, 4, 8}).Draw(t, "per node"), Fabric: units.GBps.Times(rapid.Float64Range(1, 100).Draw(t, "fabric")),
		Sequence: 64 * rapid.IntRange(1, 64).Draw(t, "sequence"), Efficiency: rapid.Float64Range(0.1, 1).Draw(t, "efficiency"),
		Accumulation: rapid.IntRange(1, 3).Draw(t, "accumulation"), Microbatches: rapid.IntRange(1, 8).Draw(t, "microbatches"),
		ZeRO: rapid.IntRange(0, 3).Draw(t, "zero"), Checkpointing: physics.Recompute(rapid.IntRange(0, 2).Draw(t, "recompute")),
		Buckets: rapid.IntRange(1, 50).Draw(t, "buckets"), Chunks: rapid.IntRange(1, 8).Draw(t, "chunks"),
		Congestion: rapid.Float64Range(1, 3).Draw(t, "congestion"), Straggler: rapid.Float64Range(1, 2).Draw(t, "straggler"),
		Imbalance: rapid.Float64Range(1, 2).Draw(t, "imbalance"), NoSP: rapid.Bool().Draw(t, "whole"), KeepWeights: rapid.Bool().Draw(t, "kept"),
		NodeSwitch: rapid.Bool().Draw(t, "node switch"), FabricSwitch: rapid.Bool().Draw(t, "fabric switch"),
		TP: 1, CP: 1, EP: 1, PP: rapid.SampledFrom([]int{1, 2, 3, 4, 8}).Draw(t, "pp"), Parts: rapid.IntRange(1, 3).Draw(t, "parts"),
	}
	s.Parts = min(s.Parts, s.Model.StageLayers(s.PP))
	if s.Model.Cuts() {
		s.TP = rapid.SampledFrom([]int{1, 2, 4}).Draw(t, "tp")
		s.CP = rapid.SampledFrom([]int{1, 2, 4}).Draw(t, "cp")
	}
	if s.Model.Experts > 0 {
		s.EP = rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "ep")
	}
	s.Nodes = s.TP * s.CP * s.EP * s.PP * rapid.IntRange(1, 4).Draw(t, "servers per rank")
	dp := s.Nodes * s.PerNode / (s.TP * s.CP * s.EP * s.PP)
	local := s.Microbatches * s.Accumulation * rapid.IntRange(1, 3).Draw(t, "local")
	s.Batch = dp*(local-1) + rapid.IntRange(1, dp).Draw(t, "last")
	return s
}

// both solves two steps.
func both(solve solver, a, b step) (x, y result, err error) {
	if x, err = solve(a); err != nil {
		return x, y, err
	}
	y, err = solve(b)
	return x, y, err
}

func same(what string, got, want float64) error {
	if d := got - want; d > 1e-9*max(got, want) || -d > 1e-9*max(got, want) {
		return fmt.Errorf("%s = %v, want %v", what, got, want)
	}
	return nil
}

func most(what string, got, limit float64) error {
	if got > limit*(1+1e-9) {
		return fmt.Errorf("%s = %v, want at most %v", what, got, limit)
	}
	return nil
}

// peak is what the whole cluster computes at best.
func peak(s step, r result) float64 {
	return float64(s.Hardware.Rates.At(r.Precision)) * s.Efficiency * float64(r.Devices)
}

func hardwareOps(s step) float64 {
	return float64(s.Model.TrainingOps(float64(s.Sequence), s.Checkpointing))
}
