// Package zoo reads registries that users keep beside those of this repository:
// devices, networks, places and systems in YAML files of the same format, each
// number with a unit, a source and a confidence. A file may list documents of
// its own. Reading is strict, and all mistakes of a file come at once, each with
// line and column and the nearest valid key.
//
//	var z zoo.Zoo
//	err := z.Add("mine.yaml", text)
//	h, err := z.Device("MyChip") // or a device of the built-in registry
//
// It also says what is missing, old or doubtful in the built-in registries and in
// those of the user. It leaves out judgement of the numbers beyond their range. A name that the
// built-in registry has is refused: two people who say H100 mean one device.
package zoo

import (
	"errors"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/systems"
)

//go:generate go run ../internal/gen/pages

// A Zoo holds the entries of a user. The zero value is empty. Lookups find its
// entries first and then those of the built-in registries.
type Zoo struct {
	Hardware []hardware.Entry
	Models   []models.Entry

	Grids      []infra.GridEntry
	Facilities []infra.FacilityEntry
	Coolings   []infra.CoolingEntry
	Racks      []infra.RackEntry
	Tariffs    []infra.TariffEntry
	Instances  []infra.InstanceEntry

	Nodes     []systems.NodeEntry
	Fabrics   []systems.FabricEntry
	Clusters  []systems.ClusterEntry
	Pods      []systems.PodEntry
	Storages  []systems.StorageEntry
	Failures  []systems.FailureEntry
	Platforms []systems.PlatformEntry
	Stacks    []systems.Entry

	Documents []source.Document // what the files list themselves
}

// Kinds lists the registries that a file can be of.
func Kinds() []string { return []string{"hardware", "models", "infra", "systems"} }

// Add reads a file of any registry: its groups say which one. Nothing is added
// if the error is not nil.
func (z *Zoo) Add(file string, data []byte) error {
	best, most := "", -1
	var why error
	for _, kind := range Kinds() {
		r, err := z.open(file, data, kind)
		better := len(r.Entries) > most || len(r.Entries) == most && len(Mistakes(err)) < len(Mistakes(why))
		if better {
			best, most, why = kind, len(r.Entries), err
		}
	}
	if most == 0 { // no group that any registry has, or a text that cannot be read
		_, why = z.open(file, data, Kinds()...)
		return why
	}
	return z.add(file, data, best)
}

// AddHardware reads a file of devices, grouped by tier: Cloud, Workstation,
// Edge, Mobile, Tiny, Reference. Nothing is added if the error is not nil.
func (z *Zoo) AddHardware(file string, data []byte) error { return z.add(file, data, "hardware") }

// AddModels reads a file of networks, grouped as the built-in ones are.
func (z *Zoo) AddModels(file string, data []byte) error { return z.add(file, data, "models") }

// AddInfra reads a file of Grids, Facilities, Coolings, Racks, Tariffs and
// Instances.
func (z *Zoo) AddInfra(file string, data []byte) error { return z.add(file, data, "infra") }

// AddSystems reads a file of Nodes, Fabrics, Clusters, Pods, Storages, Failures,
// Platforms and Stacks.
func (z *Zoo) AddSystems(file string, data []byte) error { return z.add(file, data, "systems") }

func (z *Zoo) add(file string, data []byte, kind string) error {
	r, err := z.open(file, data, kind)
	if err != nil {
		return err
	}
	for _, s := range z.shelves(kind) {
		s.fill(r)
	}
	z.Documents = append(z.Documents, r.documents()...)
	return nil
}

// open reads a file with the groups of these registries.
func (z *Zoo) open(file string, data []byte, kinds ...string) (*reader, error) {
	r := z.reader(kinds[0])
	for _, kind := range kinds {
		for _, s := range z.shelves(kind) {
			s.open(r)
		}
	}
	return r, r.read(file, data)
}

// Device finds a device of the user or of the built-in registry.
func (z *Zoo) Device(name string) (hardware.Device, error) { return named[hardware.Device](z, name) }

// Model finds a network of the user or of the built-in registry.
func (z *Zoo) Model(name string) (models.Model, error) { return named[models.Model](z, name) }

// Grid finds a grid of the user or of the built-in registry.
func (z *Zoo) Grid(name string) (infra.Grid, error) { return named[infra.Grid](z, name) }

// Facility finds a facility of the user or of the built-in registry.
func (z *Zoo) Facility(name string) (infra.Facility, error) { return named[infra.Facility](z, name) }

// Document finds a document that a file of the user or the registry lists.
func (z *Zoo) Document(id string) (source.Document, bool) {
	for _, d := range z.Documents {
		if d.ID == id {
			return d, true
		}
	}
	return source.Lookup(id)
}

// Mistakes lists the single mistakes that an error of the Add methods joins.
func Mistakes(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
