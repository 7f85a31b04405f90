package parallel

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Orchestration is how long jobs wait for a shared cluster that starts each with
// all of its accelerators at once (wall 16).
//
//	c = ⌊N/j⌋, a = λd, ρ = a/c
//	wait = P_w(a, c)·d/(c(1 − ρ))·(1 + cv²)/2, queue = λ·wait
//
// All jobs are of one size; P_w is Erlang C. It leaves out preemption, backfill,
// priorities and the fragments that jobs of mixed sizes leave.
//
// Erlang 1917; Little 1961, "A proof for the queuing formula L = λW"; Jeon 2019,
// "Analysis of large-scale multi-tenant GPU clusters for DNN training workloads"
// (gang scheduling).
type Orchestration struct {
	Accelerators int               `help:"accelerators of the cluster" min:"1" max:"10000000"`
	PerJob       int               `help:"accelerators that one job holds; 0 is the whole cluster" min:"0"`
	Arrivals     units.RequestRate `help:"jobs that arrive per second" min:"0"`
	Duration     units.Seconds     `help:"mean time a job runs" above:"0"`
	CV           float64           `help:"coefficient of variation of that time; 1 is exponential" above:"0" max:"100" default:"1"`
	Constant     bool              `help:"every job runs equally long: a coefficient of variation of 0"`
}

// OrchestrationResult is what a user of the cluster sees.
type OrchestrationResult struct {
	Wait       units.Seconds `help:"mean time a job waits to start" better:"lower" known:"Stable"`
	Turnaround units.Seconds `help:"mean time from submission to end" better:"lower" known:"Stable"`
	Queue      float64       `help:"mean number of jobs that wait" better:"lower" known:"Stable"`
	Waiting    float64       `help:"share of the jobs that wait" better:"lower" known:"Stable"`

	Slots       int     `help:"jobs that run at once" better:"higher"`
	Load        float64 `help:"offered load: jobs that would run at once with room for all"`
	Utilization float64 `help:"offered load by slots" better:"lower" known:"Fits"`
	Stranded    int     `help:"accelerators left over by whole jobs" better:"lower"`

	Stable bool `help:"the cluster keeps up: the queue does not grow for ever"`
	Fits   bool `help:"the cluster is large enough for one job"`
	Short  int  `help:"accelerators missing if it is not" better:"lower"`
	walls.Notes

	in Orchestration // for Explain
}

// Solve fails only if a field is out of range.
func (s Orchestration) Solve() (OrchestrationResult, error) {
	if err := describe.Check(&s); err != nil {
		return OrchestrationResult{}, err
	}
	if s.Constant {
		s.CV = 0
	}
	if s.PerJob == 0 {
		s.PerJob = s.Accelerators
	}
	if s.Accelerators/s.PerJob > maxSlots {
		return OrchestrationResult{}, describe.Refuse("parallel.Orchestration", "PerJob", s.PerJob, "enough for at most 1000000 jobs at once")
	}
	r := OrchestrationResult{Slots: s.Accelerators / s.PerJob, Stranded: s.Accelerators % s.PerJob, in: s}
	r.Fits, r.Short = r.Slots > 0, max(s.PerJob-s.Accelerators, 0)
	r.Load = s.Arrivals.For(s.Duration).Ratio(units.Request)
	s.queue(&r)
	r.note()
	return r, nil
}

// maxSlots bounds the Erlang recursion.
const maxSlots = 1_000_000

// Run is Solve for labs: an error ends the cell.
func (s Orchestration) Run() OrchestrationResult { return walls.Must(s.Solve()) }

// queue fills in the waiting.
func (s *Orchestration) queue(r *OrchestrationResult) {
	if !r.Fits {
		return
	}
	r.Utilization = r.Load / float64(r.Slots)
	if r.Utilization >= 1 {
		return
	}
	q := physics.NewQueue(r.Slots, r.Load, s.CV)
	r.Stable, r.Waiting = true, q.Wait
	r.Wait = s.Duration.Times(q.MeanWait())
	r.Turnaround = r.Wait + s.Duration
	r.Queue = s.Arrivals.For(r.Wait).Ratio(units.Request)
}

// note fills in what binds and what a reader should know.
func (r *OrchestrationResult) note() {
	r.Binding = walls.Compute
	if !r.Stable || r.Wait > r.in.Duration {
		r.Binding = walls.Queueing
	}
	if r.Fits && !r.Stable {
		r.Warnings |= walls.Unstable
	}
	if r.Stable && r.in.CV != 1 && r.Slots > 1 { // for one slot the mean is exact: Pollaczek-Khinchine
		r.Warnings |= walls.Approximate
	}
}
