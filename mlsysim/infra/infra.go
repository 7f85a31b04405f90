// Package infra is the registry of places: electricity grids (carbon, water,
// tariff), facilities and cooling (PUE, WUE), racks, and what the cloud charges
// for an instance. Grid and building are separate axes: a clean grid does not
// make a building efficient. It leaves out land, buildings and connections.
//
//	fmt.Println(infra.Quebec.Carbon) // 34.5 g/kWh
//
// Zero means unknown. Devices are named by their key in package hardware. Edit
// data/*.yaml, run go generate, commit both.
package infra

import (
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:generate go run ../internal/gen/registry -kind infra

// Grid is an electricity grid region.
type Grid struct {
	Name       string                `help:"region"`
	Carbon     units.CarbonIntensity `help:"emissions per energy" better:"lower" min:"0"`
	Year       int                   `help:"year of the carbon figure" min:"0"`
	Basis      Basis                 `help:"what the carbon figure counts"`
	LowCarbon  float64               `help:"share of the generation that is renewable or nuclear; 0 is unknown" better:"higher" min:"0" max:"1"`
	CarbonFree float64               `help:"share of an operator's hours supplied carbon-free, its contracts included; 0 is unknown" better:"higher" min:"0" max:"1"`
	Water      units.WaterIntensity  `help:"water that its power plants consume per energy; 0 is unknown" better:"lower" min:"0"`
	Price      units.EnergyPrice     `help:"electricity price of large consumers; 0 is unknown" better:"lower" min:"0"`
	Tariff     string                `help:"key of the tariff that the price is"`
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

// MixedBases reports whether the carbon figures of some grids count different
// things, so that comparing them misleads.
func MixedBases(grids []Grid) bool {
	return slices.ContainsFunc(grids, func(g Grid) bool { return g.Basis != grids[0].Basis })
}

// String returns the lower-case name.
func (b Basis) String() string { return basisNames[min(int(b), len(basisNames)-1)] }

// Names lists the bases in order of their values.
func (Basis) Names() []string { return basisNames[:] }

// MarshalText writes the name.
func (b Basis) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads a name in any case.
func (b *Basis) UnmarshalText(text []byte) error { return describe.ReadEnum(b, "basis", text) }

// A GridEntry is a grid with its registry names and sources.
type GridEntry = registry.Entry[Grid]

// Grids returns the grid registry in the order of its files.
func Grids() []GridEntry { return grids }

// FindGrid returns a copy of the grid with that name.
func FindGrid(name string) (Grid, error) { return find(grids, "region", name) }

// String returns the region.
func (g Grid) String() string { return g.Name }

// MarshalText writes the region.
func (g Grid) MarshalText() ([]byte, error) { return []byte(g.Name), nil }

// UnmarshalText looks a region up in the registry.
func (g *Grid) UnmarshalText(text []byte) error { return read(g, grids, "region", text) }

// An AnyEntry is an entry of any kind of this package.
type AnyEntry = registry.Entry[any]

// All lists the entries of every kind; no two have a name in common.
func All() []AnyEntry {
	return slices.Concat(
		registry.Erase(grids), registry.Erase(facilities), registry.Erase(coolings),
		registry.Erase(racks), registry.Erase(tariffs), registry.Erase(instances),
	)
}

// Lookup finds an entry of any kind by path, key or alias, whatever its case.
func Lookup(name string) (*AnyEntry, error) { return lookup(All(), "place", name) }

// lookup finds an entry. mlsysim 0.3.0 calls the package infrastructure; its
// paths are understood.
func lookup[T any](entries []registry.Entry[T], kind, name string) (*registry.Entry[T], error) {
	if rest, ok := strings.CutPrefix(strings.ToLower(name), "infrastructure."); ok {
		name = "infra." + rest
	}
	return registry.Find(entries, kind, name)
}

// find returns a copy of the value with that name.
func find[T any](entries []registry.Entry[T], kind, name string) (T, error) {
	e, err := lookup(entries, kind, name)
	if err != nil {
		var none T
		return none, err
	}
	return *e.Value, nil
}

// read is find for text that names an entry.
func read[T any](into *T, entries []registry.Entry[T], kind string, text []byte) error {
	found, err := find(entries, kind, string(text))
	if err == nil {
		*into = found
	}
	return err
}
