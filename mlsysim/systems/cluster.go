package systems

import (
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Cluster is many servers on one fabric.
type Cluster struct {
	Name      string `help:"machine or usual size"`
	Node      string `help:"key of its servers"`
	Nodes     int    `help:"servers" min:"0"`
	Devices   int    `help:"accelerators in all" min:"0"`
	Fabric    string `help:"key of the fabric between the servers"`
	Reference bool   `help:"a size to think with, not a machine that stands somewhere"`
}

// Parts returns copies of the server and the fabric that a cluster is built of.
func (c Cluster) Parts() (Node, Fabric, error) {
	n, err := FindNode(c.Node)
	if err != nil {
		return Node{}, Fabric{}, err
	}
	f, err := FindFabric(c.Fabric)
	return n, f, err
}

// A ClusterEntry is a cluster with its registry names and sources.
type ClusterEntry = registry.Entry[Cluster]

// Clusters returns the cluster registry in the order of its files.
func Clusters() []ClusterEntry { return clusters }

// FindCluster returns a copy of the cluster with that name.
func FindCluster(name string) (Cluster, error) { return find(clusters, "cluster", name) }

// String returns the name.
func (c Cluster) String() string { return c.Name }

// MarshalText writes the name.
func (c Cluster) MarshalText() ([]byte, error) { return []byte(c.Name), nil }

// UnmarshalText looks a cluster up in the registry.
func (c *Cluster) UnmarshalText(text []byte) error { return read(c, clusters, "cluster", text) }

// Pod is the largest set of chips that one torus joins without a data-centre
// network between them.
type Pod struct {
	Name     string      `help:"product"`
	Device   string      `help:"key of its chip in package hardware"`
	Devices  int         `help:"chips" min:"0"`
	Host     string      `help:"key of the server that its chips sit in"`
	Link     string      `help:"key of the fabric between the chips"`
	Topology string      `help:"how they are wired"`
	Memory   units.Bytes `help:"memory of all chips" min:"0"`
	Power    units.Watts `help:"power of all chips, without hosts and cooling" min:"0"`
}

// A PodEntry is a pod with its registry names and sources.
type PodEntry = registry.Entry[Pod]

// Pods returns the pod registry in the order of its files.
func Pods() []PodEntry { return pods }

// FindPod returns a copy of the pod with that name.
func FindPod(name string) (Pod, error) { return find(pods, "pod", name) }

// String returns the name.
func (p Pod) String() string { return p.Name }

// MarshalText writes the name.
func (p Pod) MarshalText() ([]byte, error) { return []byte(p.Name), nil }

// UnmarshalText looks a pod up in the registry.
func (p *Pod) UnmarshalText(text []byte) error { return read(p, pods, "pod", text) }
