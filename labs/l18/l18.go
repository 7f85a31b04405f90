// Package l18 is the lab "Design review": a service for a thousand questions a
// second in two regions that survives the loss of a node, and what would break it.
//
//	d := l18.Lab().Draw("s123")
//
// It leaves out the loss of a region, repair times, and traffic between regions.
package l18

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/cost"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L18", Slug: "design_review", Title: "Design review", Version: 1, Minutes: 45, Week: 14,
		Prerequisites: []string{"L05", "L14"},
		Objective:     "Defend a design: that it holds, what binds it, what else is possible, and what would break it.",
		Objectives: []string{
			"configure a service that keeps memory, latency and budget, also with a node lost",
			"rank what binds it by what a tenth less of each costs",
			"turn limits into the least hardware that keeps them",
			"name the designs that no other beats in three objectives",
			"say which assumption breaks the design, and how far it may be off",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"H100", "H200", "B200"}},
			{Name: "prompt", Var: "prompt", Choices: []int{300, 500, 700}},
			{Name: "output", Var: "output", Choices: []int{60, 100, 150}},
			{Name: "P99 limit", Var: "limit", Numbers: []float64{4, 6, 9}, Unit: units.Second},
		},
		Setup: `draft = Capacity{Batching: Batching{Model: Llama3_70B, Hardware: gpu, TP: 8, Longest: 4*(prompt + output), MeanPrompt: Tokens(prompt), MeanOutput: Tokens(output), Batch: 32}, CV: 0.5, Arrivals: 500, SLA: limit, MaxReplicas: 200} // one of the two regions
	chat = Serving{Model: Llama3_70B, Hardware: gpu, TP: 4, Prompt: prompt, Output: output, Batch: 32}
	own = Ownership{Hardware: gpu, Devices: 8, Duration: Year, Utilization: 0.4, Server: 12000*Dollar, Network: 6000*Dollar} // one node`,
		First:     `Show(fmt.Sprint("the draft takes ", draft.Run().Replicas, " replicas in each region and one for a lost node; a node costs ", own.Run().TCO, " a year"))`,
		Text:      text,
		Questions: []spec.Question{config(), ranking(), least(), front(), breaking()},
	}
}

// draft is one region of the draft.
func draft(d spec.Draw) serving.Capacity {
	prompt, output := d.Int("prompt"), d.Int("output")
	return serving.Capacity{
		Batching: serving.Batching{
			Model: models.Llama3_70B, Hardware: d.Device("device"), TP: 8, Longest: 4 * (prompt + output),
			MeanPrompt: units.Tokens(prompt), MeanOutput: units.Tokens(output), Batch: 32,
		},
		CV: 0.5, Arrivals: 500, SLA: units.Seconds(d.Number("P99 limit")), MaxReplicas: 200,
	}
}

// holds is a design that keeps every limit: half a node for each replica in fp8,
// and one node more than it takes.
func holds(d spec.Draw) serving.Capacity {
	s := draft(d)
	s.TP, s.Precision = 4, physics.FP8
	s.MaxReplicas = s.Run().Replicas + perNode/s.TP
	return s
}

// What every design has in common.
const (
	perNode = 8
	budget  = 5e6 * units.Dollar
)

// nodes are those of one region.
func nodes(s serving.Capacity) int { return (s.MaxReplicas*s.TP + perNode - 1) / perNode }

// bill is the cost of a year of both regions.
func bill(d spec.Draw, s serving.Capacity) units.USD {
	return cost.Ownership{
		Hardware: d.Device("device"), Devices: 2 * perNode * nodes(s), Duration: units.Year, Utilization: 0.4,
		Server: 12000 * units.Dollar, Network: 6000 * units.Dollar,
	}.Run().TCO
}

// lost is a region with a node lost, or false if nothing is left.
func lost(s serving.Capacity) (serving.Capacity, bool) {
	s.MaxReplicas -= perNode / s.TP
	return s, s.MaxReplicas > 0
}
