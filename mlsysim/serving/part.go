package serving

import "github.com/mlsysim/golab/mlsysim/describe"

// Part is what keeps a service from meeting a limit.
type Part uint8

// The parts.
const (
	NoPart        Part = iota // the limit is met
	MemoryPart                // not one request fits
	PrefillPart               // the prompt takes most of a time that is too long without any queue
	DecodePart                // the output does
	VariationPart             // a request is short enough on average, but more than 1 % take longer than the limit
	ReplicasPart              // more replicas would do
)

var partNames = [...]string{"nothing", "memory", "prefill", "decode", "variation", "replicas"}

// String returns the lower-case name.
func (p Part) String() string { return partNames[min(int(p), len(partNames)-1)] }

// Names lists the parts in order of their values.
func (Part) Names() []string { return partNames[:] }

// MarshalText writes the name.
func (p Part) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name in any case.
func (p *Part) UnmarshalText(text []byte) error { return describe.ReadEnum(p, "part", text) }
