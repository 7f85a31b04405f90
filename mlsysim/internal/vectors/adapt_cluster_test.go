package vectors

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// networkRoofline compares a whole step with the exchange of its gradients.
func networkRoofline(in *inputs) (answer, any, error) {
	step := onCluster(in, in.cluster("fleet"))
	s := parallel.NetworkRoofline{
		Model: step.Model, Hardware: step.Hardware, Nodes: step.Nodes, PerNode: step.PerNode, NICs: step.NICs,
		IntraLink: step.IntraLink, IntraLatency: step.IntraLatency, Fabric: step.Fabric, FabricLatency: step.FabricLatency, Oversubscription: step.Oversubscription,
		Batch: step.Batch, Sequence: step.Sequence, Precision: step.Precision, Efficiency: step.Efficiency, Algorithm: step.Algorithm,
	}
	in.set(&s, "Batch", "batch_size", 1)
	in.precision(&s)
	in.efficiency(&s)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	bound := map[walls.Resource]string{walls.Network: "Network", walls.Compute: "Compute"}[r.Binding]
	elsewhere := notReported("parallel.Training has the memory, power.Sustainability the energy")
	rate := notReported("the share of the peak and the rate of a port are inputs")
	return answer{
		"latency": num(float64(r.Step)), "latency_compute": num(float64(r.Compute)), "latency_memory": num(float64(r.Exchange)),
		"throughput": num(float64(r.Throughput)), "bottleneck": said(bound), "arithmetic_intensity": num(float64(r.Intensity)), "mfu": num(r.MFU),
		"hfu": notReported("operations computed again are in the times alone"), "latency_overhead": notReported("a bound has no launches"),
		"overhead_dominated": notReported("a bound has no launches"), "energy": elsewhere, "memory_footprint": elsewhere, "feasible": elsewhere,
		"offload_spill_bytes": elsewhere, "offload_effective_bw": elsewhere, "peak_flops_actual": rate, "peak_bw_actual": rate,
	}, r, err
}

// bestSplit searches the splits of a cluster. Gradients are sent while the backward
// pass runs, as there.
func bestSplit(in *inputs) (answer, any, error) {
	step := onCluster(in, in.cluster("fleet"))
	s := parallel.Plan{
		Model: step.Model, Hardware: step.Hardware, Nodes: step.Nodes, PerNode: step.PerNode, NICs: step.NICs,
		IntraLink: step.IntraLink, IntraLatency: step.IntraLatency, Fabric: step.Fabric, FabricLatency: step.FabricLatency, Oversubscription: step.Oversubscription,
		Batch: step.Batch, Sequence: step.Sequence, Precision: step.Precision, Efficiency: step.Efficiency, Algorithm: step.Algorithm, Buckets: overlapped,
	}
	in.set(&s, "Batch", "batch_size", 1)
	in.set(&s, "Sequence", "seq_len", 1)
	in.set(&s, "MaxTP", "max_tp", 1)
	in.set(&s, "MaxPP", "max_pp", 1)
	in.precision(&s)
	in.efficiency(&s)
	in.drop("the search decides what is computed again", "activation_recomputation")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	a := merge(under("best_config", split(r.Choice)), answer{
		"objective_value": num(r.MFU), "best_mfu": num(r.MFU), "best_throughput": num(float64(r.Throughput)), "best_step_time": num(float64(r.Step)),
		"total_searched": num(float64(r.Tried)), "search_space_size": num(float64(r.Candidates)), "feasible": yes(r.Fits),
	})
	for i, c := range r.Top {
		path := fmt.Sprintf("top_candidates.%d", i)
		a = merge(a, under(path+".config", split(c)), under(path, answer{
			"mfu": num(c.MFU), "step_time": num(float64(c.Step)), "throughput": num(float64(s.Batch) / float64(c.Step)),
		}))
	}
	return a, r, err
}

// overlapped hides 6 of 7 parts of an exchange, as 0.3.0 hides 85 %.
const overlapped = 7

func split(c parallel.Choice) answer {
	return answer{"tp": num(float64(c.TP)), "pp": num(float64(c.PP)), "dp": num(float64(c.DP))}
}
