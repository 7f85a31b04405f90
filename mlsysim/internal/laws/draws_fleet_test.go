package laws_test

import (
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
)

func drawMemory(c *trial) training.Memory {
	s := drawn[training.Memory](c)
	s.Hardware = device(c, func(h *hardware.Device) bool { return h.Capacity() > 0 })
	s.TP, s.CP, s.PP = 1, 1, upTo(c, "pp", s.Model.Blocks())
	if s.Model.Attends() {
		s.TP = divisor(c, "tp", s.Model.Heads, 64)
	}
	if s.Model.Cuts() {
		s.CP = divisor(c, "cp", max(s.Sequence, 1), 8)
	}
	s.EP = divisor(c, "ep", s.Model.Experts, s.Model.Experts)
	s.Parts = upTo(c, "parts", min(s.Model.StageLayers(s.PP), 8))
	s.LoRA, s.Trainable = adapters(c, &s.Model, s.LoRA, s.Trainable)
	return s
}

// computes is a device that a network can be trained on.
func computes(h *hardware.Device) bool {
	return h.Capacity() > 0 && h.MainBandwidth() > 0 && h.Rates.At(h.Best()) > 0
}

// drawStep is a training step on a cluster that its parallelism divides.
func drawStep(c *trial) parallel.Training {
	s := drawn[parallel.Training](c)
	s.Hardware = device(c, computes)
	s.Precision = format(c, &s.Hardware)
	s.TP, s.CP, s.PP = 1, 1, upTo(c, "pp", min(s.Model.Blocks(), 16))
	if s.Model.Attends() {
		s.TP = divisor(c, "tp", s.Model.Heads, 16)
	}
	if s.Model.Cuts() {
		s.CP = divisor(c, "cp", max(s.Sequence, 1), 8)
	}
	s.EP = divisor(c, "ep", s.Model.Experts, s.Model.Experts)
	s.Parts = upTo(c, "parts", min(s.Model.StageLayers(s.PP), 8))
	s.LoRA, s.Trainable = adapters(c, &s.Model, s.LoRA, s.Trainable)
	ranks := s.TP * s.PP * s.EP * s.CP
	s.PerNode = pick(c, "per node", 1, 2, 4, 8, 16, ranks)
	s.Nodes = ranks * pick(c, "groups", 1, 2, 3, 8, 64)
	if s.Nodes < 100_000 && rapid.IntRange(0, 3).Draw(c.T, "one server") == 0 {
		s.Nodes, s.PerNode = 1, s.Nodes
	}
	s.IntraLink, s.Fabric = linked(s.IntraLink, s.Fabric)
	dp := s.Nodes * s.PerNode / ranks
	local := (max(s.Batch, 1) + dp - 1) / dp
	s.Accumulation = upTo(c, "accumulation", min(local, 64))
	s.Microbatches = upTo(c, "microbatches", min(local/s.Accumulation, 64))
	return s
}

// adapters decide what is trained, and go onto attention.
func adapters(c *trial, m *models.Model, rank int, trainable float64) (int, float64) {
	switch {
	case rank == 0:
		return 0, trainable
	case m.Attends():
		return upTo(c, "lora", 256), 1
	default:
		return 0, 1
	}
}

// linked gives a cluster the links that it needs.
func linked(intra, fabric units.ByteRate) (units.ByteRate, units.ByteRate) {
	if intra == 0 {
		intra = 450 * units.GBps
	}
	if fabric == 0 {
		fabric = 50 * units.GBps
	}
	return intra, fabric
}

func drawRoofline(c *trial) parallel.NetworkRoofline {
	step := drawStep(c)
	s := drawn[parallel.NetworkRoofline](c)
	s.Model, s.Hardware, s.Precision, s.Sequence = step.Model, step.Hardware, step.Precision, step.Sequence
	s.IntraLink, s.Fabric = linked(s.IntraLink, max(s.Fabric, 1))
	s.TP, s.PP = step.TP, step.PP
	s.PerNode = pick(c, "per node", 1, 2, 4, 8, 16)
	s.Nodes = s.TP * s.PP * pick(c, "groups", 1, 2, 3, 8, 64)
	if chance(c, "one server") {
		s.Nodes, s.PerNode = 1, s.Nodes
	}
	return s
}

func drawInference(c *trial) parallel.Inference {
	request := drawServing(c)
	s := drawn[parallel.Inference](c)
	s.Model = model(c, func(m *models.Model) bool { return m.Generates() && !m.Decodes() })
	s.Hardware, s.Precision = device(c, server), format(c, &request.Hardware)
	if s.Hardware.Rates.At(s.Precision) == 0 {
		s.Precision = physics.Auto
	}
	s.TP, s.CP, s.PP = divisor(c, "tp", s.Model.Heads, 16), 1, upTo(c, "pp", min(s.Model.Layers, 8))
	s.EP = divisor(c, "ep", s.Model.Experts, s.Model.Experts)
	if s.Model.Cuts() {
		s.CP = upTo(c, "cp", min(s.Prompt, 8))
	}
	ranks := s.TP * s.PP * s.EP * s.CP
	s.PerNode = pick(c, "per node", 1, 2, 4, 8, 16, ranks)
	s.Nodes = ranks * pick(c, "groups", 1, 2, 3)
	s.IntraLink, s.Fabric = linked(s.IntraLink, s.Fabric)
	s.Microbatches = min(s.Microbatches, s.Batch)
	return s
}

// drawPlan is a search over few candidates.
func drawPlan(c *trial) parallel.Plan {
	s := drawn[parallel.Plan](c)
	s.Hardware = device(c, computes)
	s.Precision = format(c, &s.Hardware)
	s.IntraLink, s.Fabric = linked(s.IntraLink, s.Fabric)
	s.Nodes, s.PerNode = pick(c, "nodes", 1, 2, 3), pick(c, "per node", 1, 2, 4)
	s.Batch, s.MaxPP = upTo(c, "batch", 64), pick(c, "max pp", 1, 2, 4)
	s.LoRA, s.Trainable = adapters(c, &s.Model, s.LoRA, s.Trainable)
	return s
}

func drawCollective(c *trial) network.Collective {
	s := drawn[network.Collective](c)
	s.Operation, s.Algorithm = network.AllReduce, physics.AutoAlgorithm
	if s.Intra == 0 {
		s.Intra = 450 * units.GBps
	}
	if s.Inter == 0 {
		s.Inter = 50 * units.GBps
	}
	return s
}

// drawTopology keeps only the switches that its kind has.
func drawTopology(c *trial) network.Topology {
	s := drawn[network.Topology](c)
	switch s.Kind {
	case network.Torus3D, network.Ring, network.Cube:
		s.Local, s.InPod, s.CoreOversubscription = 0, 0, 1
	case network.Dragonfly, network.RailOptimised:
		s.InPod, s.CoreOversubscription = 0, 1
	}
	s.InPod = min(s.InPod, 1-s.Local)
	if s.Tiers == 1 || s.Tiers == 2 {
		s.InPod, s.CoreOversubscription = 0, 1
	}
	if s.Tiers == 1 {
		s.Oversubscription = 1
	}
	return s
}
