package pass

import (
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Load describes the work that the steps of one pass derive.
type Load struct {
	Model  *models.Model
	Layout models.Layout
	Batch  int
	New    float64 // tokens per sequence that the pass computes; 0 for a network without tokens
	Cached float64 // tokens already there
	Decode bool
}

// WeightSteps derives the bytes of the weights on one device.
func (l Load) WeightSteps(field string) []walls.Step {
	m := l.Model
	return []walls.Step{{
		Name: "weights on each device", Symbol: "W", Formula: "N * b / t", Field: field,
		Terms: []walls.Term{
			{Symbol: "N", What: "parameters", Value: m.Params},
			{Symbol: "b", What: "bytes per parameter at " + l.Layout.Weights.String(), Value: l.Layout.Weights.Size()},
			{Symbol: "t", What: "tensor-parallel devices", Value: l.Layout.Ranks},
		},
		Value: m.Weights(l.Layout.Weights).Times(1 / float64(l.Layout.Ranks)),
	}}
}

// CacheSteps derives the cache of the batch at a length in tokens.
func (l Load) CacheSteps(tokens float64, symbol, name, field string) []walls.Step {
	m := l.Model
	element := l.Layout.Cache.Size()
	step := walls.Step{
		Name: name, Symbol: symbol, Formula: "B * s * e * b_kv", Field: field,
		Terms: []walls.Term{
			{Symbol: "B", What: "sequences", Value: l.Batch},
			{Symbol: "s", What: "tokens kept per sequence", Value: m.Attended(tokens)},
			{Symbol: "e", What: "elements per token on each device: " + m.CacheRule(), Value: m.KVElements(l.Layout.Ranks)},
			{Symbol: "b_kv", What: "bytes per element at " + l.Layout.Cache.String(), Value: element},
		},
		Value:  m.KVBytes(tokens, element, l.Layout.Ranks).Times(float64(l.Batch)),
		Source: "Ainslie 2023, GQA",
	}
	if state := m.StateElements(l.Layout.Ranks); state > 0 {
		step.Formula = "B * (s * e + n_s) * b_kv"
		step.Terms = append(step.Terms, walls.Term{Symbol: "n_s", What: "elements of state: state layers × inner width × (state + convolution)", Value: state})
		step.Source = "Gu, Dao 2023, Mamba"
	}
	return []walls.Step{step}
}

// WorkSteps derives the arithmetic and the traffic of a pass.
func (l Load) WorkSteps(p *physics.Pass) []walls.Step {
	ranks := walls.Term{Symbol: "t", What: "tensor-parallel devices", Value: l.Layout.Ranks}
	steps := []walls.Step{l.linearStep(p, ranks)}
	if l.New > 0 || p.Attention > 0 {
		steps = append(steps, l.attentionStep(p, ranks))
	}
	return append(steps, l.trafficSteps(p, ranks)...)
}

// runs is the sequences of a batch, or the times that its samples run through
// the network.
func (l Load) runs() float64 {
	if l.New > 0 {
		return float64(l.Batch)
	}
	return float64(l.Batch) * l.Model.Forwards()
}

// linearStep derives the arithmetic outside attention.
func (l Load) linearStep(p *physics.Pass, ranks walls.Term) walls.Step {
	m := l.Model
	step := walls.Step{
		Name: "arithmetic outside attention", Symbol: "F_lin", Formula: "T * f / t",
		Terms: []walls.Term{
			{Symbol: "T", What: "tokens or samples in the pass", Value: l.runs() * max(l.New, 1)},
			{Symbol: "f", What: m.LinearRule(), Value: m.LinearOps()},
			ranks,
		},
		Value: p.Linear, Source: "Kaplan 2020, appendix B",
	}
	switch {
	case l.New == 0 && m.SampleOps() > m.LinearOps():
		step.Formula = "T * n_i * f / t"
		step.Terms = append(step.Terms, walls.Term{Symbol: "n_i", What: "positions of one sample", Value: m.Input})
	case l.New > 0 && !l.Decode && m.Decodes():
		source, tokens := m.Fed(l.New)
		step.Formula = "T * (n_t * f + n_i * f_e) / t"
		step.Terms[0] = walls.Term{Symbol: "T", What: "sequences in the pass", Value: l.runs()}
		step.Terms = append(step.Terms,
			walls.Term{Symbol: "n_t", What: "tokens of the decoder", Value: tokens},
			walls.Term{Symbol: "n_i", What: "positions that the encoder reads", Value: source},
			walls.Term{Symbol: "f_e", What: "2 operations per parameter of the encoder and of cross-attention keys and values", Value: m.EncodeOps()})
		step.Source = "Vaswani 2017"
	}
	return step
}

// attentionStep derives the arithmetic of attention.
func (l Load) attentionStep(p *physics.Pass, ranks walls.Term) walls.Step {
	ops := l.Model.PrefillAttentionOps(l.New, l.Cached)
	what := "per sequence, over the tokens before each one"
	switch {
	case l.New == 0:
		ops, what = l.Model.SampleAttentionOps(), "per sample, of all positions over one another"
	case l.Decode:
		ops, what = l.Model.DecodeAttentionOps(l.Cached), "per sequence, over the tokens in the cache"
	}
	return walls.Step{
		Name: "arithmetic of attention", Symbol: "F_att", Formula: "B * f_att / t",
		Terms: []walls.Term{
			{Symbol: "B", What: "sequences", Value: l.runs()},
			{Symbol: "f_att", What: what, Value: ops},
			ranks,
		},
		Value: p.Attention, Source: "Pope 2023; Dao 2022",
	}
}

// weights is what one run through the network reads of them.
func (l Load) weights() units.Bytes {
	switch {
	case l.New == 0:
		return l.Model.SampleWeights(l.Batch, l.Layout.Weights)
	case l.Decode:
		return l.Model.DecodeWeights(float64(l.Batch), l.Layout.Weights)
	default:
		return l.Model.TouchedWeights(float64(l.Batch)*l.New, l.Layout.Weights)
	}
}

// trafficSteps derives the bytes that the pass moves.
func (l Load) trafficSteps(p *physics.Pass, ranks walls.Term) []walls.Step {
	weights := l.weights()
	rounds := 1.0
	what := "cache read and written by each device"
	if l.New == 0 {
		rounds = l.Model.Rounds()
		what = "activations read and written"
	}
	rest := p.Traffic - weights.Times(rounds/float64(l.Layout.Ranks))
	traffic := walls.Step{
		Name: "memory traffic", Symbol: "Q", Formula: "W_t / t + K",
		Terms: []walls.Term{{Symbol: "W_t", What: "weights that the pass reads", Value: weights}, ranks, {Symbol: "K", What: what, Value: rest}},
		Value: p.Traffic, Source: "Williams 2009",
	}
	if rounds > 1 {
		traffic.Formula = "n_d * W_t / t + K"
		traffic.Terms = append(traffic.Terms, walls.Term{Symbol: "n_d", What: "denoising steps", Value: rounds})
	}
	switch {
	case l.Model.Experts > 0:
		return []walls.Step{l.expertStep(weights), traffic}
	case l.Model.Family == models.Recommendation:
		return []walls.Step{l.lookupStep(weights), traffic}
	default:
		return []walls.Step{traffic}
	}
}

// expertStep derives the weights of the distinct experts that a batch touches.
func (l Load) expertStep(weights units.Bytes) walls.Step {
	expert, shared := l.Model.ExpertParams()
	return walls.Step{
		Name: "weights of the experts touched", Symbol: "W_t",
		Formula: "b * (P_s + p_e * E * (1 - pow(1 - k / E, T)))",
		Terms: []walls.Term{
			{Symbol: "b", What: "bytes per parameter", Value: l.Layout.Weights.Size()},
			{Symbol: "P_s", What: "parameters every token uses", Value: shared},
			{Symbol: "p_e", What: "parameters of one expert", Value: expert},
			{Symbol: "E", What: "experts", Value: l.Model.Experts},
			{Symbol: "k", What: "experts per token", Value: l.Model.TopK},
			{Symbol: "T", What: "tokens in the pass", Value: l.runs() * max(l.New, 1)},
		},
		Value: weights, Source: "Shazeer 2017",
	}
}

// lookupStep derives the weights beside embedding tables and the rows looked up.
func (l Load) lookupStep(weights units.Bytes) walls.Step {
	m := l.Model
	return walls.Step{
		Name: "dense weights, and the rows looked up", Symbol: "W_t",
		Formula: "b * (N - V * H + min(B * n_r, V) * H)",
		Terms: []walls.Term{
			{Symbol: "b", What: "bytes per parameter", Value: l.Layout.Weights.Size()},
			{Symbol: "N", What: "parameters", Value: m.Params},
			{Symbol: "V", What: "rows of all embedding tables", Value: m.Vocab},
			{Symbol: "H", What: "width of a row", Value: m.Hidden},
			{Symbol: "B", What: "samples", Value: float64(l.Batch)},
			{Symbol: "n_r", What: "rows that one sample reads", Value: m.Lookups},
		},
		Value: weights, Source: "Naumov 2019, DLRM",
	}
}
