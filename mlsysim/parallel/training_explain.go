package parallel

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the step from the device's own time and the communication.
func (r TrainingResult) Explain() walls.Trace {
	return walls.Trace{
		Title:   fmt.Sprintf("%s trained on %d × %s", r.in.Model.Name, r.Devices, r.in.Hardware.Name),
		Omitted: []string{"failures and restarts", "data loading", "arithmetic of the optimizer", "layers that differ in size"},
		Steps:   append(append(r.nodeSteps(), r.networkSteps()...), r.sumSteps()...),
	}
}

// nodeSteps derive a device's own time.
func (r *TrainingResult) nodeSteps() []walls.Step {
	s := &r.in
	return []walls.Step{
		{
			Name: "arithmetic of a device", Symbol: "T_c", Formula: "F * B_l / (R * P * eta)", Field: "Compute",
			Terms: []walls.Term{
				{Symbol: "F", What: "operations of a sequence, recomputing " + s.Checkpointing.String(), Value: s.ops()},
				{Symbol: "B_l", What: "sequences of the busiest replica", Value: r.Local},
				{Symbol: "R", What: "devices of a replica", Value: s.TP * s.PP * s.EP},
				{Symbol: "P", What: "peak rate", Value: s.Hardware.Rates.At(s.Precision)},
				{Symbol: "eta", What: "share of the peak", Value: s.Efficiency},
			}, Value: r.Compute, Source: "Narayanan 2021; Korthikanti 2022",
		},
		{
			Name: "a device's own time", Symbol: "T_n", Formula: "max(T_c, T_m) + O", Field: "Node",
			Terms: []walls.Term{
				{Symbol: "T_c", What: "arithmetic", Value: r.Compute},
				{Symbol: "T_m", What: "memory traffic", Value: r.MemTime},
				{Symbol: "O", What: "dispatch and launches", Value: r.Overhead},
			}, Value: r.Node, Source: "Williams 2009",
		},
	}
}

// networkSteps derive the communication from the time of one message of a kind.
func (r *TrainingResult) networkSteps() []walls.Step {
	s := &r.in
	congestion := walls.Term{Symbol: "c", What: "congestion", Value: s.Congestion}
	rounds := walls.Term{Symbol: "n", What: "collectives: 4 for each layer of a stage and microbatch", Value: s.rounds()}
	shared, experts := s.gradients(r)
	return []walls.Step{
		{
			Name: "tensor parallelism", Symbol: "T_tp", Formula: "n * t_tp * c", Field: "TensorPar",
			Terms: []walls.Term{rounds, {Symbol: "t_tp", What: "one all-reduce", Value: s.tensorOnce(r)}, congestion}, Value: r.TensorPar, Source: "Shoeybi 2019",
		},
		{
			Name: "expert parallelism", Symbol: "T_ep", Formula: "n * t_ep * c", Field: "ExpertPar",
			Terms: []walls.Term{rounds, {Symbol: "t_ep", What: "one all-to-all", Value: s.expertOnce(r)}, congestion}, Value: r.ExpertPar, Source: "Rajbhandari 2022",
		},
		{
			Name: "messages between stages", Symbol: "T_pp", Formula: "k * t_pp * c", Field: "Stages",
			Terms: []walls.Term{{Symbol: "k", What: "messages, forward and backward", Value: s.messages()}, {Symbol: "t_pp", What: "one message", Value: s.stageOnce(r)}, congestion},
			Value: r.Stages, Source: "Narayanan 2021",
		},
		{
			Name: "exchange of the gradients", Symbol: "T_dp", Formula: "(t_s + t_e) * c", Field: "DataPar",
			Terms: []walls.Term{{Symbol: "t_s", What: "shared parameters, once per step", Value: shared}, {Symbol: "t_e", What: "experts, once per step", Value: experts}, congestion},
			Value: r.DataPar, Source: "Rajbhandari 2020, ZeRO",
		},
		{
			Name: "part that the backward pass does not hide", Symbol: "T_x", Formula: "max(0, T_dp - w * max(T_c, T_m) * (1 - 1 / q))", Field: "Exposed",
			Terms: []walls.Term{
				{Symbol: "T_dp", What: "exchange of the gradients", Value: r.DataPar},
				{Symbol: "w", What: "backward share of a device's time", Value: s.Checkpointing.BackwardShare()},
				{Symbol: "T_c", What: "arithmetic", Value: r.Compute},
				{Symbol: "T_m", What: "memory traffic", Value: r.MemTime},
				{Symbol: "q", What: "buckets", Value: s.Buckets},
			}, Value: r.Exposed, Source: "Li 2020, PyTorch Distributed",
		},
	}
}

// sumSteps derive the step and its rates.
func (r *TrainingResult) sumSteps() []walls.Step {
	s := &r.in
	node := walls.Term{Symbol: "T_n", What: "a device's own time", Value: r.Node}
	tp := walls.Term{Symbol: "T_tp", What: "tensor parallelism", Value: r.TensorPar}
	ep := walls.Term{Symbol: "T_ep", What: "expert parallelism", Value: r.ExpertPar}
	step := walls.Term{Symbol: "T", What: "step", Value: r.Step}
	batch := walls.Term{Symbol: "B", What: "sequences of a step", Value: s.Batch}
	return []walls.Step{
		{
			Name: "idle time of the pipeline", Symbol: "T_b", Formula: "(T_n + T_tp + T_ep) * (p - 1) / (v * m)", Field: "Bubble",
			Terms: []walls.Term{node, tp, ep, {Symbol: "p", What: "stages", Value: s.PP}, {Symbol: "v", What: "parts of a stage", Value: s.Parts}, {Symbol: "m", What: "microbatches", Value: s.Microbatches}},
			Value: r.Bubble, Source: "Narayanan 2021",
		},
		{
			Name: "time of a step", Symbol: "T", Formula: "(T_n + T_tp + T_ep + T_b + T_pp + T_x) * g", Field: "Step",
			Terms: []walls.Term{node, tp, ep, {Symbol: "T_b", What: "bubble", Value: r.Bubble}, {Symbol: "T_pp", What: "stages", Value: r.Stages}, {Symbol: "T_x", What: "exposed exchange", Value: r.Exposed}, {Symbol: "g", What: "straggler", Value: s.Straggler}},
			Value: r.Step,
		},
		{Name: "throughput", Symbol: "X", Formula: "B / T", Field: "Throughput", Terms: []walls.Term{batch, step}, Value: r.Throughput},
		{
			Name: "model FLOP utilisation", Symbol: "MFU", Formula: "3 * f * B / (T * N * P)", Field: "MFU",
			Terms: []walls.Term{
				{Symbol: "f", What: "forward operations of a sequence", Value: s.Model.ForwardOps(float64(s.Sequence))},
				batch, step,
				{Symbol: "N", What: "devices", Value: r.Devices},
				{Symbol: "P", What: "peak rate", Value: units.FLOPRate(s.Hardware.Rates.At(s.Precision))},
			}, Value: r.MFU, Source: "Chowdhery 2022",
		},
	}
}

// View describes the result.
func (r TrainingResult) View() show.View {
	v := show.View{
		Title:    fmt.Sprintf("%s trained on %d × %s", r.in.Model.Name, r.Devices, r.in.Hardware.Name),
		Subtitle: fmt.Sprintf("batch %d, tp %d, pp %d, dp %d, ep %d, %s, binds: %s", r.in.Batch, r.in.TP, r.in.PP, r.DP, r.in.EP, r.Precision, r.Binding),
		Status:   show.Pass, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
	if !r.Fits {
		v.Status = show.Fail
	}
	return v
}
