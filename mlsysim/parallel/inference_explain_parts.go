package parallel

import (
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// workSteps derive the arithmetic and the traffic of a device.
func (t *turning) workSteps() []walls.Step {
	m := &t.Model
	expert, _ := m.ExpertParams()
	routed := units.FLOP(2 * expert * float64(m.TopK))
	hot := units.FLOP(2 * expert * min(float64(m.Experts), float64(m.TopK)*t.Imbalance))
	attend, what := m.PrefillAttentionOps(float64(t.Prompt), 0), "of a request, over the tokens before each one"
	if t.decode {
		attend, what = m.DecodeAttentionOps(t.cached), "of a request, over the tokens in the cache"
	}
	own := walls.Term{Symbol: "b_o", What: "requests that a device attends for", Value: t.own}
	tensor := walls.Term{Symbol: "t", What: "tensor-parallel devices", Value: t.tp}
	return append(
		[]walls.Step{
			{
				Name: "arithmetic outside attention", Symbol: "F_" + t.mark, Formula: "((f - f_k) * b_o + f_h * b_m / ep) * n_t * l / (L * t)",
				Terms: append(
					t.stageTerms(), own, tensor,
					walls.Term{Symbol: "f", What: m.LinearRule(), Value: m.LinearOps()},
					walls.Term{Symbol: "f_k", What: "that of the experts that a token is routed to", Value: routed},
					walls.Term{Symbol: "f_h", What: "that of experts which get the most tokens", Value: hot},
					walls.Term{Symbol: "b_m", What: "requests of a microbatch", Value: t.each},
					walls.Term{Symbol: "ep", What: "devices that the experts are spread over", Value: t.ep},
					walls.Term{Symbol: "n_t", What: "tokens of each that a device computes", Value: t.tokens},
				), Value: t.turn.pass.Linear, Source: "Kaplan 2020, appendix B",
			},
			{
				Name: "arithmetic of attention", Symbol: "A_" + t.mark, Formula: "f_att * b_o * l / (L * t * c)",
				Terms: append(
					t.stageTerms(), own, tensor,
					walls.Term{Symbol: "f_att", What: what, Value: attend},
					walls.Term{Symbol: "c", What: "devices that a sequence is cut over", Value: t.cp},
				), Value: t.turn.pass.Attention, Source: "Pope 2023; Dao 2022",
			},
		}, t.trafficSteps(own, tensor)...)
}

// trafficSteps derive the weights that the pass reads, and all traffic.
func (t *turning) trafficSteps(own, tensor walls.Term) []walls.Step {
	m := &t.Model
	expert, common := m.ExpertParams()
	size := walls.Term{Symbol: "b", What: "bytes per parameter at " + t.Precision.String(), Value: t.Precision.Size()}
	weights := walls.Step{
		Name: "weights that the pass reads", Symbol: "W_" + t.mark, Formula: "b * P_s * l / (L * t)",
		Terms: append(t.stageTerms(), tensor, size, walls.Term{Symbol: "P_s", What: "parameters every token uses", Value: common}),
		Value: t.touched(t.tokens), Source: "Shazeer 2017",
	}
	if expert > 0 {
		weights.Formula = "b * (P_s + p_e * E / ep * (1 - pow(1 - k / E, b_m * n_t))) * l / (L * t)"
		weights.Terms = append(
			weights.Terms,
			walls.Term{Symbol: "p_e", What: "parameters of one expert", Value: expert},
			walls.Term{Symbol: "E", What: "experts", Value: m.Experts},
			walls.Term{Symbol: "k", What: "experts per token", Value: m.TopK},
			walls.Term{Symbol: "ep", What: "devices that the experts are spread over", Value: t.ep},
			walls.Term{Symbol: "b_m", What: "requests of a microbatch", Value: t.each},
			walls.Term{Symbol: "n_t", What: "tokens of each", Value: t.tokens},
		)
	}
	return []walls.Step{weights, {
		Name: "memory traffic", Symbol: "Q_" + t.mark, Formula: "W_" + t.mark + " + K * b_o",
		Terms: []walls.Term{
			{Symbol: "W_" + t.mark, What: "weights", Value: t.touched(t.tokens)},
			own,
			{Symbol: "K", What: "cache of a request on a device, read or written", Value: t.moved(t.cached, t.decode)},
		}, Value: t.turn.pass.Traffic, Source: "Williams 2009",
	}}
}

// sendSteps derive the messages of the turn.
func (t *turning) sendSteps() []walls.Step {
	var steps []walls.Step
	if t.tp > 1 {
		steps = append(steps, t.tensorSteps()...)
	}
	if t.ep > 1 {
		steps = append(steps, t.expertSteps()...)
	}
	if t.pp > 1 {
		steps = append(steps, t.hopStep())
	}
	if t.cp > 1 {
		steps = append(steps, t.contextSteps()...)
	}
	return steps
}

// field is a result field that only decoding has.
func (t *turning) field(name string) string {
	if t.decode {
		return name
	}
	return ""
}

func (t *turning) kappa() walls.Term {
	return walls.Term{Symbol: "kappa", What: "congestion", Value: t.Congestion}
}

// all derives the time of all messages of a kind from that of one.
func (t *turning) all(name, kind, field, source string, perLayer string, one, value units.Seconds) walls.Step {
	return walls.Step{
		Name: name, Symbol: "X_" + kind + t.mark, Formula: perLayer + "l * x_" + kind + t.mark + " * kappa", Field: t.field(field), Source: source,
		Terms: []walls.Term{
			{Symbol: "l", What: "layers of the largest stage", Value: t.layers}, {Symbol: "x_" + kind + t.mark, What: "one of them", Value: one}, t.kappa(),
		}, Value: value,
	}
}

func (t *turning) tensorSteps() []walls.Step {
	group := t.group(t.tp, t.PerNode)
	message := t.stream(t.tokens)
	one := t.reduced(message, &group)
	return []walls.Step{
		t.measured(t.reduceStep("one all-reduce of the residual stream", "x_t"+t.mark, message, &group), one),
		t.all("all-reduces, two per layer", "t", "TensorPar", "Shoeybi 2019", "2 * ", one, t.tensor),
	}
}

func (t *turning) expertSteps() []walls.Step {
	group := t.group(t.ep, t.PerNode/(t.tp*t.cp))
	link, latency := group.Flat()
	others := float64(t.ep - 1)
	one := t.routing(&group, t.tokens)
	return []walls.Step{
		sendStep("one all-to-all of what is routed", "x_e"+t.mark, "Thakur, Rabenseifner, Gropp 2005", t.routed(t.tokens).Times(others/float64(t.ep)), others, link, latency, one),
		t.all("all-to-alls, two per layer", "e", "ExpertPar", "Rajbhandari 2022, DeepSpeed-MoE", "2 * ", one, t.expert),
	}
}

func (t *turning) hopStep() walls.Step {
	link, latency := t.hop(t.replica())
	return walls.Step{
		Name: "message to the next stage", Symbol: "X_p" + t.mark, Formula: "(Y / t / beta + alpha) * kappa", Field: t.field("Hop"),
		Terms: []walls.Term{
			{Symbol: "Y", What: "residual stream", Value: t.stream(t.tokens)},
			{Symbol: "t", What: "tensor-parallel devices", Value: t.tp},
			{Symbol: "beta", What: "link", Value: link},
			{Symbol: "alpha", What: "latency", Value: latency},
			t.kappa(),
		}, Value: t.handed,
	}
}

// measured replaces an ideal step by what the engine's all-reduce takes.
func (t *turning) measured(s walls.Step, value units.Seconds) walls.Step {
	if s.Value == any(value) {
		return s
	}
	s.Name += ", as the engine's takes"
	s.Formula, s.Source = "max(x_i, x_m)", ""
	s.Terms = []walls.Term{{Symbol: "x_i", What: "ideal", Value: s.Value}, {Symbol: "x_m", What: "measured form of " + t.Stack.Name, Value: value}}
	s.Value = value
	return s
}

// contextSteps derive what the parts of a sequence send each other.
func (t *turning) contextSteps() []walls.Step {
	group := t.partsOf()
	if t.decode {
		one := t.reduced(t.attended(), &group)
		return []walls.Step{
			t.measured(t.reduceStep("one sum of what the parts attended to", "x_c"+t.mark, t.attended(), &group), one),
			t.all("sums over the parts of a sequence, one per layer", "c", "ContextPar", "Yang 2024", "", one, t.context),
		}
	}
	link, latency := group.Flat()
	hops := float64(t.cp - 1)
	return []walls.Step{
		sendStep("keys and values of a layer passed round", "x_c"+t.mark, "Liu 2023, Ring attention", t.keys().Times(hops), hops, link, latency, t.ring()),
		exposure("part that attention does not hide", "X_c"+t.mark, "max(0, l * x_c"+t.mark+" * kappa - T_a * (1 - 1 / c))", "", "Liu 2023, Ring attention", t.context,
			walls.Term{Symbol: "l", What: "layers of the largest stage", Value: t.layers}, walls.Term{Symbol: "x_c" + t.mark, What: "one layer", Value: t.ring()}, t.kappa(),
			walls.Term{Symbol: "T_a", What: "what arithmetic outside attention leaves of a device's time", Value: t.attending(&t.turn)},
			walls.Term{Symbol: "c", What: "parts of a sequence", Value: t.cp}),
	}
}
