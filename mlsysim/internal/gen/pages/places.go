package main

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

// places lists the pages of buildings and systems.
func places() []page {
	return []page{
		{"facilities.md", "Buildings and cooling", "What buildings and ways to cool add to the energy and water of the machines in them.\nA building is not a grid: the two are separate axes.", "infra", []table{
			tableOf("Buildings", infra.Facilities(), facilityColumns...),
			tableOf("Cooling", infra.Coolings(), coolingColumns...),
			tableOf("Racks", infra.Racks(), rackColumns...),
		}},
		{"fabrics.md", "Fabrics", "Links inside servers, networks between them, and what all ports of a server have. Every\nbandwidth is one way.", "systems", []table{tableOf("", systems.Fabrics(), fabricColumns...)}},
		{"servers.md", "Servers", "Accelerators on one link, network ports and power.", "systems", []table{tableOf("", systems.Nodes(), nodeColumns...)}},
		{"clusters.md", "Clusters and pods", "Many servers on one fabric, and chips on one torus.", "systems", []table{
			tableOf("Clusters", systems.Clusters(), clusterColumns...),
			tableOf("Pods", systems.Pods(), podColumns...),
		}},
		{"storage.md", "Storage, failures, platforms, stacks", "Tiers of storage, what fails and how often, classes of deployment, and the measured\noverheads of inference engines.", "systems", []table{
			tableOf("Storage", systems.StorageTiers(), storageColumns...),
			tableOf("Failures", systems.Failures(), failureColumns...),
			tableOf("Platforms", systems.Platforms(), platformColumns...),
			tableOf("Stacks", systems.Entries(), stackColumns...),
		}},
		prices(),
	}
}

const perHour = 1 / 3600.0

// prices is a page of infra; the devices on it are those of the tiers and not
// counted again.
func prices() page {
	p := page{"prices.md", "Prices", "What machines cost to rent and to buy, and electricity of large consumers, each with the\ntime of its price. Prices drift: they are dated facts, not defaults.", "infra", []table{
		tableOf("Instances", infra.Instances(), instanceColumns...),
		tableOf("Electricity", infra.Tariffs(), tariffColumns...),
	}}
	priced := pick(hardware.Entries(), func(e hardware.Entry) bool { return e.Value.Price > 0 })
	bought := tableOf("Devices", priced,
		words("Product", func(d *hardware.Device) string { return d.Name }),
		number("Price (USD)", "Price", 1, func(d *hardware.Device) units.USD { return d.Price }))
	bought.heads[3] = "What and when"
	for i, e := range priced {
		for _, f := range e.Facts {
			if f.Field == "Price" {
				bought.rows[i][3] = escape(f.Note) + " [^" + f.Document + "]"
			}
		}
	}
	for i, e := range bought.entries {
		e.Facts = nil
		for _, f := range priced[i].Facts {
			if f.Field == "Price" {
				e.Facts = append(e.Facts, f)
			}
		}
		bought.entries[i] = e
	}
	p.tables = append(p.tables, bought)
	return p
}

var facilityColumns = []column[infra.Facility]{
	words("Operator or survey", func(f *infra.Facility) string { return f.Name }),
	number("Year", "Year", 1, func(f *infra.Facility) int { return f.Year }),
	number("PUE", "PUE", 1, func(f *infra.Facility) float64 { return f.PUE }),
	number("Water (L/kWh)", "WUE", perKWh, func(f *infra.Facility) units.WaterIntensity { return f.WUE }),
	words("Grid", func(f *infra.Facility) string { return f.Region }),
}

var coolingColumns = []column[infra.Cooling]{
	words("Way to cool", func(c *infra.Cooling) string { return c.Name }),
	words("By", func(c *infra.Cooling) string { return c.Method.String() }),
	number("Year", "Year", 1, func(c *infra.Cooling) int { return c.Year }),
	number("PUE", "PUE", 1, func(c *infra.Cooling) float64 { return c.PUE }),
	number("Water (L/kWh)", "WUE", perKWh, func(c *infra.Cooling) units.WaterIntensity { return c.WUE }),
}

var rackColumns = []column[infra.Rack]{
	words("Rack", func(r *infra.Rack) string { return r.Name }),
	number("Power (kW)", "Power", 1e3, func(r *infra.Rack) units.Watts { return r.Power }),
	words("Cooled by", func(r *infra.Rack) string { return r.Method.String() }),
}

var fabricColumns = []column[systems.Fabric]{
	words("Generation", func(f *systems.Fabric) string { return f.Name }),
	words("Scope", func(f *systems.Fabric) string { return f.Scope.String() }),
	number("Year", "Year", 1, func(f *systems.Fabric) int { return f.Year }),
	number("Bandwidth (GB/s)", "Bandwidth", float64(units.GBps), func(f *systems.Fabric) units.ByteRate { return f.Bandwidth }),
	number("Links", "Links", 1, func(f *systems.Fabric) int { return f.Links }),
	number("Per link (GB/s)", "PerLink", float64(units.GBps), func(f *systems.Fabric) units.ByteRate { return f.PerLink }),
	number("Idle latency (µs)", "LatencyLow", 1e-6, func(f *systems.Fabric) units.Seconds { return f.LatencyLow }),
	number("Loaded latency (µs)", "LatencyHigh", 1e-6, func(f *systems.Fabric) units.Seconds { return f.LatencyHigh }),
}

var nodeColumns = []column[systems.Node]{
	words("Server", func(n *systems.Node) string { return n.Name }),
	words("Device", func(n *systems.Node) string { return n.Device }),
	number("Devices", "Devices", 1, func(n *systems.Node) int { return n.Devices }),
	number("Link, one way (GB/s)", "IntraLink", float64(units.GBps), func(n *systems.Node) units.ByteRate { return n.IntraLink }),
	number("Ports", "NICs", 1, func(n *systems.Node) int { return n.NICs }),
	number("Port (GB/s)", "NICRate", float64(units.GBps), func(n *systems.Node) units.ByteRate { return n.NICRate }),
	number("Power (kW)", "Power", 1e3, func(n *systems.Node) units.Watts { return n.Power }),
	number("Host power (kW)", "HostPower", 1e3, func(n *systems.Node) units.Watts { return n.HostPower }),
}

var clusterColumns = []column[systems.Cluster]{
	words("Cluster", func(c *systems.Cluster) string { return c.Name }),
	number("Devices", "Devices", 1, func(c *systems.Cluster) int { return c.Devices }),
	number("Servers", "Nodes", 1, func(c *systems.Cluster) int { return c.Nodes }),
	words("Server", func(c *systems.Cluster) string { return c.Node }),
	words("Fabric", func(c *systems.Cluster) string { return c.Fabric }),
}

var podColumns = []column[systems.Pod]{
	words("Pod", func(p *systems.Pod) string { return p.Name }),
	words("Chip", func(p *systems.Pod) string { return p.Device }),
	number("Chips", "Devices", 1, func(p *systems.Pod) int { return p.Devices }),
	number("Memory (TB)", "Memory", float64(units.TB), func(p *systems.Pod) units.Bytes { return p.Memory }),
	number("Power (kW)", "Power", 1e3, func(p *systems.Pod) units.Watts { return p.Power }),
	words("Wired as", func(p *systems.Pod) string { return p.Topology }),
}

var storageColumns = []column[systems.Storage]{
	words("Storage", func(s *systems.Storage) string { return s.Name }),
	number("Bandwidth (GB/s)", "Bandwidth", float64(units.GBps), func(s *systems.Storage) units.ByteRate { return s.Bandwidth }),
	number("Latency (µs)", "Latency", 1e-6, func(s *systems.Storage) units.Seconds { return s.Latency }),
	number("Capacity (TB)", "Capacity", float64(units.TB), func(s *systems.Storage) units.Bytes { return s.Capacity }),
	number("Rent (USD/h)", "Rent", perHour, func(s *systems.Storage) units.USDRate { return s.Rent }),
	number("Rent of (TB)", "RentOf", float64(units.TB), func(s *systems.Storage) units.Bytes { return s.RentOf }),
}

var failureColumns = []column[systems.Failure]{
	words("Failure", func(f *systems.Failure) string { return f.Name }),
	number("Once in (h)", "MTTF", 3600, func(f *systems.Failure) units.Seconds { return f.MTTF }),
	words("Of one", func(f *systems.Failure) string { return f.Part }),
	number("Counted", "Count", 1, func(f *systems.Failure) int { return f.Count }),
}

var platformColumns = []column[systems.Platform]{
	words("Platform", func(p *systems.Platform) string { return p.Name }),
	number("Memory (MB)", "Memory", float64(units.MB), func(p *systems.Platform) units.Bytes { return p.Memory }),
	number("Storage (GB)", "Storage", float64(units.GB), func(p *systems.Platform) units.Bytes { return p.Storage }),
	number("Answer (ms)", "Latency", 1e-3, func(p *systems.Platform) units.Seconds { return p.Latency }),
	number("Power (W)", "Power", 1, func(p *systems.Platform) units.Watts { return p.Power }),
}

var stackColumns = []column[systems.Stack]{
	words("Engine", func(s *systems.Stack) string { return s.Name }),
	number("Kernels per layer", "KernelsPerLayer", 1, func(s *systems.Stack) float64 { return s.KernelsPerLayer }),
	number("Kernel (µs)", "KernelTime", 1e-6, func(s *systems.Stack) units.Seconds { return s.KernelTime }),
	number("Host per step (µs)", "HostPerStep", 1e-6, func(s *systems.Stack) units.Seconds { return s.HostPerStep }),
	number("Error band (share)", "ErrorBand", 1, func(s *systems.Stack) float64 { return s.ErrorBand }),
}

var instanceColumns = []column[infra.Instance]{
	words("Instance", func(i *infra.Instance) string { return i.Name }),
	words("Provider", func(i *infra.Instance) string { return i.Provider }),
	words("Device", func(i *infra.Instance) string { return i.Device }),
	number("Devices", "Devices", 1, func(i *infra.Instance) int { return i.Devices }),
	number("Price (USD/h)", "Price", perHour, func(i *infra.Instance) units.USDRate { return i.Price }),
	number("Per device (USD/h)", "PerDevice", perHour, func(i *infra.Instance) units.USDRate { return i.PerDevice }),
	number("Spot from (USD/h)", "SpotLow", perHour, func(i *infra.Instance) units.USDRate { return i.SpotLow }),
	number("Spot to (USD/h)", "SpotHigh", perHour, func(i *infra.Instance) units.USDRate { return i.SpotHigh }),
	words("Date", func(i *infra.Instance) string { return i.Date }),
}

var tariffColumns = []column[infra.Tariff]{
	words("Consumers", func(t *infra.Tariff) string { return t.Name }),
	number("Price (USD/kWh)", "Price", perKWh, func(t *infra.Tariff) units.EnergyPrice { return t.Price }),
	number("Year", "Year", 1, func(t *infra.Tariff) int { return t.Year }),
}
