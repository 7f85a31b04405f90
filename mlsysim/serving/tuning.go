package serving

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Tuning chooses how many requests a replica should run together (walls 5, 7),
// and where asked the chunks of its prefill and the number of replicas: of all
// combinations that meet the limits the one with the highest goodput per
// replica, then the smallest 99th percentile.
//
//	G = λ·P(T ≤ SLA)/c,   T at c·b servers of service time TTFT + o·ITL
//
// A large batch has more slots, and each of them is slower. Every combination
// is tried, so that none is better than the answer; each that is rejected says
// why. It leaves out what Capacity leaves out.
//
// Zhong 2024, "DistServe" (goodput); Yu 2022, "Orca"; Agrawal 2024,
// "Sarathi-Serve" (chunks against stalls); Harchol-Balter 2013.
type Tuning struct {
	Batching                      // Batch is the largest size that is tried
	Arrivals    units.RequestRate `help:"requests that arrive per second" above:"0"`
	SLA         units.Seconds     `help:"limit on the 99th percentile of the time of a request" above:"0"`
	StallLimit  units.Seconds     `help:"limit on the longest gap between two tokens; 0 is none" min:"0"`
	Chunks      []int             `help:"chunks of the prefill that are tried, 0 is the whole prompt; none tries Chunk only" min:"0"`
	Replicas    int               `help:"replicas, the fewest of them where MaxReplicas is larger" min:"1" max:"1000000" default:"1"`
	MaxReplicas int               `help:"most replicas that are tried; 0 tries Replicas only" min:"0" max:"1000000"`
	CV          float64           `help:"coefficient of variation of the time in a slot; 1 is exponential" above:"0" max:"10" default:"1"`
	Constant    bool              `help:"every request takes the same time in its slot: a coefficient of variation of 0"`
}

// TuningResult is the best combination; where none meets the limits, the one
// with the smallest 99th percentile.
type TuningResult struct {
	Batch    int  `help:"requests that a replica runs together" known:"Stable"`
	Chunk    int  `help:"prefill tokens of one request per iteration; 0 is the whole prompt" known:"Stable"`
	Replicas int  `help:"replicas" better:"lower" known:"Stable"`
	Reached  bool `help:"some combination meets the limits"`
	Stable   bool `help:"some combination keeps up with the arrivals"`

	Goodput     units.RequestRate `help:"requests per second that end within the limit" better:"higher" known:"Stable"`
	EachGoodput units.RequestRate `help:"goodput of one replica" better:"higher" known:"Stable"`
	Attained    float64           `help:"share of the requests that end within the limit" better:"higher" known:"Stable"`
	P99         units.Seconds     `help:"time of a request that 1 % exceed, waiting included" better:"lower" known:"Stable"`
	Headroom    float64           `help:"share of the limit that the 99th percentile leaves; negative if it is missed" better:"higher" known:"Stable"`

	Utilization float64       `help:"share of the slots that are busy" better:"lower" known:"Stable"`
	Load        float64       `help:"slots that the requests keep busy" better:"lower" known:"Stable"`
	Base        units.Seconds `help:"mean time of a request without waiting" better:"lower" known:"Stable"`
	TTFT        units.Seconds `help:"time to first token once admitted" better:"lower" known:"Stable"`
	ITL         units.Seconds `help:"inter-token latency of a full replica" better:"lower" known:"Stable"`
	Stall       units.Seconds `help:"longest gap between two tokens" better:"lower" known:"Stable"`

	Tried    int `help:"combinations tried"`
	Met      int `help:"those that meet the limits"`
	NoRoom   int `help:"rejected: the batch does not fit into the memory"`
	Stalls   int `help:"rejected: an iteration takes longer than the limit on a gap"`
	Unstable int `help:"rejected: the queue grows without bound"`
	Missed   int `help:"rejected: the 99th percentile is above the limit"`

	Fits  bool        `help:"weights and one request fit into each device of a replica"`
	Short units.Bytes `help:"what is missing on each device if they do not" better:"lower"`
	Top   []Choice    `help:"the best combinations, the best first"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain and View: the input, the replica chosen and its queue.
	in      Tuning
	replica BatchingResult
	tail    TailResult
}

const tuningName = "serving.Tuning"

// mostChoices keeps a mistyped range from running for minutes.
const mostChoices = 20_000

// Solve fails only if a field is out of range.
func (s Tuning) Solve() (TuningResult, error) {
	if err := s.prepare(); err != nil {
		return TuningResult{}, err
	}
	r := TuningResult{in: s}
	for batch := 1; batch <= s.Batch; batch++ {
		for _, chunk := range s.Chunks {
			if err := r.try(batch, chunk); err != nil {
				return TuningResult{}, retold(err, tuningName)
			}
		}
	}
	if r.Stable = len(r.Top) > 0; r.Stable {
		if err := r.choose(r.Top[0]); err != nil {
			return TuningResult{}, retold(err, tuningName)
		}
	}
	r.note()
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Tuning) Run() TuningResult { return walls.Must(s.Solve()) }

// prepare checks the input and settles what is tried.
func (s *Tuning) prepare() error {
	if err := describe.Check(s); err != nil {
		return err
	}
	if err := s.stationed(tuningName); err != nil {
		return err
	}
	if s.MaxReplicas > 0 && s.MaxReplicas < s.Replicas {
		return describe.Refuse(tuningName, "MaxReplicas", s.MaxReplicas, "at least Replicas, or 0")
	}
	s.MaxReplicas = max(s.MaxReplicas, s.Replicas)
	if len(s.Chunks) == 0 {
		s.Chunks = []int{s.Chunk}
	}
	if n := float64(s.Batch) * float64(len(s.Chunks)) * float64(s.MaxReplicas-s.Replicas+1); n > mostChoices {
		return describe.Refuse(tuningName, "Batch", s.Batch, fmt.Sprintf("at most %d combinations, not %.0f", mostChoices, n))
	}
	if s.Constant {
		s.CV = 0
	}
	return nil
}

// with is a replica with a batch and a chunk.
func (s *Tuning) with(batch, chunk int) Batching {
	b := s.Batching
	b.Batch, b.Chunk = batch, chunk
	return b
}

// try looks at one batch and chunk with every number of replicas.
func (r *TuningResult) try(batch, chunk int) error {
	replica, err := r.in.with(batch, chunk).Solve()
	if err != nil {
		return err
	}
	if batch == 1 {
		r.Fits, r.Short, r.Precision, r.Warnings, r.Binding = replica.Fits, replica.Short, replica.Precision, replica.Warnings, replica.Binding
	}
	for c := r.in.Replicas; c <= r.in.MaxReplicas; c++ {
		one := candidate{Choice: Choice{Batch: batch, Chunk: chunk, Replicas: c}}
		one.judge(&r.in, &replica)
		r.count(one.Verdict)
		r.rank(&one)
	}
	return nil
}

// choose fills in the result from one combination.
func (r *TuningResult) choose(best Choice) error {
	replica, err := r.in.with(best.Batch, best.Chunk).Solve()
	if err != nil {
		return err
	}
	r.replica = replica
	r.Batch, r.Chunk, r.Replicas = best.Batch, best.Chunk, best.Replicas
	r.Reached = best.Verdict == Meets
	r.Goodput, r.P99, r.Utilization = best.Goodput, best.P99, best.Utilization
	r.EachGoodput = best.each()
	r.Attained = r.Goodput.Ratio(r.in.Arrivals)
	r.Headroom = (r.in.SLA - r.P99).Ratio(r.in.SLA)
	r.Base, r.TTFT, r.ITL, r.Stall = replica.service(), replica.TTFT, replica.ITL, replica.Stall
	r.Load = r.in.Arrivals.For(r.Base).Ratio(units.Request)
	servers := r.Replicas * r.Batch
	r.tail = TailResult{
		Load: r.Load, Utilization: r.Utilization, Stable: true, queue: physics.NewQueue(servers, r.Load, r.in.CV), servers: "slots of all replicas",
		in: Tail{Arrivals: r.in.Arrivals, Service: r.Base, Replicas: servers, CV: r.in.CV, SLA: r.in.SLA},
	}
	r.tail.in.quantiles(&r.tail)
	return nil
}

// note fills in what binds and what a reader should know.
func (r *TuningResult) note() {
	if r.Stable {
		r.Warnings, r.Binding = r.replica.Warnings, r.replica.Binding
	}
	if r.in.CV != 1 {
		r.Warnings |= walls.Approximate
	}
	switch {
	case r.Reached || !r.Fits:
		return
	case !r.Stable:
		r.Warnings |= walls.Unstable
	}
	r.Warnings |= walls.LimitMissed
	if !r.Stable || r.tail.Wait > r.Base {
		r.Binding = walls.Queueing
	}
}
