package scenario

import "github.com/mlsysim/golab/mlsysim/describe"

// Mode is what a design does all day.
type Mode uint8

// The modes. Auto trains on a cluster and runs a pass on a single device.
const (
	Auto Mode = iota
	Pass
	Train
	Serve
)

var modeNames = [...]string{"auto", "pass", "train", "serve"}

// String returns the lower-case name.
func (m Mode) String() string { return modeNames[min(int(m), len(modeNames)-1)] }

// Names lists the modes in order of their values.
func (Mode) Names() []string { return modeNames[:] }

// MarshalText writes the name.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads a name in any case.
func (m *Mode) UnmarshalText(text []byte) error { return describe.ReadEnum(m, "mode", text) }
