package l18

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mlsysim/golab/autograder/check"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// config is question 1: a design that keeps every limit.
func config() spec.Question {
	return spec.Question{
		ID: "q1", Title: "A design that holds", Points: 20,
		Kinds:   []check.Kind{check.FEAS},
		Claims:  []string{"q1"},
		Predict: `// Predict("q1", ...) // nodes of eight accelerators in each region`,
		Explore: `Show(Sweep(draft, "Batch", Pow2(8, 128)).Chart("Devices", "P99"))`,
		Blank:   `// Answer("q1", ...) // draft with TP, Batch, Precision and MaxReplicas, the replicas of a region, of your choice`,
		Worked: `Predict("q1", 10)
plan := draft
plan.TP, plan.Precision = 4, FP8
plan.MaxReplicas = plan.Run().Replicas + 2 // the least, and those of one node
Answer("q1", plan)`,
		Right: func(d spec.Draw) spec.Values { return spec.Values{"q1": holds(d)} },
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			return check.Design{What: "the region", IDs: []string{"q1"}, Cites: "serving.Capacity, cost.Ownership", Solve: func(c check.Claims) ([]check.Limit, error) {
				s, err := read(d, c)
				if err != nil {
					return nil, err
				}
				return limits(d, s)
			}}.Check(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "optimise one number", Says: "this is the least fleet that keeps the limit: with a node lost, one of the limits breaks", Wrong: func(d spec.Draw) spec.Values {
				s := holds(d)
				s.MaxReplicas -= perNode / s.TP
				return spec.Values{"q1": s}
			}},
			{Name: "money buys everything", Says: "this fleet keeps every limit but the budget", Wrong: func(d spec.Draw) spec.Values {
				s := holds(d)
				s.MaxReplicas *= 4
				return spec.Values{"q1": s}
			}},
			{Name: "weights are all the memory", Says: "one accelerator for each replica holds no cache beside the weights, or not even those", Wrong: func(d spec.Draw) spec.Values {
				s := holds(d)
				s.TP, s.Precision = 1, physics.FP16
				return spec.Values{"q1": s}
			}},
		},
		Mutants: []spec.Mutant{
			{Name: "half of the traffic", Wrong: func(d spec.Draw) spec.Values {
				s := holds(d)
				s.Arrivals = 250
				return spec.Values{"q1": s}
			}},
			{Name: "a looser limit", Wrong: func(d spec.Draw) spec.Values {
				s := holds(d)
				s.SLA = s.SLA.Times(2)
				return spec.Values{"q1": s}
			}},
			{Name: "a faster device", Wrong: func(d spec.Draw) spec.Values {
				return spec.Values{"q1": check.Faster(holds(d), walls.MemoryBandwidth, 2)}
			}},
			{Name: "the draft itself", Wrong: func(d spec.Draw) spec.Values {
				s := draft(d)
				s.MaxReplicas = 1
				return spec.Values{"q1": s}
			}},
		},
	}
}

// read reads a design that differs from the draft in what a student may choose.
func read(d spec.Draw, c check.Claims) (serving.Capacity, error) {
	var s serving.Capacity
	if err := check.Read(c, "q1", &s); err != nil {
		return s, err
	}
	own := draft(d)
	own.TP, own.Batch, own.Precision, own.KVPrecision, own.MaxReplicas = s.TP, s.Batch, s.Precision, s.KVPrecision, s.MaxReplicas
	if recorded(s) != recorded(own) {
		return s, errors.New("q1: only TP, Batch, Precision, KVPrecision and MaxReplicas are yours to choose")
	}
	switch {
	case perNode%own.TP != 0:
		return s, fmt.Errorf("q1: TP = %d: want a divisor of the eight accelerators of a node", own.TP)
	case own.Batch > most:
		return s, fmt.Errorf("q1: Batch = %d: want at most %d", own.Batch, most)
	case own.Precision != physics.Auto && own.Precision.Size() < physics.FP8.Size() || own.KVPrecision != physics.Auto && own.KVPrecision.Size() < physics.FP8.Size():
		return s, errors.New("q1: formats below 8 bit change the answers: want fp16 or fp8")
	}
	return own, nil
}

// most is the largest batch that may be chosen.
const most = 256

// limits are the promises of a region and of both together.
func limits(d spec.Draw, s serving.Capacity) ([]check.Limit, error) {
	r, err := s.Solve()
	if err != nil {
		return nil, err
	}
	rest, left := lost(s)
	return []check.Limit{
		check.That("memory", r.Fits, "weights and one request do not fit into each device"),
		check.That("all nodes at work", r.Reached, "the region does not keep rate and P99 limit"),
		check.That("one node lost", left && rest.Run().Reached, "what is left of the region does not keep rate and P99 limit"),
		check.AtMost("cost of a year in both regions", bill(d, s), budget),
	}, nil
}

// ranking is question 2: what binds the draft first and second.
func ranking() spec.Question {
	names := []string{"compute", "memory bandwidth", "network", "overhead"}
	return spec.Question{
		ID: "q2", Title: "What binds, and what comes next?", Points: 15, Shared: true,
		Kinds:   []check.Kind{check.BIND},
		Claims:  []string{"q2.first", "q2.second"},
		Predict: `// Predict("q2", ...) // Compute, MemoryBandwidth, Network or Overhead`,
		Explore: `Show(Elasticities(draft, "PerReplica"))`,
		Blank: `// Answer("q2.first", ...)  // of which a tenth less costs most of PerReplica
// Answer("q2.second", ...) // and which comes next`,
		Worked: `Predict("q2", MemoryBandwidth)
less := []Capacity{draft, draft, draft, draft}
less[0].Hardware.Rates.FP16 = gpu.Rates.FP16.Times(1 / 1.1)
less[1].Hardware.Bandwidth = gpu.Bandwidth.Times(1 / 1.1)
less[2].Hardware.ScaleUp, less[2].Hardware.ScaleUpLatency = gpu.ScaleUp.Times(1/1.1), gpu.ScaleUpLatency.Times(1.1)
less[3].Hardware.Launch, less[3].Hardware.Dispatch = gpu.Launch.Times(1.1), gpu.Dispatch.Times(1.1)
resources := []Resource{Compute, MemoryBandwidth, Network, Overhead}
first, second := -1, -1
for i := range less {
	rate := less[i].Run().PerReplica
	if first < 0 || rate < less[first].Run().PerReplica {
		first, second = i, first
	} else if second < 0 || rate < less[second].Run().PerReplica {
		second = i
	}
}
Answer("q2.first", resources[first])
Answer("q2.second", resources[second])`,
		Right: func(d spec.Draw) spec.Values {
			first, _ := slower(d, "q2.first", walls.Nothing).Right()
			second, _ := slower(d, "q2.second", first[0]).Right()
			return spec.Values{"q2.first": first[0], "q2.second": second[0]}
		},
		Options: map[string][]string{"q2.first": names, "q2.second": names},
		Answer: func(d spec.Draw, c check.Claims) check.Verdict {
			right, _ := slower(d, "q2.first", walls.Nothing).Right()
			first := right[0]
			for _, r := range right { // near a ridge the two may change places
				if r.String() == c["q2.first"].Text {
					first = r
				}
			}
			return check.All(slower(d, "q2.first", walls.Nothing).Check, slower(d, "q2.second", first).Check)(c)
		},
		Misconceptions: []spec.Misconception{
			{Name: "decoding is always memory-bound", Says: "each iteration also prefills the prompts of newcomers: with long prompts and short answers that is most of its arithmetic", Wrong: func(d spec.Draw) spec.Values {
				if right, _ := slower(d, "q2.first", walls.Nothing).Right(); slices.Contains(right, walls.MemoryBandwidth) {
					return nil
				}
				return spec.Values{"q2.first": walls.MemoryBandwidth}
			}},
			{Name: "more FLOP/s is faster", Says: "with long answers an iteration reads the weights for few new tokens: the arithmetic waits for them", Wrong: func(d spec.Draw) spec.Values {
				if right, _ := slower(d, "q2.first", walls.Nothing).Right(); slices.Contains(right, walls.Compute) {
					return nil
				}
				return spec.Values{"q2.first": walls.Compute}
			}},
			{Name: "compute and memory are the only two", Says: "arithmetic and memory overlap: where one binds, the other one hardly matters, and what comes on top of both comes next", Wrong: func(d spec.Draw) spec.Values {
				first, _ := slower(d, "q2.first", walls.Nothing).Right()
				other := walls.Compute
				if first[0] == walls.Compute {
					other = walls.MemoryBandwidth
				}
				if second, _ := slower(d, "q2.second", first[0]).Right(); slices.Contains(second, other) {
					return nil
				}
				return spec.Values{"q2.second": other}
			}},
		},
	}
}

// slower attributes the rate of a replica of the draft, one resource left out.
func slower(d spec.Draw, id string, but walls.Resource) check.Binding {
	candidates := []walls.Resource{walls.Compute, walls.MemoryBandwidth, walls.Network, walls.Overhead}
	return check.Binding{
		ID: id, What: "rate of a replica", Cites: "serving.Batching", Higher: true,
		Candidates: slices.DeleteFunc(candidates, func(r walls.Resource) bool { return r == but }),
		Metric: func(r walls.Resource, factor float64) (float64, error) {
			s := check.Faster(draft(d).Batching, r, factor)
			if r == walls.Network {
				s.Hardware.ScaleUp, s.Hardware.ScaleUpLatency = s.Hardware.ScaleUp.Times(factor), s.Hardware.ScaleUpLatency.Times(1/factor)
			}
			out, err := s.Solve()
			return float64(out.TokensPerSecond), err
		},
	}
}
