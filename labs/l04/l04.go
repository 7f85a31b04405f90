// Package l04 is the lab "Batching under an SLA": the batch limit of a chat
// endpoint, between tokens per second and the time between two tokens.
//
//	d := l04.Lab().Draw("s123")
//
// It leaves out queueing before admission, and requests of unequal length within
// an iteration: the mean request stands for all.
package l04

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L04", Slug: "batching_under_an_sla", Title: "Batching under an SLA", Version: 1, Minutes: 40, Week: 4,
		Prerequisites: []string{"L02"},
		Objective:     "Trade tokens per second against the time between two tokens.",
		Objectives: []string{
			"set the batch limit of an endpoint from a latency limit",
			"say by its exponent what the next doubling of a batch gives",
			"tell what continuous batching with pages gains over slots of the full length, and why",
			"find an operating point that no other beats",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"A100", "H100", "H200", "MI300X"}},
			{Name: "mean prompt", Var: "prompt", Numbers: []float64{300, 500, 800}, Unit: units.Token},
			{Name: "mean output", Var: "output", Numbers: []float64{250, 350, 450}, Unit: units.Token},
			{Name: "ITL limit", Var: "limit", Numbers: []float64{9.3, 12.5, 17.2, 24}, Unit: units.Millisecond},
			{Name: "longest request", Var: "longest", Choices: []int{16384, 24576, 32768}},
		},
		Setup:     "chat = Batching{Model: Llama3_8B, Hardware: gpu, Longest: longest, MeanPrompt: prompt, MeanOutput: output, Batch: 1}",
		First:     "Show(chat.Run())",
		Text:      text,
		Questions: []spec.Question{within(), elasticity(), mix(), point()},
	}
}

// chat is the endpoint with a batch limit.
func chat(d spec.Draw, batch int) serving.Batching {
	return serving.Batching{
		Model: models.Llama3_8B, Hardware: d.Device("device"), Longest: d.Int("longest request"), Batch: batch,
		MeanPrompt: units.Tokens(d.Number("mean prompt")), MeanOutput: units.Tokens(d.Number("mean output")),
	}
}

func limit(d spec.Draw) units.Seconds { return units.Seconds(d.Number("ITL limit")) }

// sizes are the batch limits that the engine offers.
var sizes = []int{1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256}
