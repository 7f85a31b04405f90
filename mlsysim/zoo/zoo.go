// Package zoo reads registries that users keep beside those of this repository:
// devices, networks, grids and facilities in YAML files of the same format, each
// number with a unit, a source and a confidence. A file may list documents of
// its own. Reading is strict, and all mistakes of a file come at once, each with
// line and column and the nearest valid key.
//
//	var z zoo.Zoo
//	err := z.AddHardware("mine.yaml", text)
//	h, err := z.Device("MyChip") // or a device of the built-in registry
//
// It leaves out judgement of the numbers beyond their range. A name that the
// built-in registry has is refused: two people who say H100 mean one device.
package zoo

import (
	"errors"
	"slices"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
)

// A Zoo holds the entries of a user. The zero value is empty. Lookups find its
// entries first and then those of the built-in registries.
type Zoo struct {
	Hardware   []hardware.Entry
	Models     []models.Entry
	Grids      []infra.GridEntry
	Facilities []infra.FacilityEntry
	Documents  []source.Document // what the files list themselves
}

// AddHardware reads a file of devices, grouped by tier: Cloud, Workstation,
// Edge, Mobile, Tiny, Reference. Nothing is added if the error is not nil.
func (z *Zoo) AddHardware(file string, data []byte) error {
	r := z.reader("hardware")
	accept[hardware.Device](r, "Cloud", "Workstation", "Edge", "Mobile", "Tiny", "Reference")
	reserve(r, hardware.Entries(), z.Hardware)
	if err := r.read(file, data); err != nil {
		return err
	}
	z.Hardware = append(z.Hardware, entries[hardware.Device](r)...)
	z.Documents = append(z.Documents, r.documents()...)
	return nil
}

// AddModels reads a file of networks, grouped as the built-in ones are.
func (z *Zoo) AddModels(file string, data []byte) error {
	r := z.reader("models")
	accept[models.Model](r, groupsOf(models.Entries())...)
	reserve(r, models.Entries(), z.Models)
	if err := r.read(file, data); err != nil {
		return err
	}
	z.Models = append(z.Models, entries[models.Model](r)...)
	z.Documents = append(z.Documents, r.documents()...)
	return nil
}

// AddInfra reads a file of Grids and Facilities.
func (z *Zoo) AddInfra(file string, data []byte) error {
	r := z.reader("infra")
	accept[infra.Grid](r, "Grids")
	accept[infra.Facility](r, "Facilities")
	reserve(r, infra.Grids(), z.Grids)
	reserve(r, infra.Facilities(), z.Facilities)
	if err := r.read(file, data); err != nil {
		return err
	}
	z.Grids = append(z.Grids, entries[infra.Grid](r)...)
	z.Facilities = append(z.Facilities, entries[infra.Facility](r)...)
	z.Documents = append(z.Documents, r.documents()...)
	return nil
}

// Device finds a device of the user or of the built-in registry.
func (z *Zoo) Device(name string) (hardware.Device, error) {
	return find(z.Hardware, hardware.Entries(), "hardware", name)
}

// Model finds a network of the user or of the built-in registry.
func (z *Zoo) Model(name string) (models.Model, error) {
	return find(z.Models, models.Entries(), "model", name)
}

// Grid finds a grid of the user or of the built-in registry.
func (z *Zoo) Grid(name string) (infra.Grid, error) {
	return find(z.Grids, infra.Grids(), "region", name)
}

// Facility finds a facility of the user or of the built-in registry.
func (z *Zoo) Facility(name string) (infra.Facility, error) {
	return find(z.Facilities, infra.Facilities(), "facility", name)
}

// Document finds a document that a file of the user or the registry lists.
func (z *Zoo) Document(id string) (source.Document, bool) {
	for _, d := range z.Documents {
		if d.ID == id {
			return d, true
		}
	}
	return source.Lookup(id)
}

// find looks among all entries at once, so that a misspelling is answered with
// the nearest name of both.
func find[T any](own, builtIn []registry.Entry[T], kind, name string) (T, error) {
	e, err := registry.Find(slices.Concat(own, builtIn), kind, name)
	if err != nil {
		var none T
		return none, err
	}
	return *e.Value, nil
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
