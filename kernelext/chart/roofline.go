package chart

import (
	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
)

// A RooflinePoint is a workload in a roofline. Without a rate it is drawn at the
// bound itself.
type RooflinePoint = compute.Workload

// Roofline draws what a device bounds at a precision: the memory slope, the
// compute ceiling and their ridge, the measured ceilings where the registry has
// them, and the workloads.
func Roofline(d hardware.Device, p physics.Precision, pts []RooflinePoint) show.Chart {
	return compute.Roofline{Devices: []hardware.Device{d}, Precisions: []physics.Precision{p}, Workloads: pts}.Chart()
}
