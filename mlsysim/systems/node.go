package systems

import (
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Node is a server: accelerators on one link, network ports, host and power. A
// rack whose accelerators share one link, such as an NVL72, is one node too.
type Node struct {
	Name    string `help:"product or kind of server"`
	Device  string `help:"key of its accelerator in package hardware"`
	Devices int    `help:"accelerators" min:"0"`

	Link      string         `help:"key of the fabric between its accelerators"`
	IntraLink units.ByteRate `help:"link of an accelerator to the others, one way" better:"higher" min:"0"`

	Port    string         `help:"key of the fabric that its ports speak"`
	NICs    int            `help:"ports for traffic between servers; the accelerators share them" min:"0"`
	NICRate units.ByteRate `help:"rate of one port, one way" better:"higher" min:"0"`

	Power     units.Watts `help:"most that the server draws" better:"lower" min:"0"`
	HostPower units.Watts `help:"part of it that is not the accelerators': host, switches, fans, conversion" better:"lower" min:"0"`
	PSUs      int         `help:"power supplies" min:"0"`
	SparePSUs int         `help:"power supplies it can lose" min:"0"`
	PSURating units.Watts `help:"rating of one power supply" min:"0"`

	HostMemory    units.Bytes    `help:"memory of the host" better:"higher" min:"0"`
	HostBandwidth units.ByteRate `help:"bandwidth of that memory, all sockets" better:"higher" min:"0"`
	HostCores     int            `help:"cores of the host, all sockets" min:"0"`
}

// Egress is the rate at which all ports together send, one way.
func (n Node) Egress() units.ByteRate { return n.NICRate.Times(float64(n.NICs)) }

// A NodeEntry is a server with its registry names and sources.
type NodeEntry = registry.Entry[Node]

// Nodes returns the server registry in the order of its files.
func Nodes() []NodeEntry { return nodes }

// FindNode returns a copy of the server with that name.
func FindNode(name string) (Node, error) { return find(nodes, "node", name) }

// String returns the name.
func (n Node) String() string { return n.Name }

// MarshalText writes the name.
func (n Node) MarshalText() ([]byte, error) { return []byte(n.Name), nil }

// UnmarshalText looks a server up in the registry.
func (n *Node) UnmarshalText(text []byte) error { return read(n, nodes, "node", text) }
