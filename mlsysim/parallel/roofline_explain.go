package parallel

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives both times and the batch at which they meet.
func (r NetworkRooflineResult) Explain() walls.Trace {
	d := derivation{TrainingResult: &TrainingResult{Precision: r.Precision}, spread: r.step.spread()}
	once, gathers := d.onceSteps()

	t := walls.Trace{Title: r.title(), Omitted: []string{
		"messages inside a replica, and idle stages", "memory traffic and launches", "sequences that do not divide evenly over the replicas",
	}}
	t.Steps = append(d.workSteps(), r.computeStep(&d))
	t.Steps = append(t.Steps, once...)
	t.Steps = append(t.Steps, d.exchangeStep(once, gathers, "Exchange", r.Exchange))
	t.Steps = append(t.Steps, r.boundSteps(&d)...)
	t.Steps = append(t.Steps, r.intensitySteps(&d)...)
	return t
}

func (r *NetworkRooflineResult) title() string {
	return fmt.Sprintf("network roofline of %s on %d × %s", r.step.Model.Name, r.Devices, r.step.Hardware.Name)
}

// computeStep derives the arithmetic of the batch.
func (r *NetworkRooflineResult) computeStep(d *derivation) walls.Step {
	return walls.Step{
		Name: "arithmetic of the batch on all devices", Symbol: "T_c", Formula: "(F_lin / eta + F_att / eta_a) * B / (N * P)", Field: "Compute",
		Terms: append(r.workTerms(d), walls.Term{Symbol: "B", What: "sequences of a step", Value: r.step.Batch}), Value: r.Compute, Source: "Williams 2009",
	}
}

func (r *NetworkRooflineResult) workTerms(d *derivation) []walls.Term {
	linear, attention := d.ops()
	return []walls.Term{
		{Symbol: "F_lin", What: "operations of a sequence outside attention", Value: linear},
		{Symbol: "F_att", What: "operations of a sequence in attention", Value: attention},
		{Symbol: "eta", What: "share of the peak", Value: d.spread.roof.Matmul},
		{Symbol: "eta_a", What: "share of the peak in attention", Value: d.spread.roof.Attention},
		{Symbol: "N", What: "devices", Value: r.Devices},
		{Symbol: "P", What: "peak rate", Value: d.spread.roof.Peak},
	}
}

// boundSteps derive the step and the batch at which the times meet.
func (r *NetworkRooflineResult) boundSteps(d *derivation) []walls.Step {
	times := []walls.Term{
		{Symbol: "T_c", What: "arithmetic", Value: r.Compute},
		{Symbol: "T_dp", What: "exchange between replicas", Value: r.Exchange},
	}
	batch := walls.Term{Symbol: "B", What: "sequences of a step", Value: r.step.Batch}
	step := walls.Term{Symbol: "T", What: "least time of a step", Value: r.Step}
	return []walls.Step{
		{Name: "least time of a step, one hiding the other", Symbol: "T", Formula: "max(T_c, T_dp)", Field: "Step", Terms: times, Value: r.Step, Source: "Williams 2009"},
		{Name: "neither hiding the other", Symbol: "T_s", Formula: "T_c + T_dp", Field: "Serial", Terms: times, Value: r.Serial},
		{
			Name: "batch at which both take equally long", Symbol: "B_e", Formula: "T_dp * N * P / (F_lin / eta + F_att / eta_a)", Field: "BatchEqual",
			Terms: append(r.workTerms(d), times[1]), Value: r.BatchEqual,
		},
		{Name: "throughput", Symbol: "X", Formula: "B / T", Field: "Throughput", Terms: []walls.Term{batch, step}, Value: r.Throughput},
		{
			Name: "model FLOP utilisation", Symbol: "MFU", Formula: "3 * f_s * B / (T * N * P)", Field: "MFU",
			Terms: []walls.Term{
				{Symbol: "f_s", What: "forward operations of a sequence", Value: d.Model.ForwardOps(float64(d.Sequence))},
				batch, step,
				{Symbol: "N", What: "devices", Value: r.Devices},
				{Symbol: "P", What: "peak rate", Value: d.spread.roof.Peak},
			}, Value: r.MFU, Source: "Chowdhery 2022",
		},
	}
}

// intensitySteps derive where the step lies under the roof.
func (r *NetworkRooflineResult) intensitySteps(d *derivation) []walls.Step {
	linear, attention := d.ops()
	return []walls.Step{
		{
			Name: "gradients of a device", Symbol: "G", Formula: "P_r * f * b_g", Field: "Gradients",
			Terms: []walls.Term{
				{Symbol: "P_r", What: "parameters of one device", Value: units.Params(d.params.Total())},
				{Symbol: "f", What: "share of them that is trained", Value: d.Trainable},
				{Symbol: "b_g", What: "bytes of a gradient", Value: physics.GradientSize(r.Precision)},
			}, Value: r.Gradients,
		},
		{
			Name: "operations of a device for each byte", Symbol: "I", Formula: "F * B / (N * G)", Field: "Intensity",
			Terms: []walls.Term{
				{Symbol: "F", What: "operations of a sequence", Value: linear + attention},
				{Symbol: "B", What: "sequences of a step", Value: r.step.Batch},
				{Symbol: "N", What: "devices", Value: r.Devices},
				{Symbol: "G", What: "gradients of a device", Value: r.Gradients},
			}, Value: r.Intensity, Source: "Williams 2009",
		},
		{
			Name: "intensity at which both take equally long", Symbol: "I_r", Formula: "I * T_dp / T_c", Field: "Ridge",
			Terms: []walls.Term{
				{Symbol: "I", What: "intensity", Value: r.Intensity}, {Symbol: "T_dp", What: "exchange", Value: r.Exchange}, {Symbol: "T_c", What: "arithmetic", Value: r.Compute},
			}, Value: r.Ridge,
		},
	}
}

// View describes the result.
func (r NetworkRooflineResult) View() show.View {
	return show.View{
		Title:    r.title(),
		Subtitle: fmt.Sprintf("batch %d, tp %d, pp %d, dp %d, %s, binds: %s", r.step.Batch, r.step.TP, r.step.PP, r.DP, r.Precision, r.Binding),
		Status:   show.Info, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
