package compute

import "github.com/mlsysim/golab/mlsysim/describe"

// Phase is what one pass does.
type Phase uint8

// The phases. Auto decodes with networks that generate tokens, reads a sequence
// with encoders and samples with all others. Train is one optimizer step.
const (
	Auto Phase = iota
	Decode
	Prefill
	Sample
	Train
)

var phaseNames = [...]string{"auto", "decode", "prefill", "sample", "train"}

// String returns the lower-case name.
func (p Phase) String() string { return phaseNames[min(int(p), len(phaseNames)-1)] }

// Names lists the phases in order of their values.
func (Phase) Names() []string { return phaseNames[:] }

// MarshalText writes the name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name in any case.
func (p *Phase) UnmarshalText(text []byte) error { return describe.ReadEnum(p, "phase", text) }
