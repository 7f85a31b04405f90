package quality

import "github.com/mlsysim/golab/mlsysim/describe"

// Kernel is a kind of kernel.
type Kernel uint8

// The kernels: feed-forward matmuls, attention, convolutions, and all others.
const (
	FFN Kernel = iota
	Attention
	Conv
	Other
)

var kernelNames = [...]string{"ffn", "attention", "conv", "other"}

// String returns the lower-case name.
func (k Kernel) String() string { return kernelNames[min(int(k), len(kernelNames)-1)] }

// Names lists the kernels in order of their values.
func (Kernel) Names() []string { return kernelNames[:] }

// MarshalText writes the name.
func (k Kernel) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name in any case.
func (k *Kernel) UnmarshalText(text []byte) error { return describe.ReadEnum(k, "kernel", text) }

// Method is how a network is made smaller.
type Method uint8

// The methods: fewer bits per weight, or fewer weights.
const (
	Quantization Method = iota
	Pruning
)

var methodNames = [...]string{"quantization", "pruning"}

// String returns the lower-case name.
func (m Method) String() string { return methodNames[min(int(m), len(methodNames)-1)] }

// Names lists the methods in order of their values.
func (Method) Names() []string { return methodNames[:] }

// MarshalText writes the name.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a name in any case.
func (m *Method) UnmarshalText(text []byte) error { return describe.ReadEnum(m, "method", text) }

// Pattern is which weights pruning may remove.
type Pattern uint8

// The patterns: any single weight; whole rows, heads or channels, so that the
// matrices shrink; or two of each four, which some devices skip.
const (
	Unstructured Pattern = iota
	Structured
	TwoOfFour
)

var patternNames = [...]string{"unstructured", "structured", "2:4"}

// String returns the lower-case name.
func (p Pattern) String() string { return patternNames[min(int(p), len(patternNames)-1)] }

// Names lists the patterns in order of their values.
func (Pattern) Names() []string { return patternNames[:] }

// MarshalText writes the name.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name in any case.
func (p *Pattern) UnmarshalText(text []byte) error { return describe.ReadEnum(p, "pattern", text) }

// Limit is a demand on a compressed network.
type Limit uint8

// The limits, in the order in which they are tested.
const (
	NoLimit Limit = iota
	SizeLimit
	QualityLimit
	SpeedLimit
	SupportLimit
)

var limitNames = [...]string{"none", "size", "quality", "speed-up", "hardware support"}

// String returns the lower-case name.
func (l Limit) String() string { return limitNames[min(int(l), len(limitNames)-1)] }

// Names lists the limits in order of their values.
func (Limit) Names() []string { return limitNames[:] }

// MarshalText writes the name.
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a name in any case.
func (l *Limit) UnmarshalText(text []byte) error { return describe.ReadEnum(l, "limit", text) }
