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
	}
}
