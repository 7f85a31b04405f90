package hardware

import (
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/registry"
	"github.com/mlsysim/golab/mlsysim/source"
)

// An Entry is a device with its registry names and sources.
type Entry = registry.Entry[Device]

// Entries returns the registry in the order of its files.
func Entries() []Entry { return entries }

// Lookup finds an entry by path, key or alias, whatever its case.
func Lookup(name string) (*Entry, error) { return registry.Find(entries, "hardware", name) }

// Find returns a copy of the device with that name.
func Find(name string) (Device, error) {
	e, err := Lookup(name)
	if err != nil {
		return Device{}, err
	}
	return *e.Value, nil
}

// Trusted returns the entries that lists and searches use unless asked for all:
// those without a Doubt.
func Trusted() []Entry {
	var out []Entry
	for i := range entries {
		if Doubt(&entries[i]) == "" {
			out = append(out, entries[i])
		}
	}
	return out
}

// Doubt says why an entry is no default: one cannot buy the device, or a number
// that every prediction uses (the rate of its usual precision, the size and the
// bandwidth of its memory) has low confidence. It is empty for the others.
func Doubt(e *Entry) string {
	if e.Value.Status != Shipping {
		return e.Value.Status.String()
	}
	if e.Value.Rates.At(e.Value.Best()) == 0 {
		return "no known rate"
	}
	for _, field := range e.Value.used() {
		if f, ok := source.Find(e.Facts, field); ok && f.Confidence == source.Low {
			return "low confidence of " + f.Field
		}
	}
	return ""
}

// used names the fields that every prediction of the device uses.
func (d *Device) used() [3]string {
	used := [3]string{"Rates." + strings.ToUpper(d.Best().String()), "Memory", "Bandwidth"}
	if d.Memory == 0 {
		used[1] = "SRAM"
	}
	if d.Bandwidth == 0 {
		used[2] = "SRAMBandwidth"
	}
	return used
}
