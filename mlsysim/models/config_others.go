package models

// The configurations whose keys have names of their own.

func (c *config) gpt2() Model {
	m := Model{
		Family: Transformer, Style: StyleGPT2, Tied: c.flag("tie_word_embeddings", true),
		Layers: c.count("n_layer"), Hidden: c.count("n_embd"), Heads: c.count("n_head"),
		Vocab: c.count("vocab_size"), Context: c.count("n_positions", "n_ctx"),
	}
	m.KVHeads, m.FFN = m.Heads, c.countOr(4*m.Hidden, "n_inner")
	c.width(&m, "head_dim")
	return m
}

func (c *config) gptNeoX() Model {
	c.must("attention_bias", true)
	m := c.decoder(StyleGPTNeoX, false)
	m.Gated = false
	m.FFN = c.count("intermediate_size")
	return m
}

func (c *config) opt() Model {
	c.must("do_layer_norm_before", true)
	m := c.decoder(StyleOPT, true)
	m.Gated = false
	m.FFN = c.count("ffn_dim")
	c.mustCount("word_embed_proj_dim", m.Hidden)
	return m
}

func (c *config) bloom() Model {
	m := Model{
		Family: Transformer, Style: StyleBLOOM, Tied: c.flag("tie_word_embeddings", true),
		Layers: c.count("n_layer", "num_hidden_layers"), Hidden: c.count("hidden_size", "n_embed"),
		Heads: c.count("n_head", "num_attention_heads"), Vocab: c.count("vocab_size"), Context: c.countOr(2048, "seq_length"),
	}
	m.KVHeads, m.FFN = m.Heads, 4*m.Hidden
	c.width(&m, "head_dim")
	return m
}

// falcon reads both forms: one key-value head and one norm, or groups and two.
func (c *config) falcon() Model {
	c.must("bias", false)
	c.must("parallel_attn", true)
	m := Model{
		Family: Transformer, Style: StyleFalcon, Tied: c.flag("tie_word_embeddings", true),
		Layers: c.count("num_hidden_layers", "n_layer"), Hidden: c.count("hidden_size"),
		Heads: c.count("num_attention_heads", "n_head"), Vocab: c.count("vocab_size"),
		Context: c.countOr(2048, "max_position_embeddings"), KVHeads: 1,
	}
	grouped := c.flag("new_decoder_architecture", false)
	if grouped {
		m.Style, m.KVHeads = StyleFalcon40, c.count("num_kv_heads", "n_head_kv")
	}
	if !grouped {
		c.must("multi_query", true)
	}
	m.FFN = c.countOr(4*m.Hidden, "ffn_hidden_size")
	c.width(&m, "head_dim")
	return m
}

// encoder reads the keys that encoders share; the style fixes the segments.
func (c *config) encoder(s Style) Model {
	m := c.decoder(s, true)
	m.Family, m.Gated = Encoder, false
	m.FFN = c.count("intermediate_size")
	c.mustCount("type_vocab_size", s.of().segments)
	return m
}

func (c *config) bert() Model { return c.encoder(StyleBERT) }

// roberta has two positions that no token takes.
func (c *config) roberta() Model {
	m := c.encoder(StyleRoBERTa)
	m.Context = max(0, m.Context-StyleRoBERTa.of().padding)
	return m
}

func (c *config) distilBERT() Model {
	m := Model{
		Family: Encoder, Style: StyleDistilBERT, Tied: true, Layers: c.count("n_layers"), Hidden: c.count("dim"),
		Heads: c.count("n_heads"), FFN: c.count("hidden_dim"), Vocab: c.count("vocab_size"), Context: c.count("max_position_embeddings"),
	}
	m.KVHeads = m.Heads
	c.width(&m, "head_dim")
	return m
}

func (c *config) t5() Model {
	m := Model{
		Family: EncoderDecoder, Style: StyleT5, Tied: c.flag("tie_word_embeddings", true),
		EncoderLayers: c.count("num_layers"), Hidden: c.count("d_model"), FFN: c.count("d_ff"),
		Heads: c.count("num_heads"), HeadDim: c.count("d_kv"), Vocab: c.count("vocab_size"), Context: c.countOr(512, "n_positions"),
	}
	m.KVHeads, m.Layers = m.Heads, c.countOr(m.EncoderLayers, "num_decoder_layers")
	c.mustCount("relative_attention_num_buckets", relativeBuckets)
	switch form := c.word("feed_forward_proj", "relu"); form {
	case "relu":
	case "gated-gelu", "gated-silu":
		m.Gated = true
	default:
		c.refuse("feed_forward_proj", shorten(form), "relu, gated-gelu or gated-silu")
	}
	return m
}

func (c *config) whisper() Model {
	m := Model{
		Family: EncoderDecoder, Style: StyleWhisper, Tied: c.flag("tie_word_embeddings", true),
		Layers: c.count("decoder_layers"), EncoderLayers: c.count("encoder_layers"), Hidden: c.count("d_model"),
		FFN: c.count("decoder_ffn_dim"), Heads: c.count("decoder_attention_heads"), Vocab: c.count("vocab_size"),
		Context: c.count("max_target_positions"), Input: c.count("max_source_positions"), Patch: c.count("num_mel_bins"),
	}
	m.KVHeads = m.Heads
	c.mustCount("encoder_ffn_dim", m.FFN)
	c.mustCount("encoder_attention_heads", m.Heads)
	c.width(&m, "head_dim")
	return m
}

// vit counts a patch for each place of the image and the class token; without
// num_labels there is no classifier.
func (c *config) vit() Model {
	c.must("qkv_bias", true)
	m := Model{
		Family: ViT, Style: StyleViT, Layers: c.count("num_hidden_layers"), Hidden: c.count("hidden_size"),
		Heads: c.count("num_attention_heads"), FFN: c.count("intermediate_size"), Vocab: c.countOr(0, "num_labels"),
	}
	m.KVHeads = m.Heads
	c.width(&m, "head_dim")
	size, patch := c.count("image_size"), c.count("patch_size")
	if patch == 0 || size%patch != 0 || size > mostImage {
		c.refuse("image_size", size, "a multiple of patch_size, at most 65536")
		return m
	}
	m.Input = size/patch*(size/patch) + 1
	m.Patch = c.countOr(3, "num_channels") * min(patch, mostImage) * min(patch, mostImage)
	return m
}

// mostImage keeps the area of an image inside the range of a count.
const mostImage = 1 << 16

func (c *config) mamba() Model {
	c.must("use_bias", false)
	c.must("use_conv_bias", true)
	m := c.stateSpace(StyleMamba, true)
	if _, raw := c.find("time_step_rank"); string(raw) != `"auto"` {
		c.mustCount("time_step_rank", (m.Hidden+15)/16)
	}
	return m
}

func (c *config) mamba2() Model {
	c.must("use_bias", false)
	c.must("use_conv_bias", true)
	m := c.stateSpace(StyleMamba2, false)
	c.mustCount("n_groups", 1)
	m.HeadDim = c.count("head_dim")
	return m
}

// stateSpace reads the keys of both.
func (c *config) stateSpace(s Style, tied bool) Model {
	m := Model{
		Family: SSM, Style: s, Tied: c.flag("tie_word_embeddings", tied), Layers: c.count("num_hidden_layers", "n_layer"),
		Hidden: c.count("hidden_size", "d_model"), Vocab: c.count("vocab_size"), State: c.count("state_size"), Conv: c.count("conv_kernel"),
	}
	m.Inner = c.countOr(c.countOr(2, "expand")*m.Hidden, "intermediate_size")
	return m
}

// jamba is a hybrid: one layer of a period attends, one of another has experts.
func (c *config) jamba() Model {
	m := c.decoder(StyleJamba, false)
	c.experts(&m, "num_experts", "intermediate_size")
	m.Family = SSM
	m.State, m.Conv, m.Inner = c.count("mamba_d_state"), c.count("mamba_d_conv"), c.count("mamba_expand")*m.Hidden
	m.GlobalLayers = places(m.Layers, c.count("attn_layer_period"), c.countOr(0, "attn_layer_offset"))
	m.DenseLayers, m.DenseFFN = m.Layers-places(m.Layers, c.count("expert_layer_period"), c.countOr(0, "expert_layer_offset")), m.FFN
	return m
}

// places counts the layers that are an offset behind a multiple of a period.
func places(layers, period, offset int) int {
	if period == 0 || offset >= layers {
		return 0
	}
	return (layers - offset + period - 1) / period
}
