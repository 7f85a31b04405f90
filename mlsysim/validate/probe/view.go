package probe

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Flat is the report as JSON with the names of the reference command.
type Flat struct {
	Workload    string      `json:"workload" help:"network that is estimated"`
	Environment environment `json:"environment" help:"this machine"`
	Reference   string      `json:"reference_hardware" help:"device of the registry to compare with"`
	Latency     float64     `json:"estimated_latency_ms" help:"time of one pass here, ms"`
	Throughput  float64     `json:"estimated_throughput" help:"in the unit of throughput_unit"`
	Bottleneck  string      `json:"bottleneck" help:"what binds here"`
	Speed       float64     `json:"h100_relative_speed" help:"throughput here over that of an H100" known:"SpeedKnown"`
	Benchmark   Benchmark   `json:"benchmark" help:"what was measured"`

	Kind       string         `json:"kind" help:"estimate: nothing of the network was run"`
	Unit       string         `json:"throughput_unit" help:"tokens/s of a language model, else samples/s"`
	Phase      compute.Phase  `json:"phase" help:"what one pass does"`
	Batch      int            `json:"batch" help:"sequences or samples per pass"`
	Precision  string         `json:"precision" help:"format of the weights"`
	Fits       bool           `json:"fits" help:"weights and cache fit into the memory" known:"FitKnown"`
	Short      units.Bytes    `json:"short" help:"what is missing, B" known:"FitKnown"`
	Chosen     string         `json:"reference_because" help:"why that device"`
	RefLatency float64        `json:"reference_latency_ms" help:"time of the pass on it, ms" known:"RefKnown"`
	FitKnown   bool           `json:"fit_known" help:"the machine's memory is known"`
	RefKnown   bool           `json:"reference_known" help:"the pass runs on the reference"`
	SpeedKnown bool           `json:"h100_known" help:"the pass runs here and on an H100"`
	Warnings   walls.Warnings `json:"warnings" help:"remarks"`
	Registry   string         `json:"registry" help:"version and hash of the registry"`
}

type environment struct {
	OS          string      `json:"os" help:"operating system and architecture"`
	Processor   string      `json:"processor" help:"name of the processor"`
	Accelerator string      `json:"accelerator" help:"name of the accelerators, none, or unknown"`
	Type        string      `json:"type" help:"cpu or gpu"`
	Cores       int         `json:"cores" help:"cores that may be used"`
	Memory      units.Bytes `json:"memory" help:"main memory, B" known:"MemoryKnown"`
	Cache       units.Bytes `json:"last_level_cache" help:"last-level caches, B" known:"CacheKnown"`
	MemoryKnown bool        `json:"memory_known" help:"the memory is known"`
	CacheKnown  bool        `json:"cache_known" help:"the caches are known"`
}

// Flat returns the report with the names of the command line's JSON.
func (r Report) Flat() Flat {
	m, p := &r.Machine, &r.Pass
	speed, known := r.Speed()
	return Flat{
		Workload: r.in.Workload.Name, Reference: r.Reference.Device.Name, Bottleneck: p.Binding.String(),
		Environment: environment{
			OS: m.OS, Processor: or(m.Processor), Accelerator: m.accelerators(), Type: m.Type(), Cores: m.Cores,
			Memory: m.Memory, Cache: m.Cache, MemoryKnown: m.Memory > 0, CacheKnown: m.Cache > 0,
		},
		Latency: p.Latency.Ratio(units.Millisecond), Throughput: float64(p.Throughput), Unit: unit(p),
		Speed: speed, SpeedKnown: known, Benchmark: r.Benchmark, Kind: "estimate",
		Phase: p.Phase, Batch: r.in.Batch, Precision: p.Precision.String(),
		Fits: r.Fits, Short: p.Short, FitKnown: r.FitKnown, Chosen: r.Chosen.String(),
		RefLatency: r.Reference.Pass.Latency.Ratio(units.Millisecond), RefKnown: r.Reference.Known,
		Warnings: p.Warnings, Registry: source.Stamp(),
	}
}

// unit counts a decode step in tokens, one per sequence.
func unit(p *compute.Result) string {
	if p.Phase == compute.Decode {
		return "tokens/s"
	}
	return "samples/s"
}

// View describes machine, measurement, roofline and estimate.
func (r Report) View() show.View {
	v := show.View{
		Title:    "Audit of this machine",
		Subtitle: fmt.Sprintf("estimate for %s, %s, batch %d, %s", r.in.Workload.Name, r.Pass.Phase, r.in.Batch, r.Pass.Precision),
		Data:     r.Flat(),
		Blocks:   []show.Block{r.machine(), r.measured(), r.estimate(), r.rooflines()},
	}
	return v
}

func (r *Report) machine() show.Block {
	m := &r.Machine
	size := func(b units.Bytes) string {
		if b == 0 {
			return unknown
		}
		return b.String()
	}
	return show.Block{Heading: "Machine", Rows: []show.Row{
		{Label: "system", Value: m.OS},
		{Label: "processor", Value: or(m.Processor), Note: fmt.Sprintf("%d cores", m.Cores)},
		{Label: "accelerator", Value: m.accelerators()},
		{Label: "memory", Value: size(m.Memory)},
		{Label: "last-level cache", Value: size(m.Cache)},
	}}
}

func (r *Report) measured() show.Block {
	b := &r.Benchmark
	note := func(spread float64, passes int) string {
		return fmt.Sprintf("± %s %%, %d repeats", units.Number(50*spread), passes)
	}
	return show.Block{
		Heading: "Measured",
		Rows: []show.Row{
			{Label: "copy", Value: b.Copy.String(), Note: note(b.CopySpread, b.CopyPasses), Help: "memory bandwidth of copying an array"},
			{Label: "triad", Value: b.Triad.String(), Note: note(b.TriadSpread, b.TriadPasses), Help: "memory bandwidth of a = b + s·c"},
			{Label: "float32", Value: b.Rate.String(), Note: note(b.RateSpread, b.RatePasses), Help: "multiply-adds in registers"},
		},
		Notes: []string{fmt.Sprintf("medians of %d cores over %s, half the distance of the quartiles beside them; "+
			"float32 is what plain Go reaches, without vector instructions: the processor's own peak is higher", b.Cores, b.Buffer)},
	}
}

func (r *Report) estimate() show.Block {
	p := &r.Pass
	b := show.Block{Heading: "Estimate", Status: show.Unknown}
	fit := "of an unknown size"
	if r.FitKnown {
		b.Status, fit = show.Pass, fmt.Sprintf("of %s", p.Capacity)
	}
	if r.FitKnown && !r.Fits {
		b.Status = show.Fail
	}
	rate := p.Throughput.String()
	if p.Phase == compute.Decode {
		rate = units.TokenRate(p.Throughput).String() // dim: one token per sample
	}
	speed := unknown
	if times, known := r.Speed(); known {
		speed = units.Number(times) + " ×"
	}
	b.Rows = []show.Row{
		{Label: "memory", Value: p.Footprint.String(), Note: fit, Help: "weights and cache"},
		{Label: "latency", Value: p.Latency.String(), Note: fmt.Sprintf("compute %s, memory %s", p.Compute, p.Memory), Help: "the longer of compute and memory time"},
		{Label: "throughput", Value: rate},
		{Label: "binds", Value: p.Binding.String(), Note: fmt.Sprintf("intensity %s, ridge %s", p.Intensity, p.Ridge), Help: "the resource to buy more of"},
		{Label: "against an H100", Value: speed, Help: "throughput here over that of an H100"},
	}
	if p.Short > 0 && r.FitKnown {
		b.Rows = append(b.Rows, show.Row{Label: "missing", Value: p.Short.String(), Help: "what does not fit into the memory"})
		b.Notes = append(b.Notes, "it does not fit into the memory: the times are as if it did")
	}
	if p.Warnings.Has(walls.BeyondContext) {
		b.Notes = append(b.Notes, walls.BeyondContext.String())
	}
	return b
}

// rooflines compares the ceilings, this machine's first.
func (r *Report) rooflines() show.Block {
	t := &show.Table{Columns: []show.Column{
		{Name: "Device"},
		{Name: "Bandwidth", Right: true},
		{Name: "Rate", Right: true},
		{Name: "At"},
		{Name: "Ridge", Right: true},
		{Name: "Latency", Right: true},
		{Name: "Binds"},
	}}
	peers := []Peer{{Device: r.device, Pass: r.Pass, Known: true, Format: r.in.Precision, Share: 1, Stream: 1}, r.Reference}
	if r.Reference.Device.Name != r.H100.Device.Name {
		peers = append(peers, r.H100)
	}
	for _, p := range peers {
		t.Cells = append(t.Cells, p.cells())
	}
	b := show.Block{Heading: "Roofline", Table: t}
	b.Notes = append(b.Notes, fmt.Sprintf("%s: %s; devices of the registry by their measured ceilings where it has them", r.Reference.Device.Name, r.Chosen))
	if r.Chosen == Closest {
		b.Notes = append(b.Notes, r.ask())
	}
	return b
}

// cells is a row of the table.
func (p *Peer) cells() []string {
	bandwidth, rate := p.Device.MainBandwidth().Times(p.Stream), p.Device.Rates.At(p.Format).Times(p.Share)
	cells := []string{p.Device.Name, unknown, unknown, p.Format.String(), unknown, unknown, unknown}
	if bandwidth > 0 {
		cells[1] = bandwidth.String()
	}
	if rate > 0 {
		cells[2] = rate.String()
	}
	if bandwidth > 0 && rate > 0 {
		cells[4] = rate.PerByteRate(bandwidth).String()
	}
	if p.Known {
		cells[5], cells[6] = p.Pass.Latency.String(), p.Pass.Binding.String()
	}
	return cells
}

// ask wants the name that could not be told.
func (r *Report) ask() string {
	for _, name := range [...]string{r.Machine.Accelerator, r.Machine.Processor} {
		if name != "" {
			return fmt.Sprintf("the registry has no %q: name a device (hardware) if you know what it is called there", name)
		}
	}
	return "nothing here says what it is: name a device (hardware) to compare with"
}

// Device is the machine as the registry would describe it, for a chart.
func (r Report) Device() hardware.Device { return r.device }

// Workload is the network that is estimated.
func (r Report) Workload() string { return r.in.Workload.Name }
