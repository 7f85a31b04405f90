package systems

import (
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Failure is one cause that stops a job, and how often one part does. Where it
// was counted on a machine, MTTF = Parts·Window/Count; else it is a design figure.
type Failure struct {
	Name   string        `help:"what fails, and where it was counted"`
	Part   string        `help:"what the mean time is that of one of"`
	MTTF   units.Seconds `help:"mean time between failures of one part" min:"0"`
	Count  int           `help:"failures counted; 0 is none counted" min:"0"`
	Parts  int           `help:"parts that were watched" min:"0"`
	Window units.Seconds `help:"time for which they were watched" min:"0"`
}

// Fleet is the mean time between failures of n such parts together.
func (f Failure) Fleet(n int) units.Seconds {
	if n < 1 {
		return 0
	}
	return f.MTTF.Times(1 / float64(n))
}

// A FailureEntry is a cause with its registry names and sources.
type FailureEntry = registry.Entry[Failure]

// Failures returns the failure registry in the order of its files.
func Failures() []FailureEntry { return failures }

// FindFailure returns a copy of the cause with that name.
func FindFailure(name string) (Failure, error) { return find(failures, "failure", name) }

// String returns the name.
func (f Failure) String() string { return f.Name }

// MarshalText writes the name.
func (f Failure) MarshalText() ([]byte, error) { return []byte(f.Name), nil }

// UnmarshalText looks a cause up in the registry.
func (f *Failure) UnmarshalText(text []byte) error { return read(f, failures, "failure", text) }
