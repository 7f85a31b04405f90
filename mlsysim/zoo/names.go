package zoo

import (
	"encoding"
	"errors"
	"slices"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/systems"
)

// An Entry is one entry of any registry; its value is a struct such as a
// hardware.Device.
type Entry = registry.Entry[any]

// Name finds the entry of the user or of the built-in registries that text
// names, and stores it into the value of a registry type that into points to.
// It is a describe.Names: false is a type without a registry.
func (z *Zoo) Name(into any, text string) (bool, error) {
	for _, kind := range Kinds() {
		for _, s := range z.shelves(kind) {
			if ok, err := s.name(into, text); ok {
				return true, err
			}
		}
	}
	return false, nil
}

// named is Name for a value of a known type.
func named[T any](z *Zoo, name string) (T, error) {
	var v T
	_, err := z.Name(&v, name)
	return v, err
}

// find looks among all entries at once, so that a misspelling is answered with
// the nearest name of both. What only the type itself understands, such as the
// paths of other editions, is left to it.
func find[T any](into *T, own, builtIn []registry.Entry[T], kind, name string) error {
	all := builtIn
	if len(own) > 0 {
		all = slices.Concat(own, builtIn)
	}
	e, err := registry.Find(all, kind, name)
	if err == nil {
		*into = *e.Value
		return nil
	}
	if itself, ok := any(into).(encoding.TextUnmarshaler); ok && itself.UnmarshalText([]byte(name)) == nil {
		return nil
	}
	return err
}

// Own lists the entries of the user.
func (z *Zoo) Own() []Entry {
	own, _ := z.both(Kinds()...)
	return own
}

// Entries lists the entries of a registry, those of the user last.
func (z *Zoo) Entries(kind string) []Entry {
	own, builtIn := z.both(kind)
	return append(builtIn, own...)
}

func (z *Zoo) both(kinds ...string) (own, builtIn []Entry) {
	for _, kind := range kinds {
		for _, s := range z.shelves(kind) {
			o, b := s.all()
			own, builtIn = append(own, o...), append(builtIn, b...)
		}
	}
	return own, builtIn
}

// ErrUnknown is the error of Lookup for a name that no registry has.
var ErrUnknown = errors.New("no registry has that name")

// Lookup finds an entry of any registry by path, key, alias or former name: those
// of the user first, then in the order of Kinds.
func (z *Zoo) Lookup(name string) (*Entry, error) {
	if e, err := registry.Find(z.Own(), "name", name); err == nil {
		return e, nil
	}
	if e, err := hardware.Lookup(name); err == nil {
		return &registry.Erase([]hardware.Entry{*e})[0], nil
	}
	if e, err := models.Lookup(name); err == nil {
		return &registry.Erase([]models.Entry{*e})[0], nil
	}
	if e, err := infra.Lookup(name); err == nil {
		return e, nil
	}
	if e, err := systems.Lookup(name); err == nil {
		return e, nil
	}
	return nil, ErrUnknown
}

// Keys lists the keys of every entry, those of the user first.
func (z *Zoo) Keys() []string {
	own, builtIn := z.both(Kinds()...)
	return registry.Keys(append(own, builtIn...))
}
