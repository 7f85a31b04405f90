package vectors

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/training"
	"github.com/mlsysim/golab/mlsysim/units"
)

// The adapters of solvers.md 2.3: rank 16 on four matrices of a layer.
const (
	adapterRank     = 16
	adapterMatrices = 4
)

// ddpBucket is the size in which PyTorch sends gradients while it computes.
const ddpBucket = 25 * units.MB

func distributed(in *inputs) (answer, any, error) {
	f := in.cluster("fleet")
	s := onCluster(in, f)
	in.set(&s, "Batch", "batch_size", 1)
	in.set(&s, "Sequence", "seq_len", 1)
	in.set(&s, "TP", "tp_size", 1)
	in.set(&s, "PP", "pp_size", 1)
	in.set(&s, "EP", "ep_size", 1)
	in.set(&s, "Parts", "v_stages", 1)
	in.set(&s, "Microbatches", "microbatch_count", 1)
	in.set(&s, "Accumulation", "gradient_accumulation_steps", 1)
	in.set(&s, "ZeRO", "zero_stage", 1)
	in.set(&s, "Congestion", "congestion_factor", 1)
	in.set(&s, "Straggler", "straggler_factor", 1)
	in.set(&s, "Imbalance", "moe_routing_imbalance_factor", 1)
	in.precision(&s)
	in.efficiency(&s)
	if in.flag("activation_recomputation") {
		s.Checkpointing = physics.Full
	}
	if in.flag("is_lora") {
		s.Trainable = s.Model.AdapterShare(adapterRank, adapterMatrices)
	}
	if in.flag("overlap_comm") && in.refusal == nil {
		bytes := physics.GradientSize(s.Precision).Times(s.Model.ShardParams(s.TP, s.PP, s.EP))
		s.Buckets = max(1, int(math.Ceil(bytes.Ratio(ddpBucket))))
	}
	in.drop("what the backward pass hides follows from its time (P-16)", "overlap_efficiency")
	in.shape(network.Topology{}, "topology_override")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return distributedAnswer(&s, &r), r, err
}

// onCluster is a training step on a fleet with the constants of the vectors.
func onCluster(in *inputs, f golden.Fleet) parallel.Training {
	s := parallel.Training{
		Model: in.model("model"), Hardware: f.Device, Nodes: f.Count, PerNode: f.AcceleratorsPerNode, NICs: f.NicsPerNode,
		IntraLink: units.ByteRate(f.IntraNodeBwBytesS), IntraLatency: f.IntraLatency,
		Fabric: units.ByteRate(f.Fabric.Bandwidth), FabricLatency: units.Seconds(f.Fabric.Latency), Oversubscription: f.Fabric.Oversubscription,
		Batch: 1, Sequence: 2048, TP: 1, PP: 1, EP: 1, Parts: 1, Microbatches: 1, Accumulation: 1, Efficiency: 0.5, Precision: fp16,
	}
	if s.Hardware.HostLink == 0 {
		s.Hardware.HostLink = hostLink
	}
	if in.setting("algo") {
		s.Algorithm = physics.Hierarchical // and a ring inside one tier
	}
	if in.setting("m1") {
		s.Model.Vocab = 0
	}
	if !s.Model.Attends() {
		s.Buffers = smallest // theirs books none beside weights, gradients and optimizer
	}
	in.holds("gpu-only")
	return s
}

// shape checks the name of a topology; what a port gets is an input of ours.
func (in *inputs) shape(t network.Topology, key string) {
	in.name(&t, "kind", key, nil)
	in.drop("a topology leaves each port a bandwidth, which is the input here", key)
}

func distributedAnswer(s *parallel.Training, r *parallel.TrainingResult) answer {
	bound := "Memory"
	if r.MemTime <= r.Compute {
		bound = "Compute"
	}
	none := notReported("the result has times, not the traffic or energy of a rank; power.Sustainability has the energy")
	rate := notReported("the share of the peak is an input")
	node := answer{
		"latency": num(float64(r.Node)), "latency_compute": num(float64(r.Compute)), "latency_memory": num(float64(r.MemTime)),
		"latency_overhead": num(float64(r.Overhead)), "throughput": per(float64(r.Local), float64(r.Node), "no time"),
		"bottleneck": said(bound), "memory_footprint": num(float64(r.Memory)), "mfu": num(r.MFU * r.Step.Ratio(r.Node)),
		"feasible": yes(r.Fits), "overhead_dominated": yes(r.Overhead > max(r.Compute, r.MemTime)), "offload_spill_bytes": nothing("it fits"),
		"offload_effective_bw": nothing("it fits"), "arithmetic_intensity": none, "energy": none,
		"peak_bw_actual": rate, "peak_flops_actual": rate, "hfu": notReported("operations computed again are in the times alone"),
	}
	if !r.Fits {
		node["offload_spill_bytes"] = num(float64(r.Short))
		node["offload_effective_bw"] = none
	}
	return merge(under("node_profile", node), under("parallelism", degrees(r.DP, s.TP, s.PP, s.EP)), answer{
		"dp_communication_latency": num(float64(r.DataPar)), "tp_communication_latency": num(float64(r.TensorPar)),
		"ep_communication_latency": num(float64(r.ExpertPar)), "communication_latency": num(float64(r.DataPar + r.TensorPar + r.ExpertPar)),
		"pipeline_bubble_latency": num(float64(r.Bubble)), "bubble_fraction": num(r.BubbleShare), "step_latency_total": num(float64(r.Step)),
		"scaling_efficiency": num(r.Scaling), "effective_throughput": num(float64(r.Throughput)),
	})
}

func degrees(dp, tp, pp, ep int) answer {
	return answer{"dp": num(float64(dp)), "tp": num(float64(tp)), "pp": num(float64(pp)), "ep": num(float64(ep))}
}

func trainingMemory(in *inputs) (answer, any, error) {
	s := training.Memory{Model: in.model("model"), Hardware: in.device("hardware"), Batch: 1, Sequence: 2048, TP: 1, PP: 1, DP: 1, EP: 1, Accumulation: 1, Precision: fp16}
	in.set(&s, "Batch", "batch_size", 1)
	in.set(&s, "Sequence", "seq_len", 1)
	in.set(&s, "TP", "tp_size", 1)
	in.set(&s, "PP", "pp_size", 1)
	in.set(&s, "DP", "dp_size", 1)
	in.set(&s, "EP", "ep_size", 1)
	in.set(&s, "ZeRO", "zero_stage", 1)
	in.set(&s, "Accumulation", "gradient_accumulation_steps", 1)
	in.setZero(&s, "Trainable", "trainable_fraction", 1)
	in.setZero(&s, "Buffers", "communication_buffer_fraction", 1)
	in.name(&s, "optimizer", "optimizer", nil)
	in.name(&s, "checkpointing", "activation_checkpointing", nil)
	in.precision(&s)
	if _, given := in.take("sequence_parallel"); given {
		s.NoSP = !in.flag("sequence_parallel")
	}
	if in.setting("m1") {
		s.Model.Vocab = 0 // Microbatches and Fragmentation are at their neutral defaults
	}
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return merge(under("parallelism", degrees(s.DP, s.TP, s.PP, s.EP)), answer{
		"feasible": yes(r.Fits), "total_memory": num(float64(r.Memory)), "available_memory": num(float64(r.Capacity)),
		"memory_utilization": num(r.Utilization), "weights": num(float64(r.Weights)), "gradients": num(float64(r.Gradients)),
		"optimizer_state": num(float64(r.Optimizer)), "activations": num(float64(r.Activations)), "communication_buffers": num(float64(r.Buffers)),
		"precision": text(r.Precision), "optimizer": text(s.Optimizer), "activation_checkpointing": text(s.Checkpointing),
	}), r, err
}

func moeRouting(in *inputs) (answer, any, error) {
	s := parallel.MoERouting{Model: in.model("model"), Batch: 1, Sequence: 2048, EP: 1, Imbalance: 1, Precision: fp16}
	in.set(&s, "Batch", "batch_size", 1)
	in.set(&s, "Sequence", "seq_len", 1)
	in.set(&s, "EP", "ep_size", 1)
	in.set(&s, "Imbalance", "routing_imbalance_factor", 1)
	in.precision(&s)
	if _, ok := in.take("fleet"); ok {
		f := in.cluster("fleet")
		s.PerNode, s.Intra, s.IntraLatency = f.AcceleratorsPerNode, units.ByteRate(f.IntraNodeBwBytesS), f.IntraLatency
		s.Inter, s.InterLatency = units.ByteRate(f.Fabric.Bandwidth), units.Seconds(f.Fabric.Latency)
	}
	if in.setting("fabric") {
		s.PerNode = 1
	}
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	a := answer{"ep_size": num(float64(r.EP)), "all_to_all_latency": field(r, "AllToAll")}
	if r.EP == 1 {
		a["all_to_all_latency"] = nothing("nothing is sent")
	}
	for theirs, ours := range map[string]string{
		"effective_active_experts": "EffectiveExperts", "effective_active_parameters": "EffectiveParams",
		"active_parameter_multiplier": "Multiplier", "routing_imbalance_factor": "Imbalance", "token_dispatch_bytes": "Dispatch",
	} {
		a[theirs] = field(r, ours)
	}
	return a, r, err
}

func orchestration(in *inputs) (answer, any, error) {
	f := in.cluster("fleet")
	s := parallel.Orchestration{Accelerators: f.Count * f.AcceleratorsPerNode}
	in.set(&s, "Arrivals", "arrival_rate_jobs_per_day", 1/float64(units.Day))
	in.set(&s, "Duration", "avg_job_duration_days", float64(units.Day))
	s.Constant = in.setting("one-job") // PerJob 0 is the whole cluster
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{
		"cluster_utilization": field(r, "Utilization"), "avg_wait_time_days": field(r, "Wait"), "avg_queue_length": field(r, "Queue"), "is_stable": yes(r.Stable),
	}, r, err
}

func topology(in *inputs) (answer, any, error) {
	s := network.Topology{Nodes: 64}
	raw, _ := in.take("fabric")
	in.known("fabric", raw, fabricKeys)
	link := inputs{Case: golden.Case{Inputs: objectOf(raw)}, read: map[string]bool{}}
	link.set(&s, "Link", "bandwidth_bytes_s", 1)
	link.set(&s, "Oversubscription", "oversubscription_ratio", 1)
	in.refuse(link.refusal)
	in.set(&s, "Nodes", "num_nodes", 1)
	in.name(&s, "kind", "topology", nil)
	s.GlobalFraction = 0
	if in.setting("beta") {
		s.GlobalFraction = 0.85
	}
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{
		"effective_bw": num(float64(r.Effective)), "bisection_bw": num(float64(r.Bisection)), "bisection_bw_fraction": num(r.Fraction),
		"hops_avg": num(r.Hops), "topology": text(r.Kind), "num_nodes": num(float64(r.Nodes)),
	}, r, err
}
