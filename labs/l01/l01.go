// Package l01 is the lab "Which wall?": three workloads on one device, the wall
// that each of them hits, and what a newer device would change.
//
//	d := l01.Lab().Draw("s123")
//
// Arithmetic runs at the peak rate, so that the ridge of the datasheet decides.
// It leaves out what real kernels reach, and everything between devices.
package l01

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/models"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L01", Slug: "which_wall", Title: "Which wall?", Version: 1, Minutes: 35, Week: 2,
		Prerequisites: []string{"T0", "T1"},
		Objective:     "Classify workloads with the roofline, and say what an upgrade is worth.",
		Objectives: []string{
			"compute the ridge point of a device from its datasheet",
			"name the resource that binds a workload, and prove it by changing one knob",
			"find where a workload changes sides, or show that it never does",
			"bound the gain of an upgrade before solving it",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"A100", "H20", "H100", "H200", "MI300X"}},
			{Name: "offer", Var: "offer", Devices: []string{"MI325X", "B200", "MI355X"}},
			{Name: "context", Var: "tokens", Choices: []int{48, 96, 192, 256, 512, 700}},
			{Name: "prompt", Var: "prompt", Choices: []int{600, 1100, 1900}},
		},
		Setup: `chat = SingleNode{Model: Llama3_8B, Hardware: gpu, Efficiency: 1, Context: tokens, Batch: 1}
	read = SingleNode{Model: Llama3_8B, Hardware: gpu, Efficiency: 1, Phase: Prefill, Prompt: prompt, Batch: 1}
	look = SingleNode{Model: ResNet50, Hardware: gpu, Efficiency: 1, Batch: 4}`,
		First:     "Show(chat.Run())",
		Text:      text,
		Questions: []spec.Question{ridge(), labels(), flip(), upgrade()},
	}
}

// chat is one decode step of a batch of conversations.
func chat(d spec.Draw) compute.SingleNode {
	return compute.SingleNode{Model: models.Llama3_8B, Hardware: d.Device("device"), Efficiency: 1, Context: d.Int("context"), Batch: 1}
}

// read is the prefill of one prompt.
func read(d spec.Draw) compute.SingleNode {
	return compute.SingleNode{Model: models.Llama3_8B, Hardware: d.Device("device"), Efficiency: 1, Phase: compute.Prefill, Prompt: d.Int("prompt"), Batch: 1}
}

// look is the classification of a few images.
func look(d spec.Draw) compute.SingleNode {
	return compute.SingleNode{Model: models.ResNet50, Hardware: d.Device("device"), Efficiency: 1, Batch: 4}
}
