package catalog

import (
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func networkSolvers() []Solver {
	return []Solver{
		{
			Name: "topology", Summary: "bisection, bandwidth per endpoint and distance of a fabric",
			Walls:   []walls.Wall{10},
			Example: network.Topology{Kind: network.FatTree, Nodes: 1024, Link: 50 * units.GBps, Oversubscription: 2, Local: 0.25},
		},
		{
			Name: "collective", Summary: "time of an all-reduce, reduce-scatter, all-gather or all-to-all, by the cheapest algorithm",
			Walls: []walls.Wall{14},
			Example: network.Collective{
				Message: 14 * units.GB, Ranks: 32, PerNode: 8, NodeSwitch: true,
				Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond, Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
			},
		},
		{
			Name: "moe-routing", Summary: "hot experts and all-to-all of a mixture of experts",
			Walls: []walls.Wall{14},
			Example: parallel.MoERouting{
				Model: models.Mixtral_8x7B, Batch: 8, Sequence: 2048, EP: 8, Imbalance: 1.5, PerNode: 8,
				Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond, Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
			},
		},
	}
}
