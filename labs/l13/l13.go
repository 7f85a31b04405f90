// Package l13 is the lab "Checkpoint interval": how often a long training run
// should save, what it loses all the same, and what to spend money on.
//
//	d := l13.Lab().Draw("s123")
//
// It leaves out failures that strike together, spares that run short, and
// checkpoints that are written behind the training.
package l13

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/reliability"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L13", Slug: "checkpoint_interval", Title: "Checkpoint interval", Version: 1, Minutes: 40, Week: 9,
		Prerequisites: []string{"L07", "L12"},
		Objective:     "Balance the time to save against the work that a failure destroys.",
		Objectives: []string{
			"state how often a fleet fails, from its parts",
			"find the interval that loses least, and say how flat the optimum is",
			"account for the time of a run: progress, saving, rework and restart",
			"choose between faster storage and more reliable servers",
		},
		Params: []spec.Param{
			{Name: "network", Var: "net", Models: []string{"Llama3_70B", "Llama3_405B", "DeepSeek_V3"}},
			{Name: "servers", Var: "servers", Choices: []int{96, 128, 256}},
			{Name: "accelerator MTTF", Var: "mttf", Numbers: []float64{30000, 40000, 50000, 60000, 80000}, Unit: units.Hour},
			{Name: "disks", Var: "disks", Numbers: []float64{8, 16, 32}, Unit: units.GBps},
			{Name: "recovery", Var: "recovery", Numbers: []float64{10, 20, 40}, Unit: units.Minute},
			{Name: "storage factor", Var: "factor", Numbers: []float64{2, 3, 6}},
		},
		Setup: `save = Checkpoint{Model: net, Storage: disks}
	fleet = Reliability{Nodes: servers, NICs: 8, AcceleratorMTTF: mttf, Checkpoint: save.Run().Write, Recovery: recovery, Job: 30*Day}`,
		First:     "Show(save.Run())",
		Text:      text,
		Questions: []spec.Question{mtbf(), interval(), share(), spend()},
	}
}

// write is the time of a checkpoint.
func write(d spec.Draw) units.Seconds {
	return reliability.Checkpoint{Model: d.Model("network"), Storage: units.ByteRate(d.Number("disks"))}.Run().Write
}

// fleet is the run of the scenario.
func fleet(d spec.Draw) reliability.Fleet {
	return reliability.Fleet{
		Nodes: d.Int("servers"), NICs: 8, AcceleratorMTTF: units.Seconds(d.Number("accelerator MTTF")),
		Checkpoint: write(d), Recovery: units.Seconds(d.Number("recovery")), Job: 30 * units.Day,
	}
}

// at is the same with an interval.
func at(d spec.Draw, interval units.Seconds) reliability.Fleet {
	f := fleet(d)
	f.Interval = interval
	return f
}

// lost is the share of the time that is no progress.
func lost(f reliability.Fleet) float64 { return 1 - f.Run().Goodput }

func best(d spec.Draw) units.Seconds { return fleet(d).Run().Optimal }
