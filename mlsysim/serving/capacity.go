package serving

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Capacity sizes a service (walls 4, 5, 7): the least number of replicas at
// which 99 % of the requests end within a limit, waiting included.
//
//	s = TTFT + o·ITL, c* = min{ c : λ·s < c·n, P(T > SLA) ≤ 1 % at c·n servers }
//
// A replica has a slot for each of the n requests that it runs together, and all
// slots share one queue. Slots take their time in a full replica. It leaves out
// bursts, replicas that are loaded unevenly, and that a replica with free slots
// is faster.
//
// Kwon 2023, "PagedAttention"; Yu 2022, "Orca"; Erlang 1917; Harchol-Balter 2013.
type Capacity struct {
	Batching
	Arrivals    units.RequestRate `help:"requests that arrive per second" above:"0"`
	SLA         units.Seconds     `help:"limit on the 99th percentile of the time of a request" above:"0"`
	MaxReplicas int               `help:"replicas that can be had" min:"1" max:"1000000" default:"1024"`
	CV          float64           `help:"coefficient of variation of the time in a slot; 1 is exponential" above:"0" max:"10" default:"1"`
	Constant    bool              `help:"every request takes the same time in its slot: a coefficient of variation of 0"`
}

// CapacityResult is how many replicas it takes, and what a request sees there.
// Where the limit is out of reach, it tells of the most replicas.
type CapacityResult struct {
	Replicas int  `help:"least replicas that meet rate and limit" better:"lower" known:"Reached"`
	Devices  int  `help:"devices of all of them" better:"lower" known:"Reached"`
	Reached  bool `help:"some number of replicas meets rate and limit"`
	Part     Part `help:"what keeps the limit from being met"`

	Arrivals   units.RequestRate `help:"requests that arrive per second"`
	PerReplica units.RequestRate `help:"requests per second that a full replica ends" better:"higher" known:"RateKnown"`
	Rate       units.RequestRate `help:"requests per second that all replicas could end" better:"higher" known:"RateKnown"`
	Load       float64           `help:"slots that the requests keep busy" better:"lower" known:"RateKnown"`

	Utilization float64 `help:"share of the slots that are busy" better:"lower" known:"RateKnown"`
	RateKnown   bool    `help:"at least one request fits into a replica"`

	SLA    units.Seconds `help:"limit on the 99th percentile"`
	P99    units.Seconds `help:"time of a request that 1 % exceed, waiting included" better:"lower" known:"Stable"`
	Wait99 units.Seconds `help:"time in the queue that 1 % exceed" better:"lower" known:"Stable"`
	TTFT99 units.Seconds `help:"time to first token that 1 % exceed: waiting and the iterations of the prompt" better:"lower" known:"Stable"`
	Mean   units.Seconds `help:"mean time of a request, waiting included" better:"lower" known:"Stable"`
	Stable bool          `help:"the replicas keep up: the queue does not grow for ever"`

	Base   units.Seconds `help:"mean time of a request without waiting" better:"lower" known:"RateKnown"`
	Least  units.Seconds `help:"99th percentile without waiting: more replicas cannot lower it" better:"lower" known:"RateKnown"`
	TTFT   units.Seconds `help:"time to first token once admitted" better:"lower" known:"RateKnown"`
	Decode units.Seconds `help:"time of the output after it" better:"lower" known:"RateKnown"`
	ITL    units.Seconds `help:"inter-token latency of a full replica" better:"lower" known:"RateKnown"`
	Active int           `help:"requests that a replica runs together" better:"higher"`

	Fits  bool        `help:"weights and one request fit into each device of a replica"`
	Short units.Bytes `help:"what is missing on each device if they do not" better:"lower"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain and View: the input, a replica, the queue at the number of
	// replicas that the result tells of, and that number.
	in      Capacity
	replica BatchingResult
	tail    TailResult
	at      int
}

const capacityName = "serving.Capacity"

// Solve fails only if a field is out of range.
func (s Capacity) Solve() (CapacityResult, error) {
	if err := describe.Check(&s); err != nil {
		return CapacityResult{}, err
	}
	if err := s.stationed(capacityName); err != nil {
		return CapacityResult{}, err
	}
	if s.Constant {
		s.CV = 0
	}
	replica, err := s.Batching.Solve()
	if err != nil {
		return CapacityResult{}, retold(err, capacityName)
	}
	r := CapacityResult{
		Arrivals: s.Arrivals, SLA: s.SLA, Active: replica.Active, Fits: replica.Fits, Short: replica.Short, Precision: replica.Precision,
		in: s, replica: replica, at: s.MaxReplicas,
	}
	if r.RateKnown = r.Fits; r.RateKnown {
		s.time(&r)
		s.size(&r)
	}
	s.note(&r)
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Capacity) Run() CapacityResult { return walls.Must(s.Solve()) }

// time fills in what a request takes in its slot.
func (s *Capacity) time(r *CapacityResult) {
	r.TTFT, r.ITL = r.replica.TTFT, r.replica.ITL
	r.Base = r.replica.service()
	r.Decode = r.Base - r.TTFT
	r.PerReplica = r.replica.endRate()
	r.Load = s.Arrivals.For(r.Base).Ratio(units.Request)
}

// beyond is the share of the requests that may take longer than the limit.
const beyond = beyond99

// sizing is the question put to the queue.
func (s *Capacity) sizing(r *CapacityResult) physics.Sizing {
	return physics.Sizing{
		Load: r.Load, CV: s.CV, Size: r.Active, Most: s.MaxReplicas, Limit: s.SLA.Ratio(r.Base), Beyond: beyond,
	}
}

// size fills in the number of replicas and the queue in front of them.
func (s *Capacity) size(r *CapacityResult) {
	ask := s.sizing(r)
	found := ask.Least()
	r.at, r.Stable, r.Reached = found.Stations, found.Stable, found.Met
	r.Least = r.Base.Times(ask.Alone().Quantile(beyond))
	r.Rate = r.PerReplica.Times(float64(r.at))
	servers := r.at * r.Active
	r.Utilization = r.Load / float64(servers)

	r.tail = TailResult{
		Load: r.Load, Utilization: r.Utilization, Stable: r.Stable, queue: found.Queue, servers: "slots of all replicas",
		in: Tail{Arrivals: s.Arrivals, Service: r.Base, Replicas: servers, CV: s.CV, SLA: s.SLA},
	}
	if r.Stable {
		r.tail.in.quantiles(&r.tail)
		r.P99, r.Mean = r.tail.P99, r.tail.Mean
		r.Wait99 = r.Base.Times(found.Queue.WaitQuantile(beyond))
		r.TTFT99 = r.Wait99 + r.TTFT
	}
	if r.Reached {
		r.Replicas, r.Devices = r.at, r.at*r.replica.in.TP
	}
}

// note fills in what binds and what a reader should know.
func (s *Capacity) note(r *CapacityResult) {
	r.Part = s.part(r)
	r.Warnings = r.replica.Warnings
	r.Binding = r.replica.Binding
	if r.Part == ReplicasPart || r.Stable && r.Wait99 > r.Base {
		r.Binding = walls.Queueing
	}
	if s.CV != 1 {
		r.Warnings |= walls.Approximate
	}
	if r.Reached {
		return
	}
	r.Warnings |= walls.NotReached
	if r.RateKnown && !r.Stable {
		r.Warnings |= walls.Unstable
	}
}

// part names what keeps the limit from being met: memory, then what no number of
// replicas can change, then their number.
func (s *Capacity) part(r *CapacityResult) Part {
	switch {
	case r.Reached:
		return NoPart
	case !r.Fits:
		return MemoryPart
	case r.Base > s.SLA && r.TTFT > r.Decode:
		return PrefillPart
	case r.Base > s.SLA:
		return DecodePart
	case !s.sizing(r).Reachable():
		return VariationPart
	default:
		return ReplicasPart
	}
}
