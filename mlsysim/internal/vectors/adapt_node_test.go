package vectors

import (
	"encoding/json"
	"fmt"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/network"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// usualContext is the context of a decode step where a case fixes none.
const usualContext = 2048

func singleNode(in *inputs) (answer, any, error) {
	s := nodeInput(in)
	if in.flag("is_training") {
		trainingStep(in, &s)
	}
	in.drop("only a training step reads it", "seq_len", "zero_stage", "dp_size", "is_lora", "activation_recomputation")
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	a := nodeAnswer(&r)
	if s.Model.State > 0 && s.Phase != compute.Train {
		a["memory_footprint"] = num(float64(r.Weights)) // theirs holds no state; ours adds it to Footprint
	}
	return a, r, err
}

// trainingStep turns a pass into a step with all activations kept, or recomputed.
func trainingStep(in *inputs, s *compute.SingleNode) {
	s.Phase, s.Checkpointing, s.Context = compute.Train, physics.KeepAll, 0
	s.Prompt = usualContext
	in.set(s, "Prompt", "seq_len", 1)
	if !s.Model.Reads() {
		s.Prompt = 0 // a sample is no sequence
	}
	in.set(s, "ZeRO", "zero_stage", 1)
	in.set(s, "DP", "dp_size", 1)
	if in.flag("activation_recomputation") {
		s.Checkpointing = physics.Full
	}
	if in.flag("is_lora") && in.refusal == nil {
		s.Trainable = lowRank(&s.Model, s.Precision)
	}
	if in.setting("m1") {
		s.Model.Vocab = 0
	}
}

// lowRank is the share of the parameters that low-rank adapters train. Of a network
// without attention 0.3.0 has a tenth of the weights more, gradients and
// optimizer together.
func lowRank(m *models.Model, p physics.Precision) float64 {
	if m.Attends() {
		return m.AdapterShare(adapterRank, adapterMatrices)
	}
	return 0.1 * p.Size().Ratio(physics.GradientSize(p)+physics.Adam.State(p))
}

func nodeInput(in *inputs) compute.SingleNode {
	s := compute.SingleNode{Model: in.model("model"), Hardware: in.device("hardware"), Batch: 1, Precision: fp16, Efficiency: 0.5}
	if s.Hardware.HostLink == 0 {
		s.Hardware.HostLink = hostLink
	}
	in.set(&s, "Batch", "batch_size", 1)
	in.precision(&s)
	in.efficiency(&s)
	if !in.setting("ctx0") && s.Model.Generates() {
		s.Context = usualContext
	}
	in.holds("gpu-only", "m1")
	in.drop("a design that does not fit is always a result (N-02)", "raise_errors")
	return s
}

func nodeAnswer(r *compute.Result) answer {
	bound := "Memory"
	if r.Memory <= r.Compute {
		bound = "Compute"
	}
	a := answer{
		"latency": num(float64(r.Latency)), "latency_compute": num(float64(r.Compute)), "latency_memory": num(float64(r.Memory)),
		"latency_overhead": num(float64(r.Overhead)), "throughput": num(float64(r.Throughput)), "bottleneck": said(bound),
		"arithmetic_intensity": num(float64(r.Intensity)), "energy": field(*r, "Energy"), "memory_footprint": num(float64(r.Footprint)),
		"peak_flops_actual": per(float64(r.Work), float64(r.Compute), "no arithmetic"),
		"peak_bw_actual":    per(float64(r.Traffic), float64(r.Memory), "no traffic"),
		"mfu":               num(r.MFU), "hfu": num(r.HFU), "feasible": yes(r.Fits),
		"offload_spill_bytes": nothing("it fits"), "offload_effective_bw": nothing("it fits"),
		"overhead_dominated": yes(r.Warnings.Has(walls.OverheadDominates)),
	}
	if !r.Fits {
		a["offload_spill_bytes"] = num(float64(r.Short))
		a["offload_effective_bw"] = per(float64(r.Short), float64(r.Memory), "no traffic")
	}
	return a
}

// sweep solves each combination; theirs leaves out what does not fit, ours says so.
func sweep(in *inputs) (answer, any, error) {
	var devices []json.RawMessage
	var batches []float64
	var formats []string
	in.list("hardware_list", &devices)
	in.list("batch_sizes", &batches)
	in.list("precisions", &formats)
	out := answer{}
	theirs := in.rows()
	for _, raw := range devices {
		for _, batch := range batches {
			for _, format := range formats {
				point, name, err := in.point(raw, batch, format)
				if err != nil {
					return nil, nil, err
				}
				if i, ok := theirs[fmt.Sprint(name, batch, format)]; ok {
					out = merge(out, under(fmt.Sprint(i), point))
				}
			}
		}
	}
	in.read["efficiency"] = true
	return out, nil, in.done(&struct{}{})
}

func (in *inputs) list(key string, into any) {
	raw, ok := in.take(key)
	if !ok || json.Unmarshal(raw, into) != nil {
		in.wrong("input %s is not a list: %s", key, raw)
	}
}

// rows numbers their points by device, batch and format.
func (in *inputs) rows() map[string]int {
	var theirs []struct {
		Hardware, Precision string
		Batch               float64 `json:"batch_size"`
	}
	out := map[string]int{}
	if err := json.Unmarshal(in.Outputs[""], &theirs); err != nil {
		in.wrong("outputs: %v", err)
	}
	for i, p := range theirs {
		out[fmt.Sprint(p.Hardware, p.Batch, p.Precision)] = i
	}
	return out
}

// point solves one combination as a case of its own.
func (in *inputs) point(device json.RawMessage, batch float64, format string) (answer, string, error) {
	flat, name, err := flattened(device)
	if err != nil {
		return nil, "", err
	}
	one := golden.Case{ID: in.ID, With: append([]string{"ctx0"}, in.With...), Inputs: map[string]json.RawMessage{
		"hardware": flat, "batch_size": marshal(batch), "precision": marshal(format),
	}}
	for _, key := range []string{"model", "efficiency"} {
		if raw, ok := in.take(key); ok {
			one.Inputs[key] = raw
		}
	}
	node := newInputs(one, nil)
	a, _, err := singleNode(node)
	if err == nil {
		a = merge(under("profile", a), answer{"hardware": said(name), "batch_size": num(batch), "precision": said(format)})
	}
	in.mistake = append(in.mistake, node.mistake...)
	return a, name, err
}

// A si is a quantity of a nested device.
type si = struct{ Value float64 }

// A nested is a device as a sweep has it.
type nested struct {
	Name    string
	Compute struct {
		Peak  si            `json:"peak_flops"`
		Rates map[string]si `json:"precision_flops"`
	}
	Memory struct {
		Capacity, Bandwidth *si
		SRAM                *si `json:"sram_capacity"`
		SRAMBandwidth       *si `json:"sram_bandwidth"`
		FlashBandwidth      *si `json:"flash_bandwidth"`
	}
	Interconnect *struct {
		Bandwidth si
		Direction string
	}
	TDP      *si `json:"tdp"`
	Cost     *si `json:"unit_cost"`
	Dispatch *si `json:"dispatch_tax"`
}

// flattened turns a nested device into the form of the other cases.
func flattened(raw json.RawMessage) (json.RawMessage, string, error) {
	var d nested
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, "", err
	}
	rates := map[string]float64{}
	for name, rate := range d.Compute.Rates {
		rates[name] = rate.Value
	}
	flat := map[string]any{"name": d.Name, "peak_flops": d.Compute.Peak.Value, "precision_flops": rates}
	for key, part := range map[string]*si{
		"mem_capacity_bytes": d.Memory.Capacity, "mem_bandwidth_bytes_s": d.Memory.Bandwidth, "sram_capacity_bytes": d.Memory.SRAM,
		"sram_bandwidth_bytes_s": d.Memory.SRAMBandwidth, "flash_bandwidth_bytes_s": d.Memory.FlashBandwidth,
		"tdp_w": d.TDP, "unit_cost_usd": d.Cost, "dispatch_tax_s": d.Dispatch,
	} {
		if part != nil {
			flat[key] = part.Value
		}
	}
	if link := d.Interconnect; link != nil {
		flat["interconnect"] = map[string]any{"bandwidth_bytes_s": link.Bandwidth.Value, "direction": link.Direction}
	}
	return marshal(flat), d.Name, nil
}

// The laws of the collectives, by the solver that has them.
func collective(s network.Collective) func(*inputs) (answer, any, error) {
	return func(in *inputs) (answer, any, error) {
		s := s
		in.set(&s, "Message", "message_bytes", 1)
		in.set(&s, "Ranks", "n_gpus", 1)
		in.set(&s, "Intra", "bandwidth_bytes_s", 1)
		in.set(&s, "IntraLatency", "latency_s", 1)
		s.PerNode = max(s.Ranks, 1) // all of them on one link
		if err := in.done(&s); err != nil {
			return nil, nil, err
		}
		r, err := s.Solve()
		return answer{"": num(float64(r.Time))}, r, err
	}
}

func hierarchical(in *inputs) (answer, any, error) {
	s := network.Collective{Algorithm: physics.Hierarchical, IntraLatency: 0.5 * units.Microsecond, InterLatency: 5 * units.Microsecond}
	nodes, _ := in.number("n_nodes")
	in.set(&s, "PerNode", "gpus_per_node", 1)
	in.set(&s, "Message", "message_bytes", 1)
	in.set(&s, "Intra", "intra_node_bw", 1)
	in.set(&s, "Inter", "inter_node_bw", 1)
	in.set(&s, "IntraLatency", "intra_node_lat", 1)
	in.set(&s, "InterLatency", "inter_node_lat", 1)
	in.store(&s, "Ranks", nodes*float64(s.PerNode))
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{"": num(float64(r.Time))}, r, err
}

// pagedTokens reads the length law off a batch whose device has room for all.
func pagedTokens(in *inputs) (answer, any, error) {
	s := roomy
	in.set(&s, "Longest", "max_seq_len", 1)
	in.setSize(&s, "Mean", "mean_request_tokens", 1)
	in.set(&s, "Page", "page_size_tokens", 1)
	if err := in.done(&s); err != nil {
		return nil, nil, err
	}
	r, err := s.Solve()
	return answer{"0": num(float64(r.Allocated)), "1": num(r.PagedWaste)}, r, err
}

const millisecond = float64(units.Millisecond)
