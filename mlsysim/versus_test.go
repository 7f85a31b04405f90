package mlsysim_test

import (
	"context"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The questions that .ci/versus_upstream.py asks mlsysim (Python), too; make
// bench-vs sets the two side by side.
var (
	pass   = compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 32}
	batch  = serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 32, Prompt: 2048, Output: 256}
	update = parallel.Training{
		Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 32, Batch: 1024, TP: 8, PP: 4, Microbatches: 16,
		Fabric: 100 * units.Gbps, FabricLatency: 50 * units.Microsecond, IntraLatency: 0.5 * units.Microsecond,
	}
	// The cluster of the reference vector ParallelismOptimizer-001. Theirs tries each
	// split with one number of microbatches, ours with all that divide it, and ZeRO,
	// interleaving and recomputation too.
	plan = parallel.Plan{Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 16, Batch: 1024, Fabric: 50 * units.GBps}
)

// overBatches is a sweep on one core; POINTS says of how many.
func overBatches(b *testing.B, solver any) {
	points := 1000
	if text := os.Getenv("POINTS"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(b, err)
		points = n
	}
	sweep(b, solver, points)
}

func sweep(b *testing.B, solver any, points int) {
	values, err := search.Steps(1, float64(points), 1)
	require.NoError(b, err)
	space := search.Space{Solver: solver, Workers: 1, Axes: []search.Axis{{Field: "Batch", Values: values}}}
	for b.Loop() {
		cloud, err := mlsysim.Search(context.Background(), space)
		require.NoError(b, err)
		require.Equal(b, points, cloud.Total)
	}
}

// BenchmarkVersus has the names of the questions.
func BenchmarkVersus(b *testing.B) {
	b.Run("single-node", func(b *testing.B) {
		for b.Loop() {
			if _, err := pass.Solve(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("serving", func(b *testing.B) {
		for b.Loop() {
			if _, err := batch.Solve(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("training-step", func(b *testing.B) {
		for b.Loop() {
			if _, err := update.Solve(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallelism", func(b *testing.B) {
		for b.Loop() {
			if _, err := plan.Solve(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sweep", func(b *testing.B) { overBatches(b, pass) })
	b.Run("serving-sweep", func(b *testing.B) { overBatches(b, batch) })
	b.Run("million", func(b *testing.B) { sweep(b, batch, 1_000_000) })
}
