package vectors

import (
	"slices"
	"strings"
)

// A reason is why a figure of ours differs on purpose: an id of solvers.md, a few
// words for the table, and a sentence.
type reason struct{ id, short, sentence string }

// reasons explains every id that the vectors name.
func reasons() []reason {
	return []reason{
		{"N-01", "no infinities", "What has no finite value is left out, with a flag and a warning, instead of printed as infinite or as a round stand-in."},
		{"N-02", "a bad design is a result", "A design that does not fit is a result with its shortfall, not an error; only input that makes no sense is refused."},

		{"P-01", "attention counts", "Attention costs arithmetic that grows with the context; 0.3.0 counts two operations per parameter and nothing else."},
		{"P-02", "causal prefill", "In a causal prefill a token attends to those before it only: half of the square that 0.3.0 charges, and what is cached is not computed again."},
		{"P-04", "real traffic", "A pass moves the weights it touches, the cache and the activations; 0.3.0 takes the weights and a tenth of them more for every sample."},
		{"P-09", "state instead of cache", "A state-space network reads and writes a state of fixed size; 0.3.0 charges it like a transformer without one."},
		{"P-10", "experts apart from the rest", "Routing imbalance and expert parallelism touch the experts alone; 0.3.0 scales or divides all parameters of the network."},
		{"P-11", "messages per microbatch", "Tensor parallelism pays its collectives once per microbatch, with the latency of each; 0.3.0 sends the whole batch at once."},
		{"P-12", "pipelined trees", "A tree that is pipelined moves the message twice, whatever its depth, and pays the latency of each level once up and once down."},
		{"P-15", "the whole stage waits", "A pipeline bubble idles for all that a stage does, communication included, and stages send each other messages; 0.3.0 idles for the arithmetic alone and charges no messages."},
		{"P-16", "hidden by the backward pass", "Gradients hide behind the backward pass as far as it lasts; 0.3.0 hides a constant share of them."},
		{"P-18", "activations that are really held", "A pipeline stage holds the activations of the microbatches in flight, and without sequence parallelism 10 of 34 parts of them stay whole on every tensor-parallel device."},
		{"P-19", "bytes by format", "Gradients take at least 16 bits, and a 32-bit copy of the weights is kept only where the weights are narrower."},
		{"P-20", "exact goodput", "Goodput counts saving, rework and recovery of exponential failures exactly, and the interval is the one that loses least; 0.3.0 forgets the rework, so that no interval is best."},
		{"P-22", "sojourn quantiles", "A percentile of the response is that of wait and service together, by the exact law of the queue; 0.3.0 adds the mean service to a percentile of the wait."},
		{"P-23", "gang slots", "A cluster serves as many jobs at once as it has room for; waiting times of a queue without bound are left out."},
		{"P-24", "speed from the forward model", "The speed-up is the ratio of two passes of the forward model on this device, and lost quality is taken from a published table or unknown."},
		{"P-26", "water on site by IT energy", "Water use effectiveness refers to the energy of the machines; 0.3.0 multiplies by the energy of the whole facility."},
		{"P-28", "privacy by an accountant", "Private training costs time for per-example gradients, whatever the budget; the budget sets the noise, by a Rényi accountant."},
		{"P-30", "making spread over the life", "Emissions of making a device are spread over its lifetime; 0.3.0 charges them whole to any duration."},
		{"P-31", "iterations of a full engine", "An iteration carries decode and the prefill that keeps the slots filled, and computing can bind; a time to first token needs the mean prompt."},
		{"P-33", "streaming with attention and activations", "A streamed layer computes attention over the whole context and holds its input and output beside the cache."},
		{"P-35", "links across the middle", "Bisection counts the links across the middle of the topology, one way; hops of a fat tree count its switches."},
		{"P-36", "a cache that grows", "Every token of a chain of thought reads a cache that is longer than the last one's; tokens per step are an input."},
		{"P-37", "elasticities", "Sensitivity is the percent of latency per percent of a resource, on either side of the ridge; 0.3.0 takes a difference over a step that may cross it."},
		{"P-38", "the inverse of the forward model", "Synthesis inverts the forward model and runs it again on the answer; 0.3.0 divides by hand, without cache, batch or overhead."},
		{"P-39", "launches of every stage", "Each stage launches the kernels of its own layers, once for every microbatch and pass."},
		{"P-40", "only the spill crosses", "What does not fit crosses the host link, and the rest stays at memory speed; 0.3.0 sends all traffic over the link."},

		{"D-02", "region and utilisation", "Region, price and the computed utilisation reach cost and carbon; 0.3.0 takes the United States at full power."},
		{"D-07", "a sequence has tokens", "A training step computes every token of each sequence; 0.3.0 computes one."},
		{"D-08", "a step against its gradients", "The exchange of gradients is compared with a whole training step; 0.3.0 compares it with one token."},
		{"D-09", "service varies too", "The slowest requests are slow because service varies as well; 0.3.0 adds its mean."},
		{"D-10", "weights are read at least once", "No prefill is faster than reading the weights once."},
		{"D-11", "decode can be compute-bound", "An inter-token latency is the longer of computing and reading; 0.3.0 only reads."},
		{"D-12", "every sample counts", "The slowest replica holds the batch divided by the replicas, rounded up; 0.3.0 drops the rest, or counts samples that do not exist."},
		{"D-13", "active experts compute", "A token computes with its own experts; 0.3.0 prefills with all of them."},
		{"D-14", "touched experts are read", "A step reads the experts that its tokens pick; 0.3.0 reads all of them."},
		{"D-15", "four all-to-alls per layer", "Experts exchange tokens twice forward and twice backward in every layer and microbatch, each rank its share; 0.3.0 once per step."},
		{"D-17", "a computed utilisation", "Splits are ranked by operations over time and peak; 0.3.0 ranks by scaling efficiency times the efficiency that was put in."},
		{"D-18", "a share of the time", "Saving takes its time out of interval and saving together; 0.3.0 divides by the interval alone, and its required bandwidth is that of the storage."},
		{"D-20", "microbatches of at least one sample", "A replica cannot cut its samples into more microbatches than it has samples."},
		{"D-23", "ZeRO-3 gathers weights", "Sharded weights have to be gathered again: ZeRO stage 3 sends half as much more."},
		{"D-25", "an unknown price is unknown", "Without a price there is no capital cost and no total; 0.3.0 takes zero."},
		{"D-26", "rework counts", "What was computed since the last checkpoint is lost by a failure and computed again."},
		{"D-28", "every limit is tested", "A power budget or an accuracy target that is stated is tested."},
		{"D-29", "training scenarios train", "A training scenario is a training step, spread so that it fits; 0.3.0 infers one token with the whole network on each device."},
		{"D-30", "no invented quality", "Quality is not guessed from a bit width, no network is pruned away whole, and a pattern helps only a device that has it."},
		{"D-31", "units are read", "A budget means the same in any prefix; 0.3.0 reads the bare number."},
		{"D-32", "an exact fit fits", "What fills the memory exactly fits, in spite of rounding."},
		{"D-34", "chunks attend to what is there", "A prefill chunk attends to the tokens before it and reads the weights again."},
		{"D-35", "a draft is not free", "The draft model's launches and cache are charged, and so is checking several tokens at once."},
		{"D-36", "both sides have to fit", "Weights and cache have to fit where prefill runs and where decode runs."},
		{"D-37", "slots are servers", "The slots of a batch serve in parallel; a target that nothing reaches is said at once."},
		{"D-38", "thinking has a cost", "A reasoning run fits if its last token fits, and draws the power of its utilisation."},
		{"D-39", "the best batch", "The best batch serves the most requests within the limit; 0.3.0 returns the largest one that keeps it."},
		{"D-41", "unknown is no stall", "With nothing known about the supply there is no verdict; 0.3.0 reports a stall."},
		{"D-42", "parts that add up", "Useful share, occupancy loss and memory stall add up to one, and an efficiency is above zero."},
		{"D-43", "topologies with all their links", "A torus or ring has a link in each direction, none has more than the endpoints need, and unknown names and single nodes are refused."},
		{"D-44", "fleets are checked for memory", "A fleet has to fit its training state; 0.3.0 skips the test and passes."},
		{"D-49", "one adapter share", "Low-rank adapters send what they train; 0.3.0 sends one percent of everything."},

		{"V-19", "arrivals below zero", "An arrival rate below zero is refused."},
		{"V-21", "whole replicas", "A number of replicas that is zero, negative or broken is refused."},
		{"V-29", "privacy budgets above zero", "A privacy budget of zero or less is refused."},
		{"V-35", "unknown methods", "A compression method that is not modelled is refused."},
	}
}

// neutral explains the settings of the vectors.
func neutral() []reason {
	return []reason{
		{"ctx0", "no token in the cache, so that decode reads the weights alone", ""},
		{"algo", "collectives run as a ring inside a server and hierarchically across servers", ""},
		{"gpu-only", "accelerators alone: no host, building or staff, and one electricity price", ""},
		{"decode-only", "an iteration carries no prefill and launches cost nothing", ""},
		{"one-job", "every job takes the whole cluster and lasts equally long", ""},
		{"gpu-time", "the budget is accelerator time at 989 TFLOP/s and 40 % of it", ""},
		{"one-stage", "data comes from disk over the host link, uncached and already decoded", ""},
		{"m1", "one microbatch in flight, no logits, nothing lost to the allocator", ""},
		{"beta", "0.85 global links of a dragonfly per endpoint", ""},
		{"fabric", "experts exchange over the fabric even inside a server", ""},
		{"scales0", "quantised weights without scales", ""},
		{"D/P=20", "20 tokens per parameter, 6 operations for each", ""},
		{"fill0", "a pipeline that is already full", ""},
	}
}

func reasonOf(id string) (reason, bool) {
	all := reasons()
	i := slices.IndexFunc(all, func(r reason) bool { return r.id == id })
	if i < 0 {
		return reason{}, false
	}
	return all[i], true
}

// because lists the ids that explain one output. A case names its reasons as a
// whole; where one output follows from others, or from some of them, it is said
// here.
func (o *outcome) because(r row) []string {
	ids := strings.Fields(o.Why)
	switch {
	case o.Solver == "DistributedModel":
		return o.becauseOfStep(r, ids, o.row("node_profile.feasible"))
	case o.Solver == "Pipeline":
		return o.becauseOfStage(r)
	case o.Solver == "SystemEvaluator":
		return o.becauseOfCard(r)
	case o.Solver == "Scenario":
		return o.becauseOfLens(r, ids)
	case o.Solver == "EconomicsModel" && r.path == "water_usage_liters":
		return []string{"P-26"}
	case o.Solver == "EconomicsModel" && r.ours.kind == unknown:
		return []string{"D-25"}
	case o.Solver == "WeightStreamingModel" && r.path == "throughput_tokens_per_sec" && r.theirs.number == 0:
		return append(ids, "N-02") // theirs is 0 for what does not fit
	case o.Solver == "InferenceScalingModel" && strings.HasSuffix(r.path, "ttft"):
		return []string{"P-02"}
	case o.Solver == "InferenceScalingModel" && r.path == "energy_per_query":
		return []string{"P-36", "D-38"}
	}
	return ids
}

func (o *outcome) becauseOfStep(r row, ids []string, fits row) []string {
	spills := fits.ours == yes(false)
	switch r.path {
	case "node_profile.latency_compute":
		return []string{"P-01"}
	case "node_profile.latency_overhead":
		return []string{"P-39"}
	case "node_profile.memory_footprint", "node_profile.offload_spill_bytes", "node_profile.feasible":
		return o.becauseOfMemory()
	case "tp_communication_latency":
		return []string{"P-11"}
	case "ep_communication_latency":
		return []string{"D-15"}
	case "pipeline_bubble_latency":
		return []string{"P-15"}
	case "node_profile.latency_memory", "node_profile.bottleneck":
		ids = []string{"P-04"}
	}
	if spills && strings.HasPrefix(r.path, "node_profile.") || spills && !strings.Contains(r.path, "communication") {
		ids = append(ids, "P-40")
	}
	return ids
}

func (o *outcome) becauseOfMemory() []string {
	switch {
	case o.Text("precision", "") == "fp32":
		return []string{"P-19"}
	case o.Input("ep_size", 1) > 1:
		return []string{"P-10"}
	}
	return []string{"P-18"}
}

// becauseOfStage explains a stage as the case of its solver would.
func (o *outcome) becauseOfStage(r row) []string {
	stage, path, _ := strings.Cut(r.path, ".")
	switch {
	case stage == "DistributedModel":
		r.path = path
		return o.becauseOfStep(r, []string{"P-01"}, o.row("DistributedModel.node_profile.feasible"))
	case path == "water_usage_liters":
		return []string{"P-26"}
	case strings.HasPrefix(path, "sensitivities."):
		return []string{"P-37", "P-04"}
	case path == "latency_compute":
		return []string{"P-01"}
	case path == "latency" || path == "latency_memory" || path == "throughput" || path == "baseline_latency":
		return []string{"P-04"}
	}
	return []string{"P-01", "P-04"}
}

func (o *outcome) becauseOfCard(r row) []string {
	name := strings.TrimPrefix(r.path, "dict.")
	fleet := strings.Contains(o.Why, "D-44")
	switch {
	case name == "f_status" || name == "passed_all":
		return []string{"D-44"}
	case strings.HasPrefix(name, "m_"):
		return []string{"D-02"}
	case fleet:
		return []string{"P-01", "P-40"}
	case o.row("dict.f_status").ours == said("FAIL"):
		return []string{"P-40", "P-04"}
	}
	return []string{"P-04"}
}

// becauseOfLens: what a scenario does decides all but its price and its emissions,
// which follow from its utilisation and from what is known.
func (o *outcome) becauseOfLens(r row, ids []string) []string {
	trains := slices.Contains(ids, "D-29")
	switch {
	case r.path == "m.metrics.tco_usd" && r.ours.kind == unknown:
		return []string{"D-25"}
	case strings.HasPrefix(r.path, "m.metrics."):
		return []string{"D-02"}
	case r.path == "m.status":
		return []string{"D-28"}
	case trains:
		return []string{"D-29"}
	case strings.HasPrefix(r.path, "f."):
		return []string{"D-41"}
	case strings.HasPrefix(r.path, "p."):
		return []string{"P-04"}
	}
	return ids[:1] // the verdict on the whole
}

// row finds an output of the case.
func (o *outcome) row(path string) row {
	for _, r := range o.rows {
		if r.path == path {
			return r
		}
	}
	return row{}
}
