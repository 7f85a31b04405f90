// Package l12 is the lab "TP, PP or DP?": how to spread the training of a 70B
// network over 64 or 128 devices, and what each way costs.
//
//	d := l12.Lab().Draw("s123")
//
// It leaves out context and expert parallelism, interleaved stages, and failures.
package l12

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L12", Slug: "choose_a_split", Title: "TP, PP or DP?", Version: 1, Minutes: 45, Week: 9,
		Prerequisites: []string{"L11"},
		Objective:     "Choose how to spread a training run over a cluster.",
		Objectives: []string{
			"find a split that fits, and say what each axis splits",
			"find a split whose step is within two per cent of the best, and what twice the cluster gains",
			"say from which link on tensor parallelism beats stages",
			"state the bubble of a pipeline and the microbatches that shrink it",
			"price tensor parallelism across servers",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"A100", "H100", "H200"}},
			{Name: "network", Var: "net", Models: []string{"Llama3_70B", "Qwen2_5_72B"}},
			{Name: "servers", Var: "servers", Choices: []int{8, 16}},
			{Name: "batch", Var: "batch", Choices: []int{128, 256, 512}},
			{Name: "port", Var: "port", Numbers: []float64{12.5, 25, 50}, Unit: units.GBps},
			{Name: "stages", Var: "stages", Choices: []int{4, 5, 8, 10, 16, 20}},
		},
		Setup:     `base = TrainingStep{Model: net, Hardware: gpu, Nodes: servers, Fabric: port, Batch: batch, Sequence: 4096, ZeRO: 1, Checkpointing: Selective}`,
		First:     "Show(base.Run())",
		Text:      text,
		Questions: []spec.Question{fitting(), best(), link(), bubble(), across()},
	}
}

const perNode = 8

// base is a step that is split over replicas only, on a number of servers.
func base(d spec.Draw, servers int) parallel.Training {
	return parallel.Training{
		Model: d.Model("network"), Hardware: d.Device("device"), Nodes: servers, Fabric: units.ByteRate(d.Number("port")),
		Batch: d.Int("batch"), Sequence: 4096, ZeRO: 1, Checkpointing: physics.Selective,
	}
}

// split is the step with tensor-parallel devices and stages, a microbatch for each
// sequence of a replica; false if the devices or the sequences do not divide.
func split(d spec.Draw, servers, tp, pp int) (parallel.Training, bool) {
	s := base(d, servers)
	devices := perNode * servers
	if tp*pp > devices || devices%(tp*pp) != 0 || s.Batch%(devices/(tp*pp)) != 0 {
		return s, false
	}
	s.TP, s.PP, s.Microbatches = tp, pp, s.Batch/(devices/(tp*pp))
	return s, true
}

// own is a split on the scenario's cluster, which allows it.
func own(d spec.Draw, tp, pp int) parallel.Training {
	s, _ := split(d, d.Int("servers"), tp, pp)
	return s
}
