package vectors

import (
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// servingModel is three solvers of ours: plain, with a draft model, or with
// prefill and decode on different devices.
func servingModel(in *inputs) (answer, any, error) {
	s := serving.Serving{Model: in.model("model"), Hardware: in.device("hardware"), Batch: 1, Precision: fp16, Efficiency: 0.5}
	in.set(&s, "Prompt", "seq_len", 1)
	in.set(&s, "Batch", "batch_size", 1)
	in.set(&s, "Cached", "cached_prefix_len", 1)
	in.setSize(&s, "Chunk", "prefill_chunk_tokens", 1)
	in.precision(&s)
	in.efficiency(&s)
	split := serving.Disaggregated{Network: 100 * units.GBps}
	in.set(&split, "Network", "network_bandwidth", 1)
	_, chunked := in.Inputs["prefill_chunk_tokens"]
	_, drafted := in.take("draft_model")
	_, apart := in.take("decode_hardware")
	switch {
	case drafted:
		return speculation(in, s, apart)
	case apart:
		return disaggregated(in, s, split)
	}
	in.drop("no draft model proposes tokens", "draft_acceptance_rate")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return servingAnswer(&r, chunked), r, err
}

func servingAnswer(r *serving.Result, chunked bool) answer {
	a := answer{
		"feasible": yes(r.Fits), "ttft": num(float64(r.TTFT)), "itl": num(float64(r.ITLFirst)), "kv_cache_size": num(float64(r.Cache)),
		"model_weights_size": num(float64(r.Weights)), "total_memory_required": num(float64(r.Memory)), "memory_utilization": num(r.Utilization),
		"prompt_cache_hit_ratio": num(r.HitRatio), "prefill_chunks": num(float64(r.Chunks)),
		"prefill_chunk_time": nothing("one pass"), "decode_stall_bound": nothing("one pass"),
	}
	if chunked {
		a["prefill_chunk_time"], a["decode_stall_bound"] = num(float64(r.ChunkTime)), num(float64(r.ChunkTime))
	}
	return a
}

// speculation has no cached prefix, chunks or second device: a case with one of
// them fails.
func speculation(in *inputs, plain serving.Serving, apart bool) (answer, any, error) {
	s := serving.Speculation{
		Model: plain.Model, Draft: in.model("draft_model"), Hardware: plain.Hardware, Prompt: plain.Prompt, Batch: plain.Batch,
		Precision: plain.Precision, Efficiency: plain.Efficiency, Acceptance: 0.7,
	}
	in.set(&s, "Acceptance", "draft_acceptance_rate", 1)
	in.undivided(plain)
	if apart {
		in.wrong("speculation on two devices")
	}
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	target, err := plain.Solve()
	if err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return merge(servingAnswer(&target, false), answer{
		"feasible": yes(r.Fits), "ttft": num(float64(r.TTFT)), "itl": num(float64(r.ITL)), "kv_cache_size": num(float64(r.Cache)),
		"model_weights_size": num(float64(r.Weights)), "total_memory_required": num(float64(r.Memory)), "memory_utilization": num(r.Utilization),
	}), r, err
}

func disaggregated(in *inputs, plain serving.Serving, split serving.Disaggregated) (answer, any, error) {
	s := serving.Disaggregated{
		Model: plain.Model, Hardware: plain.Hardware, Decoder: in.device("decode_hardware"), Network: split.Network,
		Prompt: plain.Prompt, Batch: plain.Batch, Precision: plain.Precision, Efficiency: plain.Efficiency,
	}
	in.undivided(plain)
	in.drop("no draft model proposes tokens", "draft_acceptance_rate")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	prefill, err := plain.Solve()
	if err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return merge(servingAnswer(&prefill, false), answer{
		"feasible": yes(r.Fits), "ttft": num(float64(r.TTFT)), "itl": num(float64(r.ITL)), "kv_cache_size": num(float64(r.Sent)),
		"model_weights_size": num(float64(r.Weights)), "total_memory_required": num(float64(r.Memory)), "memory_utilization": num(r.Utilization),
	}), r, err
}

// undivided fails for a prefill in parts, which only plain serving has.
func (in *inputs) undivided(s serving.Serving) {
	if s.Cached != 0 && in.refusal == nil || s.Chunk != 0 && in.refusal == nil {
		in.wrong("a cached prefix or chunks beside a draft model or a second device")
	}
}

// continuousBatching: theirs states no prompts and outputs, so that no prefill
// shares an iteration (r = 0); decode-only takes the launches away too.
func continuousBatching(in *inputs) (answer, any, error) {
	s := serving.Batching{Model: in.model("model"), Hardware: in.device("hardware"), Batch: 1, Page: 16, Precision: fp16, Efficiency: 0.5}
	if in.setting("decode-only") {
		s.Hardware.Launch = 0
	}
	s.Hardware.Dispatch = 0 // iterations follow each other
	in.set(&s, "Longest", "max_seq_len", 1)
	in.setSize(&s, "Mean", "mean_request_tokens", 1)
	in.set(&s, "Batch", "max_batch_size", 1)
	in.set(&s, "Page", "page_size", 1)
	in.precision(&s)
	in.efficiency(&s)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	a := answer{
		"feasible": yes(r.Fits), "ttft": nothing("the case states no mean prompt"),
	}
	for theirs, ours := range map[string]string{
		"throughput_tokens_per_sec": "TokensPerSecond", "static_throughput_tokens_per_sec": "StaticTokensPerSecond",
		"max_active_requests": "Active", "static_max_active_requests": "StaticActive", "mean_request_tokens": "Mean",
		"paged_internal_fragmentation": "PagedWaste", "static_internal_fragmentation": "StaticWaste",
		"paged_kv_cache_size": "PagedCache", "static_kv_cache_size": "StaticCache", "itl": "ITL", "speedup_vs_static": "Speedup",
	} {
		a[theirs] = field(r, ours)
	}
	return a, r, err
}

func weightStreaming(in *inputs) (answer, any, error) {
	s := serving.Streaming{Model: in.model("model"), Hardware: in.device("hardware"), Batch: 1, Precision: fp16, Efficiency: 0.5}
	s.Hardware.Launch = 0 // theirs charges the dispatch alone
	if s.Hardware.HostLink == 0 {
		s.Injection = 100 * units.GBps // solvers.md 2.8
	}
	in.set(&s, "Tokens", "seq_len", 1)
	in.set(&s, "Batch", "batch_size", 1)
	in.name(&s, "phase", "phase", nil)
	in.precision(&s)
	in.efficiency(&s)
	in.holds("fill0") // TokensPerSecond is the steady state
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	pace := map[walls.Resource]string{walls.HostLink: "Interconnect-Bandwidth-Bound", walls.Compute: "Compute-Bound"}
	return answer{
		"feasible": yes(r.Fits), "throughput_tokens_per_sec": field(r, "TokensPerSecond"), "bottleneck": said(pace[r.Bottleneck]),
		"layer_compute_time": num(float64(r.LayerCompute)), "layer_injection_time": field(r, "LayerInjection"),
		"optimal_batch_size": field(r, "OptimalBatch"), "wafer_memory_utilization": num(r.Utilization),
	}, r, err
}

// slack is the multiple of the service time that theirs measures headroom by.
const slack = 5

func tailLatency(in *inputs) (answer, any, error) {
	s := serving.Tail{Replicas: 1, CV: 1}
	in.set(&s, "Arrivals", "arrival_rate_qps", 1)
	in.set(&s, "Service", "service_latency_ms", millisecond)
	in.set(&s, "Replicas", "num_replicas", 1)
	s.Constant = in.variation(&s)
	if in.refusal == nil {
		s.SLA = s.Service.Times(slack)
	}
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{
		"p50_latency": field(r, "P50"), "p99_latency": field(r, "P99"), "queue_utilization": num(r.Utilization),
		"is_stable": yes(r.Stable), "slo_headroom_ratio": field(r, "Headroom"),
	}, r, err
}

func inferenceScaling(in *inputs) (answer, any, error) {
	s := serving.Reasoning{Model: in.model("model"), Hardware: in.device("hardware"), Prompt: 2048, Steps: 8, TokensPerStep: 50, Precision: fp16, Efficiency: 0.5}
	in.set(&s, "Steps", "reasoning_steps", 1)
	in.set(&s, "Prompt", "context_length", 1)
	in.precision(&s)
	in.efficiency(&s)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	if err != nil {
		return nil, nil, err
	}
	plain, err := serving.Serving{
		Model: s.Model, Hardware: s.Hardware, Prompt: s.Prompt, Batch: 1, Precision: s.Precision, Efficiency: s.Efficiency,
	}.Solve()
	return merge(under("serving_detail", servingAnswer(&plain, false)), answer{
		"total_reasoning_time": num(float64(r.Time)), "ttft": num(float64(r.TTFT)), "itl": num(float64(r.ITLFirst)),
		"tokens_generated": num(float64(r.Generated)), "reasoning_steps": num(float64(s.Steps)), "time_per_step": field(r, "StepTime"),
		"energy_per_query": field(r, "Energy"), "feasible": yes(r.Fits),
	}), r, err
}

// servingCapacity: a request that holds mean tokens when it ends brought all but
// its output.
func servingCapacity(in *inputs) (answer, any, error) {
	s := serving.Capacity{
		Batching:    serving.Batching{Model: in.model("model"), Hardware: in.device("hardware"), Longest: 2048, MeanOutput: 128, Batch: 32, Precision: fp16, Efficiency: 0.5},
		MaxReplicas: 1024, CV: 1,
	}
	in.set(&s, "Longest", "max_seq_len", 1)
	s.Mean = units.Tokens(s.Longest)
	in.setSize(&s, "Mean", "mean_request_tokens", 1)
	in.setSize(&s, "MeanOutput", "output_tokens", 1)
	if in.refusal == nil {
		in.store(&s, "MeanPrompt", float64(s.Mean-s.MeanOutput))
	}
	in.set(&s, "Batch", "max_batch_size", 1)
	in.set(&s, "Arrivals", "qps", 1)
	in.set(&s, "SLA", "target_p99_latency_ms", millisecond)
	in.set(&s, "MaxReplicas", "max_replicas", 1)
	s.Constant = in.variation(&s)
	in.precision(&s)
	in.efficiency(&s)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	a := answer{"feasible": yes(r.Reached), "bottleneck": text(r.Part)}
	if r.Part == serving.NoPart {
		a["bottleneck"] = said("Feasible")
	}
	for theirs, ours := range map[string]string{
		"required_replicas": "Replicas", "qps_target": "Arrivals", "qps_capacity": "Rate", "per_replica_qps_capacity": "PerReplica",
		"utilization": "Utilization", "target_p99_latency": "SLA", "estimated_p99_latency": "P99", "base_request_latency": "Base",
		"queue_wait_p99": "Wait99", "active_batch_size": "Active", "ttft": "TTFT", "itl": "ITL",
	} {
		a[theirs] = field(r, ours)
	}
	return a, r, err
}

// variation stores a coefficient of variation, and reports that it is zero.
func (in *inputs) variation(into any) (constant bool) {
	cv, ok := in.number("service_time_cv")
	if ok && cv != 0 {
		in.store(into, "CV", cv)
	}
	return ok && cv == 0
}

// batchingOptimizer: theirs prefills and generates seq_len tokens each.
func batchingOptimizer(in *inputs) (answer, any, error) {
	s := serving.Tuning{
		Batching: serving.Batching{Model: in.model("model"), Hardware: in.device("hardware"), Batch: 256, Precision: fp16, Efficiency: 0.5},
		Replicas: 1,
	}
	length, _ := in.number("seq_len")
	in.store(&s, "MeanPrompt", length)
	in.store(&s, "MeanOutput", length)
	in.store(&s, "Longest", 2*length)
	in.set(&s, "Batch", "max_search_batch", 1)
	in.set(&s, "Arrivals", "arrival_rate_qps", 1)
	in.set(&s, "SLA", "sla_latency_ms", millisecond)
	in.set(&s, "Replicas", "num_replicas", 1)
	in.precision(&s)
	in.efficiency(&s)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	tokens := field(r, "Goodput")
	tokens.number *= length
	return answer{
		"objective_value": field(r, "EachGoodput"), "best_config.max_batch_size": field(r, "Batch"), "best_batch_size": field(r, "Batch"),
		"total_searched": num(float64(r.Tried)), "max_throughput": tokens, "p99_latency": field(r, "P99"),
		"slo_headroom_ratio": field(r, "Headroom"), "is_feasible": yes(r.Reached),
	}, r, err
}

// roomy has room for every request, so that only the law of lengths shows.
var roomy = serving.Batching{Model: models.Llama3_8B, Hardware: hardware.H200, Batch: 1, Precision: fp16}
