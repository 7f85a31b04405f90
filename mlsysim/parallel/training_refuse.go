package parallel

import (
	"errors"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
)

// refuse applies the rules between fields.
func (s *Training) refuse() error {
	if err := pass.Refuse(trainingName, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	if err := s.refuseCluster(); err != nil {
		return err
	}
	if err := s.refuseSplit(); err != nil {
		return err
	}
	local := ceil(s.Batch, s.devices()/s.replica())
	switch {
	case s.Microbatches*s.Accumulation > local:
		return describe.Refuse(trainingName, "Microbatches", s.Microbatches, "with accumulation at most the sequences of a replica")
	case s.LoRA > 0 && s.Trainable != 1:
		return describe.Refuse(trainingName, "Trainable", s.Trainable, "1: the adapters decide what is trained")
	case s.LoRA > 0 && !s.Model.Attends():
		return describe.Refuse(trainingName, "LoRA", s.LoRA, "0: only networks with attention get adapters")
	}
	return nil
}

// refuseCluster looks at what no split changes.
func (s *Training) refuseCluster() error {
	switch {
	case s.Hardware.MainBandwidth() == 0:
		return describe.Refuse(trainingName, "Hardware.Bandwidth", s.Hardware.Bandwidth, "above 0 B/s")
	case s.Hardware.Capacity() == 0:
		return describe.Refuse(trainingName, "Hardware.Memory", s.Hardware.Memory, "above 0 B")
	case s.Model.ForwardOps(1) <= 0 || s.Model.NeedsFLOPs():
		return describe.Refuse(trainingName, "Model.FLOPs", s.Model.FLOPs, "above 0: parameters do not give this network's arithmetic")
	case s.Model.Stacked() && s.Model.Hidden == 0:
		return describe.Refuse(trainingName, "Model.Hidden", s.Model.Hidden, "at least 1")
	case s.devices() > 1 && s.PerNode > 1 && s.IntraLink == 0:
		return describe.Refuse(trainingName, "IntraLink", s.IntraLink, "above 0 B/s: the registry knows no link between these devices")
	case s.Nodes > 1 && s.Fabric == 0:
		return describe.Refuse(trainingName, "Fabric", s.Fabric, "above 0 B/s between servers")
	}
	return nil
}

// refuseSplit looks at how the network is spread.
func (s *Training) refuseSplit() error {
	// As floats: the product of four hostile counts overflows an int.
	needed := float64(s.TP) * float64(s.PP) * float64(s.EP) * float64(s.CP)
	switch {
	case s.TP > 1 && (!s.Model.Attends() || s.Model.Heads%s.TP != 0):
		return describe.Refuse(trainingName, "TP", s.TP, wantHeads)
	case s.PP > max(1, s.Model.Blocks()):
		return describe.Refuse(trainingName, "PP", s.PP, wantLayers)
	case s.Parts > s.Model.StageLayers(s.PP):
		return describe.Refuse(trainingName, "Parts", s.Parts, "at most the layers of a stage")
	case s.EP > 1 && s.EP > s.Model.Experts:
		return describe.Refuse(trainingName, "EP", s.EP, "at most the experts of the model")
	case s.EP > 1 && s.Model.Experts%s.EP != 0:
		return describe.Refuse(trainingName, "EP", s.EP, wantExperts)
	case s.CP > 1 && (!s.Model.Cuts() || s.Sequence%s.CP != 0):
		return describe.Refuse(trainingName, "CP", s.CP, wantSequence)
	case needed > float64(s.devices()) || s.devices()%s.replica() != 0:
		return describe.Refuse(trainingName, "TP·PP·EP·CP", needed, "a divisor of the cluster's devices, Nodes·PerNode")
	}
	return nil
}

// What a split has to be; the planner counts candidates by these words.
const (
	wantHeads    = "a divisor of the model's attention heads"
	wantLayers   = "at most the layers of the model"
	wantExperts  = "a divisor of the model's experts"
	wantSequence = "a divisor of the tokens of a sequence, in a network whose every layer attends to it"
)

func (s *Training) devices() int { return s.Nodes * s.PerNode }

func (s *Training) replica() int { return s.TP * s.PP * s.EP * s.CP }

// ceil divides and rounds up.
func ceil(a, b int) int { return (a + b - 1) / b }

// named says that another input refuses what its training step would, with the
// field's name there.
func named(err error, input string, rename ...string) error {
	var field *describe.FieldError
	if !errors.As(err, &field) {
		return err
	}
	refused := *field
	refused.Input = input
	refused.Field = strings.NewReplacer(rename...).Replace(refused.Field)
	return &refused
}
