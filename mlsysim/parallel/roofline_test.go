package parallel_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func roofline(t require.TestingT, s parallel.NetworkRoofline) parallel.NetworkRooflineResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

// The step of Training, which counts everything, is never below either bound; the
// exchange is its very own; at the batch that is given both are equal.
func TestNetworkRooflineBoundsTheStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := parallel.NetworkRoofline{
			Model:    rapid.SampledFrom([]models.Model{models.Llama3_8B, models.Mixtral_8x7B, models.ResNet50}).Draw(t, "model"),
			Hardware: hardware.H100, Nodes: rapid.IntRange(1, 64).Draw(t, "nodes"), Fabric: units.GBps.Times(rapid.Float64Range(0.1, 100).Draw(t, "fabric")),
			Batch: rapid.IntRange(1, 2000).Draw(t, "batch"), ZeRO: rapid.IntRange(0, 3).Draw(t, "zero"),
			Checkpointing: physics.Recompute(rapid.IntRange(0, 2).Draw(t, "recompute")), Level: physics.Level(rapid.IntRange(0, 1).Draw(t, "level")),
			NICs: rapid.IntRange(0, 8).Draw(t, "nics"), Congestion: rapid.Float64Range(1, 3).Draw(t, "congestion"),
		}
		if s.Model.Attends() {
			s.TP, s.PP = 1<<rapid.IntRange(0, 3).Draw(t, "tp"), 1
		}
		r := roofline(t, s)
		require.NoError(t, r.Explain().Verify(r))
		step := train(t, parallel.Training{
			Model: s.Model, Hardware: s.Hardware, Nodes: s.Nodes, NICs: s.NICs, Fabric: s.Fabric, Batch: s.Batch, TP: s.TP, PP: s.PP, ZeRO: s.ZeRO,
			Checkpointing: s.Checkpointing, Level: s.Level, Congestion: s.Congestion,
		})
		require.Equal(t, step.DataPar, r.Exchange)
		require.GreaterOrEqual(t, float64(step.Step), float64(r.Step)*(1-1e-12))
		require.LessOrEqual(t, step.MFU, r.MFU*(1+1e-12))

		if equal := math.Round(float64(r.BatchEqual)); equal >= 1 {
			s.Batch = int(equal)
			at := roofline(t, s)
			require.InEpsilon(t, float64(at.Exchange), float64(at.Compute), 0.51/(equal-0.5))
			require.InEpsilon(t, float64(at.Ridge), float64(at.Intensity), 0.51/(equal-0.5))
		}
	})
}

// By hand: 2 GB of gradients over 64 ranks, 8 in a server, hierarchical.
func TestNetworkRooflineByHand(t *testing.T) {
	m := models.Model{Name: "a billion", Params: units.Billion, Layers: 1, FLOPs: 2e9}
	r := roofline(t, parallel.NetworkRoofline{Model: m, Hardware: hardware.H100, Nodes: 8, Fabric: 50 * units.GBps, Batch: 1000})
	exchange := 2*(7.0/8*2e9/450e9+7*0.5e-6) + 2*(7.0/8*0.25e9/50e9+7*5e-6)
	require.InEpsilon(t, exchange, float64(r.Exchange), 1e-12)
	compute := 3 * 2e9 * 1000 / (64 * 989e12 * 0.5)
	require.InEpsilon(t, compute, float64(r.Compute), 1e-12)
	require.InEpsilon(t, 1000*exchange/compute, float64(r.BatchEqual), 1e-12)
	require.Equal(t, walls.Network, r.Binding)
	require.InEpsilon(t, 3*2e9*1000/64/2e9, float64(r.Intensity), 1e-12)
}

// A topology that carries half of every port across its middle doubles what leaves
// the servers.
func TestBisectionSlowsTheExchange(t *testing.T) {
	s := parallel.NetworkRoofline{Model: models.Llama3_8B, Hardware: hardware.H100, Nodes: 8, PerNode: 1, Fabric: 50 * units.GBps, Batch: 64, Algorithm: physics.Ring, FabricLatency: 1e-12}
	whole := roofline(t, s)
	s.Bisection = 0.5
	require.InEpsilon(t, 2*float64(whole.Exchange), float64(roofline(t, s).Exchange), 1e-6)
}

// D-08: upstream compares one token of arithmetic with an exchange over a single
// port, and finds 14 s and an MFU of 6e-7. The whole step of one sequence and the
// exchange of the cluster, both by hand, meet at a batch that a cluster can run.
func TestNetworkRooflineOfAWholeStep(t *testing.T) {
	r := roofline(t, parallel.NetworkRoofline{
		Model:    models.Model{Name: "GPT-3 (175B)", Params: 175e9, Layers: 96, Hidden: 12288, Heads: 96},
		Hardware: hardware.H100, Nodes: 16, Fabric: 50 * units.GBps, Batch: 1, Algorithm: physics.Hierarchical,
	})
	exchange := 2*(7.0/8*350e9/450e9+7*0.5e-6) + 2*(15.0/16*350e9/8/50e9+15*5e-6) // 350 GB over 16 servers of 8
	require.InEpsilon(t, exchange, float64(r.Exchange), 1e-9)
	attention := 2 * 96 * 12288 * 2048 * 2048.0
	compute := (3*(2*175e9*2048+attention) + attention) / (128 * 989e12 * 0.5)
	require.InEpsilon(t, compute, float64(r.Compute), 1e-9)
	require.InEpsilon(t, exchange/compute, float64(r.BatchEqual), 1e-9)
}

func TestNetworkRooflineRefuses(t *testing.T) {
	_, err := parallel.NetworkRoofline{Model: models.Llama3_8B, Hardware: hardware.H100, Nodes: 2, Batch: 8}.Solve()
	require.ErrorContains(t, err, "parallel.NetworkRoofline: Fabric = 0 B/s: want above 0 B/s")
	_, err = parallel.NetworkRoofline{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 8, Congestion: -1}.Solve()
	require.ErrorContains(t, err, "parallel.NetworkRoofline: Congestion = -1: want at least 1")
}

func ExampleNetworkRoofline() {
	r := parallel.NetworkRoofline{Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 32, Fabric: 50 * units.GBps, Batch: 256}.Run()
	fmt.Println("arithmetic", r.Compute, "exchange", r.Exchange, "binds:", r.Binding)
	fmt.Println("equal at a batch of", r.BatchEqual)
	// Output:
	// arithmetic 1.772 s exchange 1.233 s binds: compute
	// equal at a batch of 178.1 samples
}

func BenchmarkNetworkRoofline(b *testing.B) {
	in := parallel.NetworkRoofline{Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 32, Fabric: 50 * units.GBps, Batch: 256}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}
