package parallel

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// refuse applies the rules between fields.
func (s *Training) refuse(devices int) error {
	if err := pass.Refuse(trainingName, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	ranks := s.TP * s.PP * s.EP
	switch {
	case s.Hardware.MainBandwidth() == 0:
		return describe.Refuse(trainingName, "Hardware.Bandwidth", s.Hardware.Bandwidth, "above 0 B/s")
	case s.Hardware.Capacity() == 0:
		return describe.Refuse(trainingName, "Hardware.Memory", s.Hardware.Memory, "above 0 B")
	case s.Model.ForwardOps(1) <= 0 || s.Model.NeedsFLOPs():
		return describe.Refuse(trainingName, "Model.FLOPs", s.Model.FLOPs, "above 0: parameters do not give this network's arithmetic")
	case s.Model.Stacked() && s.Model.Hidden == 0:
		return describe.Refuse(trainingName, "Model.Hidden", s.Model.Hidden, "at least 1")
	case s.TP > 1 && (!s.Model.Attends() || s.Model.Heads%s.TP != 0):
		return describe.Refuse(trainingName, "TP", s.TP, "a divisor of the model's attention heads")
	case s.PP > max(1, s.Model.Blocks()):
		return describe.Refuse(trainingName, "PP", s.PP, "at most the layers of the model")
	case s.EP > 1 && s.EP > s.Model.Experts:
		return describe.Refuse(trainingName, "EP", s.EP, "at most the experts of the model")
	case ranks > devices || devices%ranks != 0:
		return describe.Refuse(trainingName, "TP·PP·EP", ranks, "a divisor of the cluster's devices, Nodes·PerNode")
	case devices > 1 && s.PerNode > 1 && s.IntraLink == 0:
		return describe.Refuse(trainingName, "IntraLink", s.IntraLink, "above 0 B/s: the registry knows no link between these devices")
	case s.Nodes > 1 && s.Fabric == 0:
		return describe.Refuse(trainingName, "Fabric", s.Fabric, "above 0 B/s between servers")
	}
	return nil
}

// tiers are the links of a group of ranks of which so many lie in each server.
func (s *Training) tiers(ranks, perNode int) physics.Tiers {
	return physics.Tiers{
		Ranks: ranks, PerNode: max(1, perNode), Intra: s.IntraLink, IntraLatency: s.IntraLatency,
		Inter: s.port(), InterLatency: s.FabricLatency, NodeSwitch: s.NodeSwitch, FabricSwitch: s.FabricSwitch,
	}
}

// allReduce is the time of an all-reduce by the algorithm of the input.
func (s *Training) allReduce(message units.Bytes, t *physics.Tiers) units.Seconds {
	switch {
	case t.Ranks == 1:
		return 0
	case s.Algorithm == physics.AutoAlgorithm:
		least, _ := t.Cheapest(message)
		return least
	case s.Algorithm == physics.Hierarchical && t.Crosses():
		return physics.HierarchicalAllReduce(message, *t)
	case !t.Allows(s.Algorithm):
		return t.AllReduce(message, physics.Ring)
	default:
		return t.AllReduce(message, s.Algorithm)
	}
}

// message is the residual stream of one microbatch.
func (s *Training) message(r *TrainingResult) units.Bytes {
	u := float64(r.Local) / float64(s.Microbatches*s.Accumulation)
	return s.Precision.Size().Times(u * float64(s.Sequence) * float64(s.Model.Hidden))
}

// rounds is the number of collectives of a kind: four for each layer of a stage
// and microbatch, two forward and two backward.
func (s *Training) rounds() float64 {
	return 4 * float64(s.Model.StageLayers(s.PP)) * float64(s.Microbatches*s.Accumulation)
}

// tensorOnce is the time of one all-reduce of tensor parallelism.
func (s *Training) tensorOnce(r *TrainingResult) units.Seconds {
	tp := s.tiers(s.TP, s.PerNode)
	return s.allReduce(s.message(r), &tp)
}

// expertOnce is the time of one all-to-all: the experts' ranks share the samples.
func (s *Training) expertOnce(r *TrainingResult) units.Seconds {
	if s.EP == 1 {
		return 0
	}
	t := s.tiers(s.EP, s.PerNode/s.TP)
	link, latency := t.Flat()
	sent := s.message(r).Times(float64(s.Model.TopK) * s.Imbalance / float64(s.EP))
	return physics.AllToAll(sent, s.EP, link, latency)
}

// stageOnce is the time of one message to the next pipeline stage.
func (s *Training) stageOnce(r *TrainingResult) units.Seconds {
	if s.PP == 1 {
		return 0
	}
	link, latency := s.IntraLink, s.IntraLatency
	if s.TP*s.PP*s.EP > s.PerNode {
		link, latency = s.port(), s.FabricLatency
	}
	return s.message(r).Times(1/float64(s.TP)).Over(link) + latency
}

// gradients are the times of the exchange of shared and of expert gradients.
// ZeRO-3 gathers the weights once more: three halves of the bytes.
func (s *Training) gradients(r *TrainingResult) (shared, experts units.Seconds) {
	expert, common := s.Model.ExpertParams()
	size := physics.GradientSize(s.Precision).Times(s.Trainable / float64(s.TP*s.PP))
	whole := s.tiers(r.DP*s.EP, s.PerNode/(s.TP*s.PP))
	shared = s.allReduce(size.Times(common), &whole)
	if expert > 0 {
		each := s.tiers(r.DP, s.PerNode/(s.TP*s.PP*s.EP))
		experts = s.allReduce(size.Times(float64(s.Model.Experts)*expert/float64(s.EP)), &each)
	}
	return shared.Times(s.zeroFactor()), experts.Times(s.zeroFactor())
}

func (s *Training) zeroFactor() float64 {
	if s.ZeRO == 3 {
		return 1.5
	}
	return 1
}

// messages is the number of times that a stage hands a microbatch on.
func (s *Training) messages() float64 {
	return 2 * float64(s.Parts) * float64(s.Microbatches*s.Accumulation)
}

// send fills in the communication.
func (s *Training) send(r *TrainingResult) {
	shared, experts := s.gradients(r)
	r.DataPar = (shared + experts).Times(s.Congestion)
	r.TensorPar = s.tensorOnce(r).Times(s.rounds() * s.Congestion)
	r.ExpertPar = s.expertOnce(r).Times(s.rounds() * s.Congestion)
	r.Stages = s.stageOnce(r).Times(s.messages() * s.Congestion)
}
