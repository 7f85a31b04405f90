package catalog

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func trainingSolvers() []Solver {
	return []Solver{
		{
			Name: "training-memory", Summary: "weights, gradients, optimizer state and activations of one device",
			Walls:   []walls.Wall{2},
			Example: training.Memory{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 16, DP: 8, ZeRO: 3},
		},
		{
			Name: "training", Summary: "one optimizer step on a cluster with data, tensor, pipeline and expert parallelism",
			Walls: []walls.Wall{1, 14},
			Example: parallel.Training{
				Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 32, Batch: 1024, TP: 8, PP: 4, Microbatches: 16,
				Fabric: 50 * units.GBps, FabricLatency: 5 * units.Microsecond, IntraLatency: 0.5 * units.Microsecond,
			},
		},
		{
			Name: "parallelism", Summary: "best split of a cluster for a training step: tp, pp, dp, ep, cp, microbatches, parts, ZeRO, recomputation",
			Walls: []walls.Wall{14},
			Example: parallel.Plan{
				Model: models.Llama3_8B, Hardware: hardware.H100, Nodes: 2, Batch: 16, MaxPP: 2, MaxCP: 2, Buckets: 50, NodeSwitch: true,
				Fabric: 50 * units.GBps, FabricLatency: 5 * units.Microsecond, IntraLatency: 0.5 * units.Microsecond,
			},
		},
		{
			Name: "network-roofline", Summary: "arithmetic of a training step against the exchange of its gradients, and the batch at which both are equal",
			Walls: []walls.Wall{14},
			Example: parallel.NetworkRoofline{
				Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: 32, Batch: 256,
				Fabric: 50 * units.GBps, FabricLatency: 5 * units.Microsecond, IntraLatency: 0.5 * units.Microsecond,
			},
		},
		{
			Name: "distributed-inference", Summary: "prefill and decode of a network spread over a cluster: tensor, pipeline, expert and context parallelism",
			Walls: []walls.Wall{4, 14},
			Example: parallel.Inference{
				Model: models.Mixtral_8x7B, Hardware: hardware.H100, Nodes: 2, TP: 2, PP: 2, EP: 4, Prompt: 2048, Output: 256, Batch: 64, NodeSwitch: true,
				Fabric: 50 * units.GBps, FabricLatency: 5 * units.Microsecond, IntraLatency: 0.5 * units.Microsecond,
			},
		},
	}
}
