// Package walls names what can bind a system: the 22 walls of the field, the
// resource that a result found binding, and the warnings it carries. It also
// holds the steps of a derivation, as formulas that can be evaluated again.
package walls

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/nearest"
)

// A Wall is one limit of machine-learning systems, numbered 1 to 22.
type Wall int

// Info describes a wall.
type Info struct {
	Number  Wall
	Name    string
	Domain  string // node, data, algorithm, fleet, operations or analysis
	Formula string
	Source  string
}

var infos = [...]Info{
	{1, "Compute", "node", "T = F/(P·η)", "Williams 2009"},
	{2, "Memory", "node", "T = Q/BW", "Williams 2009"},
	{3, "Software", "node", "η = f(kernel, occupancy, framework)", "Chowdhery 2022, Dao 2022"},
	{4, "Serving", "node", "TTFT by compute, ITL by bandwidth", "Pope 2023"},
	{5, "Batching", "node", "N = M_KV/(k·S)", "Kwon 2023"},
	{6, "Streaming", "node", "T = max(W/BW, F/(P·η)) per layer", "Lie 2022"},
	{7, "Tail Latency", "node", "M/M/c sojourn quantiles", "Dean, Barroso 2013"},
	{8, "Ingestion", "data", "ρ = demand/supply", "Mohan 2021"},
	{9, "Transformation", "data", "T = B·S/C", "Murray 2021"},
	{10, "Locality", "data", "BW = link·β/oversubscription", "Leiserson 1985"},
	{11, "Complexity", "algorithm", "C = 6·P·D", "Hoffmann 2022"},
	{12, "Reasoning", "algorithm", "T = Σ ITL(S + j)", "Snell 2024"},
	{13, "Fidelity", "algorithm", "r = 8b/bits", "Gholami 2021"},
	{14, "Communication", "fleet", "2(n−1)/n·M/β + 2(n−1)α", "Patarasuk, Yuan 2009"},
	{15, "Fragility", "fleet", "MTBF/N", "Young 1974, Daly 2006"},
	{16, "Multi-tenant", "fleet", "wait = P_w·d/(c(1−ρ))", "Erlang 1917"},
	{17, "Capital", "operations", "CapEx + OpEx", "Barroso 2018"},
	{18, "Sustainability", "operations", "E·PUE·CI", "Patterson 2022"},
	{19, "Checkpoint", "operations", "t/(interval + t)", "Eisenman 2022"},
	{20, "Safety", "operations", "σ from (ε, δ)", "Abadi 2016"},
	{21, "Sensitivity", "analysis", "∂ln T/∂ln x", "Williams 2009"},
	{22, "Synthesis", "analysis", "BW = Q/T", "Williams 2009"},
}

// All lists the walls in order of their numbers.
func All() []Info { return infos[:] }

// Find returns a wall by its number.
func Find(number int) (Info, error) {
	if number < 1 || number > len(infos) {
		return Info{}, fmt.Errorf("wall %d: want 1 to %d", number, len(infos))
	}
	return infos[number-1], nil
}

// InDomain lists the walls of one domain.
func InDomain(domain string) ([]Info, error) {
	var out []Info
	var domains []string
	for _, i := range infos {
		if nearest.Fold(i.Domain) == nearest.Fold(domain) {
			out = append(out, i)
		}
		if len(domains) == 0 || domains[len(domains)-1] != i.Domain {
			domains = append(domains, i.Domain)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("unknown domain %q: want one of %s", domain, strings.Join(domains, ", "))
	}
	return out, nil
}

// String returns the name.
func (w Wall) String() string {
	i, err := Find(int(w))
	if err != nil {
		return err.Error()
	}
	return i.Name
}

// Resource is what binds a design: the thing to buy more of.
type Resource uint8

// The resources.
const (
	Nothing Resource = iota
	Compute
	MemoryBandwidth
	MemoryCapacity
	SRAMBandwidth
	FlashBandwidth
	HostLink
	Network
	Overhead
	Storage
	HostCPU
	Queueing
	Failures
)

var resourceNames = [...]string{
	"nothing", "compute", "memory bandwidth", "memory capacity", "SRAM bandwidth", "flash bandwidth", "host link", "network", "overhead", "storage", "host CPU", "queueing", "failures",
}

// String returns the name in words.
func (r Resource) String() string { return resourceNames[min(int(r), len(resourceNames)-1)] }

// Names lists the resources in order of their values.
func (Resource) Names() []string { return resourceNames[:] }

// MarshalText writes the name.
func (r Resource) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a name in any case.
func (r *Resource) UnmarshalText(text []byte) error { return describe.ReadEnum(r, "resource", text) }

// Warnings is a set of remarks that a result carries at no cost.
type Warnings uint32

// The warnings.
const (
	DoesNotFit Warnings = 1 << iota
	BeyondContext
	OverheadDominates
	HostLinkUnknown
	PowerUnknown
	PriceUnknown
	EfficiencyOptimistic
	MeasuredPartly
	Unstable
	Approximate
	StorageUnknown
	SupplyUnknown
	CheckpointSlow
	QualityUnknown
	CrossesNodes
	LimitMissed
	NotReached
	numWarnings = iota
)

var warningTexts = [numWarnings]string{
	"it does not fit into the device's memory",
	"the context is longer than the model was built for",
	"fixed overheads take longer than computing and reading memory",
	"the device's host link is unknown: times are as if it fitted",
	"the device's power is unknown: energy and carbon are left out",
	"the device's price is unknown: cost is left out",
	"an efficiency above 0.6 is rarely reached",
	"some measured ceilings of this device are unknown: its ideal figures stand in",
	"the queue grows without bound: waiting times are left out",
	"an approximation: it is exact only for exponential service times",
	"the storage bandwidth is unknown: times that need it are left out",
	"nothing is known about the supply: there is no verdict",
	"writing a checkpoint takes at least twice the mean time between failures",
	"no published table covers this setting: quality is unknown",
	"a group of devices spans servers: the slower fabric carries it",
	"a stated limit is missed",
	"the target cannot be reached",
}

// Texts lists the warnings as sentences.
func (w Warnings) Texts() []string {
	var out []string
	for i, text := range warningTexts {
		if w&(1<<i) != 0 {
			out = append(out, text)
		}
	}
	return out
}

// Has reports whether all of some warnings are set.
func (w Warnings) Has(some Warnings) bool { return w&some == some }

// String joins the sentences.
func (w Warnings) String() string { return strings.Join(w.Texts(), "; ") }

// MarshalJSON writes the sentences as a list.
func (w Warnings) MarshalJSON() ([]byte, error) {
	out := []byte("[")
	for i, text := range w.Texts() {
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, "%q", text)
	}
	return append(out, ']'), nil
}

// Notes is what every result says about itself.
type Notes struct {
	Binding  Resource `help:"what binds: the resource to buy more of"`
	Warnings Warnings `help:"remarks"`
}

// Must returns the result, or ends a lab cell with a readable error: the panic
// value is the error itself, which script and kernel show without a trace.
func Must[R any](r R, err error) R {
	if err != nil {
		panic(err)
	}
	return r
}
