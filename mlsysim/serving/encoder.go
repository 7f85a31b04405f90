package serving

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// prefillCommunication is the time of the all-reduces of a prefill of n tokens
// per sequence; an encoder has two per layer for all positions that it reads.
func (s *Serving) prefillCommunication(n int) units.Seconds {
	if !s.Model.Decodes() || s.TP == 1 {
		return s.communication(n)
	}
	source, tokens := s.Model.Fed(float64(n))
	return s.group().reduces(float64(s.Batch)*source, 2*float64(s.Model.EncoderLayers)) + s.communication(int(tokens))
}

// prefillOverhead is the fixed cost of a prefill: an encoder's layers are started
// too.
func (s *Serving) prefillOverhead(roof *physics.Roof) units.Seconds {
	return roof.Overhead(s.Model.Blocks(), s.Batch)
}

// refuseEncoder is the rule of solvers that think of prompt and output as one
// sequence.
func refuseEncoder(solver string, m *models.Model) error {
	if !m.Decodes() {
		return nil
	}
	return describe.Refuse(solver, "Model", m.Name, "a decoder without an encoder; use serving.Serving for this one")
}

// refuseUnpaged is the rule of solvers that hand out memory token by token.
func refuseUnpaged(solver string, m *models.Model) error {
	if m.StateElements(1) == 0 {
		return refuseEncoder(solver, m)
	}
	return describe.Refuse(solver, "Model", m.Name, "a network whose whole cache grows with its tokens; use serving.Serving for this one")
}
