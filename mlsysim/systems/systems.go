// Package systems is the registry of what surrounds devices: for now the
// serving software stacks, whose measured overheads the calibrated level adds
// to the ideal bound. Servers, fabrics and storage follow in this package.
//
// Edit data/*.yaml, run go generate, commit both.
package systems

import (
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:generate go run ../internal/gen/registry -kind systems

// Stack is an inference engine with the overheads measured on it.
type Stack struct {
	Name              string        `help:"engine and version"`
	KernelsPerLayer   float64       `help:"kernels launched per layer" min:"0"`
	KernelTime        units.Seconds `help:"shortest time of one kernel" min:"0"`
	HostPerStep       units.Seconds `help:"host time per scheduling step" min:"0"`
	HostPerSequence   units.Seconds `help:"host time per sequence and step" min:"0"`
	LinkFraction      float64       `help:"share of the link bandwidth that a collective reaches" min:"0" max:"1"`
	CollectiveLatency units.Seconds `help:"latency of an all-reduce between two devices" min:"0"`
	LatencyGrowth     float64       `help:"growth of that latency per doubling of the devices" min:"0"`
	MatmulShare       float64       `help:"share of the best matmul rate that whole layers reach" min:"0" max:"1"`
	AttentionFraction float64       `help:"share of the peak that attention kernels reach" min:"0" max:"1"`
	ErrorBand         float64       `help:"relative error within which 90 % of the published measurements lie" min:"0"`
	ErrorPoints       float64       `help:"number of those measurements" min:"0"`
}

// An Entry is a stack with its registry names and sources.
type Entry = registry.Entry[Stack]

// Entries returns the registry in the order of its files.
func Entries() []Entry { return entries }

// Find returns a copy of the stack with that name.
func Find(name string) (Stack, error) {
	e, err := registry.Find(entries, "stack", name)
	if err != nil {
		return Stack{}, err
	}
	return *e.Value, nil
}

// String returns the name.
func (s Stack) String() string { return s.Name }

// MarshalText writes the name.
func (s Stack) MarshalText() ([]byte, error) { return []byte(s.Name), nil }

// UnmarshalText looks a stack up in the registry.
func (s *Stack) UnmarshalText(text []byte) error {
	found, err := Find(string(text))
	if err == nil {
		*s = found
	}
	return err
}
