package catalog

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func qualitySolvers() []Solver {
	return []Solver{
		{
			Name: "efficiency", Summary: "what a kind of kernel reaches of the peak, and where the rest goes",
			Walls:   []walls.Wall{3},
			Example: quality.Efficiency{Hardware: hardware.H100, Kernel: quality.Attention, Flash: true},
		},
		{
			Name: "scaling", Summary: "parameters and tokens for a training budget: rule, least loss, least cost with serving",
			Walls:   []walls.Wall{11},
			Example: quality.Scaling{Budget: 576_000 * units.EFLOP, Served: 2e12 * units.Token},
		},
		{
			Name: "compression", Summary: "quantisation and pruning: size, speed-up of decode and prefill, limits",
			Walls: []walls.Wall{13},
			Example: quality.Compression{
				Model: models.Llama3_8B, Hardware: hardware.H100, Baseline: physics.FP16, Bits: 4, Group: 128, Batch: 1, Context: 2048, Prompt: 2048,
			},
		},
		{
			Name: "privacy", Summary: "noise and time of differentially private training, data for small groups",
			Walls:   []walls.Wall{20},
			Example: quality.Privacy{Time: 100 * units.Hour, Epsilon: 3, Sampling: 256.0 / 60000, Steps: 14_063, Prevalence: 0.01},
		},
	}
}
