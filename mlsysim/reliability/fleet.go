// Package reliability models what failures cost a long job: how often a fleet
// fails, how often to save a checkpoint, and what saving costs. It leaves out
// how failed parts are found and replaced; a recovery is one mean time.
//
//	r, err := reliability.Fleet{Nodes: 128, Job: 30 * units.Day}.Solve()
package reliability

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Fleet is how often a fleet of nodes fails and what a job loses by it (wall 15).
//
//	1/M = n·(g/M_gpu + nics/M_nic + psus/M_psu + 1/M_soft + 1/M_silent) + switches/M_sw
//	P = 1 − e^{−T/M}, failures = T/M
//	G(τ) = (τ/M)·e^{−R/M}/(e^{(τ+δ)/M} − 1), best at τ = M·(1 + W_0(−e^{−1−δ/M}))
//
// Any failure stops the whole job. The Weibull shape enters the chance of a
// failure from a fresh start; the goodput takes exponential failures of the same
// mean. It leaves out failures that strike together, spares that run short, and
// a checkpoint that a silent corruption has spoilt.
//
// Young 1974; Daly 2006, "A higher order estimate of the optimum checkpoint
// interval for restart dumps"; Grattafiori 2024, "The Llama 3 herd of models"
// (failure classes); Kokolis 2024, "Revisiting reliability in large-scale
// machine learning research clusters".
type Fleet struct {
	Nodes        int `help:"servers" min:"1"`
	Accelerators int `help:"accelerators per server" min:"1" default:"8"`
	NICs         int `help:"network cards per server" min:"1" default:"1"`
	PSUs         int `help:"power supplies per server" min:"1" default:"2"`
	SparePSUs    int `help:"power supplies a server can lose; with any, none stops it" min:"0"`
	Switches     int `help:"switches of the whole fleet that stop the job if they fail" min:"0"`

	AcceleratorMTTF units.Seconds `help:"mean time to failure of an accelerator (mlsysim 0.3.0)" above:"0" default:"50000 h"`
	NICMTTF         units.Seconds `help:"mean time to failure of a network card (mlsysim 0.3.0)" above:"0" default:"150000 h"`
	PSUMTTF         units.Seconds `help:"mean time to failure of a power supply (mlsysim 0.3.0)" above:"0" default:"100000 h"`
	SwitchMTTF      units.Seconds `help:"mean time to failure of a switch; 0 is never" min:"0"`
	SoftwareMTTF    units.Seconds `help:"mean time between software failures of a server; 0 is never" min:"0"`
	SilentMTTF      units.Seconds `help:"mean time between silent corruptions of a server; 0 is never" min:"0"`
	MTBF            units.Seconds `help:"measured mean time between failures of the fleet; 0 takes that of its parts" min:"0"`
	Shape           float64       `help:"Weibull shape of the failures; 1 is exponential, below 1 early failures" min:"0.1" max:"10" default:"1"`

	Job        units.Seconds `help:"time the job runs" min:"0"`
	Checkpoint units.Seconds `help:"time training stops for one checkpoint; only the stall if it is written behind" above:"0" default:"60 s"`
	Recovery   units.Seconds `help:"mean time from a failure to training again (mlsysim 0.3.0)" above:"0" default:"300 s"`
	Interval   units.Seconds `help:"training between checkpoints; 0 is the optimum" min:"0"`
}

// FleetResult is what failures cost.
type FleetResult struct {
	MTBF        units.Seconds `help:"mean time between failures of the fleet" better:"higher"`
	Probability float64       `help:"chance that the job meets a failure" better:"lower"`
	Failures    float64       `help:"failures to expect during the job" better:"lower"`

	Optimal     units.Seconds `help:"training between checkpoints that loses least"`
	Young       units.Seconds `help:"first-order estimate of it, √(2δM)"`
	Interval    units.Seconds `help:"training between checkpoints that the goodput assumes"`
	Goodput     float64       `help:"share of the time that is progress, after saving, rework and recovery" better:"higher"`
	BestGoodput float64       `help:"goodput at the optimum" better:"higher"`
	Saving      float64       `help:"share of undisturbed time that saving takes" better:"lower"`
	walls.Notes

	in Fleet // for Explain
}

// Solve fails only if a field is out of range.
func (s Fleet) Solve() (FleetResult, error) {
	if err := describe.Check(&s); err != nil {
		return FleetResult{}, err
	}
	if s.SparePSUs >= s.PSUs {
		return FleetResult{}, describe.Refuse("reliability.Fleet", "SparePSUs", s.SparePSUs, "below the power supplies of a server")
	}
	r := FleetResult{MTBF: s.MTBF, in: s}
	if s.MTBF == 0 {
		r.MTBF = units.Seconds(1 / (s.nodeRate()*float64(s.Nodes) + s.switchRate()))
	}
	r.Probability = physics.FailureProbability(s.Job, r.MTBF, s.Shape)
	r.Failures = s.Job.Ratio(r.MTBF)
	s.checkpoints(&r)
	s.note(&r)
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Fleet) Run() FleetResult { return walls.Must(s.Solve()) }

// nodeRate is the failures of one server per second.
func (s *Fleet) nodeRate() float64 {
	return failures(s.Accelerators, s.AcceleratorMTTF) + failures(s.NICs, s.NICMTTF) +
		failures(s.seriesPSUs(), s.PSUMTTF) + failures(1, s.SoftwareMTTF) + failures(1, s.SilentMTTF)
}

// switchRate is the failures of all switches per second.
func (s *Fleet) switchRate() float64 { return failures(s.Switches, s.SwitchMTTF) }

// failures is the rate of n parts, none for parts that never fail.
func failures(n int, mttf units.Seconds) float64 {
	if mttf == 0 {
		return 0
	}
	return float64(n) / float64(mttf)
}

// seriesPSUs is the power supplies that each stop the server.
func (s *Fleet) seriesPSUs() int {
	if s.SparePSUs > 0 {
		return 0
	}
	return s.PSUs
}

// checkpoints fills in the intervals and what they leave.
func (s *Fleet) checkpoints(r *FleetResult) {
	r.Optimal = physics.CheckpointInterval(s.Checkpoint, r.MTBF)
	r.Young = physics.YoungInterval(s.Checkpoint, r.MTBF)
	r.BestGoodput = physics.Goodput(r.Optimal, s.Checkpoint, s.Recovery, r.MTBF)
	r.Interval, r.Goodput = r.Optimal, r.BestGoodput
	if s.Interval > 0 {
		r.Interval = s.Interval
		r.Goodput = physics.Goodput(s.Interval, s.Checkpoint, s.Recovery, r.MTBF)
	}
	r.Saving = physics.StallShare(s.Checkpoint, r.Interval)
}

// slowRatio is the checkpoint time, in times between failures, from which no
// interval is good: the series of Daly 2006 ends there.
const slowRatio = 2

// note fills in what binds and what a reader should know.
func (s *Fleet) note(r *FleetResult) {
	r.Binding = walls.Storage
	if 1-r.Goodput > 2*r.Saving { // most of the loss is rework and recovery
		r.Binding = walls.Failures
	}
	if s.Checkpoint.Ratio(r.MTBF) >= slowRatio {
		r.Warnings |= walls.CheckpointSlow
	}
}
