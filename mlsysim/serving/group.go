package serving

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A group is the tensor-parallel devices of one replica.
type group struct {
	model     *models.Model
	hardware  *hardware.Device
	stack     *systems.Stack
	precision physics.Precision
	ranks     int
}

// reduces is the time of some all-reduces, each of the activations of some
// tokens, which are at least 16 bit.
func (g group) reduces(tokens, count float64) units.Seconds {
	if g.ranks == 1 {
		return 0
	}
	element := max(g.precision.Size(), physics.FP16.Size())
	message := element.Times(tokens * float64(g.model.Hidden))
	one := g.stack.AllReduce(message, g.ranks, g.hardware.ScaleUp, g.hardware.ScaleUpLatency)
	return one.Times(count)
}

// refuseGroup applies the rules of tensor parallelism.
func refuseGroup(solver string, m *models.Model, h *hardware.Device, ranks int) error {
	switch {
	case m.Heads%ranks != 0:
		return describe.Refuse(solver, "TP", ranks, "a divisor of the model's attention heads")
	case ranks > 1 && h.ScaleUp == 0:
		return describe.Refuse(solver, "TP", ranks, "1: the registry knows no link between these devices")
	case ranks > 1 && h.NodeSize > 0 && ranks > h.NodeSize:
		return describe.Refuse(solver, "TP", ranks, "at most the devices of one server")
	}
	return nil
}
