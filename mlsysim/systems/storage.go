package systems

import (
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Storage is a tier that data and checkpoints are kept in.
type Storage struct {
	Name      string            `help:"kind of storage"`
	Media     string            `help:"what holds the data"`
	Drives    int               `help:"drives that make up the figures; 0 is one, or a service" min:"0"`
	Bandwidth units.ByteRate    `help:"sequential reading" better:"higher" min:"0"`
	Latency   units.Seconds     `help:"time to the first byte" better:"lower" min:"0"`
	IOPS      units.RequestRate `help:"random reads" better:"higher" min:"0"`
	Capacity  units.Bytes       `help:"what it holds" better:"higher" min:"0"`
	Rent      units.USDRate     `help:"rent of the rented amount; 0 is unknown" better:"lower" min:"0"`
	RentOf    units.Bytes       `help:"amount that the rent is for" min:"0"`
	Durable   bool              `help:"it outlives the server"`
}

// A StorageEntry is a tier with its registry names and sources.
type StorageEntry = registry.Entry[Storage]

// StorageTiers returns the storage registry in the order of its files.
func StorageTiers() []StorageEntry { return storages }

// FindStorage returns a copy of the tier with that name.
func FindStorage(name string) (Storage, error) { return find(storages, "storage", name) }

// String returns the name.
func (s Storage) String() string { return s.Name }

// MarshalText writes the name.
func (s Storage) MarshalText() ([]byte, error) { return []byte(s.Name), nil }

// UnmarshalText looks a tier up in the registry.
func (s *Storage) UnmarshalText(text []byte) error { return read(s, storages, "storage", text) }

// Platform is the room that a class of deployment has.
type Platform struct {
	Name    string         `help:"class of deployment"`
	Memory  units.Bytes    `help:"memory that a model can count on" min:"0"`
	Storage units.Bytes    `help:"storage that it can count on" min:"0"`
	Latency units.Seconds  `help:"usual limit on one answer" better:"lower" min:"0"`
	Compute units.FLOPRate `help:"peak at which a device counts as strong for the class" min:"0"`
	Power   units.Watts    `help:"usual limit on the mean power" min:"0"`
}

// A PlatformEntry is a platform with its registry names and sources.
type PlatformEntry = registry.Entry[Platform]

// Platforms returns the platform registry in the order of its files.
func Platforms() []PlatformEntry { return platforms }

// FindPlatform returns a copy of the platform with that name.
func FindPlatform(name string) (Platform, error) { return find(platforms, "platform", name) }

// String returns the name.
func (p Platform) String() string { return p.Name }

// MarshalText writes the name.
func (p Platform) MarshalText() ([]byte, error) { return []byte(p.Name), nil }

// UnmarshalText looks a platform up in the registry.
func (p *Platform) UnmarshalText(text []byte) error { return read(p, platforms, "platform", text) }
