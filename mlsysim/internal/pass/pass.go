// Package pass holds what every solver that times a forward pass shares: the
// ceilings of a device at either level of accuracy, and the derivation steps of
// weights, cache, arithmetic and traffic.
package pass

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Optimistic is the efficiency from which a result carries a warning.
const Optimistic = 0.6

// A Setup is what decides the ceilings of a pass.
type Setup struct {
	Hardware         *hardware.Device
	Stack            *systems.Stack
	Level            physics.Level
	Precision        physics.Precision
	Efficiency       float64
	MemoryEfficiency float64
	Training         bool // long runs, which no serving engine schedules
}

// Roof returns the ceilings. At the calibrated level the measured shares replace
// the stated ones and the stack adds its overheads; an unnamed stack becomes
// vLLM. The warnings say what the reader should know about them.
func (s Setup) Roof() (physics.Roof, walls.Warnings) {
	roof := s.Hardware.Roof(s.Precision, s.Efficiency, s.MemoryEfficiency)
	if s.Level == physics.Ideal {
		if s.Efficiency > Optimistic {
			return roof, walls.EfficiencyOptimistic
		}
		return roof, 0
	}
	if s.Training {
		return s.sustained(roof)
	}
	if s.Stack.Name == "" {
		*s.Stack = systems.VLLM
	}
	roof, complete := s.Hardware.Measure(roof, s.Precision)
	if !complete {
		return s.Stack.Load(roof), walls.MeasuredPartly
	}
	return s.Stack.Load(roof), 0
}

// sustained replaces the stated shares by those that long training runs reach.
func (s Setup) sustained(roof physics.Roof) (physics.Roof, walls.Warnings) {
	roof, complete := s.Hardware.Measure(roof, s.Precision)
	if share := s.Hardware.SustainedFraction; share > 0 {
		roof.Matmul = share
	}
	roof.Attention = roof.Matmul
	if !complete || s.Hardware.SustainedFraction == 0 {
		return roof, walls.MeasuredPartly
	}
	return roof, 0
}

// TimeSteps derives the compute time, memory time and overhead of a pass; the
// fields name the result fields that hold them, or are empty.
func TimeSteps(r *physics.Roof, p *physics.Pass, layers, sequences int, fields [3]string) []walls.Step {
	return []walls.Step{
		{
			Name: "compute time", Symbol: "T_c", Formula: "F_lin / (P * eta) + F_att / (P * eta_a)", Field: fields[0],
			Terms: []walls.Term{
				{Symbol: "F_lin", What: "arithmetic outside attention", Value: p.Linear},
				{Symbol: "F_att", What: "arithmetic of attention", Value: p.Attention},
				{Symbol: "P", What: "peak rate", Value: r.Peak},
				{Symbol: "eta", What: "share of the peak", Value: r.Matmul},
				{Symbol: "eta_a", What: "share of the peak in attention", Value: r.Attention},
			},
			Value: r.Compute(p), Source: "Williams 2009",
		},
		{
			Name: "memory time", Symbol: "T_m", Formula: "Q / (BW * eta_m)", Field: fields[1],
			Terms: []walls.Term{
				{Symbol: "Q", What: "memory traffic", Value: p.Traffic},
				{Symbol: "BW", What: "bandwidth", Value: r.Bandwidth},
				{Symbol: "eta_m", What: "share of the bandwidth", Value: r.Stream},
			},
			Value: r.Memory(p), Source: "Williams 2009",
		},
		{
			Name: "overhead", Symbol: "O", Formula: "t_start + t_step + L * t_layer + B * t_seq", Field: fields[2],
			Terms: []walls.Term{
				{Symbol: "t_start", What: "dispatch of a pass", Value: r.Start},
				{Symbol: "t_step", What: "host scheduler", Value: r.PerStep},
				{Symbol: "L", What: "layers", Value: layers},
				{Symbol: "t_layer", What: "launches of a layer", Value: r.PerLayer},
				{Symbol: "B", What: "sequences", Value: sequences},
				{Symbol: "t_seq", What: "host time per sequence", Value: r.PerSequence},
			},
			Value: r.Overhead(layers, sequences),
		},
	}
}
