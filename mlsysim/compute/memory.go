package compute

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// refuse applies the rules between fields.
func (s *SingleNode) refuse() error {
	if err := pass.Refuse(name, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	switch {
	case s.Hardware.MainBandwidth() == 0:
		return describe.Refuse(name, "Hardware.Bandwidth", s.Hardware.Bandwidth, "above 0 B/s")
	case s.capacity() == 0:
		return describe.Refuse(name, "Hardware.Memory", s.Hardware.Memory, "above 0 B")
	case (s.Phase == Sample || s.Phase == Train) && s.Model.NeedsFLOPs():
		return describe.Refuse(name, "Model.FLOPs", s.Model.FLOPs, "above 0: parameters do not give the arithmetic of "+s.Model.Name)
	}
	return s.refusePhase()
}

// refusePhase applies the rules between the phase, its lengths and the network.
func (s *SingleNode) refusePhase() error {
	reads := s.Model.Reads()
	switch {
	case s.Phase == Decode && !s.Model.Generates():
		return describe.Refuse(name, "Phase", s.Phase, "sample or prefill: "+s.Model.Name+" does not generate tokens")
	case s.Phase == Prefill && !reads:
		return describe.Refuse(name, "Phase", s.Phase, "sample: "+s.Model.Name+" has no attention layers with heads and a width")
	case s.Phase == Prefill && s.Prompt == 0:
		return describe.Refuse(name, "Prompt", s.Prompt, "at least 1 in a prefill")
	case s.Phase == Prefill && s.Context > 0 && s.Model.Decodes():
		return describe.Refuse(name, "Context", s.Context, "0: the encoder of "+s.Model.Name+" reads all positions at once")
	case s.Phase == Sample && reads:
		return describe.Refuse(name, "Phase", s.Phase, "decode or prefill: a pass of "+s.Model.Name+" is a number of tokens")
	case s.Phase == Sample && s.Context > 0:
		return describe.Refuse(name, "Context", s.Context, "0: "+s.Model.Name+" has no cache")
	case s.Phase == Train:
		return s.refuseTraining(reads)
	}
	return nil
}

// refuseTraining applies the rules of a training step.
func (s *SingleNode) refuseTraining(reads bool) error {
	switch {
	case reads && s.Prompt == 0:
		return describe.Refuse(name, "Prompt", s.Prompt, "at least 1: the tokens of each sequence in training")
	case s.Context > 0:
		return describe.Refuse(name, "Context", s.Context, "0 in training: a sequence starts empty")
	case s.Model.Stacked() && s.Model.Hidden == 0:
		return describe.Refuse(name, "Model.Hidden", s.Model.Hidden, "at least 1 in training")
	case s.Precision.Size() < physics.FP8.Size():
		return describe.Refuse(name, "Precision", s.Precision, "at least 8 bit in training")
	}
	return nil
}

// split is the training step: one microbatch on one device.
func (s *SingleNode) split() models.Split {
	return models.Split{
		TP: 1, PP: 1, DP: s.DP, EP: 1, Parts: 1, Microbatch: float64(s.Batch), Held: 1, Sequence: float64(s.Prompt),
		ZeRO: s.ZeRO, Recompute: s.Checkpointing, Optimizer: s.Optimizer, Precision: s.Precision, Trainable: s.Trainable,
	}
}

// held is what a training step holds.
func (r *Result) held() models.StateMemory {
	return models.StateMemory{Weights: r.Weights, Gradients: r.Gradients, Optimizer: r.Optimizer, Activations: r.Activations}
}

// capacity is the memory that the pass can use: training writes its weights, so
// flash does not count.
func (s *SingleNode) capacity() units.Bytes {
	if s.Phase == Train {
		return s.Hardware.Writable()
	}
	return s.Hardware.Capacity()
}

// remember fills in what must be held in memory.
func (s *SingleNode) remember(r *Result) {
	switch {
	case s.Phase == Train:
		split := s.split()
		held := s.Model.TrainingMemory(&split)
		r.Weights, r.Gradients, r.Optimizer, r.Activations = held.Weights, held.Gradients, held.Optimizer, held.Activations
		r.Footprint = held.Total()
	default:
		r.Weights = s.Model.Weights(s.Precision)
		r.Cache = s.cache()
		r.Footprint = r.Weights + r.Cache
	}
	r.Capacity = s.capacity()
	r.Fits, r.Short = physics.Fits(r.Footprint, r.Capacity)
	r.Utilization = r.Footprint.Ratio(r.Capacity)
}

// cache is what the sequences keep once the pass is done.
func (s *SingleNode) cache() units.Bytes {
	if !s.Model.Generates() {
		return 0
	}
	tokens := float64(s.Context)
	if s.Phase == Prefill {
		tokens += float64(s.Prompt)
	}
	return s.Model.KVBytes(tokens, s.KVPrecision.Size(), 1).Times(float64(s.Batch))
}
