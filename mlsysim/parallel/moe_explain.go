package parallel

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives what is computed, held and sent.
func (r MoERoutingResult) Explain() walls.Trace {
	t := walls.Trace{
		Title:   fmt.Sprintf("%s routed over %d devices", r.in.Model.Name, r.in.EP),
		Omitted: []string{"capacity factors and dropped tokens", "overlap of sending with computing", "layers without experts"},
	}
	t.Steps = append(t.Steps, r.expertSteps()...)
	t.Steps = append(t.Steps, r.weightSteps()...)
	t.Steps = append(t.Steps, r.sendSteps()...)
	return t
}

func (r *MoERoutingResult) term(symbol string) walls.Term {
	m := &r.in.Model
	expert, shared := m.ExpertParams()
	for _, t := range []walls.Term{
		{Symbol: "E", What: "experts in a layer", Value: m.Experts},
		{Symbol: "k", What: "experts that a token is routed to", Value: m.TopK},
		{Symbol: "i", What: "tokens of the hottest expert over the mean", Value: r.Imbalance},
		{Symbol: "e", What: "effective experts per token", Value: r.EffectiveExperts},
		{Symbol: "P_s", What: "parameters every token uses", Value: shared},
		{Symbol: "p_e", What: "parameters of one expert, all layers", Value: expert},
		{Symbol: "N", What: "tokens routed together", Value: r.in.tokens()},
		{Symbol: "r", What: "devices that the experts are spread over", Value: r.EP},
		{Symbol: "b", What: "bytes per element at " + r.in.Precision.String(), Value: r.in.Precision.Size()},
	} {
		if t.Symbol == symbol {
			return t
		}
	}
	return walls.Term{Symbol: symbol, Value: 0.0}
}

func (r *MoERoutingResult) terms(symbols ...string) []walls.Term {
	var out []walls.Term
	for _, s := range symbols {
		out = append(out, r.term(s))
	}
	return out
}

// expertSteps derive what a layer costs and touches.
func (r *MoERoutingResult) expertSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "effective experts per token", Symbol: "e", Formula: "min(E, k * i)", Field: "EffectiveExperts",
			Terms: r.terms("E", "k", "i"), Value: r.EffectiveExperts, Source: "Fedus 2021, Switch transformers",
		},
		{
			Name: "effective parameters per token", Symbol: "P_eff", Formula: "P_s + e * p_e", Field: "EffectiveParams",
			Terms: r.terms("P_s", "e", "p_e"), Value: r.EffectiveParams, Source: "Shazeer 2017",
		},
		{
			Name: "effective over routed experts", Symbol: "x", Formula: "e / k", Field: "Multiplier",
			Terms: r.terms("e", "k"), Value: r.Multiplier,
		},
		{
			Name: "tokens of the hottest expert", Symbol: "N_h", Formula: "N * e / E", Field: "HotTokens",
			Terms: r.terms("N", "e", "E"), Value: r.HotTokens,
		},
		{
			Name: "distinct experts touched", Symbol: "E_t", Formula: "E * (1 - pow(1 - k / E, N))", Field: "Distinct",
			Terms: r.terms("E", "k", "N"), Value: r.Distinct, Source: "Shazeer 2017",
		},
	}
}

// weightSteps derive what each device holds: only experts are spread.
func (r *MoERoutingResult) weightSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "experts on each device", Symbol: "W_e", Formula: "b * E * p_e / r", Field: "ExpertWeights",
			Terms: r.terms("b", "E", "p_e", "r"), Value: r.ExpertWeights, Source: "Rajbhandari 2022, DeepSpeed-MoE",
		},
		{
			Name: "other weights on each device", Symbol: "W_s", Formula: "b * P_s", Field: "SharedWeights",
			Terms: r.terms("b", "P_s"), Value: r.SharedWeights,
		},
	}
}

// sendSteps derive the exchange.
func (r *MoERoutingResult) sendSteps() []walls.Step {
	payload := walls.Term{Symbol: "V", What: "activations that a layer routes", Value: r.Payload}
	steps := []walls.Step{
		{
			Name: "activations that a layer routes", Symbol: "V", Formula: "N * H * b * e", Field: "Payload",
			Terms: append(r.terms("N", "b", "e"), walls.Term{Symbol: "H", What: "width of the residual stream", Value: r.in.Model.Hidden}),
			Value: r.Payload, Source: "Rajbhandari 2022, DeepSpeed-MoE",
		},
		{
			Name: "part that leaves its device", Symbol: "V_d", Formula: "V * (r - 1) / r", Field: "Dispatch",
			Terms: append(r.terms("r"), payload), Value: r.Dispatch,
		},
	}
	if r.EP == 1 || !r.LinkKnown {
		return steps
	}
	link, latency := r.in.link()
	return append(steps,
		walls.Step{
			Name: "time to send them once", Symbol: "T", Formula: "V_d / beta + (r - 1) * alpha", Field: "AllToAll",
			Terms: append(r.terms("r"),
				walls.Term{Symbol: "V_d", What: "part that leaves its device", Value: r.Dispatch},
				walls.Term{Symbol: "beta", What: "link that carries the group", Value: link},
				walls.Term{Symbol: "alpha", What: "latency of a step", Value: latency}),
			Value: r.AllToAll, Source: "Thakur, Rabenseifner, Gropp 2005",
		},
		walls.Step{
			Name: "dispatch and combine of all layers", Symbol: "T_n", Formula: "2 * L * T", Field: "Communication",
			Terms: []walls.Term{{Symbol: "L", What: "layers", Value: r.in.Model.Layers}, {Symbol: "T", What: "time to send them once", Value: r.AllToAll}},
			Value: r.Communication,
		})
}

// View describes the result.
func (r MoERoutingResult) View() show.View {
	return show.View{
		Title:    fmt.Sprintf("%s routed over %d devices", r.in.Model.Name, r.EP),
		Subtitle: fmt.Sprintf("%d sequences of %d tokens, imbalance %g", r.in.Batch, r.in.Sequence, r.Imbalance),
		Status:   show.Info, Data: r,
		Blocks: []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
}
