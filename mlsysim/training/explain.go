package training

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives each part of the memory.
func (r MemoryResult) Explain() walls.Trace {
	return walls.Trace{
		Title:   r.in.Model.Name + " trained on " + r.in.Hardware.Name,
		Omitted: []string{"memory of framework and driver", "layers that differ in size", "the last stage's logits in a pipeline"},
		Steps:   append(append(r.paramSteps(), r.stateSteps()...), r.activationSteps()...),
	}
}

// paramSteps derive the parameters of a rank.
func (r *MemoryResult) paramSteps() []walls.Step {
	s := &r.in
	expert, shared := s.Model.ExpertParams()
	return []walls.Step{{
		Name: "parameters of one device", Symbol: "P_r", Formula: "(P_s + E * p_e / ep) / (tp * pp)",
		Terms: []walls.Term{
			{Symbol: "P_s", What: "parameters every token uses", Value: shared},
			{Symbol: "E", What: "experts", Value: s.Model.Experts},
			{Symbol: "p_e", What: "parameters of one expert, all layers", Value: expert},
			{Symbol: "ep", What: "expert-parallel devices", Value: s.EP},
			{Symbol: "tp", What: "tensor-parallel devices", Value: s.TP},
			{Symbol: "pp", What: "pipeline stages", Value: s.PP},
		},
		Value: units.Params(s.Model.ShardParams(s.TP, s.PP, s.EP)), Source: "Rajbhandari 2022, DeepSpeed-MoE",
	}}
}

// stateSteps derive weights, gradients and optimizer state.
func (r *MemoryResult) stateSteps() []walls.Step {
	s := &r.in
	step := func(name, symbol, field string, stage int, element units.Bytes, trained float64, value units.Bytes) walls.Step {
		return walls.Step{
			Name: name, Symbol: symbol, Formula: "P_r * f_" + symbol + " * b_" + symbol + " / z_" + symbol, Field: field,
			Terms: []walls.Term{
				{Symbol: "P_r", What: "parameters of one device", Value: units.Params(s.Model.ShardParams(s.TP, s.PP, s.EP))},
				{Symbol: "f_" + symbol, What: "share of them", Value: trained},
				{Symbol: "b_" + symbol, What: "bytes for each", Value: element},
				{Symbol: "z_" + symbol, What: "replicas that share it (ZeRO)", Value: r.split.Shards(stage)},
			},
			Value: value, Source: "Rajbhandari 2020, ZeRO",
		}
	}
	return []walls.Step{
		step("weights", "W", "Weights", 3, s.Precision.Size(), 1, r.Weights),
		step("gradients", "G", "Gradients", 2, physics.GradientSize(s.Precision), s.Trainable, r.Gradients),
		step("optimizer state", "O", "Optimizer", 1, s.Optimizer.State(s.Precision), s.Trainable, r.Optimizer),
	}
}

// activationSteps derive activations, buffers and the sum.
func (r *MemoryResult) activationSteps() []walls.Step {
	s := &r.in
	pipeline := units.Bytes(0)
	if s.PP > 1 {
		pipeline = s.Model.HiddenBytes(&r.split).Times(2)
	}
	steps := []walls.Step{r.activationStep(), {
		Name: "communication buffers", Symbol: "C", Formula: "c * G + C_p", Field: "Buffers",
		Terms: []walls.Term{
			{Symbol: "c", What: "buffers over gradients", Value: s.Buffers},
			{Symbol: "G", What: "gradients", Value: r.Gradients},
			{Symbol: "C_p", What: "activations sent between stages, two buffers", Value: pipeline},
		}, Value: r.Buffers,
	}}
	return append(steps, walls.Step{
		Name: "memory of one device", Symbol: "M", Formula: "W + G + O + A + C", Field: "Memory",
		Terms: []walls.Term{
			{Symbol: "W", What: "weights", Value: r.Weights},
			{Symbol: "G", What: "gradients", Value: r.Gradients},
			{Symbol: "O", What: "optimizer state", Value: r.Optimizer},
			{Symbol: "A", What: "activations", Value: r.Activations},
			{Symbol: "C", What: "communication buffers", Value: r.Buffers},
		}, Value: r.Memory,
	})
}

func (r *MemoryResult) activationStep() walls.Step {
	s, split := &r.in, &r.split
	if !s.Model.Attends() {
		return walls.Step{
			Name: "activations", Symbol: "A", Formula: "A_s * u * h / 2", Field: "Activations",
			Terms: []walls.Term{
				{Symbol: "A_s", What: "activations of a sample, written and read", Value: s.Model.Activations.Times(s.Precision.Size().Ratio(physics.FP16.Size()))},
				{Symbol: "u", What: "samples of a microbatch", Value: r.Microbatch},
				{Symbol: "h", What: "microbatches held", Value: r.Held},
			}, Value: r.Activations,
		}
	}
	return walls.Step{
		Name: "activations", Symbol: "A", Formula: "(a * l * h + V) * (1 + phi)", Field: "Activations",
		Terms: []walls.Term{
			{Symbol: "a", What: "one layer and microbatch, recomputing " + s.Checkpointing.String(), Value: s.Model.LayerActivations(split)},
			{Symbol: "l", What: "layers of a stage", Value: s.Model.StageLayers(s.PP)},
			{Symbol: "h", What: "microbatches held", Value: r.Held},
			{Symbol: "V", What: "logits of a microbatch", Value: s.Model.LogitBytes(split)},
			{Symbol: "phi", What: "share that the allocator wastes", Value: s.Fragmentation},
		}, Value: r.Activations, Source: "Korthikanti 2022",
	}
}

// View describes the result.
func (r MemoryResult) View() show.View {
	v := show.View{
		Title:    r.in.Model.Name + " trained on " + r.in.Hardware.Name,
		Subtitle: fmt.Sprintf("batch %d, tp %d, pp %d, dp %d, ep %d, ZeRO %d, %s", r.in.Batch, r.in.TP, r.in.PP, r.in.DP, r.in.EP, r.in.ZeRO, r.Precision),
		Status:   show.Pass, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
	if !r.Fits {
		v.Status = show.Fail
	}
	return v
}
