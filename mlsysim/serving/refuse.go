package serving

import (
	"errors"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// refuseDevice applies the rules between a network that generates tokens and a
// device that holds it in its main memory, or on the chip where there is no other.
func refuseDevice(solver string, m *models.Model, h *hardware.Device, p physics.Precision) error {
	if err := pass.Refuse(solver, m, h, p); err != nil {
		return err
	}
	switch {
	case !m.Generates():
		return describe.Refuse(solver, "Model", m.Name, "a network that generates tokens; use compute.SingleNode for this one")
	case h.MainBandwidth() == 0:
		return describe.Refuse(solver, "Hardware.Bandwidth", h.Bandwidth, "above 0 B/s")
	case h.Writable() == 0:
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
