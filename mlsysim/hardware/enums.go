package hardware

import "github.com/mlsysim/golab/mlsysim/describe"

// Tier is a class of devices.
type Tier uint8

// The tiers.
const (
	Cloud Tier = iota
	Workstation
	Edge
	Mobile
	Tiny
)

var tierNames = [...]string{"cloud", "workstation", "edge", "mobile", "tiny"}

// String returns the lower-case name.
func (t Tier) String() string { return tierNames[min(int(t), len(tierNames)-1)] }

// Names lists the tiers in order of their values.
func (Tier) Names() []string { return tierNames[:] }

// MarshalText writes the name.
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a name in any case.
func (t *Tier) UnmarshalText(text []byte) error { return describe.ReadEnum(t, "tier", text) }

// Status says whether one can buy a device.
type Status uint8

// The states.
const (
	Shipping  Status = iota // sold, rented or installed, now or in the past
	Announced               // vendor projections
	Reference               // a class of device with round numbers, no product
)

var statusNames = [...]string{"shipping", "announced", "reference"}

// String returns the lower-case name.
func (s Status) String() string { return statusNames[min(int(s), len(statusNames)-1)] }

// Names lists the states in order of their values.
func (Status) Names() []string { return statusNames[:] }

// MarshalText writes the name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name in any case.
func (s *Status) UnmarshalText(text []byte) error { return describe.ReadEnum(s, "status", text) }
