// Package models is the registry of neural networks: the architecture facts
// from which parameters, operations and cache sizes follow. It leaves out
// quality and training data.
//
//	kv := models.Llama3_8B.KVBytes(4096, physics.FP16) // 536.9 MB
//
// Edit data/*.yaml, run go generate, commit both.
package models

import (
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:generate go run ../internal/gen/registry -kind models

// Model is one network. A zero field is unknown or does not apply.
type Model struct {
	Name   string       `help:"published name"`
	Family Family       `help:"kind of network"`
	Style  Style        `help:"published implementation whose biases, norms and positions the parameter count follows"`
	Year   int          `help:"year of release" min:"0"`
	Params units.Params `help:"all parameters" min:"0"`
	Active units.Params `help:"parameters used per token, if not all" min:"0"`
	Corpus units.Tokens `help:"tokens it was trained on" min:"0"`

	Layers        int  `help:"blocks; those of the decoder where there is an encoder too" min:"0"`
	EncoderLayers int  `help:"blocks of the encoder of an encoder-decoder network" min:"0"`
	Hidden        int  `help:"width of the residual stream, or of a row of an embedding table" min:"0"`
	FFN           int  `help:"inner width of the feed-forward block or of one expert" min:"0"`
	Gated         bool `help:"feed-forward block has a gate matrix"`
	Vocab         int  `help:"vocabulary, classes of a classifier, or rows of all embedding tables" min:"0"`
	Tied          bool `help:"input and output embedding are one matrix"`
	Context       int  `help:"longest context" min:"0"`
	Input         int  `help:"positions that each sample brings beside its tokens: patches of an image, frames of a sound" min:"0"`
	Patch         int  `help:"values that one such position is made from" min:"0"`

	Heads   int `help:"attention heads" min:"0"`
	KVHeads int `help:"key-value heads; fewer than heads is grouped-query attention" min:"0"`
	HeadDim int `help:"width of one head" min:"0"`
	Window  int `help:"sliding attention window of the layers that are not global" min:"0"`
	KVRank  int `help:"width of the compressed cache of multi-head latent attention" min:"0"`
	RopeDim int `help:"width of the decoupled rotary key beside it" min:"0"`
	QRank   int `help:"width of the compressed query" min:"0"`

	GlobalLayers  int  `help:"layers that attend to everything where the others have a window or a state" min:"0"`
	GlobalHeadDim int  `help:"width of one head of those layers; 0 is that of the others" min:"0"`
	GlobalKVHeads int  `help:"key-value heads of those layers; 0 is as many as the others" min:"0"`
	SharedKV      bool `help:"those layers have one matrix for keys and values"`

	Experts       int `help:"experts per layer" min:"0"`
	TopK          int `help:"experts used per token" min:"0"`
	SharedExperts int `help:"further experts of the same width that every token uses" min:"0"`
	DenseLayers   int `help:"layers with one feed-forward block in place of experts" min:"0"`
	DenseFFN      int `help:"inner width of that block" min:"0"`

	State int `help:"state of a state-space layer per inner channel" min:"0"`
	Inner int `help:"inner width of a state-space layer; 0 is twice the hidden width" min:"0"`
	Conv  int `help:"width of its convolution; 0 is 4" min:"0"`

	Steps    int  `help:"denoising steps of one image" min:"0"`
	Guidance bool `help:"each step runs with and without the prompt (classifier-free guidance)"`
	Lookups  int  `help:"rows of embedding tables that one sample reads" min:"0"`

	FLOPs       units.FLOP  `help:"forward operations of one token, image, window or denoising step, where the shape does not give them" min:"0"`
	FLOPsPer    string      `help:"what those operations are for"`
	Activations units.Bytes `help:"activations read and written per sample or denoising step at 16 bit" min:"0"`
}

// An Entry is a model with its registry names and sources.
type Entry = registry.Entry[Model]

// Entries returns the registry in the order of its files.
func Entries() []Entry { return entries }

// Lookup finds an entry by path, key or alias, whatever its case.
func Lookup(name string) (*Entry, error) { return registry.Find(entries, "model", name) }

// Find returns a copy of the model with that name.
func Find(name string) (Model, error) {
	e, err := Lookup(name)
	if err != nil {
		return Model{}, err
	}
	return *e.Value, nil
}

// String returns the published name.
func (m Model) String() string { return m.Name }

// MarshalText writes the name.
func (m Model) MarshalText() ([]byte, error) { return []byte(m.Name), nil }

// UnmarshalText looks a name up in the registry.
func (m *Model) UnmarshalText(text []byte) error {
	found, err := Find(string(text))
	if err == nil {
		*m = found
	}
	return err
}
