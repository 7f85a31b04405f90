package main

import (
	"slices"

	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// assemblies lists what package systems has.
func assemblies(z *zoo.Zoo, _ bool) []sheet {
	return []sheet{
		sheetOf(slices.Concat(systems.Nodes(), z.Nodes), nodeColumns),
		sheetOf(slices.Concat(systems.Fabrics(), z.Fabrics), fabricColumns),
		sheetOf(slices.Concat(systems.Clusters(), z.Clusters), clusterColumns),
		sheetOf(slices.Concat(systems.Pods(), z.Pods), podColumns),
		sheetOf(slices.Concat(systems.StorageTiers(), z.Storages), storageColumns),
		sheetOf(slices.Concat(systems.Failures(), z.Failures), failureColumns),
		sheetOf(slices.Concat(systems.Platforms(), z.Platforms), platformColumns),
		sheetOf(slices.Concat(systems.Entries(), z.Stacks), stackColumns),
	}
}

var nodeColumns = []column[systems.NodeEntry]{
	{"name", "Server", func(e systems.NodeEntry) any { return e.Key }},
	{"kind", "", func(systems.NodeEntry) any { return "node" }},
	{"full_name", "", func(e systems.NodeEntry) any { return e.Value.Name }},
	{"devices", "", func(e systems.NodeEntry) any { return positive(e.Value.Devices) }},
	{"device", "Device", func(e systems.NodeEntry) any { return e.Value.Device }},
	{"intra_link", "Link", func(e systems.NodeEntry) any { return positive(e.Value.IntraLink) }},
	{"nics", "Ports", func(e systems.NodeEntry) any { return positive(e.Value.NICs) }},
	{"nic_rate", "Port", func(e systems.NodeEntry) any { return positive(e.Value.NICRate) }},
	{"power", "Power", func(e systems.NodeEntry) any { return positive(e.Value.Power) }},
	{"host_power", "", func(e systems.NodeEntry) any { return positive(e.Value.HostPower) }},
	{"aliases", "", func(e systems.NodeEntry) any { return append([]string{}, e.Aliases...) }},
}

var fabricColumns = []column[systems.FabricEntry]{
	{"name", "Fabric", func(e systems.FabricEntry) any { return e.Key }},
	{"kind", "", func(systems.FabricEntry) any { return "fabric" }},
	{"full_name", "", func(e systems.FabricEntry) any { return e.Value.Name }},
	{"scope", "Scope", func(e systems.FabricEntry) any { return e.Value.Scope }},
	{"bandwidth", "One way", func(e systems.FabricEntry) any { return positive(e.Value.Bandwidth) }},
	{"latency_low", "Idle", func(e systems.FabricEntry) any { return positive(e.Value.LatencyLow) }},
	{"latency_high", "Loaded", func(e systems.FabricEntry) any { return positive(e.Value.LatencyHigh) }},
	{"oversubscription", "", func(e systems.FabricEntry) any { return positive(e.Value.Oversubscription) }},
	{"aliases", "", func(e systems.FabricEntry) any { return append([]string{}, e.Aliases...) }},
}

var clusterColumns = []column[systems.ClusterEntry]{
	{"name", "Cluster", func(e systems.ClusterEntry) any { return e.Key }},
	{"kind", "", func(systems.ClusterEntry) any { return "cluster" }},
	{"full_name", "", func(e systems.ClusterEntry) any { return e.Value.Name }},
	{"devices", "Devices", func(e systems.ClusterEntry) any { return positive(e.Value.Devices) }},
	{"nodes", "", func(e systems.ClusterEntry) any { return positive(e.Value.Nodes) }},
	{"node", "Server", func(e systems.ClusterEntry) any { return e.Value.Node }},
	{"fabric", "Fabric", func(e systems.ClusterEntry) any { return e.Value.Fabric }},
	{"reference", "", func(e systems.ClusterEntry) any { return e.Value.Reference }},
	{"aliases", "", func(e systems.ClusterEntry) any { return append([]string{}, e.Aliases...) }},
}

var podColumns = []column[systems.PodEntry]{
	{"name", "Pod", func(e systems.PodEntry) any { return e.Key }},
	{"kind", "", func(systems.PodEntry) any { return "pod" }},
	{"full_name", "", func(e systems.PodEntry) any { return e.Value.Name }},
	{"devices", "Chips", func(e systems.PodEntry) any { return positive(e.Value.Devices) }},
	{"device", "Chip", func(e systems.PodEntry) any { return e.Value.Device }},
	{"memory", "Memory", func(e systems.PodEntry) any { return positive(e.Value.Memory) }},
	{"topology", "Wired as", func(e systems.PodEntry) any { return e.Value.Topology }},
	{"aliases", "", func(e systems.PodEntry) any { return append([]string{}, e.Aliases...) }},
}

var storageColumns = []column[systems.StorageEntry]{
	{"name", "Storage", func(e systems.StorageEntry) any { return e.Key }},
	{"kind", "", func(systems.StorageEntry) any { return "storage" }},
	{"full_name", "", func(e systems.StorageEntry) any { return e.Value.Name }},
	{"bandwidth", "Bandwidth", func(e systems.StorageEntry) any { return positive(e.Value.Bandwidth) }},
	{"latency", "Latency", func(e systems.StorageEntry) any { return positive(e.Value.Latency) }},
	{"capacity", "Capacity", func(e systems.StorageEntry) any { return positive(e.Value.Capacity) }},
	{"rent", "", func(e systems.StorageEntry) any { return positive(e.Value.Rent) }},
	{"rent_of", "", func(e systems.StorageEntry) any { return positive(e.Value.RentOf) }},
	{"aliases", "", func(e systems.StorageEntry) any { return append([]string{}, e.Aliases...) }},
}

var failureColumns = []column[systems.FailureEntry]{
	{"name", "Failure", func(e systems.FailureEntry) any { return e.Key }},
	{"kind", "", func(systems.FailureEntry) any { return "failure" }},
	{"full_name", "", func(e systems.FailureEntry) any { return e.Value.Name }},
	{"mttf", "Once in", func(e systems.FailureEntry) any { return positive(e.Value.MTTF) }},
	{"part", "Of one", func(e systems.FailureEntry) any { return e.Value.Part }},
	{"count", "Counted", func(e systems.FailureEntry) any { return positive(e.Value.Count) }},
	{"aliases", "", func(e systems.FailureEntry) any { return append([]string{}, e.Aliases...) }},
}

var platformColumns = []column[systems.PlatformEntry]{
	{"name", "Platform", func(e systems.PlatformEntry) any { return e.Key }},
	{"kind", "", func(systems.PlatformEntry) any { return "platform" }},
	{"full_name", "", func(e systems.PlatformEntry) any { return e.Value.Name }},
	{"memory", "Memory", func(e systems.PlatformEntry) any { return positive(e.Value.Memory) }},
	{"storage", "Storage", func(e systems.PlatformEntry) any { return positive(e.Value.Storage) }},
	{"latency", "Answer", func(e systems.PlatformEntry) any { return positive(e.Value.Latency) }},
	{"aliases", "", func(e systems.PlatformEntry) any { return append([]string{}, e.Aliases...) }},
}

var stackColumns = []column[systems.Entry]{
	{"name", "Stack", func(e systems.Entry) any { return e.Key }},
	{"kind", "", func(systems.Entry) any { return "stack" }},
	{"full_name", "Engine", func(e systems.Entry) any { return e.Value.Name }},
	{"host_per_step", "Host per step", func(e systems.Entry) any { return positive(e.Value.HostPerStep) }},
	{"kernels_per_layer", "Kernels per layer", func(e systems.Entry) any { return positive(e.Value.KernelsPerLayer) }},
	{"aliases", "", func(e systems.Entry) any { return append([]string{}, e.Aliases...) }},
}
