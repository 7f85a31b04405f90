package models

import "github.com/mlsysim/golab/mlsysim/describe"

// Family is a kind of network.
type Family uint8

// The families: decoder transformers, mixtures of experts, encoders,
// convolutional networks, networks small enough for a microcontroller,
// transformers with an encoder beside the decoder, encoders of image patches,
// denoisers of images, state-space networks (hybrids with some attention layers
// too), recommendation by embedding tables, and all others, whose arithmetic the
// registry states.
const (
	Transformer Family = iota
	MoE
	Encoder
	CNN
	TinyML
	EncoderDecoder
	ViT
	Diffusion
	SSM
	Recommendation
	Other
)

var familyNames = [...]string{
	"transformer", "moe", "encoder", "cnn", "tinyml", "encoder-decoder", "vit", "diffusion", "ssm", "recommendation", "other",
}

// String returns the lower-case name.
func (f Family) String() string { return familyNames[min(int(f), len(familyNames)-1)] }

// Names lists the families in order of their values.
func (Family) Names() []string { return familyNames[:] }

// MarshalText writes the name.
func (f Family) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads a name in any case.
func (f *Family) UnmarshalText(text []byte) error { return describe.ReadEnum(f, "family", text) }
