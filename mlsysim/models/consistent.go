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
	case m.KVHeads > m.Heads:
		return "Model.KVHeads", m.KVHeads, "at most the attention heads"
	case m.FLOPs == 0 && m.MatmulParams() <= 0:
		return "Model.Vocab", m.Vocab, "an input embedding smaller than the network"
	}
	if _, shared := m.ExpertParams(); shared < 0 {
		return "Model.Active", m.Active, "at least what the experts leave over: (experts − k)/experts of all parameters are in the others"
	}
	return "", nil, ""
}
