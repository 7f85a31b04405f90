// Package l06 is the lab "Quantization": what four bits a weight do to the speed
// and the fleet of a network of 70 billion parameters, and what pruning does.
//
//	d := l06.Lab().Draw("s123")
//
// It leaves out the loss of quality, and the time to turn four bits back into
// sixteen.
package l06

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L06", Slug: "quantization", Title: "Quantization", Version: 1, Minutes: 40, Week: 6,
		Prerequisites: []string{"L01", "L02"},
		Objective:     "Tell whether fewer bits save bytes, arithmetic, or both.",
		Objectives: []string{
			"predict the speed-up of a decode step from the bytes that it no longer reads",
			"find the batch at which half of the speed-up is lost",
			"tell weights of four bits from arithmetic of four bits",
			"count the devices of a fleet before and after",
			"say which sparsity a device can use",
		},
		Params: []spec.Param{
			{Name: "network", Var: "model", Models: []string{"Llama3_70B", "Qwen2_5_72B"}},
			{Name: "device", Var: "gpu", Devices: []string{"H100", "H200", "MI300X", "B200", "MI210"}},
			{Name: "older device", Var: "old", Devices: []string{"A100_PCIe_80GB", "A30", "L40S", "RTX_4090"}},
			{Name: "context", Var: "tokens", Choices: []int{800, 2500, 6000, 12000}},
			{Name: "prompt", Var: "prompt", Choices: []int{1000, 2000, 4000}},
			{Name: "batch", Var: "batch", Choices: []int{16, 32, 48}},
			{Name: "users", Var: "users", Choices: []int{500, 900, 1500}},
		},
		Setup:     "four = Compression{Model: model, Hardware: gpu, Baseline: FP16, Bits: 4, Group: 128, Batch: 1, Context: tokens}",
		First:     "Show(SingleNode{Model: model, Hardware: gpu, Batch: 1, Context: tokens}.Run()) // one decode step in fp16",
		Text:      text,
		Questions: []spec.Question{speedUp(), halved(), arithmetic(), fleet(), sparse()},
	}
}

// four is the network with four bits a weight, one scale of 16 bits for every 128.
func four(d spec.Draw) quality.Compression {
	return quality.Compression{
		Model: d.Model("network"), Hardware: d.Device("device"), Baseline: physics.FP16, Bits: 4, Group: 128,
		Batch: 1, Context: d.Int("context"),
	}
}
