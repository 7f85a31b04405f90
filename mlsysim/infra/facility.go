package infra

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Facility is a building that houses machines, or the mean of many.
type Facility struct {
	Name   string               `help:"operator, site or survey"`
	Year   int                  `help:"year of the figures" min:"0"`
	PUE    float64              `help:"power usage effectiveness: facility energy per IT energy" better:"lower" min:"1"`
	WUE    units.WaterIntensity `help:"water evaporated per IT energy; 0 is unknown" better:"lower" min:"0"`
	Dry    bool                 `help:"no water is evaporated: a WUE of 0 is a figure, not a gap"`
	Region string               `help:"key of the grid it stands on, if it stands on one"`

	Reference bool `help:"a building to think with, not one that stands somewhere"`
}

// A FacilityEntry is a facility with its registry names and sources.
type FacilityEntry = registry.Entry[Facility]

// Facilities returns the facility registry in the order of its files.
func Facilities() []FacilityEntry { return facilities }

// FindFacility returns a copy of the facility with that name.
func FindFacility(name string) (Facility, error) { return find(facilities, "facility", name) }

// String returns the name.
func (f Facility) String() string { return f.Name }

// MarshalText writes the name.
func (f Facility) MarshalText() ([]byte, error) { return []byte(f.Name), nil }

// UnmarshalText looks a facility up in the registry.
func (f *Facility) UnmarshalText(text []byte) error {
	return read(f, facilities, "facility", text)
}

// Cooling is a way to cool a hall, with what it makes of PUE and WUE.
type Cooling struct {
	Name   string               `help:"way to cool"`
	Method Coolant              `help:"what carries the heat away from the chips"`
	Year   int                  `help:"year of the figures" min:"0"`
	PUE    float64              `help:"power usage effectiveness of a hall cooled so" better:"lower" min:"1"`
	WUE    units.WaterIntensity `help:"water evaporated per IT energy; 0 is unknown" better:"lower" min:"0"`
}

// Facility returns a hall cooled so.
func (c Cooling) Facility() Facility {
	return Facility{Name: c.Name, Year: c.Year, PUE: c.PUE, WUE: c.WUE}
}

// A CoolingEntry is a way to cool with its registry names and sources.
type CoolingEntry = registry.Entry[Cooling]

// Coolings returns the ways to cool in the order of their files.
func Coolings() []CoolingEntry { return coolings }

// FindCooling returns a copy of the way to cool with that name.
func FindCooling(name string) (Cooling, error) { return find(coolings, "cooling", name) }

// String returns the name.
func (c Cooling) String() string { return c.Name }

// MarshalText writes the name.
func (c Cooling) MarshalText() ([]byte, error) { return []byte(c.Name), nil }

// UnmarshalText looks a way to cool up in the registry.
func (c *Cooling) UnmarshalText(text []byte) error { return read(c, coolings, "cooling", text) }

// Rack is a cabinet of machines with the power it takes.
type Rack struct {
	Name   string      `help:"kind of rack"`
	Power  units.Watts `help:"rated power of what it holds" min:"0"`
	Method Coolant     `help:"what carries the heat away from the chips"`
	Node   string      `help:"key of the servers in it, in package systems"`
	Nodes  int         `help:"servers in it" min:"0"`
}

// A RackEntry is a rack with its registry names and sources.
type RackEntry = registry.Entry[Rack]

// Racks returns the rack registry in the order of its files.
func Racks() []RackEntry { return racks }

// FindRack returns a copy of the rack with that name.
func FindRack(name string) (Rack, error) { return find(racks, "rack", name) }

// String returns the name.
func (r Rack) String() string { return r.Name }

// MarshalText writes the name.
func (r Rack) MarshalText() ([]byte, error) { return []byte(r.Name), nil }

// UnmarshalText looks a rack up in the registry.
func (r *Rack) UnmarshalText(text []byte) error { return read(r, racks, "rack", text) }

// Coolant is what carries the heat away from the chips.
type Coolant uint8

// The coolants.
const (
	Air Coolant = iota
	Liquid
)

var coolantNames = [...]string{"air", "liquid"}

// String returns the lower-case name.
func (c Coolant) String() string { return coolantNames[min(int(c), len(coolantNames)-1)] }

// Names lists the coolants in order of their values.
func (Coolant) Names() []string { return coolantNames[:] }

// MarshalText writes the name.
func (c Coolant) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a name in any case.
func (c *Coolant) UnmarshalText(text []byte) error { return describe.ReadEnum(c, "coolant", text) }
