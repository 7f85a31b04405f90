// Package l17 is the lab "Frontier training run", the third lighthouse: a 70B
// network on 8192 accelerators, planned from its operations to its bill.
//
//	d := l17.Lab().Draw("s123")
//
// The step is that of the lighthouse scenario "frontier", at the split that the
// search finds best for it. It leaves out failures and checkpoints, which lab L13
// adds, and what a batch does to the quality of the network.
package l17

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L17", Slug: "frontier_training_run", Title: "Lighthouse C: a frontier training run", Version: 1, Minutes: 45, Week: 13,
		Prerequisites: []string{"L12", "L13"},
		Objective:     "Plan a training run end to end: operations, days, money, carbon, and the fleet that meets a date.",
		Objectives: []string{
			"compute the operations of a run and the network that would use them best",
			"turn operations into days, with every factor of the iron law",
			"take the bill apart into machines, electricity and operation",
			"tell the time of a step from the time of a run",
			"find the cheapest fleet that finishes by a date",
		},
		Params: []spec.Param{
			{Name: "tokens", Var: "data", Numbers: []float64{8e12, 10e12, 12e12, 15e12, 20e12}, Unit: units.Token},
			{Name: "batch", Var: "batch", Choices: []int{1536, 2304, 3072, 3840, 4608, 6144}},
			{Name: "days until the date", Var: "date", Numbers: []float64{24, 30, 40, 60}, Unit: units.Day},
			{Name: "people", Var: "staff", Numbers: []float64{600, 2200, 7000}, Unit: units.DollarPerHour},
		},
		Setup: `step = TrainingStep{Model: Llama3_70B, Hardware: H100, Nodes: 1024, Fabric: 50*GBps, Batch: batch, Sequence: 8192, CP: 8, PP: 8, Parts: 10, Microbatches: batch/128, ZeRO: 2, Checkpointing: Selective, Precision: BF16}
	own = Ownership{Hardware: H100, Devices: 8192, Utilization: step.Run().HFU, Server: 12000*Dollar, Network: 6000*Dollar, Staff: staff}`,
		First:     "Show(Evaluation{Model: Llama3_70B, Hardware: H100, Nodes: 1024, Batch: 2048, Context: 8192, Tokens: 15e12, Precision: BF16, MaxRun: 30*Day}.Run())",
		Text:      text,
		Questions: []spec.Question{work(), days(), bill(), growth(), fleet()},
	}
}

// A pod is 256 nodes of eight accelerators; the lighthouse has four.
const (
	podNodes   = 256
	podDevices = 8 * podNodes
	lighthouse = 4
	sequence   = 8192
)

// step is an optimizer step of a batch on some pods: one sequence to a
// microbatch.
func step(batch, pods int) parallel.Training {
	return parallel.Training{
		Model: models.Llama3_70B, Hardware: hardware.H100, Nodes: podNodes * pods, Fabric: 50 * units.GBps, Batch: batch, Sequence: sequence,
		CP: 8, PP: 8, Parts: 10, Microbatches: batch * 8 * 8 / (podDevices * pods), ZeRO: 2, Checkpointing: physics.Selective, Precision: physics.BF16,
	}
}

// data is what the network is trained on.
func data(d spec.Draw) units.Tokens { return units.Tokens(d.Number("tokens")) }

// run is the time of the whole run.
func run(d spec.Draw, batch, pods int) units.Seconds {
	return step(batch, pods).Run().Step.Times(data(d).Ratio(units.Token) / float64(batch*sequence))
}

// own is the bill of the run on some pods.
func own(d spec.Draw, pods int) cost.OwnershipResult {
	batch := d.Int("batch")
	return cost.Ownership{
		Hardware: hardware.H100, Devices: podDevices * pods, Duration: run(d, batch, pods), Utilization: step(batch, pods).Run().HFU,
		Server: 12000 * units.Dollar, Network: 6000 * units.Dollar, Staff: units.USDRate(d.Number("people")),
	}.Run()
}
