package physics

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A Pass is the work of running a network forward once on one device.
type Pass struct {
	Linear    units.FLOP  // matrix multiplications outside attention
	Attention units.FLOP  // scores and weighted sums of attention
	Traffic   units.Bytes // bytes read and written in main memory
}

// Ops returns all arithmetic of the pass.
func (p *Pass) Ops() units.FLOP { return p.Linear + p.Attention }

// A Roof is what one device can do: its peaks, the shares of them that are
// reached, and the costs that come with every pass.
type Roof struct {
	Peak        units.FLOPRate
	Matmul      float64 // share of the peak in matrix multiplications
	Attention   float64 // share of the peak in attention
	Bandwidth   units.ByteRate
	Stream      float64       // share of the bandwidth
	Start       units.Seconds // dispatch; steps that follow each other hide it
	PerStep     units.Seconds // work of the host's scheduler
	PerLayer    units.Seconds
	PerSequence units.Seconds
}

// Compute is the time of the arithmetic.
//
//	T_c = F_linear/(P·η) + F_attention/(P·η_a)
func (r *Roof) Compute(p *Pass) units.Seconds {
	return ComputeTime(p.Linear, r.Peak, r.Matmul) + ComputeTime(p.Attention, r.Peak, r.Attention)
}

// Memory is the time of the traffic.
//
//	T_m = Q/(BW·η_m)
func (r *Roof) Memory(p *Pass) units.Seconds {
	return StreamTime(p.Traffic, r.Bandwidth, r.Stream)
}

// Overhead is the fixed cost of a pass.
//
//	O = t_start + t_step + L·t_layer + B·t_sequence
func (r *Roof) Overhead(layers, sequences int) units.Seconds {
	return r.Start + r.PerStep + r.PerLayer.Times(float64(layers)) + r.PerSequence.Times(float64(sequences))
}

// Streaming returns the roof of steps that follow each other: the host
// dispatches the next while the device runs the last.
func (r Roof) Streaming() Roof {
	r.Start = 0
	return r
}

// Level is how closely a prediction follows measurements.
type Level uint8

// Ideal is the textbook bound with the efficiency the user states. Calibrated
// replaces that knob by measured ceilings and overheads; it is never faster than
// Ideal at efficiency 1.
const (
	Ideal Level = iota
	Calibrated
)

var levelNames = [...]string{"ideal", "calibrated"}

// String returns the lower-case name.
func (l Level) String() string { return levelNames[min(int(l), len(levelNames)-1)] }

// Names lists the levels in order of their values.
func (Level) Names() []string { return levelNames[:] }

// MarshalText writes the name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads a name in any case.
func (l *Level) UnmarshalText(text []byte) error { return describe.ReadEnum(l, "level", text) }
