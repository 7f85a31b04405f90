package storage

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Transformation compares the time to prepare a batch on the host with the time
// the accelerator takes for it (wall 9); the two overlap, so the longer counts.
//
//	T = B·S/C;   bottleneck if T > t;   use = t/max(T, t)
//
// It leaves out reading the data, which Ingestion covers, and the variation
// between samples.
//
// Murray 2021, "tf.data: a machine learning data processing framework".
type Transformation struct {
	Batch  int            `help:"samples per step" min:"1"`
	Sample units.Bytes    `help:"size of one sample" min:"0"`
	Rate   units.ByteRate `help:"data that all host processors together prepare" above:"0"`
	Step   units.Seconds  `help:"time of the accelerator per step; 0 is unknown or negligible" min:"0"`
}

// TransformationResult is the cost of preparing a batch.
type TransformationResult struct {
	Time        units.Seconds  `help:"time to prepare a batch" better:"lower"`
	Bottleneck  bool           `help:"the accelerator waits for the host"`
	Utilization float64        `help:"share of the time that the accelerator works" better:"higher" known:"Known"`
	Slowdown    float64        `help:"time of a step per time of the accelerator alone" better:"lower" known:"Known"`
	StepTime    units.Seconds  `help:"time of a step, the longer of the two" better:"lower"`
	NeededRate  units.ByteRate `help:"host rate at which the accelerator never waits" better:"lower" known:"Known"`
	Known       bool           `help:"the accelerator's time is above zero: ratios to it exist"`
	walls.Notes

	in Transformation // for Explain
}

// Solve fails only if a field is out of range.
func (t Transformation) Solve() (TransformationResult, error) {
	if err := describe.Check(&t); err != nil {
		return TransformationResult{}, err
	}
	batch := t.Sample.Times(float64(t.Batch))
	r := TransformationResult{Time: batch.Over(t.Rate), in: t}
	r.StepTime = max(r.Time, t.Step)
	r.Bottleneck = r.Time > t.Step
	r.Binding = walls.Compute
	if r.Bottleneck {
		r.Binding = walls.HostCPU
	}
	if r.Known = t.Step > 0; r.Known {
		r.Utilization = t.Step.Ratio(r.StepTime)
		r.Slowdown = r.StepTime.Ratio(t.Step)
		r.NeededRate = batch.Per(t.Step)
	}
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (t Transformation) Run() TransformationResult { return walls.Must(t.Solve()) }
