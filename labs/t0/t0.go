// Package t0 is the lab "Hello World": the first evaluation of Llama-3-8B on an
// H100, where its time goes, what binds it, and how much memory it needs.
//
//	d := t0.Lab().Draw("s123")
//	fmt.Println(d) // batch 16, context 1300
//
// It leaves out prefill, other devices and the calibrated level.
package t0

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
)

//go:embed text.md
var text string

// The parameters of the scenario.
const (
	batch   = "batch"
	context = "context"
)

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "T0", Slug: "hello_world", Title: "Hello World", Version: 1, Minutes: 25, Week: 1,
		Objective: "Read a scorecard, take a latency apart, find what binds, and keep GB and GiB apart.",
		Objectives: []string{
			"read a scorecard through its three lenses",
			"take the latency of a pass apart into compute, memory and overhead",
			"find the binding resource by changing one knob",
			"state a size in GB and in GiB",
		},
		Params: []spec.Param{
			// Batches times contexts are all different, so every footprint is.
			{Name: batch, Var: "batch", Choices: []int{4, 6, 8, 12, 16, 24, 32, 48}},
			{Name: context, Var: "tokens", Choices: []int{700, 1100, 1300, 1700, 1900, 2300, 2900, 3100}},
		},
		Setup: "node = SingleNode{Model: Llama3_8B, Hardware: H100, Batch: batch, Context: tokens}",
		First: "Show(Evaluate(Llama3_8B, H100))",
		Text:  text,
		Questions: []spec.Question{
			split(), binding(), memory(),
		},
	}
}

// node is the pass of a scenario.
func node(d spec.Draw) compute.SingleNode {
	return compute.SingleNode{
		Model: models.Llama3_8B, Hardware: hardware.H100, Batch: d.Int(batch), Context: d.Int(context),
	}
}
