// Package training models what one device must hold while a network is trained.
// It leaves out time; package parallel has the training step.
//
//	r, err := training.Memory{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 64, DP: 8, ZeRO: 1}.Solve()
package training

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Memory is what one rank of a training run holds.
//
//	M = W + G + O + A + C, P_r = (P_s + E·p_e/ep)·⌈L/pp⌉/(L·tp)
//
// W = P_r·b, G = P_r·f·b_g and O = P_r·f·b_o, with ZeRO over dp·cp ranks; A are the
// activations of the microbatches in flight, C the communication buffers. It
// leaves out the framework's own memory.
//
// Rajbhandari 2020, "ZeRO"; Korthikanti 2022 (activations); Hu 2021, "LoRA".
type Memory struct {
	Model         models.Model      `help:"network that is trained" required:"true"`
	Hardware      hardware.Device   `help:"device that trains it" required:"true"`
	Batch         int               `help:"sequences or samples per optimizer step, all devices" min:"1" max:"1000000000"`
	Sequence      int               `help:"tokens of each sequence" min:"1" max:"1000000000" default:"2048"`
	TP            int               `help:"tensor-parallel devices" min:"1" max:"1000000" default:"1"`
	PP            int               `help:"pipeline stages" min:"1" max:"1000000" default:"1"`
	DP            int               `help:"data-parallel replicas" min:"1" max:"1000000" default:"1"`
	EP            int               `help:"devices that the experts are spread over" min:"1" max:"1000000" default:"1"`
	CP            int               `help:"devices that each sequence is cut over (context parallelism)" min:"1" max:"1000000" default:"1"`
	Parts         int               `help:"interleaved parts of each pipeline stage" min:"1" max:"1000000" default:"1"`
	Microbatches  int               `help:"microbatches that each accumulation step is cut into" min:"1" max:"1000000" default:"1"`
	Accumulation  int               `help:"gradient accumulation steps" min:"1" max:"1000000" default:"1"`
	ZeRO          int               `help:"sharded over replicas: 1 optimizer, 2 gradients too, 3 weights too" min:"0" max:"3"`
	KeepWeights   bool              `help:"ZeRO 3 holds the weights that it gathered for the first microbatch"`
	NoSP          bool              `help:"activations outside the tensor-parallel blocks stay whole on each device (no sequence parallelism)"`
	Checkpointing physics.Recompute `help:"what the backward pass computes again"`
	Optimizer     physics.Optimizer `help:"update rule"`
	Precision     physics.Precision `help:"format of weights and activations; auto is fp16 where the device has it"`
	Trainable     float64           `help:"share of the parameters that are trained" above:"0" max:"1" default:"1"`
	LoRA          int               `help:"rank of low-rank adapters that are trained instead; 0 is none" min:"0" max:"1000000"`
	Adapted       int               `help:"matrices of each layer that get an adapter" min:"1" max:"1000" default:"4"`
	Buffers       float64           `help:"communication buffers over gradients (mlsysim 0.3.0)" min:"0" max:"1" default:"0.05"`
	Fragmentation float64           `help:"activation memory that the allocator wastes; 0.05 to 0.10 is usual" min:"0" max:"1"`
}

// MemoryResult is what each device holds.
type MemoryResult struct {
	Fits        bool        `help:"it fits into each device"`
	Short       units.Bytes `help:"what is missing on each device if it does not" better:"lower"`
	Memory      units.Bytes `help:"all of it" better:"lower"`
	Weights     units.Bytes `help:"weights" better:"lower"`
	Gradients   units.Bytes `help:"gradients" better:"lower"`
	Optimizer   units.Bytes `help:"optimizer state" better:"lower"`
	Activations units.Bytes `help:"activations kept for the backward pass" better:"lower"`
	Buffers     units.Bytes `help:"communication buffers" better:"lower"`
	Capacity    units.Bytes `help:"memory of each device"`
	Utilization float64     `help:"share of the memory used" better:"lower"`
	Microbatch  int         `help:"sequences of one microbatch"`
	Held        float64     `help:"microbatches whose activations are held" better:"lower"`

	Precision physics.Precision `help:"format it runs in"`
	walls.Notes

	in    Memory // with its defaults settled, for Explain
	split models.Split
	held  models.StateMemory
}

const name = "training.Memory"

// Solve fails only if a field is out of range.
func (s Memory) Solve() (MemoryResult, error) {
	if err := describe.Check(&s); err != nil {
		return MemoryResult{}, err
	}
	s.Precision = s.Hardware.Resolve(s.Precision)
	if err := s.refuse(); err != nil {
		return MemoryResult{}, err
	}
	if s.LoRA > 0 {
		s.Trainable = s.Model.AdapterShare(s.LoRA, s.Adapted)
	}
	split := s.split()
	m := s.Model.TrainingMemory(&split)
	r := MemoryResult{
		Memory: m.Total(), Weights: m.Weights, Gradients: m.Gradients, Optimizer: m.Optimizer, Activations: m.Activations, Buffers: m.Buffers,
		Capacity: s.Hardware.Capacity(), Microbatch: s.microbatch(), Held: split.Held, Precision: s.Precision,
	}
	r.Fits, r.Short = physics.Fits(r.Memory, r.Capacity)
	r.Utilization = r.Memory.Ratio(r.Capacity)
	r.Binding = walls.MemoryCapacity
	if !r.Fits {
		r.Warnings |= walls.DoesNotFit
	}
	if s.Model.Reads() && s.Model.Context > 0 && s.Sequence > s.Model.Context {
		r.Warnings |= walls.BeyondContext
	}
	r.in, r.split, r.held = s, split, m
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Memory) Run() MemoryResult { return walls.Must(s.Solve()) }

// refuse applies the rules between fields.
func (s *Memory) refuse() error {
	if field, value, want := s.Model.Inconsistent(); field != "" {
		return describe.Refuse(name, field, value, want)
	}
	switch {
	case s.Hardware.Capacity() == 0:
		return describe.Refuse(name, "Hardware.Memory", s.Hardware.Memory, "above 0 B")
	case s.Model.Stacked() && s.Model.Hidden == 0:
		return describe.Refuse(name, "Model.Hidden", s.Model.Hidden, "at least 1")
	case s.TP > 1 && (!s.Model.Attends() || s.Model.Heads%s.TP != 0):
		return describe.Refuse(name, "TP", s.TP, "a divisor of the model's attention heads")
	case s.PP > max(1, s.Model.Blocks()):
		return describe.Refuse(name, "PP", s.PP, "at most the layers of the model")
	case s.EP > 1 && s.EP > s.Model.Experts:
		return describe.Refuse(name, "EP", s.EP, "at most the experts of the model")
	case s.EP > 1 && s.Model.Experts%s.EP != 0:
		return describe.Refuse(name, "EP", s.EP, "a divisor of the model's experts")
	case s.CP > 1 && (!s.Model.Cuts() || s.Sequence%s.CP != 0):
		return describe.Refuse(name, "CP", s.CP, "a divisor of the tokens of a sequence, in a network whose every layer attends to it")
	case s.Parts > s.Model.StageLayers(s.PP):
		return describe.Refuse(name, "Parts", s.Parts, "at most the layers of a stage")
	case s.LoRA > 0 && s.Trainable != 1:
		return describe.Refuse(name, "Trainable", s.Trainable, "1: the adapters decide what is trained")
	case s.LoRA > 0 && !s.Model.Attends():
		return describe.Refuse(name, "LoRA", s.LoRA, "0: only networks with attention get adapters")
	}
	return nil
}

// microbatch is the number of sequences of the largest microbatch.
func (s *Memory) microbatch() int {
	return int(math.Ceil(float64(s.Batch) / (float64(s.DP) * float64(s.Accumulation) * float64(s.Microbatches))))
}

func (s *Memory) split() models.Split {
	return models.Split{
		TP: s.TP, PP: s.PP, DP: s.DP, EP: s.EP, CP: s.CP, Parts: s.Parts,
		Microbatch: float64(s.microbatch()), Held: physics.InFlight(s.PP, s.Parts, s.Microbatches),
		Sequence: float64(s.Sequence), SequenceParallel: !s.NoSP, ZeRO: s.ZeRO, KeepWeights: s.KeepWeights, Recompute: s.Checkpointing,
		Optimizer: s.Optimizer, Precision: s.Precision, Trainable: s.Trainable, Buffers: s.Buffers, Fragmentation: s.Fragmentation,
	}
}
