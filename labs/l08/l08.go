// Package l08 is the lab "Starving the GPU": a node that trains on images, the
// stages that feed it, and which of them is worth money.
//
//	d := l08.Lab().Draw("s123")
//
// Every stage is a long-run mean. It leaves out bursts, shuffling, and the time
// of single reads, which prefetching hides.
package l08

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/storage"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L08", Slug: "starving_the_gpu", Title: "Starving the GPU", Version: 1, Minutes: 35, Week: 7,
		Prerequisites: []string{"L01"},
		Objective:     "Find the stage of an input pipeline that binds, and what to buy for it.",
		Objectives: []string{
			"compute the rate that a chain of stages delivers",
			"name the binding stage, and prove it by changing one",
			"size the number of processor workers, or show that no number is enough",
			"say before the purchase whether a faster accelerator would be noticed",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"V100", "A100", "L40S"}},
			{Name: "workers", Var: "workers", Choices: []int{24, 48, 96, 192}},
			{Name: "decode rate of a worker", Var: "each", Numbers: []float64{9, 12, 16}, Unit: units.MBps},
			{Name: "disk rate", Var: "disks", Numbers: []float64{0.7, 1.5, 4}, Unit: units.GBps},
			{Name: "hit ratio", Var: "hit", Numbers: []float64{0.2, 0.5, 0.7}},
		},
		Setup: `step = SingleNode{Model: ResNet50, Hardware: gpu, Phase: Train, Batch: 128, Efficiency: 0.4}
	image = 110 * KB
	feed = Ingestion{
		Demand: image.Times(128).Per(step.Run().Latency), Accelerators: 8, Sample: image,
		HitRatio: hit, Storage: disks, Cache: 20 * GBps, Decode: each.Times(float64(workers)), HostLink: gpu.HostLink, Expansion: 1.4,
	}`,
		First:     "Show(feed.Run())",
		Text:      text,
		Questions: []spec.Question{delivered(), binding(), workers(), faster()},
	}
}

// image is the size of a stored image.
const image = 110 * units.KB

// demand is what one accelerator consumes.
func demand(h hardware.Device) units.ByteRate {
	step := compute.SingleNode{Model: models.ResNet50, Hardware: h, Phase: compute.Train, Batch: 128, Efficiency: 0.4}
	return image.Times(128).Per(step.Run().Latency)
}

// feed is the chain of the scenario.
func feed(d spec.Draw) storage.Ingestion {
	h := d.Device("device")
	return storage.Ingestion{
		Demand: demand(h), Accelerators: 8, Sample: image,
		HitRatio: d.Number("hit ratio"), Storage: units.ByteRate(d.Number("disk rate")), Cache: 20 * units.GBps,
		Decode: units.ByteRate(d.Number("decode rate of a worker")).Times(float64(d.Int("workers"))), HostLink: h.HostLink, Expansion: 1.4,
	}
}
