// Package systems is the registry of what surrounds devices: servers, fabrics,
// clusters and pods, storage, what fails and how often, and the software stacks
// whose measured overheads the calibrated level adds to the ideal bound.
//
//	n := systems.DGX_H100
//	fmt.Println(n.Devices, n.IntraLink, n.NICs, n.NICRate) // 8 450 GB/s 8 50 GB/s
//
// A bandwidth is one way; the vendor's figure is in its note. Zero means unknown.
// Devices are named by their key in package hardware. It leaves out cabling and
// prices. Edit data/*.yaml, run go generate, commit both.
package systems

import (
	"slices"
	"strings"

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
func Find(name string) (Stack, error) { return find(entries, "stack", name) }

// String returns the name.
func (s Stack) String() string { return s.Name }

// MarshalText writes the name.
func (s Stack) MarshalText() ([]byte, error) { return []byte(s.Name), nil }

// UnmarshalText looks a stack up in the registry.
func (s *Stack) UnmarshalText(text []byte) error { return read(s, entries, "stack", text) }

// An AnyEntry is an entry of any kind of this package.
type AnyEntry = registry.Entry[any]

// All lists the entries of every kind; no two have a name in common.
func All() []AnyEntry {
	return slices.Concat(
		registry.Erase(nodes), registry.Erase(fabrics), registry.Erase(clusters), registry.Erase(pods),
		registry.Erase(storages), registry.Erase(failures), registry.Erase(platforms), registry.Erase(entries),
	)
}

// Lookup finds an entry of any kind by path, key or alias, whatever its case.
func Lookup(name string) (*AnyEntry, error) { return lookup(All(), "system", name) }

// lookup finds an entry. mlsysim 0.1.1 keeps fabrics in Hardware.Networks; those
// paths are understood.
func lookup[T any](entries []registry.Entry[T], kind, name string) (*registry.Entry[T], error) {
	if rest, ok := strings.CutPrefix(strings.ToLower(name), "hardware.networks."); ok {
		name = "systems.fabrics." + rest
	}
	return registry.Find(entries, kind, name)
}

// find returns a copy of the value with that name.
func find[T any](entries []registry.Entry[T], kind, name string) (T, error) {
	e, err := lookup(entries, kind, name)
	if err != nil {
		var none T
		return none, err
	}
	return *e.Value, nil
}

// read is find for text that names an entry.
func read[T any](into *T, entries []registry.Entry[T], kind string, text []byte) error {
	found, err := find(entries, kind, string(text))
	if err == nil {
		*into = found
	}
	return err
}
