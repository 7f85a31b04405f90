// Package storage asks whether data reaches the accelerators as fast as they
// consume it: the supply chain of a node, and the processing on its host. It
// leaves out the latency of single reads, which prefetching hides.
//
//	r, err := storage.Ingestion{Demand: 5 * units.GBps, Storage: 7 * units.GBps, HostLink: 64 * units.GBps}.Solve()
package storage

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Ingestion compares what the accelerators of one node consume with what each
// stage of its supply chain passes on (wall 8), in bytes as stored.
//
//	supply = min(storage/(1 − h), network/(1 − h), cache/h, decode, g·link/x)
//	ρ = g·demand/supply;   stalled if ρ > 1
//
// A cache that holds the share h takes that share off the disks and the
// network. A stage whose rate is unknown does not limit; with none known there
// is no verdict. It leaves out bursts: the stages are long-run means.
//
// Mohan 2021, "Analyzing and mitigating data stalls in DNN training"; Murray
// 2021, "tf.data".
type Ingestion struct {
	Demand       units.ByteRate `help:"stored data that one accelerator consumes" min:"0" required:"true"`
	Accelerators int            `help:"accelerators of the node" min:"1" default:"1"`
	HitRatio     float64        `help:"share of the reads that the node's memory cache answers" min:"0" max:"1"`
	Storage      units.ByteRate `help:"disks that serve the node; 0 is unknown" min:"0"`
	Network      units.ByteRate `help:"network between the node and its disks; 0 is unknown, or the disks are its own" min:"0"`
	Cache        units.ByteRate `help:"memory cache; 0 is unknown" min:"0"`
	Decode       units.ByteRate `help:"stored data that the node's processors decode; 0 is unknown" min:"0"`
	HostLink     units.ByteRate `help:"link of one accelerator to the host; 0 is unknown" min:"0"`
	Expansion    float64        `help:"bytes after decoding per stored byte, for the host link" above:"0" default:"1"`
	Sample       units.Bytes    `help:"stored size of one sample; 0 is unknown" min:"0"`
}

// IngestionResult is demand and supply of one node.
type IngestionResult struct {
	Stalled        bool           `help:"the accelerators wait for data" known:"Known"`
	Utilization    float64        `help:"demand per supply" better:"lower" known:"Known"`
	Demand         units.ByteRate `help:"stored data that the node consumes"`
	Supply         units.ByteRate `help:"stored data that the chain delivers" better:"higher" known:"Known"`
	Margin         units.ByteRate `help:"supply less demand; below zero data is missing" better:"higher" known:"Known"`
	AcceleratorUse float64        `help:"share of the time that accelerators have data" better:"higher" known:"Known"`

	FromStorage  units.ByteRate `help:"what the disks allow" better:"higher" known:"StorageKnown"`
	FromNetwork  units.ByteRate `help:"what the network allows" better:"higher" known:"NetworkKnown"`
	FromCache    units.ByteRate `help:"what the memory cache allows" better:"higher" known:"CacheKnown"`
	FromDecode   units.ByteRate `help:"what decoding allows" better:"higher" known:"DecodeKnown"`
	FromHostLink units.ByteRate `help:"what the host links allow" better:"higher" known:"HostLinkKnown"`

	SampleDemand units.SampleRate `help:"samples per second that the node consumes" known:"SamplesKnown"`
	SampleSupply units.SampleRate `help:"samples per second that the chain delivers" better:"higher" known:"SampleSupplyKnown"`

	Known             bool `help:"at least one stage is known"`
	StorageKnown      bool `help:"the disks are known and used"`
	NetworkKnown      bool `help:"the network is known and used"`
	CacheKnown        bool `help:"the cache is known and used"`
	DecodeKnown       bool `help:"decoding is known"`
	HostLinkKnown     bool `help:"the host link is known"`
	SamplesKnown      bool `help:"the size of a sample is known"`
	SampleSupplyKnown bool `help:"the size of a sample and a stage are known"`
	walls.Notes

	in Ingestion // for Explain
}

// Solve fails only if a field is out of range.
func (i Ingestion) Solve() (IngestionResult, error) {
	if err := describe.Check(&i); err != nil {
		return IngestionResult{}, err
	}
	r := IngestionResult{Demand: i.Demand.Times(float64(i.Accelerators)), in: i}
	i.stages(&r)
	i.verdict(&r)
	i.samples(&r)
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (i Ingestion) Run() IngestionResult { return walls.Must(i.Solve()) }

// stages fills in what each stage allows and takes the slowest.
func (i *Ingestion) stages(r *IngestionResult) {
	missed := 1 - i.HitRatio
	r.FromStorage, r.StorageKnown = r.stage(walls.Storage, i.Storage, 1, missed)
	r.FromNetwork, r.NetworkKnown = r.stage(walls.Network, i.Network, 1, missed)
	r.FromCache, r.CacheKnown = r.stage(walls.MemoryBandwidth, i.Cache, 1, i.HitRatio)
	r.FromDecode, r.DecodeKnown = r.stage(walls.HostCPU, i.Decode, 1, 1)
	r.FromHostLink, r.HostLinkKnown = r.stage(walls.HostLink, i.HostLink, float64(i.Accelerators), i.Expansion)
	if missed > 0 && !r.StorageKnown && !r.NetworkKnown {
		r.Warnings |= walls.StorageUnknown
	}
}

// stage is the supply that n units of a rate allow when load bytes pass it per
// byte consumed. It limits the supply if it is known and used.
func (r *IngestionResult) stage(what walls.Resource, rate units.ByteRate, n, load float64) (units.ByteRate, bool) {
	if rate == 0 || load == 0 {
		return 0, false
	}
	allowed := rate.Times(n / load)
	if !r.Known || allowed < r.Supply {
		r.Supply, r.Binding = allowed, what
	}
	r.Known = true
	return allowed, true
}

// verdict compares demand and supply.
func (i *Ingestion) verdict(r *IngestionResult) {
	if !r.Known {
		r.Warnings |= walls.SupplyUnknown
		return
	}
	r.Utilization = r.Demand.Ratio(r.Supply)
	r.Margin = r.Supply - r.Demand
	r.Stalled = r.Utilization > 1
	r.AcceleratorUse = 1
	if r.Stalled {
		r.AcceleratorUse = r.Supply.Ratio(r.Demand)
	}
}

// samples converts to samples per second.
func (i *Ingestion) samples(r *IngestionResult) {
	r.SamplesKnown = i.Sample > 0
	r.SampleSupplyKnown = r.SamplesKnown && r.Known
	r.SampleDemand = perSecond(i.Sample, r.Demand)
	r.SampleSupply = perSecond(i.Sample, r.Supply)
}

// perSecond is how many samples of a size a rate carries; zero if either is.
func perSecond(size units.Bytes, rate units.ByteRate) units.SampleRate {
	if size == 0 || rate == 0 {
		return 0
	}
	return units.Sample.Per(size.Over(rate))
}
