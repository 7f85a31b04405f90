package network

import "github.com/mlsysim/golab/mlsysim/describe"

// Kind is a family of topologies.
type Kind uint8

// The kinds.
const (
	FatTree Kind = iota
	Torus3D
	Ring
	Cube
	Dragonfly
	RailOptimised
)

var kindNames = [...]string{"fat_tree", "torus_3d", "ring", "cube", "dragonfly", "rail_optimised"}

// String returns the lower-case name.
func (k Kind) String() string { return kindNames[min(int(k), len(kindNames)-1)] }

// Names lists the kinds in order of their values.
func (Kind) Names() []string { return kindNames[:] }

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name in any case.
func (k *Kind) UnmarshalText(text []byte) error { return describe.ReadEnum(k, "topology", text) }

// grid reports whether endpoints are wired to each other without switches.
func (k Kind) grid() bool { return k == Torus3D || k == Ring || k == Cube }
