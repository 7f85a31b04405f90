package vectors

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/physics"
)

// An adapter solves the cases of one solver of theirs.
type adapter struct {
	upstream string
	ours     string
	solve    func(*inputs) (answer, any, error)
}

// adapters lists the solvers of the vectors in the order of solvers.md.
func adapters() []adapter {
	return []adapter{
		{"SingleNodeModel", "compute.SingleNode", singleNode},
		{"Engine.solve.training", "compute.SingleNode", singleNode},
		{"Engine.sweep", "compute.SingleNode", sweep},
		{"NetworkRooflineModel", "parallel.NetworkRoofline", networkRoofline},
		{"DistributedModel", "parallel.Training", distributed},
		{"ServingModel", "serving.Serving, Speculation, Disaggregated", servingModel},
		{"ContinuousBatchingModel", "serving.Batching", continuousBatching},
		{"WeightStreamingModel", "serving.Streaming", weightStreaming},
		{"TailLatencyModel", "serving.Tail", tailLatency},
		{"ReliabilityModel", "reliability.Fleet", fleetReliability},
		{"CheckpointModel", "reliability.Checkpoint", checkpoint},
		{"SustainabilityModel", "power.Sustainability", sustainability},
		{"EconomicsModel", "cost.Ownership", economics},
		{"CompressionModel", "quality.Compression", compression},
		{"EfficiencyModel", "quality.Efficiency", softwareEfficiency},
		{"ScalingModel", "quality.Scaling", scaling},
		{"InferenceScalingModel", "serving.Reasoning", inferenceScaling},
		{"TopologyModel", "network.Topology", topology},
		{"DataModel", "storage.Ingestion", ingestion},
		{"TransformationModel", "storage.Transformation", transformation},
		{"OrchestrationModel", "parallel.Orchestration", orchestration},
		{"ResponsibleEngineeringModel", "quality.Privacy", responsible},
		{"TrainingMemoryModel", "training.Memory", trainingMemory},
		{"ServingCapacityModel", "serving.Capacity", servingCapacity},
		{"MoERoutingModel", "parallel.MoERouting", moeRouting},
		{"SensitivitySolver", "search.Elasticities", sensitivity},
		{"SynthesisSolver", "search.Needed", synthesis},
		{"ParallelismOptimizer", "parallel.Plan", bestSplit},
		{"BatchingOptimizer", "serving.Tuning", batchingOptimizer},
		{"PlacementOptimizer", "cost.Placement", placement},
		{"SystemEvaluator", "scenario.Evaluation", systemEvaluator},
		{"Scenario", "scenario.Evaluation", lighthouse},
		{"Pipeline", "compose.Pipeline", pipeline},
		{"DSE", "search.Space", space},
		{"physics.calc_ring_allreduce_time", "network.Collective", collective(network.Collective{Algorithm: physics.Ring})},
		{"physics.calc_tree_allreduce_time", "network.Collective", collective(network.Collective{Algorithm: physics.Tree})},
		{"physics.calc_all_to_all_time", "network.Collective", collective(network.Collective{Operation: network.AllToAll})},
		{"physics.calc_double_binary_tree_allreduce_time", "network.Collective", collective(network.Collective{Algorithm: physics.Tree})},
		{"physics.calc_hierarchical_allreduce_time", "network.Collective", hierarchical},
		{"physics.calc_expected_paged_kv_tokens", "serving.Batching", pagedTokens},
	}
}

// adapterOf finds the adapter of a case.
func adapterOf(upstream string) (adapter, bool) {
	all := adapters()
	i := slices.IndexFunc(all, func(a adapter) bool { return a.upstream == upstream })
	if i < 0 {
		return adapter{}, false
	}
	return all[i], true
}

// A verdict on one output.
type verdict int

const (
	equal    verdict = iota
	differs          // on purpose: the case says why
	missing          // not reported by ours, and the adapter says why
	mistaken         // it has to be equal and is not, or the adapter is silent
)

// A row is one output, ours beside theirs.
type row struct {
	path         string
	ours, theirs value
	unit         string
	bound        bool // it has to be equal
	verdict      verdict
}

// An outcome is a case, solved.
type outcome struct {
	golden.Case
	adapter  adapter
	result   any
	refusal  error
	rows     []row
	mistakes []string
	dropped  map[string]string
}

// solve runs a case; change sets fields of our input.
func solve(c golden.Case, change []change) outcome {
	a, ok := adapterOf(c.Solver)
	o := outcome{Case: c, adapter: a}
	if !ok {
		o.mistakes = []string{"no adapter for " + c.Solver}
		return o
	}
	in := newInputs(c, change)
	answer, result, err := a.solve(in)
	o.result, o.dropped, o.mistakes = result, in.dropped, in.mistake
	if errors.Is(err, errStopped) || len(o.mistakes) > 0 {
		return o
	}
	o.judge(answer, err)
	return o
}

// judge compares the answer, or the refusal, with the case.
func (o *outcome) judge(a answer, err error) {
	o.refusal = err
	switch {
	case err != nil && !o.Refused():
		o.mistakes = append(o.mistakes, "refused: "+err.Error())
		return
	case err == nil && o.Refused():
		o.mistakes = append(o.mistakes, "not refused")
		return
	case err != nil:
		if told := err.Error(); !strings.Contains(told, ": ") || !strings.Contains(told, "want ") && !strings.Contains(told, "did you mean ") {
			o.mistakes = append(o.mistakes, "a refusal has to name solver, field, value and range: "+told)
		}
		return
	}
	if v := a["feasible"]; o.Ours == "result" && (v.kind != truth || v.truth) {
		o.mistakes = append(o.mistakes, "a result that does not fit is wanted")
	}
	for _, l := range leaves(o.Case) {
		if l.noTrace() {
			continue
		}
		r := o.compare(l, a)
		if r.verdict == mistaken {
			o.mistakes = append(o.mistakes, fmt.Sprintf("%s = %s, want %s", r.path, shown(r.ours, r.unit), shown(r.theirs, r.unit)))
		}
		o.rows = append(o.rows, r)
	}
}

func (o *outcome) compare(l leaf, a answer) row {
	r := row{path: l.path, ours: a[l.path], bound: o.bound(l.path)}
	if r.theirs, r.unit = l.theirs(); r.theirs == none && strings.HasSuffix(l.path, "_bytes") {
		r.unit = "byte" // of ours
	}
	if strings.HasSuffix(l.path, trace) {
		r.ours = notReported("sentences about the run; our results carry warnings and the steps of their derivation")
	}
	switch {
	case r.ours.kind == absent:
		r.verdict = missing
	case same(r.ours, r.theirs):
		r.verdict = equal
	case r.bound || r.ours.kind == unmapped:
		r.verdict = mistaken
	default:
		r.verdict = differs
	}
	return r
}

// trace is the output that every result of theirs has, mostly empty.
const trace = "constraint_trace"

func (l leaf) noTrace() bool { return strings.HasSuffix(l.path, trace) && string(l.raw) == "null" }

// bound reports whether an output has to be equal: all of a match, and what a
// differing case keeps.
func (o *outcome) bound(path string) bool {
	if o.Expect == "match" {
		return true
	}
	return slices.ContainsFunc(o.Keep, func(kept string) bool {
		return path == kept || strings.HasPrefix(path, kept+".")
	})
}
