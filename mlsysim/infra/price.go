package infra

import (
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Tariff is what a class of consumers pays for electricity.
type Tariff struct {
	Name  string            `help:"place and class of consumers"`
	Price units.EnergyPrice `help:"annual mean price" better:"lower" min:"0"`
	Year  int               `help:"year of the price" min:"0"`
}

// A TariffEntry is a tariff with its registry names and sources.
type TariffEntry = registry.Entry[Tariff]

// Tariffs returns the tariff registry in the order of its files.
func Tariffs() []TariffEntry { return tariffs }

// FindTariff returns a copy of the tariff with that name.
func FindTariff(name string) (Tariff, error) { return find(tariffs, "tariff", name) }

// String returns the name.
func (t Tariff) String() string { return t.Name }

// MarshalText writes the name.
func (t Tariff) MarshalText() ([]byte, error) { return []byte(t.Name), nil }

// UnmarshalText looks a tariff up in the registry.
func (t *Tariff) UnmarshalText(text []byte) error { return read(t, tariffs, "tariff", text) }

// Instance is a machine to rent, with its price on a day. Prices drift: they are
// dated facts, not defaults.
type Instance struct {
	Name      string        `help:"provider's name of the instance, and where"`
	Provider  string        `help:"who rents it out"`
	Device    string        `help:"key of its accelerator in package hardware; empty is a machine without"`
	Devices   int           `help:"accelerators" min:"0"`
	Price     units.USDRate `help:"list price of the whole instance" better:"lower" min:"0"`
	PerDevice units.USDRate `help:"list price per accelerator" better:"lower" min:"0"`
	SpotLow   units.USDRate `help:"lowest price seen for the instance when it may be taken away; 0 is unknown" better:"lower" min:"0"`
	SpotHigh  units.USDRate `help:"highest such price; 0 is unknown" better:"lower" min:"0"`
	Date      string        `help:"when the price held: year, month or range"`
}

// An InstanceEntry is an instance with its registry names and sources.
type InstanceEntry = registry.Entry[Instance]

// Instances returns the instance registry in the order of its files.
func Instances() []InstanceEntry { return instances }

// FindInstance returns a copy of the instance with that name.
func FindInstance(name string) (Instance, error) { return find(instances, "instance", name) }

// String returns the name.
func (i Instance) String() string { return i.Name }

// MarshalText writes the name.
func (i Instance) MarshalText() ([]byte, error) { return []byte(i.Name), nil }

// UnmarshalText looks an instance up in the registry.
func (i *Instance) UnmarshalText(text []byte) error { return read(i, instances, "instance", text) }
