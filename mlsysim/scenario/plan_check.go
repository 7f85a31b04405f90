package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// A resolver turns a plan into evaluations and notes everything that is wrong
// with it, in the file where it has one.
type resolver struct {
	plan *Plan
	errs []error // of a plan made in Go
}

func (r *resolver) refuse(path, format string, args ...any) {
	if r.plan.doc != nil {
		r.plan.doc.Refuse(path, format, args...)
		return
	}
	r.errs = append(r.errs, fmt.Errorf("plan: "+format, args...))
}

func (r *resolver) err() error {
	if r.plan.doc != nil {
		return r.plan.doc.Err()
	}
	return errors.Join(r.errs...)
}

// check notes what is wrong with a plan beyond single values.
func (p *Plan) check() { p.resolve() }

// Evaluations are the designs that the plan describes, one for each workload.
func (p *Plan) Evaluations() ([]Evaluation, error) {
	quiet := *p
	quiet.doc = nil // the file's own mistakes were told when it was read
	return quiet.resolve()
}

func (p *Plan) resolve() ([]Evaluation, error) {
	r := &resolver{plan: p}
	if p.Version != "1" && p.Version != "1.0" {
		r.refuse("version", "version = %q: want 1.0, the format that this program reads", p.Version)
	}
	if strings.TrimSpace(p.Name) == "" {
		r.refuse("name", "name: want a text that says what the plan is for")
	}
	base := r.base()
	var out []Evaluation
	for _, w := range r.workloads() {
		out = append(out, r.workload(base, w.Workload, w.path))
	}
	for i, a := range p.Constraints.Assert {
		r.assertion(a, fmt.Sprintf("constraints.assert.%d", i))
	}
	return out, r.err()
}

// located is a workload and where it stands.
type located struct {
	Workload
	path string
}

func (r *resolver) workloads() []located {
	p := r.plan
	single := p.Workload != Workload{}
	switch {
	case single && len(p.Workloads) > 0:
		r.refuse("workloads", "workloads: want workload or workloads, not both")
	case !single && len(p.Workloads) == 0:
		r.refuse("workload", "workload: want the name of a model, such as Llama3_8B")
	case single:
		return []located{{p.Workload, "workload"}}
	}
	var out []located
	for i, w := range p.Workloads {
		out = append(out, located{w, fmt.Sprintf("workloads.%d", i)})
	}
	return out
}

// base is what all workloads share: machines, place, limits.
func (r *resolver) base() Evaluation {
	p := r.plan
	h, ops, s, b, split := &p.Hardware, &p.Ops, &p.SLA, &p.Budget, &p.Parallelism
	e := Evaluation{
		Precision: h.Precision, KVPrecision: h.KVPrecision, Efficiency: h.Efficiency, MemoryEfficiency: h.MemoryEfficiency, Level: h.Level, Stack: h.Stack,
		NICs: h.NICsPerNode, Storage: h.Storage, IntraLink: h.IntraNodeBW, Fabric: h.FabricBandwidth, Oversubscription: h.Oversubscription,
		TP: split.TP, PP: split.PP, EP: split.EP, CP: split.CP, Microbatches: split.Microbatches, ZeRO: split.Zero, Checkpointing: split.Recompute,
		Duration: units.Day.Times(ops.DurationDays), Tariff: units.DollarPerKWh.Times(ops.KWhPrice),
		Arrivals: s.QPS, MaxLatency: s.Latency, MaxTTFT: s.TTFT, MaxITL: s.ITL, MaxP99: s.P99, MaxRun: units.Day.Times(s.Days), MinThroughput: units.Samples(s.Throughput).Per(units.Second),
		MaxCost: units.Dollar.Times(b.USD), MaxCarbon: units.Tonne.Times(b.CarbonT), MaxPower: units.Watt.Times(b.PowerW), MaxWater: units.Litre.Times(b.WaterL),
	}
	r.machines(&e)
	r.place(&e)
	return e
}

// machines finds the device and counts the servers.
func (r *resolver) machines(e *Evaluation) {
	h := &r.plan.Hardware
	if h.Name == "" {
		r.refuse("hardware.name", "hardware.name: want the name of a device, such as H100")
		return
	}
	found, err := r.plan.device(h.Name)
	if err != nil {
		r.told("hardware.name", err)
		return
	}
	e.Hardware = found
	per := h.AcceleratorsPerNode
	if per == 0 {
		per = max(1, found.NodeSize)
	}
	switch n := h.Accelerators; {
	case h.Nodes > 0 && n > 0 && h.Nodes*per != n:
		r.refuse("hardware.accelerators", "hardware.accelerators = %d: want %d, %d nodes of %d", n, h.Nodes*per, h.Nodes, per)
	case h.Nodes > 0:
		e.Nodes, e.PerNode = h.Nodes, per
	case n > per && n%per != 0:
		r.refuse("hardware.accelerators", "hardware.accelerators = %d: want a multiple of %d, the devices of a node", n, per)
	case n > per:
		e.Nodes, e.PerNode = n/per, per
	case n > 0:
		e.Nodes, e.PerNode = 1, n
	case h.AcceleratorsPerNode > 0:
		e.Nodes, e.PerNode = 1, per
	}
}

// names finds the entries that the plan names.
func (p *Plan) names() *zoo.Zoo {
	if p.own == nil {
		return &zoo.Zoo{}
	}
	return p.own
}

// place finds the region and the building.
func (r *resolver) place(e *Evaluation) {
	ops := &r.plan.Ops
	if ops.Region != "" {
		grid, err := r.plan.names().Grid(ops.Region)
		if err != nil {
			r.refuse("ops.region", "ops.region: %s", err)
		}
		e.Region = grid
	}
	if ops.Facility != "" {
		building, err := r.plan.names().Facility(ops.Facility)
		if err != nil {
			r.refuse("ops.facility", "ops.facility: %s", err)
		}
		e.Facility = building
	}
}

// workload puts a workload into the shared part.
func (r *resolver) workload(e Evaluation, w Workload, path string) Evaluation {
	if w.Name == "" {
		r.refuse(path+".name", "%s.name: want the name of a model, such as Llama3_8B", path)
		return e
	}
	found, err := r.plan.model(w.Name)
	if err != nil {
		r.told(path+".name", err)
		return e
	}
	e.Model, e.Mode, e.Batch, e.Context, e.OutputTokens = found, w.Mode, w.BatchSize, w.SeqLen, w.OutputTokens
	e.Optimizer, e.Tokens, e.Interval, e.DataRate = w.Optimizer, w.Tokens, w.Interval, w.DataRate
	if e.Hardware.Name == "" {
		return e
	}
	if _, err := e.Solve(); err != nil {
		r.solved(err, path)
	}
	return e
}

// solved notes what the evaluation refuses, at the key that says it.
func (r *resolver) solved(err error, workload string) {
	var field *describe.FieldError
	if !errors.As(err, &field) {
		r.refuse(workload, "%s: %s", workload, err)
		return
	}
	path, ok := keyOf[field.Field]
	switch {
	case slices.Contains(limits, field.Field) && r.plan.doc != nil && r.plan.doc.Err() != nil:
		return // the plan's own check has said so, at its key
	case !ok:
		path = workload
	case !strings.Contains(path, "."):
		path = workload + "." + path
	}
	r.refuse(path, "%s = %s: want %s", field.Field, field.Value, field.Want)
}

// limits are the fields of an evaluation that the section sla gives.
var limits = []string{"Arrivals", "MaxLatency", "MaxTTFT", "MaxITL", "MaxP99", "MaxRun", "MinThroughput"}

// keyOf are the keys of a plan that give the fields of an evaluation; those
// without a section belong to the workload.
var keyOf = map[string]string{
	"Model": "name", "Mode": "mode", "Batch": "batch_size", "Context": "seq_len", "Prompt": "seq_len", "OutputTokens": "output_tokens",
	"Nodes": "hardware.nodes", "PerNode": "hardware.accelerators_per_node", "Precision": "hardware.precision", "KVPrecision": "hardware.kv_precision",
	"IntraLink": "hardware.intra_node_bw", "Fabric": "hardware.fabric_bandwidth", "NICs": "hardware.nics_per_node",
	"TP": "parallelism.tp", "PP": "parallelism.pp", "EP": "parallelism.ep", "CP": "parallelism.cp", "TP·PP·EP": "parallelism",
	"Microbatches": "parallelism.microbatches", "ZeRO": "parallelism.zero", "Checkpointing": "parallelism.recompute",
	"Arrivals": "sla.qps", "Tokens": "tokens", "Interval": "interval",
}

// assertion notes what is wrong with one.
func (r *resolver) assertion(a Assertion, path string) {
	if a.Metric == "" {
		r.refuse(path, "%s.metric: want the name of a metric, such as performance.latency", path)
		return
	}
	if _, err := metricOf(a.Metric); err != nil {
		r.refuse(path+".metric", "%s.metric: %s", path, err)
	}
	switch {
	case a.Max == nil && a.Min == nil:
		r.refuse(path, "%s: want a bound, max or min", path)
	case a.Max != nil && a.Min != nil && *a.Min > *a.Max:
		r.refuse(path+".min", "%s.min = %v: want at most max, %v", path, *a.Min, *a.Max)
	}
}
