package models_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

func readConfig(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "configs", name+".json"))
	require.NoError(t, err)
	return data
}

// Parameter counts as published, of which those of Llama 4, gpt-oss, GLM-4.5,
// OLMo 3 and Jamba are rounded.
var published = map[string]units.Params{
	"Llama-3.1-8B": 8030261248, "Llama-3.2-1B": 1235814400, "Mistral-7B-v0.1": 7241732096, "Mixtral-8x7B": 46702792704,
	"Qwen2.5-7B": 7615616512, "Qwen1.5-MoE-A2.7B": 14315784192, "Qwen3-8B": 8190735360, "Qwen3-30B-A3B": 30532122624,
	"gemma-7b": 8537680896, "gemma-2-9b": 9241705984, "gemma-3-1b": 999885952, "gemma-3-27b": 27009346304,
	"phi-2": 2779683840, "Phi-3-mini-128k": 3821079552, "Olmo-3-7B": 7.3e9, "Llama-4-Maverick": 400e9, "gpt-oss-20b": 20.91e9,
	"GLM-4.5": 355e9, "DeepSeek-V2-Lite": 15706484224, "DeepSeek-V3": 671026419200, "gpt2-xl": 1557611200,
	"gpt-neox-20b": 20554567680, "opt-13b": 12853473280, "bloom": 176247271424, "falcon-7b": 6921720704,
	"falcon-40b": 41303293952, "bert-base-uncased": 109482240, "roberta-base": 124645632, "distilbert-base": 66362880,
	"t5-base": 222903552, "whisper-large-v3": 1543490560, "vit-base-patch16-224": 86567656, "mamba-2.8b": 2768345600,
	"mamba2-2.7b": 2702599680, "Jamba-1.5-Large": 398e9,
}

func TestConfigsHaveThePublishedParams(t *testing.T) {
	files, err := filepath.Glob("testdata/configs/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(published))
	for name, want := range published {
		m, err := models.FromConfig(readConfig(t, name))
		require.NoError(t, err, name)
		if want == units.Params(int64(want)/1e7*1e7) {
			require.InEpsilon(t, float64(want), float64(m.Params), 7e-3, name)
			continue
		}
		require.Equal(t, want, m.Params, name)
	}
}

// What the registry says of a network is what its configuration says.
func TestConfigsAgreeWithTheRegistry(t *testing.T) {
	// Positions of configurations where the registry has the context that the
	// publisher states: trained, or after the rotation is stretched.
	other := map[string]int{"DeepSeek-V3": 163840, "DeepSeek-V2-Lite": 163840, "Qwen3-30B-A3B": 40960, "Qwen3-8B": 40960}
	for name, entry := range map[string]models.Model{
		"Llama-3.1-8B": models.Llama3_8B, "Mistral-7B-v0.1": models.Mistral_7B, "Mixtral-8x7B": models.Mixtral_8x7B,
		"gemma-2-9b": models.Gemma2_9B, "gpt-oss-20b": models.Gpt_oss_20B, "DeepSeek-V3": models.DeepSeek_V3, "gpt2-xl": models.GPT2,
		"bert-base-uncased": models.BERT_Base, "t5-base": models.T5_Base, "whisper-large-v3": models.Whisper_Large_V3,
		"vit-base-patch16-224": models.ViT_Base, "mamba-2.8b": models.Mamba_2_8B, "Jamba-1.5-Large": models.Jamba_1_5_Large,
		"Llama-3.2-1B": models.Llama3_2_1B, "Llama-4-Maverick": models.Llama4_Maverick, "Phi-3-mini-128k": models.Phi_3_Mini, "Qwen3-8B": models.Qwen3_8B,
		"Olmo-3-7B":  models.OLMo3_7B,
		"Qwen2.5-7B": models.Qwen2_5_7B, "Qwen3-30B-A3B": models.Qwen3_30B_A3B, "Qwen1.5-MoE-A2.7B": models.Qwen1_5_MoE_A2_7B, "gemma-7b": models.Gemma_7B,
		"gemma-3-1b": models.Gemma3_1B, "gemma-3-27b": models.Gemma3_27B, "phi-2": models.Phi_2, "opt-13b": models.OPT_13B,
		"bloom": models.BLOOM_176B, "gpt-neox-20b": models.GPT_NeoX_20B, "falcon-7b": models.Falcon_7B, "falcon-40b": models.Falcon_40B,
		"GLM-4.5": models.GLM_4_5, "distilbert-base": models.DistilBERT, "roberta-base": models.RoBERTa_Base, "mamba2-2.7b": models.Mamba2_2_7B,
		"DeepSeek-V2-Lite": models.DeepSeek_V2_Lite,
	} {
		m, err := models.FromConfig(readConfig(t, name))
		require.NoError(t, err, name)
		m.Name, m.Year, m.Corpus = entry.Name, entry.Year, entry.Corpus // which a configuration lacks
		if positions, ok := other[name]; ok {
			require.Equal(t, positions, m.Context, name)
			m.Context = entry.Context
		}
		if m.Window > m.Context { // narrows nothing
			m.Window = 0
		}
		require.Equal(t, entry, m, name)
	}
}

func TestConfigRefusals(t *testing.T) {
	llama := func(change string) string {
		text := string(readConfig(t, "Llama-3.1-8B"))
		from, to, _ := strings.Cut(change, "=>")
		require.Contains(t, text, from)
		return strings.Replace(text, from, to, 1)
	}
	for text, want := range map[string]string{
		``:                                    "config.json = unexpected end of JSON input at byte 0: want one JSON object",
		`[1, 2]`:                              "config.json = something else: want one JSON object",
		`null`:                                "config.json = null: want one JSON object",
		`{"model_type": "llama"} x`:           "want one JSON object",
		`{}`:                                  "models.FromConfig: model_type = absent: want one of bert, bloom, ",
		`{"model_type": 7}`:                   "model_type = 7: want a text",
		`{"model_type": "lama"}`:              "did you mean llama",
		`{"model_type": "gemma3"}`:            "text_config = absent: want the text part of gemma3",
		llama(`"hidden_size"=>"hidden_sise"`): "hidden_size = absent: want a whole number from 1 to 1e9 for a network of type llama; did you mean hidden_sise",
		llama(`"num_hidden_layers": 32=>"num_hidden_layers": null`):               "num_hidden_layers = absent: want",
		llama(`"num_hidden_layers": 32=>"num_hidden_layers": 0`):                  "num_hidden_layers = 0: want a whole number",
		llama(`"vocab_size": 128256=>"vocab_size": -1`):                           "vocab_size = -1: want a whole number",
		llama(`"vocab_size": 128256=>"vocab_size": 1.5`):                          "vocab_size = 1.5: want a whole number",
		llama(`"vocab_size": 128256=>"vocab_size": 1e99`):                         "vocab_size = 1e99: want a whole number",
		llama(`"vocab_size": 128256=>"vocab_size": "128256"`):                     `vocab_size = "128256": want a whole number`,
		llama(`"num_attention_heads": 32=>"num_attention_heads": 31`):             "hidden_size = 4096: want a multiple of the attention heads",
		llama(`"num_key_value_heads": 8=>"num_key_value_heads": 7`):               "num_key_value_heads = 7: want a divisor of the 32 attention heads",
		llama(`"attention_bias": false=>"attention_bias": true`):                  "attention_bias = true: want false: no other network of type llama can be counted",
		llama(`"attention_bias": false=>"attention_bias": "no"`):                  `attention_bias = "no": want true or false`,
		llama(`"intermediate_size": 14336=>"intermediate_size": 1000000000`) + "": "",
		llama(`"hidden_size": 4096=>"hidden_size": 999999968`):                    "want at most 1e15: a width or a count is too large",
	} {
		_, err := models.FromConfig([]byte(text))
		if want == "" {
			require.NoError(t, err)
			continue
		}
		var refused *describe.FieldError
		require.ErrorAs(t, err, &refused, text)
		require.ErrorContains(t, err, want)
	}
}

func TestConfigsThatCannotBeCountedAreRefused(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"roberta-base", `"type_vocab_size": 1`, `"type_vocab_size": 2`, "type_vocab_size = 2: want 1"},
		{"opt-13b", `"word_embed_proj_dim": 5120`, `"word_embed_proj_dim": 512`, "word_embed_proj_dim = 512: want 5120"},
		{"falcon-7b", `"multi_query": true`, `"multi_query": false`, "multi_query = false: want true"},
		{"t5-base", `"model_type": "t5"`, `"model_type": "t5", "feed_forward_proj": "swish"`, "feed_forward_proj = swish: want relu, gated-gelu"},
		{"vit-base-patch16-224", `"patch_size": 16`, `"patch_size": 15`, "image_size = 224: want a multiple of patch_size"},
		{"DeepSeek-V3", `"v_head_dim": 128`, `"v_head_dim": 256`, "v_head_dim = 256: want qk_nope_head_dim"},
		{"DeepSeek-V3", `"num_experts_per_tok": 8`, `"num_experts_per_tok": 257`, "num_experts_per_tok = 257: want at most the 256 experts"},
		{"mamba-2.8b", `"time_step_rank": 160`, `"time_step_rank": 161`, "time_step_rank = 161: want 160"},
		{"Olmo-3-7B", `"num_hidden_layers": 32`, `"num_hidden_layers": 31`, "layer_types = 32: want one word for each layer"},
		{"whisper-large-v3", `"encoder_ffn_dim": 5120`, `"encoder_ffn_dim": 4096`, "encoder_ffn_dim = 4096: want 5120"},
		{"Qwen1.5-MoE-A2.7B", `"moe_intermediate_size": 1408`, `"moe_intermediate_size": 1409`, "want a multiple of moe_intermediate_size"},
	} {
		text := string(readConfig(t, c.name))
		require.Contains(t, text, c.from)
		_, err := models.FromConfig([]byte(strings.Replace(text, c.from, c.to, 1)))
		require.ErrorContains(t, err, c.want, c.name)
	}
}

func TestConfigSizeIsLimited(t *testing.T) {
	long := fmt.Sprintf(`{"model_type": "llama", "padding": %q}`, strings.Repeat("x", 2<<20))
	_, err := models.FromConfig([]byte(long))
	require.ErrorContains(t, err, "want at most 2 MiB")
	_, err = models.ReadConfig(strings.NewReader(long + long))
	require.ErrorContains(t, err, "want at most 2 MiB")
	_, err = models.FromConfig([]byte(`{"model_type": "` + strings.Repeat("x", 1<<20) + `"}`))
	require.Less(t, len(err.Error()), 1000)
}

func TestReadConfigSaysWhatFailed(t *testing.T) {
	_, err := models.ReadConfig(failing{})
	require.ErrorContains(t, err, "reading config.json: no disk")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("no disk") }

// Any value under any key is refused or gives a model that every law can take.
func TestHostileConfigs(t *testing.T) {
	values := []string{"-1", "0", "1", "3", "1000000000", "1e30", "1.5", `"x"`, "true", "[]", "{}", "null", `"\u0000"`}
	for name := range published {
		var facts map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(readConfig(t, name), &facts))
		for key := range facts {
			for _, v := range values {
				changed := map[string]json.RawMessage{}
				for k, raw := range facts {
					changed[k] = raw
				}
				changed[key] = json.RawMessage(v)
				requireRefusedOrSound(t, changed)
			}
		}
	}
}

func requireRefusedOrSound(t require.TestingT, facts map[string]json.RawMessage) {
	text, err := json.Marshal(facts)
	require.NoError(t, err)
	m, err := models.FromConfig(text)
	if err != nil {
		var refused *describe.FieldError
		require.ErrorAs(t, err, &refused, string(text))
		return
	}
	field, _, _ := m.Inconsistent()
	require.Empty(t, field, string(text))
	require.True(t, m.Params >= 1 && m.Params <= 1e15 && m.Active <= m.Params, string(text))
	require.NoError(t, describe.Check(&m), string(text))
}

func TestRandomConfigs(t *testing.T) {
	var names []string
	for name := range published {
		names = append(names, name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		var facts map[string]json.RawMessage
		name := rapid.SampledFrom(names).Draw(rt, "name")
		require.NoError(t, json.Unmarshal(readConfig(t, name), &facts))
		for key := range facts {
			if rapid.IntRange(0, 4).Draw(rt, "change") == 0 {
				facts[key] = json.RawMessage(fmt.Sprint(rapid.Int64Range(-2, 1e10).Draw(rt, "value")))
			}
		}
		requireRefusedOrSound(rt, facts)
	})
}

func ExampleFromConfig() {
	m, err := models.FromConfig([]byte(`{
		"model_type": "llama", "_name_or_path": "my/shrunk-llama",
		"num_hidden_layers": 16, "hidden_size": 2048, "intermediate_size": 8192,
		"num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
		"vocab_size": 128256, "max_position_embeddings": 131072, "tie_word_embeddings": true
	}`))
	fmt.Println(m, m.Params, err)
	// Output: my/shrunk-llama 1.236B params <nil>
}
