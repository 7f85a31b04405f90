// Package models is the registry of neural networks: the architecture facts
// from which parameters, operations and cache sizes follow. It leaves out
// quality and training data.
//
//	kv := models.Llama3_8B.KVBytes(4096, physics.FP16) // 536.9 MB
//
// Edit data/*.yaml, run go generate, commit both.
package models

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:generate go run ../internal/gen/registry -kind models

// Model is one network. A zero field is unknown or does not apply.
type Model struct {
	Name   string       `help:"published name"`
	Family Family       `help:"kind of network"`
	Year   int          `help:"year of release" min:"0"`
	Params units.Params `help:"all parameters" min:"0"`
	Active units.Params `help:"parameters used per token, if not all" min:"0"`

	Layers  int  `help:"blocks" min:"0"`
	Hidden  int  `help:"width of the residual stream" min:"0"`
	Heads   int  `help:"attention heads" min:"0"`
	KVHeads int  `help:"key-value heads; fewer than heads is grouped-query attention" min:"0"`
	HeadDim int  `help:"width of one head" min:"0"`
	FFN     int  `help:"inner width of the feed-forward block or of one expert" min:"0"`
	Gated   bool `help:"feed-forward block has a gate matrix"`
	Vocab   int  `help:"vocabulary" min:"0"`
	Tied    bool `help:"input and output embedding are one matrix"`
	Context int  `help:"longest context" min:"0"`
	Window  int  `help:"sliding attention window of every layer" min:"0"`

	KVRank  int `help:"width of the compressed cache of multi-head latent attention" min:"0"`
	RopeDim int `help:"width of the decoupled rotary key beside it" min:"0"`

	Experts int `help:"experts per layer" min:"0"`
	TopK    int `help:"experts used per token" min:"0"`

	FLOPs       units.FLOP  `help:"forward operations of one sample, where parameters do not give them" min:"0"`
	Activations units.Bytes `help:"activations read and written per sample at 16 bit" min:"0"`
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

// Family is a kind of network.
type Family uint8

// The families: decoder transformers, mixtures of experts, encoders,
// convolutional networks, and networks small enough for a microcontroller.
const (
	Transformer Family = iota
	MoE
	Encoder
	CNN
	TinyML
)

var familyNames = [...]string{"transformer", "moe", "encoder", "cnn", "tinyml"}

// String returns the lower-case name.
func (f Family) String() string { return familyNames[min(int(f), len(familyNames)-1)] }

// Names lists the families in order of their values.
func (Family) Names() []string { return familyNames[:] }

// MarshalText writes the name.
func (f Family) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads a name in any case.
func (f *Family) UnmarshalText(text []byte) error {
	v, err := describe.ParseEnum("family", string(text), f.Names())
	if err == nil {
		*f = Family(v)
	}
	return err
}
