package serving

import (
	"errors"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// refuseDevice applies the rules between a network and a device that hold for
// every solver of this room.
func refuseDevice(solver string, m *models.Model, h *hardware.Device, p physics.Precision) error {
	if field, value, want := m.Inconsistent(); field != "" {
		return describe.Refuse(solver, field, value, want)
	}
	switch {
	case h.Rates.At(p) == 0:
		return describe.Refuse(solver, "Precision", p, "one of "+strings.Join(h.Rates.Supported(), ", ")+", the formats of "+h.Name)
	case !m.Generates():
		return describe.Refuse(solver, "Model", m.Name, "a network that generates tokens")
	case h.Bandwidth == 0:
		return describe.Refuse(solver, "Hardware.Bandwidth", h.Bandwidth, "above 0 B/s")
	case h.Memory == 0:
		return describe.Refuse(solver, "Hardware.Memory", h.Memory, "above 0 B")
	}
	return nil
}

// retold words a refusal of an inner Serving as one of the solver that asked,
// with the field's name there.
func retold(err error, solver string, rename ...string) error {
	var field *describe.FieldError
	if !errors.As(err, &field) {
		return err
	}
	told := *field
	told.Input = solver
	told.Field = strings.NewReplacer(rename...).Replace(told.Field)
	return &told
}
