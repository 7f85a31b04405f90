package models

// Inconsistent returns the first field that contradicts the others, its value
// and what is wanted instead, or an empty field name.
func (m *Model) Inconsistent() (field string, value any, want string) {
	switch {
	case m.Params == 0:
		return "Model.Params", m.Params, "above 0"
	case m.Active > m.Params:
		return "Model.Active", m.Active, "at most all parameters"
	case m.Experts > 0 && (m.TopK < 1 || m.TopK > m.Experts):
		return "Model.TopK", m.TopK, "between 1 and the number of experts"
	case m.Experts > m.TopK && m.Active == 0:
		return "Model.Active", m.Active, "above 0 for a mixture of experts"
	case m.Experts > 0 && m.Experts == m.TopK && m.Active > 0 && m.Active < m.Params:
		return "Model.Active", m.Active, "all parameters: every token uses every expert"
	case m.KVHeads > m.Heads:
		return "Model.KVHeads", m.KVHeads, "at most the attention heads"
	case m.GlobalKVHeads > m.Heads:
		return "Model.GlobalKVHeads", m.GlobalKVHeads, "at most the attention heads"
	case m.GlobalLayers > m.Layers:
		return "Model.GlobalLayers", m.GlobalLayers, "at most the layers"
	case m.DenseLayers > m.Layers:
		return "Model.DenseLayers", m.DenseLayers, "at most the layers"
	}
	if field, value, want = m.incomplete(); field != "" {
		return field, value, want
	}
	if m.FLOPs == 0 && m.MatmulParams() <= 0 {
		return "Model.Vocab", m.Vocab, "an input embedding smaller than the network"
	}
	if _, shared := m.ExpertParams(); shared < 0 {
		return "Model.Active", m.Active, "at least what the experts leave over: (experts − k)/experts of all parameters are in the others"
	}
	return "", nil, ""
}

// incomplete returns the first field that the network's family needs.
func (m *Model) incomplete() (field string, value any, want string) {
	switch {
	case m.Family == EncoderDecoder && (m.EncoderLayers == 0 || m.FFN == 0):
		return "Model.EncoderLayers", m.EncoderLayers, "at least 1, and the width FFN: the shape tells encoder and decoder apart"
	case m.Family == EncoderDecoder && m.encoderParams() >= m.Params:
		return "Model.EncoderLayers", m.EncoderLayers, "an encoder smaller than the network"
	case m.Family == SSM && (m.State == 0 || m.innerWidth() == 0):
		return "Model.State", m.State, "at least 1, and a width Hidden or Inner, in a state-space network"
	case m.Family == SSM && m.GlobalLayers > 0 && m.AttentionWidth() == 0:
		return "Model.Heads", m.Heads, "at least 1 where some layers attend"
	case m.Family == Diffusion && m.Steps == 0:
		return "Model.Steps", m.Steps, "at least 1 denoising step"
	case m.Family == Recommendation && (m.Lookups == 0 || m.embedding() == 0):
		return "Model.Lookups", m.Lookups, "at least 1, and rows Vocab of width Hidden, for embedding tables"
	default:
		return "", nil, ""
	}
}
