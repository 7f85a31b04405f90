package pass

import (
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// Settle replaces automatic formats: the best inference format of the device for
// the weights, and that of the weights for the cache.
func Settle(h *hardware.Device, weights, cache *physics.Precision) {
	*weights = h.Resolve(*weights)
	if *cache == physics.Auto {
		*cache = *weights
	}
}

// Refuse applies the rules that hold for every network on every device: the
// network's fields agree, and the device has a rate for the format.
func Refuse(input string, m *models.Model, h *hardware.Device, p physics.Precision) error {
	if field, value, want := m.Inconsistent(); field != "" {
		return describe.Refuse(input, field, value, want)
	}
	if h.Rates.At(p) == 0 {
		return describe.Refuse(input, "Precision", p, Formats(h))
	}
	return nil
}

// Formats words the formats that a device has a rate for.
func Formats(h *hardware.Device) string {
	return "one of " + strings.Join(h.Rates.Supported(), ", ") + ", the formats of " + h.Name
}
