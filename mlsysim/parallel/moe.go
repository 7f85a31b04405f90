// Package parallel models how one network is spread over devices and what the
// devices then send each other. It leaves out the links themselves; package
// network has those.
//
//	r, err := parallel.MoERouting{Model: models.Mixtral_8x7B, Batch: 8, Sequence: 2048, EP: 8, Intra: 450 * units.GBps}.Solve()
package parallel

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// MoERouting is what a mixture of experts sends and computes when its tokens do
// not spread evenly (wall 14). The hottest expert gets i times the mean, and the
// others wait for it, so that a layer costs as if each token used k·i experts.
//
//	e = min(E, k·i), P_eff = P_s + e·p_e
//	V = B·S·H·b·e, T = (r−1)/r·V/β + (r−1)·α, r ranks
//
// Every layer is taken to hold experts. It leaves out capacity factors, dropped
// tokens and the overlap of sending with computing.
//
// Shazeer 2017; Fedus 2021, "Switch transformers"; Rajbhandari 2022,
// "DeepSpeed-MoE".
type MoERouting struct {
	Model        models.Model      `help:"mixture of experts" required:"true"`
	Batch        int               `help:"sequences that the group routes together" min:"1"`
	Sequence     int               `help:"tokens of each sequence" min:"1"`
	Precision    physics.Precision `help:"format of weights and of what is sent; auto is fp16"`
	EP           int               `help:"devices that the experts are spread over" min:"1" default:"1"`
	Imbalance    float64           `help:"tokens of the hottest expert over the mean" min:"1" default:"1"`
	PerNode      int               `help:"devices of the group in one node; 8 as in an HGX server" min:"1" default:"8"`
	Intra        units.ByteRate    `help:"link of a device inside the node, one way; 0 is unknown" min:"0"`
	IntraLatency units.Seconds     `help:"latency of one step on it" min:"0"`
	Inter        units.ByteRate    `help:"link of a device to other nodes, one way; 0 is unknown" min:"0"`
	InterLatency units.Seconds     `help:"latency of one step on it" min:"0"`
}

// MoERoutingResult is the cost of routing.
type MoERoutingResult struct {
	EffectiveExperts float64      `help:"experts per token that a layer costs as much as" better:"lower"`
	EffectiveParams  units.Params `help:"parameters per token that a pass costs as much as" better:"lower"`
	Multiplier       float64      `help:"effective over routed experts" better:"lower"`
	HotTokens        units.Tokens `help:"tokens that the hottest expert gets in each layer" better:"lower"`
	Distinct         float64      `help:"expected distinct experts of a layer that the tokens touch if they spread evenly"`

	Payload       units.Bytes   `help:"activations that a layer routes" better:"lower"`
	Dispatch      units.Bytes   `help:"part of them that leaves its device" better:"lower"`
	AllToAll      units.Seconds `help:"time to send them once" better:"lower" known:"LinkKnown"`
	Communication units.Seconds `help:"dispatch and combine of all layers" better:"lower" known:"LinkKnown"`
	LinkKnown     bool          `help:"the link that carries the group is known, or none is needed"`

	ExpertWeights units.Bytes `help:"experts on each device" better:"lower"`
	SharedWeights units.Bytes `help:"all other weights, which every device holds" better:"lower"`
	EP            int         `help:"devices that the experts are spread over"`
	Imbalance     float64     `help:"tokens of the hottest expert over the mean"`
	walls.Notes

	in MoERouting // with its defaults settled, for Explain
}

const moeName = "parallel.MoERouting"

// Solve fails only if a field is out of range.
func (s MoERouting) Solve() (MoERoutingResult, error) {
	if err := describe.Check(&s); err != nil {
		return MoERoutingResult{}, err
	}
	if err := s.refuse(); err != nil {
		return MoERoutingResult{}, err
	}
	if s.Precision == physics.Auto {
		s.Precision = physics.FP16
	}
	r := MoERoutingResult{EP: s.EP, Imbalance: s.Imbalance}
	s.experts(&r)
	s.send(&r)
	r.in = s
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s MoERouting) Run() MoERoutingResult { return walls.Must(s.Solve()) }

// refuse applies the rules between fields.
func (s *MoERouting) refuse() error {
	if field, value, want := s.Model.Inconsistent(); field != "" {
		return describe.Refuse(moeName, field, value, want)
	}
	switch {
	case s.Model.Experts == 0:
		return describe.Refuse(moeName, "Model", s.Model.Name, "a mixture of experts: this one is dense and routes nothing")
	case s.Model.Hidden == 0:
		return describe.Refuse(moeName, "Model.Hidden", s.Model.Hidden, "at least 1")
	case s.Model.Layers == 0:
		return describe.Refuse(moeName, "Model.Layers", s.Model.Layers, "at least 1")
	}
	return nil
}

// tokens is the number of tokens that are routed together.
func (s *MoERouting) tokens() units.Tokens {
	return units.Tokens(float64(s.Batch) * float64(s.Sequence))
}

// experts fills in what the devices compute and hold.
func (s *MoERouting) experts(r *MoERoutingResult) {
	m := &s.Model
	expert, shared := m.ExpertParams()
	r.EffectiveExperts = min(float64(m.Experts), float64(m.TopK)*s.Imbalance)
	r.EffectiveParams = units.Params(shared + r.EffectiveExperts*expert)
	r.Multiplier = r.EffectiveExperts / float64(m.TopK)
	r.HotTokens = s.tokens().Times(r.EffectiveExperts / float64(m.Experts))
	r.Distinct = physics.ExpectedExperts(m.Experts, m.TopK, float64(s.tokens()))
	r.ExpertWeights = s.Precision.Size().Times(expert * float64(m.Experts) / float64(s.EP))
	r.SharedWeights = s.Precision.Size().Times(shared)
}

// send fills in what the devices exchange.
func (s *MoERouting) send(r *MoERoutingResult) {
	n := float64(s.EP)
	r.Payload = s.Precision.Size().Times(float64(s.tokens()) * float64(s.Model.Hidden) * r.EffectiveExperts)
	r.Dispatch = r.Payload.Times((n - 1) / n)
	link, latency := s.link()
	if s.EP > 1 {
		r.Binding = walls.Network
	}
	if s.EP > s.PerNode {
		r.Warnings |= walls.CrossesNodes
	}
	if r.LinkKnown = link > 0 || s.EP == 1; !r.LinkKnown {
		return
	}
	r.AllToAll = physics.AllToAll(r.Payload, s.EP, link, latency)
	r.Communication = r.AllToAll.Times(2 * float64(s.Model.Layers))
}

// link is what carries the group: the node's if all its devices are in one.
func (s *MoERouting) link() (units.ByteRate, units.Seconds) {
	if s.EP <= s.PerNode && s.PerNode > 1 {
		return s.Intra, s.IntraLatency
	}
	return s.Inter, s.InterLatency
}
