package serving

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Tail is how long requests take, waiting included, at replicas that share one
// first-come first-served queue (wall 7).
//
//	P(T > t) = e^{−μt} + P_w·(e^{−μt} − e^{−(cμ−λ)t})/(c − 1 − a)
//
// P_w is Erlang C; the quantiles are those of the whole stay, not wait plus mean
// service. Exponential service is exact; other service times follow
// Allen-Cunneen, with a gamma (or constant) service added to the wait. It leaves
// out bursts, retries, timeouts and the batching of requests.
//
// Erlang 1917; Harchol-Balter 2013, "Performance modeling and design of
// computer systems"; Dean, Barroso 2013, "The tail at scale".
type Tail struct {
	Arrivals units.RequestRate `help:"requests that arrive per second" min:"0"`
	Service  units.Seconds     `help:"mean time one replica serves a request" above:"0"`
	Replicas int               `help:"replicas that share the queue" min:"1" max:"1000000" default:"1"`
	CV       float64           `help:"coefficient of variation of the service time; 1 is exponential" above:"0" max:"10" default:"1"`
	Constant bool              `help:"every request takes the same time: a coefficient of variation of 0"`
	SLA      units.Seconds     `help:"limit on the 99th percentile; 0 is no limit" min:"0"`
}

// TailResult is what the slowest requests see.
type TailResult struct {
	P50  units.Seconds `help:"time that half of the requests exceed, waiting included" better:"lower" known:"Stable"`
	P99  units.Seconds `help:"time that 1 % of the requests exceed" better:"lower" known:"Stable"`
	P999 units.Seconds `help:"time that 0.1 % of the requests exceed" better:"lower" known:"Stable"`
	Mean units.Seconds `help:"mean time of a request, waiting included" better:"lower" known:"Stable"`
	Wait units.Seconds `help:"mean time in the queue" better:"lower" known:"Stable"`

	Load        float64 `help:"offered load: replicas that the requests keep busy"`
	Utilization float64 `help:"offered load by replicas" better:"lower"`
	Waiting     float64 `help:"share of the requests that wait" better:"lower" known:"Stable"`
	Stable      bool    `help:"the replicas keep up: the queue does not grow for ever"`

	Headroom      float64 `help:"share of the limit that the 99th percentile leaves; negative if it is missed" better:"higher" known:"HeadroomKnown"`
	HeadroomKnown bool    `help:"there is a limit, and the queue is stable"`
	walls.Notes

	// For Explain.
	in      Tail
	queue   physics.Queue
	servers string // what serves: replicas, or their slots
}

// Solve fails only if a field is out of range.
func (s Tail) Solve() (TailResult, error) {
	if err := describe.Check(&s); err != nil {
		return TailResult{}, err
	}
	if s.Constant {
		s.CV = 0
	}
	load := s.Arrivals.For(s.Service).Ratio(units.Request)
	r := TailResult{Load: load, Utilization: load / float64(s.Replicas), in: s, servers: "replicas"}
	r.Stable = r.Utilization < 1
	if r.Stable {
		r.queue = physics.NewQueue(s.Replicas, load, s.CV)
		s.quantiles(&r)
	}
	s.note(&r)
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Tail) Run() TailResult { return walls.Must(s.Solve()) }

// The shares of the requests that exceed each quantile.
const (
	beyond50  = 0.5
	beyond99  = 0.01
	beyond999 = 0.001
)

// quantiles fills in the times of a stable queue.
func (s *Tail) quantiles(r *TailResult) {
	r.Waiting = r.queue.Wait
	r.Wait = s.Service.Times(r.queue.MeanWait())
	r.Mean = r.Wait + s.Service
	r.P50 = s.Service.Times(r.queue.Quantile(beyond50))
	r.P99 = s.Service.Times(r.queue.Quantile(beyond99))
	r.P999 = s.Service.Times(r.queue.Quantile(beyond999))
	if s.SLA > 0 {
		r.Headroom, r.HeadroomKnown = (s.SLA - r.P99).Ratio(s.SLA), true
	}
}

// note fills in what binds and what a reader should know.
func (s *Tail) note(r *TailResult) {
	r.Binding = walls.Compute
	if !r.Stable || r.Wait > s.Service {
		r.Binding = walls.Queueing
	}
	if !r.Stable {
		r.Warnings |= walls.Unstable
	}
	if s.CV != 1 {
		r.Warnings |= walls.Approximate
	}
	if s.SLA > 0 && (!r.Stable || r.P99 > s.SLA) {
		r.Warnings |= walls.LimitMissed
	}
}
