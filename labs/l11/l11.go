// Package l11 is the lab "Collectives and oversubscription": what the exchange of
// gradients costs, by ring, by tree and in three phases, and what a cheaper fabric
// does to it.
//
//	d := l11.Lab().Draw("s123")
//
// It leaves out congestion by other jobs, lost packets and the arithmetic of the
// sums.
package l11

import (
	_ "embed"

	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed text.md
var text string

// Lab returns the lab.
func Lab() spec.Lab {
	return spec.Lab{
		ID: "L11", Slug: "collectives", Title: "Collectives and oversubscription", Version: 1, Minutes: 40, Week: 8,
		Prerequisites: []string{"L01"},
		Objective:     "Price the fabric of a cluster by what it does to the exchange of gradients.",
		Objectives: []string{
			"state the time of a ring all-reduce and its limit for many devices",
			"choose between ring and tree, and find the message at which it turns",
			"say which part of an exchange an oversubscribed fabric stretches, and by how much",
			"follow the bytes through the three phases of a hierarchical all-reduce",
			"say how much of an exchange the arithmetic cannot hide",
		},
		Params: []spec.Param{
			{Name: "device", Var: "gpu", Devices: []string{"A100", "H100", "B200"}},
			{Name: "network", Var: "net", Models: []string{"Qwen2_5_7B", "Llama3_8B", "Gemma2_9B", "Mistral_Nemo_12B", "Qwen2_5_14B"}},
			{Name: "servers", Var: "servers", Choices: []int{4, 8, 16, 32, 64}},
			{Name: "oversubscription", Var: "k", Numbers: []float64{2, 3, 4, 5}},
		},
		Setup: `grads = FP16.Size().Times(float64(net.Params)) // the gradients of all parameters, 16 bit each
	sync = Collective{Message: grads, Ranks: 8*servers, PerNode: 8, Intra: gpu.ScaleUp, IntraLatency: gpu.ScaleUpLatency, Inter: 50*GBps, InterLatency: 5*Microsecond, Algorithm: Hierarchical}`,
		First:     "Show(sync.Run())",
		Text:      text,
		Questions: []spec.Question{ring(), tree(), oversubscribed(), phases(), exposed()},
	}
}

// The ports of the cluster, and the message of question 2.
const (
	port    = 50 * units.GBps
	latency = 5 * units.Microsecond
	bucket  = 25 * units.MB
	perNode = 8
)

// grads are the gradients of the network.
func grads(d spec.Draw) units.Bytes {
	return physics.FP16.Size().Times(float64(d.Model("network").Params))
}

// ports is an exchange between one device of each server.
func ports(d spec.Draw) network.Collective {
	return network.Collective{Message: bucket, Ranks: d.Int("servers"), PerNode: 1, Inter: port, InterLatency: latency}
}

// exchange is that of the gradients between all devices.
func exchange(d spec.Draw) network.Collective {
	gpu := d.Device("device")
	return network.Collective{
		Message: grads(d), Ranks: perNode * d.Int("servers"), PerNode: perNode,
		Intra: gpu.ScaleUp, IntraLatency: gpu.ScaleUpLatency, Inter: port, InterLatency: latency, Algorithm: physics.Hierarchical,
	}
}

// shared is the same exchange on the oversubscribed fabric.
func shared(d spec.Draw, k float64) network.Collective {
	c := exchange(d)
	c.Inter = network.Topology{Nodes: d.Int("servers"), Link: port, Oversubscription: k}.Run().Effective
	return c
}

// step is a training step whose arithmetic hides an exchange on that fabric.
func step(d spec.Draw) parallel.NetworkRoofline {
	return parallel.NetworkRoofline{
		Model: d.Model("network"), Hardware: d.Device("device"), Nodes: d.Int("servers"), Fabric: port, Oversubscription: d.Number("oversubscription"),
		Batch: perNode * d.Int("servers"), Sequence: 2048,
	}
}
