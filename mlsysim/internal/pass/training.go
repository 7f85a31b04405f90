package pass

import (
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// A State is what a rank holds while it trains, for the steps that derive it.
// They fill the result fields Weights, Gradients, Optimizer, Activations, Buffers
// and the sum.
type State struct {
	Model *models.Model
	Split *models.Split
	Held  models.StateMemory
	Sum   string // result field of the sum
}

// Steps derives each part and the sum.
func (s State) Steps() []walls.Step {
	steps := append([]walls.Step{s.ParamStep()}, s.stateSteps()...)
	steps = append(steps, s.activationSteps()...)
	if s.Split.Buffers > 0 || s.Split.PP > 1 {
		steps = append(steps, s.bufferStep())
	}
	return append(steps, s.sumStep())
}

// ParamStep derives the parameters of a rank of the largest stage.
func (s State) ParamStep() walls.Step {
	split := s.Split
	expert, shared := s.Model.ExpertParams()
	return walls.Step{
		Name: "parameters of one device", Symbol: "P_r", Formula: "(P_s + E * p_e / ep) * l / (L * tp)",
		Terms: []walls.Term{
			{Symbol: "P_s", What: "parameters every token uses", Value: shared},
			{Symbol: "E", What: "experts", Value: s.Model.Experts},
			{Symbol: "p_e", What: "parameters of one expert, all layers", Value: expert},
			{Symbol: "ep", What: "expert-parallel devices", Value: split.EP},
			{Symbol: "tp", What: "tensor-parallel devices", Value: split.TP},
			{Symbol: "l", What: "layers of the largest stage", Value: s.Model.StageLayers(split.PP)},
			{Symbol: "L", What: "layers", Value: max(1, s.Model.Blocks())},
		},
		Value: units.Params(s.Model.ShardParams(split.TP, split.PP, split.EP)), Source: "Rajbhandari 2022, DeepSpeed-MoE",
	}
}

// stateSteps derive weights, gradients and optimizer state.
func (s State) stateSteps() []walls.Step {
	split := s.Split
	step := func(name, symbol, field string, stage int, element units.Bytes, trained float64, value units.Bytes) walls.Step {
		return walls.Step{
			Name: name, Symbol: symbol, Formula: "P_r * f_" + symbol + " * b_" + symbol + " / z_" + symbol, Field: field,
			Terms: []walls.Term{
				{Symbol: "P_r", What: "parameters of one device", Value: units.Params(s.Model.ShardParams(split.TP, split.PP, split.EP))},
				{Symbol: "f_" + symbol, What: "share of them", Value: trained},
				{Symbol: "b_" + symbol, What: "bytes for each", Value: element},
				{Symbol: "z_" + symbol, What: "devices that share it (ZeRO)", Value: split.Shards(stage)},
			},
			Value: value, Source: "Rajbhandari 2020, ZeRO",
		}
	}
	return []walls.Step{
		step("weights", "W", "Weights", 3, split.Precision.Size(), 1, s.Held.Weights),
		step("gradients", "G", "Gradients", 2, physics.GradientSize(split.Precision), split.Trainable*s.Model.TouchedShare(split), s.Held.Gradients),
		step("optimizer state", "O_s", "Optimizer", 1, split.Optimizer.State(split.Precision), split.Trainable, s.Held.Optimizer),
	}
}

func (s State) bufferStep() walls.Step {
	pipeline := units.Bytes(0)
	if s.Split.PP > 1 {
		pipeline = s.Model.HiddenBytes(s.Split).Times(2)
	}
	return walls.Step{
		Name: "communication buffers", Symbol: "C", Formula: "c_g * G + C_p", Field: "Buffers",
		Terms: []walls.Term{
			{Symbol: "c_g", What: "buffers over gradients", Value: s.Split.Buffers},
			{Symbol: "G", What: "gradients", Value: s.Held.Gradients},
			{Symbol: "C_p", What: "activations sent between stages, two buffers", Value: pipeline},
		}, Value: s.Held.Buffers,
	}
}

func (s State) sumStep() walls.Step {
	h := &s.Held
	return walls.Step{
		Name: "memory of one device", Symbol: "M", Formula: "W + G + O_s + A + C", Field: s.Sum,
		Terms: []walls.Term{
			{Symbol: "W", What: "weights", Value: h.Weights},
			{Symbol: "G", What: "gradients", Value: h.Gradients},
			{Symbol: "O_s", What: "optimizer state", Value: h.Optimizer},
			{Symbol: "A", What: "activations", Value: h.Activations},
			{Symbol: "C", What: "communication buffers", Value: h.Buffers},
		}, Value: h.Total(),
	}
}

// activationSteps derive what a layer keeps of a microbatch, and all of it.
func (s State) activationSteps() []walls.Step {
	split := s.Split
	layers := walls.Term{Symbol: "l", What: "layers of the largest stage", Value: s.Model.StageLayers(split.PP)}
	held := walls.Term{Symbol: "h", What: "microbatches held", Value: split.Held}
	if !s.Model.Stacked() {
		return []walls.Step{{
			Name: "activations", Symbol: "A", Formula: "A_s / 2 * u / L * l * h", Field: "Activations",
			Terms: []walls.Term{
				{Symbol: "A_s", What: "activations of a sample, written and read", Value: s.Model.Activations.Times(split.Precision.Size().Ratio(physics.FP16.Size()))},
				{Symbol: "u", What: "samples of a microbatch", Value: split.Microbatch},
				{Symbol: "L", What: "layers", Value: max(1, s.Model.Blocks())},
				layers, held,
			}, Value: s.Held.Activations,
		}}
	}
	all := walls.Step{
		Name: "activations", Symbol: "A", Formula: "(a * l * h + V) * (1 + phi)", Field: "Activations",
		Terms: []walls.Term{
			{Symbol: "a", What: "one layer and microbatch, recomputing " + split.Recompute.String(), Value: s.Model.LayerActivations(split)},
			layers, held,
			{Symbol: "V", What: "logits of a microbatch", Value: s.Model.LogitBytes(split)},
			{Symbol: "phi", What: "share that the allocator wastes", Value: split.Fragmentation},
		}, Value: s.Held.Activations, Source: "Korthikanti 2022",
	}
	if s.Model.Decodes() || s.Model.AttentionLayers() != s.Model.Layers {
		return []walls.Step{all} // the mean over layers of several kinds
	}
	return []walls.Step{s.layerStep(), s.logitStep(), all}
}

// layerStep derives what one of equal layers keeps of a microbatch.
func (s State) layerStep() walls.Step {
	whole := 1
	if s.Split.SequenceParallel {
		whole = s.Split.TP
	}
	step := walls.Step{
		Name: "one layer and microbatch, recomputing " + s.Split.Recompute.String(), Symbol: "a",
		Terms: []walls.Term{
			{Symbol: "b", What: "bytes of an element at " + s.Split.Precision.String(), Value: s.Split.Precision.Size()},
			{Symbol: "s", What: "positions of a sample", Value: s.Model.Positions(s.Split)},
			{Symbol: "u", What: "samples of a microbatch", Value: s.Split.Microbatch},
			{Symbol: "H", What: "width of the residual stream", Value: s.Model.Hidden},
			{Symbol: "c", What: "devices that a sequence is cut over", Value: max(1, s.Split.CP)},
			{Symbol: "t_s", What: "devices that share what lies outside the blocks", Value: whole},
		},
		Value: s.Model.LayerActivations(s.Split), Source: "Korthikanti 2022",
	}
	tensor := walls.Term{Symbol: "t", What: "tensor-parallel devices", Value: s.Split.TP}
	switch s.Split.Recompute {
	case physics.Full:
		step.Formula = "b / 2 * 2 * s * u * H / (c * t_s)"
	case physics.Selective:
		step.Formula = "b / 2 * s * u * H * (10 / t_s + 24 / t) / c"
		step.Terms = append(step.Terms, tensor)
	default:
		step.Formula = "b / 2 * (s * u * H * (10 / t_s + 24 / t) + 5 * A_h * s * s * u / t) / c"
		step.Terms = append(step.Terms, tensor, walls.Term{Symbol: "A_h", What: "attention heads", Value: s.Model.Heads})
	}
	return step
}

func (s State) logitStep() walls.Step {
	outputs, vocab := s.Split.Sequence, s.Model.Vocab
	cut := max(1, s.Split.CP)
	if !s.Model.Reads() {
		outputs, cut = 1, 1
	}
	if s.Split.PP > 1 {
		vocab = 0
	}
	return walls.Step{
		Name: "logits of a microbatch; the first of several stages has none", Symbol: "V", Formula: "b_v * n_v * u * N_v / (c * t)",
		Terms: []walls.Term{
			{Symbol: "b_v", What: "bytes of a logit", Value: physics.FP32.Size()},
			{Symbol: "n_v", What: "outputs of a sample", Value: outputs},
			{Symbol: "u", What: "samples of a microbatch", Value: s.Split.Microbatch},
			{Symbol: "N_v", What: "vocabulary", Value: vocab},
			{Symbol: "c", What: "devices that a sequence is cut over", Value: cut},
			{Symbol: "t", What: "tensor-parallel devices", Value: s.Split.TP},
		}, Value: s.Model.LogitBytes(s.Split), Source: "Korthikanti 2022",
	}
}

// WorkSteps derive the arithmetic of a device that trains one microbatch, and its
// traffic.
func (s State) WorkSteps(p *physics.Pass) []walls.Step {
	split := s.Split
	all := s.Model.TrainingOps(split.Sequence, split.Recompute).Times(split.Microbatch)
	return []walls.Step{
		{
			Name: "arithmetic, forward, backward and again", Symbol: "F", Formula: "u * f_t", Field: "Work",
			Terms: []walls.Term{
				{Symbol: "u", What: "sequences or samples", Value: split.Microbatch},
				{Symbol: "f_t", What: "operations of each: 3 forward passes, recomputing " + split.Recompute.String(), Value: s.Model.TrainingOps(split.Sequence, split.Recompute)},
			},
			Value: all, Source: "Korthikanti 2022; Chowdhery 2022, appendix B",
		},
		{
			Name: "part of it outside attention", Symbol: "F_lin", Formula: "F - F_att",
			Terms: []walls.Term{{Symbol: "F", What: "arithmetic", Value: all}, {Symbol: "F_att", What: "part of it in attention", Value: p.Attention}},
			Value: p.Linear,
		},
		{
			Name: "memory traffic", Symbol: "Q", Formula: "2 * (tau * (W_a + O_s) + G + A)", Field: "Traffic",
			Terms: []walls.Term{
				{Symbol: "tau", What: "share of the weights that the samples touch", Value: s.Model.TouchedShare(split)},
				{Symbol: "W_a", What: "all weights, read forward and backward", Value: s.Model.Weights(split.Precision)},
				{Symbol: "O_s", What: "optimizer state, read and written", Value: s.Held.Optimizer},
				{Symbol: "G", What: "gradients, written and read", Value: s.Held.Gradients},
				{Symbol: "A", What: "activations, written and read", Value: s.Held.Activations},
			},
			Value: p.Traffic, Source: "Rajbhandari 2020, ZeRO",
		},
	}
}
