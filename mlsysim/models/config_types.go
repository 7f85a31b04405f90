package models

import "slices"

// readers say how the configuration of each model_type is read.
var readers = []struct {
	kind string
	read func(*config) Model
}{
	{"llama", (*config).llama},
	{"mistral", (*config).mistral},
	{"mixtral", (*config).mixtral},
	{"qwen2", (*config).qwen2},
	{"qwen2_moe", (*config).qwen2MoE},
	{"qwen3", (*config).qwen3},
	{"qwen3_moe", (*config).qwen3MoE},
	{"gemma", (*config).gemma},
	{"gemma2", (*config).gemma2},
	{"gemma3_text", (*config).gemma3},
	{"phi", (*config).phi},
	{"phi3", (*config).mistral},
	{"olmo2", (*config).olmo},
	{"olmo3", (*config).olmo},
	{"llama4_text", (*config).llama4},
	{"gpt_oss", (*config).gptOSS},
	{"glm4_moe", (*config).glm4},
	{"deepseek_v2", (*config).deepseekV2},
	{"deepseek_v3", (*config).deepseekV3},
	{"kimi_k2", (*config).deepseekV3},
	{"gpt2", (*config).gpt2},
	{"gpt_neox", (*config).gptNeoX},
	{"opt", (*config).opt},
	{"bloom", (*config).bloom},
	{"falcon", (*config).falcon},
	{"bert", (*config).bert},
	{"roberta", (*config).roberta},
	{"xlm-roberta", (*config).roberta},
	{"distilbert", (*config).distilBERT},
	{"t5", (*config).t5},
	{"mt5", (*config).t5},
	{"whisper", (*config).whisper},
	{"vit", (*config).vit},
	{"mamba", (*config).mamba},
	{"falcon_mamba", (*config).mamba},
	{"mamba2", (*config).mamba2},
	{"jamba", (*config).jamba},
}

// composed returns the type of the text part of a network that sees or hears too.
func composed(kind string) (text string, ok bool) {
	switch kind {
	case "gemma3":
		return "gemma3_text", true
	case "llama4":
		return "llama4_text", true
	case "mistral3":
		return "mistral", true
	default:
		return "", false
	}
}

// decoder reads the keys that most decoders share.
func (c *config) decoder(s Style, tied bool) Model {
	m := Model{
		Family: Transformer, Style: s, Gated: true, Tied: c.flag("tie_word_embeddings", tied),
		Layers: c.count("num_hidden_layers"), Hidden: c.count("hidden_size"), Heads: c.count("num_attention_heads"),
		Vocab: c.count("vocab_size"), Context: c.count("max_position_embeddings"),
	}
	m.KVHeads = c.countOr(m.Heads, "num_key_value_heads")
	c.width(&m, "head_dim")
	return m
}

// width reads the width of a head, hidden over heads unless stated.
func (c *config) width(m *Model, key string) {
	if m.HeadDim = c.countOr(0, key); m.HeadDim > 0 || m.Heads == 0 {
		return
	}
	if m.Hidden%m.Heads != 0 {
		c.refuse("hidden_size", m.Hidden, "a multiple of the attention heads, or a "+key)
	}
	m.HeadDim = m.Hidden / m.Heads
}

// windows reads a sliding window and which layers are without one: those that
// layer_types names, else one of so many (0 is none).
func (c *config) windows(m *Model, every int) {
	m.Window = c.countOr(0, "sliding_window")
	if m.Window == 0 {
		return
	}
	types := c.words("layer_types")
	switch {
	case len(types) > 0 && len(types) != m.Layers:
		c.refuse("layer_types", len(types), "one word for each layer")
	case len(types) > 0:
		m.GlobalLayers = len(slices.DeleteFunc(types, func(t string) bool { return t != "full_attention" }))
	case every > 0:
		m.GlobalLayers = m.Layers / every
	}
	if m.GlobalLayers == m.Layers {
		m.Window, m.GlobalLayers = 0, 0
	}
}

// experts reads the keys that mixtures share, the width of an expert among them.
func (c *config) experts(m *Model, count, width string) {
	m.Family = MoE
	m.Experts = c.count(count)
	m.TopK = c.count("num_experts_per_tok", "experts_per_token")
	m.FFN = c.count(width)
}

func (c *config) llama() Model {
	c.must("attention_bias", false)
	c.must("mlp_bias", false)
	m := c.decoder(StyleLlama, false)
	m.FFN = c.count("intermediate_size")
	return m
}

// mistral reads Phi-3 too, which differs in how matrices are stored.
func (c *config) mistral() Model {
	m := c.decoder(StyleLlama, false)
	m.FFN = c.count("intermediate_size")
	c.windows(&m, 0)
	return m
}

func (c *config) mixtral() Model {
	m := c.decoder(StyleLlama, false)
	c.experts(&m, "num_local_experts", "intermediate_size")
	c.windows(&m, 0)
	return m
}

func (c *config) qwen2() Model {
	m := c.decoder(StyleQwen2, false)
	m.FFN = c.count("intermediate_size")
	c.qwenWindow(&m)
	return m
}

// qwenWindow reads a window that is off unless a flag says so and that the first
// layers lack.
func (c *config) qwenWindow(m *Model) {
	if !c.flag("use_sliding_window", false) {
		return
	}
	c.windows(m, 0)
	if first := c.countOr(0, "max_window_layers"); m.Window > 0 && first < m.Layers {
		m.GlobalLayers = first
		return
	}
	m.Window, m.GlobalLayers = 0, 0
}

func (c *config) qwen2MoE() Model {
	m := c.decoder(StyleQwen2MoE, false)
	c.mustCount("decoder_sparse_step", 1)
	c.experts(&m, "num_experts", "moe_intermediate_size")
	shared := c.count("shared_expert_intermediate_size")
	if m.FFN > 0 && shared%m.FFN != 0 {
		c.refuse("shared_expert_intermediate_size", shared, "a multiple of moe_intermediate_size")
		return m
	}
	m.SharedExperts = shared / max(1, m.FFN)
	return m
}

func (c *config) qwen3() Model {
	c.must("attention_bias", false)
	m := c.decoder(StyleQwen3, false)
	m.FFN = c.count("intermediate_size")
	c.qwenWindow(&m)
	return m
}

func (c *config) qwen3MoE() Model {
	c.must("attention_bias", false)
	c.mustCount("decoder_sparse_step", 1)
	m := c.decoder(StyleQwen3, false)
	c.experts(&m, "num_experts", "moe_intermediate_size")
	return m
}

func (c *config) gemma() Model {
	c.must("attention_bias", false)
	m := c.decoder(StyleLlama, true)
	m.FFN = c.count("intermediate_size")
	return m
}

func (c *config) gemma2() Model {
	m := c.gemma()
	m.Style = StyleGemma2
	c.windows(&m, 2)
	return m
}

func (c *config) gemma3() Model {
	m := c.gemma()
	m.Style = StyleGemma3
	c.windows(&m, c.countOr(6, "sliding_window_pattern", "_sliding_window_pattern"))
	return m
}

func (c *config) phi() Model {
	c.must("qk_layernorm", false)
	m := c.decoder(StylePhi, false)
	m.Gated = false
	m.FFN = c.count("intermediate_size")
	return m
}

func (c *config) olmo() Model {
	c.must("attention_bias", false)
	m := c.decoder(StyleOLMo2, false)
	m.FFN = c.count("intermediate_size")
	c.windows(&m, 4)
	return m
}

// llama4 attends in chunks, which are counted as a window of that width: a token
// sees half a chunk on average, a window all of it.
func (c *config) llama4() Model {
	c.must("attention_bias", false)
	m := c.decoder(StyleLlama, false)
	c.experts(&m, "num_local_experts", "intermediate_size")
	m.SharedExperts = 1
	if step := c.countOr(1, "interleave_moe_layer_step"); step > 1 {
		m.DenseLayers, m.DenseFFN = m.Layers-m.Layers/step, c.count("intermediate_size_mlp")
	}
	if m.Window = c.countOr(0, "attention_chunk_size"); m.Window > 0 {
		m.GlobalLayers = m.Layers / 4
	}
	return m
}

func (c *config) gptOSS() Model {
	c.must("attention_bias", true)
	m := c.decoder(StyleGPTOSS, false)
	c.experts(&m, "num_local_experts", "intermediate_size")
	c.windows(&m, 2)
	return m
}

// routed reads the shared experts and dense layers of DeepSeek's kind of mixture.
func (c *config) routed(m *Model) {
	c.mustCount("moe_layer_freq", 1)
	c.experts(m, "n_routed_experts", "moe_intermediate_size")
	m.SharedExperts = c.countOr(0, "n_shared_experts")
	if m.DenseLayers = c.countOr(0, "first_k_dense_replace"); m.DenseLayers > 0 {
		m.DenseFFN = c.count("intermediate_size")
	}
}

func (c *config) glm4() Model {
	c.must("attention_bias", true)
	c.must("use_qk_norm", true)
	m := c.decoder(StyleGLM4, false)
	c.routed(&m)
	return m
}

func (c *config) deepseekV2() Model {
	c.must("attention_bias", false)
	m := c.decoder(StyleLlama, false)
	c.routed(&m)
	m.KVRank, m.RopeDim, m.QRank = c.count("kv_lora_rank"), c.count("qk_rope_head_dim"), c.countOr(0, "q_lora_rank")
	m.HeadDim = c.count("qk_nope_head_dim")
	if values := c.count("v_head_dim"); values != m.HeadDim {
		c.refuse("v_head_dim", values, "qk_nope_head_dim: no other latent attention can be counted")
	}
	return m
}

func (c *config) deepseekV3() Model {
	m := c.deepseekV2()
	m.Style = StyleDeepSeekV3
	return m
}
