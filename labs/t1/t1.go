// Package t1 is the lab "Manual Sweep": a loop over the batch of a camera
// pipeline by hand, the limits it shows, and the same in one line.
//
//	d := t1.Lab().Draw("s123")
//	fmt.Println(d) // device NVIDIA Jetson Orin NX 16GB, efficiency 0.5, frame budget 14 ms
//
// It leaves out the camera, the tail of the latency and what comes after the
// network: lab L10 composes those.
package t1

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "T1", Slug: "manual_sweep", Title: "Manual Sweep", Version: 1, Minutes: 30, Week: 1,
		Prerequisites: []string{"T0"},
		Objective:     "Find limits with a loop of your own, and then with one line.",
		Objectives: []string{
			"sweep a knob with a loop and read a table",
			"prove a boundary with two neighbours",
			"say that there is none where a search finds none",
			"tell how latency and throughput move on either side of a ridge",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"JetsonOrinNano", "JetsonOrinNX", "JetsonAGXOrin"}},
			{Name: "efficiency", Var: "share", Numbers: []float64{0.4, 0.5, 0.6, 0.7}},
			{Name: "frame budget", Var: "budget", Numbers: []float64{8, 10, 12, 14, 17, 20}, Unit: units.Millisecond},
		},
		Setup:     "node = SingleNode{Model: ResNet50, Hardware: gpu, Efficiency: share, Batch: 1}",
		First:     "Show(node.Run())",
		Text:      text,
		Questions: []spec.Question{largest(), ridge(), beyond(), oneLine()},
	}
}

// node is one pass of the network over a batch of camera images.
func node(d spec.Draw, batch int) compute.SingleNode {
	return compute.SingleNode{Model: models.ResNet50, Hardware: d.Device("device"), Efficiency: d.Number("efficiency"), Batch: batch}
}

func budget(d spec.Draw) units.Seconds { return units.Seconds(d.Number("frame budget")) }
