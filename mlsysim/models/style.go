package models

import "github.com/mlsysim/golab/mlsysim/describe"

// Style is a published implementation: it says which matrices have biases, how
// many norms a layer has and how positions are stored, which together are a
// thousandth of the parameters and differ from one network to the next.
type Style uint8

// The styles, under the names that configuration files have for them where they
// do. An unknown one has no biases and two norms of one vector per layer.
const (
	StyleUnknown Style = iota
	StyleLlama
	StyleQwen2
	StyleQwen2MoE
	StyleQwen3
	StyleGemma2
	StyleGemma3
	StyleGemma4
	StylePhi
	StyleGPT2
	StyleOPT
	StyleBLOOM
	StyleGPTNeoX
	StyleFalcon
	StyleFalcon40
	StylePaLM
	StyleGPTOSS
	StyleOLMo2
	StyleGLM4
	StyleDeepSeekV3
	StyleBERT
	StyleDistilBERT
	StyleRoBERTa
	StyleT5
	StyleWhisper
	StyleViT
	StyleMamba
	StyleMamba2
	StyleJamba
)

var styleNames = [...]string{
	"unknown", "llama", "qwen2", "qwen2_moe", "qwen3", "gemma2", "gemma3", "gemma4", "phi", "gpt2", "opt", "bloom", "gpt_neox", "falcon", "falcon40",
	"palm", "gpt_oss", "olmo2", "glm4", "deepseek_v3", "bert", "distilbert", "roberta", "t5", "whisper", "vit", "mamba", "mamba2", "jamba",
}

// String returns the lower-case name.
func (s Style) String() string { return styleNames[min(int(s), len(styleNames)-1)] }

// Names lists the styles in order of their values.
func (Style) Names() []string { return styleNames[:] }

// MarshalText writes the name.
func (s Style) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name in any case.
func (s *Style) UnmarshalText(text []byte) error { return describe.ReadEnum(s, "style", text) }
