package network

import "github.com/mlsysim/golab/mlsysim/describe"

// Operation is what a group of ranks does together.
type Operation uint8

// The operations.
const (
	AllReduce Operation = iota
	ReduceScatter
	AllGather
	AllToAll
)

var operationNames = [...]string{"all-reduce", "reduce-scatter", "all-gather", "all-to-all"}

// String returns the lower-case name.
func (o Operation) String() string { return operationNames[min(int(o), len(operationNames)-1)] }

// Names lists the operations in order of their values.
func (Operation) Names() []string { return operationNames[:] }

// MarshalText writes the name.
func (o Operation) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name in any case.
func (o *Operation) UnmarshalText(text []byte) error { return describe.ReadEnum(o, "operation", text) }
