package physics

import "github.com/mlsysim/golab/mlsysim/describe"

// Algorithm is a way to run a collective operation.
type Algorithm uint8

// The algorithms. AutoAlgorithm, the zero value, is the cheapest that the links
// allow.
const (
	AutoAlgorithm Algorithm = iota
	Ring
	Tree
	InSwitch
	Hierarchical
	Pairwise
	NumAlgorithms
)

var algorithmNames = [...]string{"auto", "ring", "tree", "in-switch", "hierarchical", "pairwise"}

// String returns the lower-case name.
func (a Algorithm) String() string { return algorithmNames[min(int(a), len(algorithmNames)-1)] }

// Names lists the algorithms in order of their values.
func (Algorithm) Names() []string { return algorithmNames[:] }

// MarshalText writes the name.
func (a Algorithm) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a name in any case.
func (a *Algorithm) UnmarshalText(text []byte) error { return describe.ReadEnum(a, "algorithm", text) }
