package vectors

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/quality"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

func compression(in *inputs) (answer, any, error) {
	s := quality.Compression{Model: in.model("model"), Hardware: in.device("hardware"), Baseline: fp32}
	in.set(&s, "Bits", "target_bitwidth", 1)
	in.set(&s, "Sparsity", "sparsity", 1)
	in.name(&s, "method", "method", nil)
	in.name(&s, "pattern", "sparsity_type", map[string]string{"n_m": quality.TwoOfFour.String()})
	in.name(&s, "baseline", "baseline_precision", nil)
	in.holds("scales0") // Group 0
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	drop := field(r, "Drop")
	switch {
	case drop.kind == unknown:
		drop.word = "no published table covers this setting"
	case drop.number != 0:
		drop.number = -drop.number // theirs counts a loss as negative
	}
	return answer{
		"baseline_precision": text(r.Baseline), "original_size_gb": num(float64(r.Original)), "compressed_size_gb": num(float64(r.Compressed)),
		"compression_ratio": num(r.Ratio), "memory_savings_pct": num(r.SavingsPercent), "inference_speedup": num(r.Speedup), "estimated_accuracy_delta": drop,
	}, r, err
}

func softwareEfficiency(in *inputs) (answer, any, error) {
	s := quality.Efficiency{Hardware: in.device("hardware"), Flash: in.flag("use_flash_attention"), Precision: fp16, Efficiency: 0.5}
	in.name(&s, "kernel", "workload_type", nil)
	in.precision(&s)
	in.efficiency(&s)
	in.drop("what a kernel reaches does not depend on the network", "model")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return merge(under("overhead_breakdown", answer{"occupancy_loss": num(r.Occupancy), "memory_stall": num(r.Stall)}), answer{
		"mfu": num(r.MFU), "achievable_flops": num(float64(r.Achievable)), "peak_flops": num(float64(r.Peak)),
		"workload_type": text(r.Kernel), "use_flash_attention": yes(s.Flash),
	}), r, err
}

// scaling takes a budget of operations or of accelerator time; another unit is
// parsed by our field, which refuses it.
func scaling(in *inputs) (answer, any, error) {
	var s quality.Scaling
	switch unit := in.unit("compute_budget"); unit {
	case "s":
		in.set(&s, "Time", "compute_budget", 1)
		in.holds("gpu-time") // Peak and Utilization are at their defaults
	case "flop":
		in.set(&s, "Budget", "compute_budget", 1)
	default:
		x, _ := in.number("compute_budget")
		in.write(&s, "budget", fmt.Sprint(x, " ", unit))
	}
	in.set(&s, "Params", "target_model_size", 1)
	in.holds("D/P=20")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{
		"optimal_parameters": num(float64(r.Params)), "optimal_tokens": num(float64(r.Tokens)),
		"compute_budget_flops": num(float64(r.Budget)), "tokens_per_parameter": num(r.Ratio),
	}, r, err
}

func responsible(in *inputs) (answer, any, error) {
	s := quality.Privacy{Epsilon: 1, Delta: 1e-5, Prevalence: 0.01}
	in.set(&s, "Time", "base_training_time", 1)
	in.set(&s, "Epsilon", "epsilon", 1)
	in.set(&s, "Delta", "delta", 1)
	in.set(&s, "Prevalence", "min_subgroup_prevalence", 1)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{
		"dp_slowdown_factor": num(r.Slowdown), "privacy_cost_ratio": num(r.Slowdown), "effective_training_time": num(float64(r.Time)),
		"additional_data_requirement": num(r.Data), "fairness_data_ratio": num(r.Data), "epsilon": num(r.Epsilon), "delta": num(r.Delta),
		"min_subgroup_prevalence": num(r.Prevalence),
	}, r, err
}

// sensitivity differentiates a pass by the rates and sizes of its device.
func sensitivity(in *inputs) (answer, any, error) {
	s := nodeInput(in)
	if pct, ok := in.number("perturbation_pct"); ok && !(pct > -100 && pct != 0) {
		in.wrong("perturbation_pct = %v: elasticities have no step that could be refused (V-32)", pct)
	}
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	e, err := search.Elasticities(s, "Latency", levers("", s.Precision))
	if err != nil {
		return nil, nil, err
	}
	return sensitivityAnswer(e), e, nil
}

// levers are the sizes and rates of a device, as a stage of a pipeline has them.
func levers(stage string, p physics.Precision) []string {
	out := []string{"Rates." + p.String(), "Memory", "Bandwidth", "SRAMBandwidth", "FlashBandwidth"}
	for i := range out {
		out[i] = stage + "Hardware." + out[i]
	}
	return out
}

func sensitivityAnswer(e search.Sensitivity) answer {
	binds := lever(e.Binding)
	if binds == "" {
		binds = e.Binding
	}
	return merge(under("sensitivities", slopesOf(e)), answer{
		"feasible": yes(e.Fits), "binding_constraint": said(binds), "baseline_latency": num(e.Value),
		"perturbation_pct": notReported("an echo of an input that elasticities do not need"),
	})
}

// slopesOf adds up the elasticities of what theirs has one name for: of the three
// memories a pass reads one, and the others have a slope of 0.
func slopesOf(e search.Sensitivity) answer {
	slopes := map[string]float64{"peak_flops": 0, "memory_bandwidth": 0, "memory_capacity": 0}
	for _, f := range e.Fields {
		slope := f.Right
		if f.Magnitude() > max(slope, -slope) {
			slope = f.Left // at a kink, the steeper side
		}
		slopes[lever(f.Field)] += slope
	}
	out := answer{}
	for name, slope := range slopes {
		out[name] = num(slope)
	}
	return out
}

// lever is what theirs calls a field, whatever the stage it is in.
func lever(field string) string {
	_, rest, staged := strings.Cut(field, ".Hardware.")
	if staged {
		field = "Hardware." + rest
	}
	return leverOf[field]
}

// leverOf names our fields as theirs are.
var leverOf = map[string]string{
	"Hardware.Memory": "memory_capacity", walls.MemoryCapacity.String(): "memory_capacity", "Hardware.Bandwidth": "memory_bandwidth",
	"Hardware.SRAMBandwidth": "memory_bandwidth", "Hardware.FlashBandwidth": "memory_bandwidth",
	"Hardware.Rates.FP16": "peak_flops", "Hardware.Rates.BF16": "peak_flops", "Hardware.Rates.FP32": "peak_flops", "Hardware.Rates.TF32": "peak_flops",
	"Hardware.Rates.FP8": "peak_flops", "Hardware.Rates.INT8": "peak_flops", "Hardware.Rates.INT4": "peak_flops", "Hardware.Rates.FP4": "peak_flops",
}

// synthesis sizes a device; the one it starts from lends only its formats.
func synthesis(in *inputs) (answer, any, error) {
	node := compute.SingleNode{Model: in.model("model"), Hardware: hardware.H100, Batch: 1, Precision: fp16, Efficiency: 0.5}
	node.Hardware.Launch, node.Hardware.Dispatch = 0, 0
	node.Hardware.Rates.INT4, node.Hardware.Rates.BF16 = node.Hardware.Rates.INT8, node.Hardware.Rates.FP16
	in.precision(&node)
	in.efficiency(&node)
	in.holds("ctx0")
	target, _ := in.number("target_latency")
	if err := in.done(&node); err != nil {
		return nil, nil, err
	}
	r, err := search.Needed{Solver: node, Metric: "Latency", Target: units.Seconds(target)}.Solve()
	if err != nil {
		return nil, nil, err
	}
	pass, err := node.Solve()
	return answer{
		"required_bw": num(float64(r.Bandwidth)), "required_flops": num(float64(r.Rate)), "required_memory": num(float64(r.Capacity)),
		"compute_memory_ratio": per(float64(r.Rate), float64(r.Bandwidth), "the bandwidth does not matter"), "target_latency": num(float64(r.Value)),
		"model_size": num(float64(pass.Weights)), "total_ops": num(float64(pass.Work)),
	}, r, err
}

// space searches a pass of one network; what theirs evaluates is a function of the
// caller, so that only names that mean a field of the pass can be carried over.
func space(in *inputs) (answer, any, error) {
	s := search.Space{Solver: compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1}}
	raw, _ := in.take("space")
	for name, values := range objectOf(raw) {
		field, ok := map[string]string{"b": "Batch", "batch": "Batch", "batch_size": "Batch", "efficiency": "Efficiency"}[name]
		axis := search.Axis{Field: field}
		if !ok || json.Unmarshal(values, &axis.Values) != nil {
			in.wrong("axis %s", name)
		}
		s.Axes = append(s.Axes, axis)
	}
	in.list("constraints", &s.Limits)
	aim, _ := in.take("objective")
	if json.Unmarshal(aim, &s.Objective) != nil {
		in.wrong("objective %s", aim)
	}
	if err := in.done(&s.Workers); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve(context.Background())
	return answer{}, r, err
}
