// Package l03 is the lab "The KV-cache wall": how many conversations one device
// holds, what a token of context costs, and what makes more room.
//
//	d := l03.Lab().Draw("s123")
//
// It leaves out speed, paging of the cache and the memory of activations.
package l03

import (
	_ "embed"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L03", Slug: "kv_cache_wall", Title: "The KV-cache wall", Version: 1, Minutes: 40, Week: 3,
		Prerequisites: []string{"L02"},
		Objective:     "Find what limits the number of conversations on one device, and what makes more room.",
		Objectives: []string{
			"find the largest batch that fits, with two witnesses",
			"derive the bytes that a token of context costs, and how they scale",
			"say what grouped-query attention saves",
			"choose between smaller weights and a smaller cache for a scenario",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"A10", "L40S"}},
			{Name: "network", Var: "net", Models: []string{"Llama3_8B", "Qwen2_5_7B", "Qwen3_8B", "Mistral_Nemo_12B", "Qwen2_5_14B"}},
			{Name: "context", Var: "tokens", Choices: []int{1500, 2600, 4100, 7000, 12000, 20000}},
			{Name: "conversations", Var: "talks", Choices: []int{3, 5, 8, 13}},
		},
		Setup:     "node = SingleNode{Model: net, Hardware: gpu, Context: tokens, Batch: 1}",
		First:     "Show(node.Run())",
		Text:      text,
		Questions: []spec.Question{users(), perToken(), grouped(), smaller(), equal()},
	}
}

// node is a decode step of some conversations.
func node(d spec.Draw, batch int) compute.SingleNode {
	return compute.SingleNode{Model: d.Model("network"), Hardware: d.Device("device"), Context: d.Int("context"), Batch: batch}
}

// most is the end of the searches for a batch.
const most = 2000

// room is the boundary of the batch of a design.
func room(id string, s compute.SingleNode) check.Boundary {
	return check.Boundary{
		ID: id, What: "batch", Yes: "fits", No: "does not fit", Cites: "compute.SingleNode",
		Low: 1, High: most, Step: 1,
		Holds: func(x float64) bool {
			s.Batch = int(x)
			return s.Run().Fits
		},
	}
}

// largest is the reference answer of a batch: a number, or "none".
func largest(s compute.SingleNode) any {
	if x, ok := room("", s).Find(); ok {
		return int(x)
	}
	return check.None
}

// count is the same as a number.
func count(s compute.SingleNode) int {
	x, _ := room("", s).Find()
	return int(x)
}
