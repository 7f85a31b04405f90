// Package infra is the registry of places: electricity grids (carbon intensity,
// tariff) and facilities (PUE, WUE). They are separate axes: a clean grid does
// not make a building efficient.
//
//	fmt.Println(infra.Quebec.Carbon) // 34.5 g/kWh
//
// Edit data/*.yaml, run go generate, commit both.
package infra

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:generate go run ../internal/gen/registry -kind infra

// Grid is an electricity grid region.
type Grid struct {
	Name   string                `help:"region"`
	Carbon units.CarbonIntensity `help:"emissions per energy" min:"0"`
	Year   int                   `help:"year of the carbon figure" min:"0"`
	Basis  Basis                 `help:"what the carbon figure counts"`
	Price  units.EnergyPrice     `help:"electricity price of large consumers; 0 is unknown" min:"0"`
}

// Facility is a building that houses machines.
type Facility struct {
	Name string               `help:"operator or survey"`
	Year int                  `help:"year of the figures" min:"0"`
	PUE  float64              `help:"power usage effectiveness: facility energy per IT energy" min:"1"`
	WUE  units.WaterIntensity `help:"water evaporated per IT energy; 0 is unknown" min:"0"`
}

// A GridEntry is a grid with its registry names and sources.
type GridEntry = registry.Entry[Grid]

// A FacilityEntry is a facility with its registry names and sources.
type FacilityEntry = registry.Entry[Facility]

// Grids returns the grid registry in the order of its files.
func Grids() []GridEntry { return grids }

// Facilities returns the facility registry in the order of its files.
func Facilities() []FacilityEntry { return facilities }

// FindGrid returns a copy of the grid with that name.
func FindGrid(name string) (Grid, error) {
	e, err := registry.Find(grids, "region", name)
	if err != nil {
		return Grid{}, err
	}
	return *e.Value, nil
}

// FindFacility returns a copy of the facility with that name.
func FindFacility(name string) (Facility, error) {
	e, err := registry.Find(facilities, "facility", name)
	if err != nil {
		return Facility{}, err
	}
	return *e.Value, nil
}

// String returns the region.
func (g Grid) String() string { return g.Name }

// MarshalText writes the region.
func (g Grid) MarshalText() ([]byte, error) { return []byte(g.Name), nil }

// UnmarshalText looks a region up in the registry.
func (g *Grid) UnmarshalText(text []byte) error {
	found, err := FindGrid(string(text))
	if err == nil {
		*g = found
	}
	return err
}

// String returns the name.
func (f Facility) String() string { return f.Name }

// MarshalText writes the name.
func (f Facility) MarshalText() ([]byte, error) { return []byte(f.Name), nil }

// UnmarshalText looks a facility up in the registry.
func (f *Facility) UnmarshalText(text []byte) error {
	found, err := FindFacility(string(text))
	if err == nil {
		*f = found
	}
	return err
}

// Basis says what a carbon intensity counts; different bases are never compared.
type Basis uint8

// Lifecycle includes building plants and fuel supply, Operational only what the
// stacks emit.
const (
	Lifecycle Basis = iota
	Operational
)

var basisNames = [...]string{"lifecycle", "operational"}

// String returns the lower-case name.
func (b Basis) String() string { return basisNames[min(int(b), len(basisNames)-1)] }

// Names lists the bases in order of their values.
func (Basis) Names() []string { return basisNames[:] }

// MarshalText writes the name.
func (b Basis) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads a name in any case.
func (b *Basis) UnmarshalText(text []byte) error {
	v, err := describe.ParseEnum("basis", string(text), b.Names())
	if err == nil {
		*b = Basis(v)
	}
	return err
}
