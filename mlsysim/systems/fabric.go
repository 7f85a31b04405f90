package systems

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Fabric is what carries messages. Whose bandwidth it states depends on its
// scope: that of one accelerator inside a node, of one port between nodes, or of
// all ports of a node.
type Fabric struct {
	Name      string         `help:"generation or product"`
	Scope     Scope          `help:"where it runs and whose bandwidth is stated"`
	Year      int            `help:"year of the specification" min:"0"`
	Bandwidth units.ByteRate `help:"bandwidth, one way" better:"higher" min:"0"`
	Links     int            `help:"links or ports that make up that bandwidth; 0 is unknown" min:"0"`
	PerLink   units.ByteRate `help:"bandwidth of one of them, one way" better:"higher" min:"0"`

	LatencyLow  units.Seconds `help:"one-way latency of a short message on an idle network" better:"lower" min:"0"`
	LatencyHigh units.Seconds `help:"the same through several switches under load" better:"lower" min:"0"`

	Oversubscription float64 `help:"ports below a switch over uplinks above; 0 is unstated" min:"0"`
	Topology         string  `help:"how it is wired, where the generation fixes it"`

	AllReduce units.ByteRate `help:"bus bandwidth of a large ring all-reduce measured on eight accelerators" min:"0"`
	InSwitch  units.ByteRate `help:"the same where the switches add" min:"0"`
}

// Scope says where a fabric runs and whose bandwidth is stated.
type Scope uint8

// InsideNode is per accelerator, BetweenNodes per port, NodeTotal per node.
const (
	InsideNode Scope = iota
	BetweenNodes
	NodeTotal
)

var scopeNames = [...]string{"inside node", "between nodes", "node total"}

// String returns the name in lower case.
func (s Scope) String() string { return scopeNames[min(int(s), len(scopeNames)-1)] }

// Names lists the scopes in order of their values.
func (Scope) Names() []string { return scopeNames[:] }

// MarshalText writes the name.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name in any case.
func (s *Scope) UnmarshalText(text []byte) error { return describe.ReadEnum(s, "scope", text) }

// A FabricEntry is a fabric with its registry names and sources.
type FabricEntry = registry.Entry[Fabric]

// Fabrics returns the fabric registry in the order of its files.
func Fabrics() []FabricEntry { return fabrics }

// FindFabric returns a copy of the fabric with that name.
func FindFabric(name string) (Fabric, error) { return find(fabrics, "fabric", name) }

// String returns the name.
func (f Fabric) String() string { return f.Name }

// MarshalText writes the name.
func (f Fabric) MarshalText() ([]byte, error) { return []byte(f.Name), nil }

// UnmarshalText looks a fabric up in the registry.
func (f *Fabric) UnmarshalText(text []byte) error { return read(f, fabrics, "fabric", text) }
