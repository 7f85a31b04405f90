// Package l07 is the lab "Training memory": what a fine-tuning run keeps on each
// device of a box, and which knobs make it fit.
//
//	d := l07.Lab().Draw("s123")
//
// It leaves out the framework's own memory, and runs that leave the box.
package l07

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/training"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L07", Slug: "training_memory", Title: "Training memory", Version: 1, Minutes: 40, Week: 6,
		Prerequisites: []string{"L01"},
		Objective:     "Account for every byte of training state, and make it fit at the least cost in time.",
		Objectives: []string{
			"break the memory of a training run down by what it is for",
			"name the largest part, before and after activations are computed again",
			"pick the cheapest combination of sharding and recomputation that fits",
			"find the largest microbatch, and prove it",
		},
		Params: []spec.Param{
			{Name: "network", Var: "model", Models: []string{"Llama2_7B", "Llama3_8B", "Qwen3_8B", "Mistral_Nemo_12B", "Llama2_13B"}},
			{Name: "device", Var: "gpu", Devices: []string{"A100", "H100", "H200", "MI300X"}},
			{Name: "sequence", Var: "sequence", Choices: []int{2048, 3072, 4096}},
			{Name: "batch", Var: "batch", Choices: []int{8, 16, 24}},
		},
		Setup: `box = TrainingMemory{Model: model, Hardware: gpu, Batch: batch, Sequence: sequence, DP: 8, Checkpointing: KeepAll}
	step = TrainingStep{Model: model, Hardware: gpu, Batch: batch, Sequence: sequence}`,
		First:     "Show(SingleNode{Model: model, Hardware: gpu, Batch: 1, Context: sequence}.Run()) // to serve it",
		Text:      text,
		Questions: []spec.Question{breakdown(), largest(), plan(), microbatch()},
	}
}

// box is what each of eight devices holds when nothing is sharded and everything
// is kept.
func box(d spec.Draw) training.Memory {
	return training.Memory{
		Model: d.Model("network"), Hardware: d.Device("device"), Batch: d.Int("batch"), Sequence: d.Int("sequence"), DP: devices,
		Checkpointing: physics.KeepAll,
	}
}

// devices of the box, each with a whole copy of the network.
const devices = 8
