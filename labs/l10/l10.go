// Package l10 is the lab "Lighthouse B: AV latency SLA": the time from the camera
// to the command in a car, what fits into it, and what its slowest frames see.
//
//	d := l10.Lab().Draw("s123")
//
// It starts from the lighthouse "vehicle" in package scenario. It leaves out the
// scheduler of the operating system and what else runs on the module.
package l10

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L10", Slug: "vehicle_deadline", Title: "Lighthouse B: AV latency SLA", Version: 1, Minutes: 45, Week: 8,
		Prerequisites: []string{"T1", "L01"},
		Objective:     "Compose a deadline of stages, and keep it for the slowest frames too.",
		Objectives: []string{
			"split an end-to-end time into its stages",
			"find how many cameras one module serves within a deadline and a frame rate",
			"tell what a pipeline changes and what it cannot change",
			"say what the slowest of a thousand images sees, and how it moves with jitter",
			"choose the cheapest module that keeps time, power and temperature",
		},
		Params: []spec.Param{
			{Name: "module", Var: "gpu", Devices: []string{"JetsonOrinNX", "JetsonAGXOrin", "JetsonOrinNanoSuper"}},
			{Name: "network", Var: "net", Models: []string{"YOLOv8_Nano", "YOLOv8_Small"}},
			{Name: "frames per second", Var: "fps", Choices: []int{15, 20, 30}},
			{Name: "cameras", Var: "cams", Choices: []int{2, 3, 4, 5}},
			{Name: "deadline", Var: "deadline", Numbers: []float64{47, 52, 60, 75}, Unit: units.Millisecond},
		},
		Setup: `
	capture, plan, supply = 17*Millisecond, 18*Millisecond, 40*Watt // before the network, after it, and what the plug gives

	one = SingleNode{Model: net, Hardware: gpu, Batch: 1}`,
		First:     "Show(Evaluation{Model: net, Hardware: gpu, Interval: Second.Times(1 / float64(fps)), MaxLatency: 10*Millisecond, MaxPower: 25*Watt}.Run())",
		Text:      text,
		Questions: []spec.Question{path(), cameras(), pipeline(), tail(), module()},
	}
}

// What is the same for everybody, as Setup declares it.
const (
	capture = 17 * units.Millisecond
	plan    = 18 * units.Millisecond
	supply  = 40 * units.Watt
)

// detect is one pass over the images of some cameras.
func detect(d spec.Draw, images int) compute.SingleNode {
	return compute.SingleNode{Model: d.Model("network"), Hardware: d.Device("module"), Batch: images}
}

// latency is the time of that pass.
func latency(d spec.Draw, images int) units.Seconds { return detect(d, images).Run().Latency }

// total is the time from the camera to the command.
func total(d spec.Draw, images int) units.Seconds { return capture + latency(d, images) + plan }

func interval(d spec.Draw) units.Seconds {
	return units.Second.Times(1 / float64(d.Int("frames per second")))
}

func deadline(d spec.Draw) units.Seconds { return units.Seconds(d.Number("deadline")) }
