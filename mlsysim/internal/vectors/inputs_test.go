package vectors

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// launch is the cost per layer and pass that the vectors assume, and hostLink
// the link where a device states none (solvers.md 2.8).
const (
	launch   = 10 * units.Microsecond
	hostLink = 64 * units.GBps
)

// smallest stands for a zero that means zero, in a field whose Go zero means its
// default. It is the smallest size that inputs may have.
const smallest = 1e-30

// inputs is a case on its way into one of our inputs. It remembers what was read,
// so that nothing is left behind, and the first value that we refuse.
type inputs struct {
	golden.Case
	change  []change // of our fields, by a worked row
	read    map[string]bool
	refusal error
	mistake []string // what the adapter cannot carry over
	dropped map[string]string
}

// A change sets one field of our input.
type change struct{ field, value string }

func newInputs(c golden.Case, change []change) *inputs {
	return &inputs{Case: c, change: change, read: map[string]bool{}, dropped: map[string]string{}}
}

func (in *inputs) wrong(format string, args ...any) {
	in.mistake = append(in.mistake, fmt.Sprintf(format, args...))
}

func (in *inputs) refuse(err error) {
	if in.refusal == nil {
		in.refusal = err
	}
}

// take returns an input, or false if the case leaves it out.
func (in *inputs) take(key string) (json.RawMessage, bool) {
	in.read[key] = true
	raw, ok := in.Inputs[key]
	return raw, ok && string(raw) != "null"
}

// number reads a number or the value of a quantity.
func (in *inputs) number(key string) (float64, bool) {
	raw, ok := in.take(key)
	if !ok {
		return 0, false
	}
	x, ok := figure(raw)
	if !ok {
		in.wrong("input %s is not a number: %s", key, raw)
	}
	return x, ok
}

// unit is the unit of a quantity.
func (in *inputs) unit(key string) string {
	var quantity struct{ Unit string }
	_ = json.Unmarshal(in.Inputs[key], &quantity) // a plain number has none
	return quantity.Unit
}

func figure(raw json.RawMessage) (float64, bool) {
	v, _ := leaf{raw: raw}.theirs()
	return v.number, v.kind == number
}

// set stores a number times a unit into a field of ours. A value that is written
// down is checked by itself, so that an explicit zero is no default.
func (in *inputs) set(into any, name, key string, unit float64) {
	if x, ok := in.number(key); ok {
		in.store(into, name, x*unit)
	}
}

// setZero is set for a field where zero means zero although it has a default.
func (in *inputs) setZero(into any, name, key string, unit float64) {
	x, ok := in.number(key)
	if ok && x == 0 {
		x = smallest / unit
	}
	if ok {
		in.store(into, name, x*unit)
	}
}

// setSize is set for a field that ours leaves out with a zero: a zero that theirs
// writes down is a size of nothing, which neither of the two has.
func (in *inputs) setSize(into any, name, key string, unit float64) {
	if x, ok := in.number(key); ok && x == 0 {
		in.refuse(describe.Refuse(describe.TypeName(reflect.TypeOf(into)), name, 0, "above 0, or left out"))
		return
	}
	in.set(into, name, key, unit)
}

func (in *inputs) store(into any, name string, x float64) {
	if err := describe.SetField(into, name, x); err != nil {
		in.refuse(err)
	}
}

// name stores a text, such as a format, into a field of ours. spelled maps their
// words to ours where they differ.
func (in *inputs) name(into any, field, key string, spelled map[string]string) {
	raw, ok := in.take(key)
	if !ok {
		return
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		in.wrong("input %s is not a text: %s", key, raw)
		return
	}
	if ours, ok := spelled[s]; ok {
		s = ours
	}
	in.write(into, field, s)
}

// write stores a text as JSON would.
func (in *inputs) write(into any, field, s string) {
	if err := describe.Decode(marshal(map[string]string{field: s}), into); err != nil {
		in.refuse(err)
	}
}

// flag reads a truth value; left out is false.
func (in *inputs) flag(key string) bool {
	raw, ok := in.take(key)
	if !ok {
		return false
	}
	var b bool
	if json.Unmarshal(raw, &b) != nil {
		in.wrong("input %s is not a truth value: %s", key, raw)
	}
	return b
}

// drop reads inputs that have no counterpart, and says why.
func (in *inputs) drop(why string, keys ...string) {
	for _, key := range keys {
		if _, ok := in.take(key); ok {
			in.dropped[key] = why
		}
	}
}

// setting reports whether the case asks for a neutral setting, and marks it as
// known to the adapter.
func (in *inputs) setting(name string) bool {
	in.read["with "+name] = true
	return slices.Contains(in.With, name)
}

// holds marks settings that are true of our input as it is.
func (in *inputs) holds(names ...string) {
	for _, name := range names {
		in.setting(name)
	}
}

// model reads a network.
func (in *inputs) model(key string) models.Model {
	raw, ok := in.take(key)
	if !ok {
		in.wrong("no %s", key)
		return models.Model{}
	}
	in.known(key, raw, modelKeys)
	m, err := in.Case.Model(key)
	if err != nil {
		in.wrong("%v", err)
	}
	return m
}

// device reads a device.
func (in *inputs) device(key string) hardware.Device {
	raw, ok := in.take(key)
	if !ok {
		in.wrong("no %s", key)
		return hardware.Device{}
	}
	in.known(key, raw, deviceKeys)
	h, err := in.Case.Hardware(key, launch)
	if err != nil {
		in.wrong("%v", err)
	}
	return h
}

// cluster reads a fleet.
func (in *inputs) cluster(key string) golden.Fleet {
	raw, ok := in.take(key)
	if !ok {
		in.wrong("no %s", key)
		return golden.Fleet{}
	}
	in.known(key, raw, fleetKeys)
	var parts struct{ Accelerator, Fabric json.RawMessage }
	if json.Unmarshal(raw, &parts) == nil {
		in.known(key+".accelerator", parts.Accelerator, deviceKeys)
		in.known(key+".fabric", parts.Fabric, fabricKeys)
	}
	f, err := in.Case.Fleet(key, launch)
	if err != nil {
		in.wrong("%v", err)
	}
	return f
}

// What objects of the vectors may hold. Names, years and registry keys are
// labels; the rest is read by package golden.
var (
	modelKeys = strings.Fields(`name registry class architecture parameters inference_flops layers hidden_dim heads
		kv_heads head_dim kv_lora_rank qk_rope_head_dim experts active_experts_per_token active_parameters
		training_tokens vocab_size context_length denoising_steps state_size data_rate
		model_size model_size_bytes`)
	deviceKeys = strings.Fields(`name registry peak_flops precision_flops mem_capacity_bytes mem_bandwidth_bytes_s
		sram_capacity_bytes sram_bandwidth_bytes_s flash_bandwidth_bytes_s storage_bandwidth_bytes_s interconnect nvlink
		tdp_w unit_cost_usd dispatch_tax_s accelerator_count`)
	fleetKeys = strings.Fields(`name registry accelerator accelerators_per_node count fabric intra_node_bw_bytes_s
		nics_per_node psus_per_node psu_redundancy region datacenter`)
	fabricKeys = strings.Fields(`name bandwidth_bytes_s latency_s oversubscription_ratio`)
)

// known fails for keys that nobody reads.
func (in *inputs) known(path string, raw json.RawMessage, keys []string) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		in.wrong("%s: %v", path, err)
	}
	for key, value := range object {
		if !slices.Contains(keys, key) && string(value) != "null" {
			in.wrong("unknown input %s.%s", path, key)
		}
	}
}

// done applies the changes of a worked row to our input, and reports what keeps
// it from being solved.
func (in *inputs) done(into any) error {
	for _, c := range in.change {
		if err := describe.Decode(marshal(map[string]any{c.field: literal(c.value)}), into); err != nil {
			in.wrong("worked row: %v", err)
		}
	}
	for key := range in.Inputs {
		if !in.read[key] {
			in.wrong("unknown input %s", key)
		}
	}
	for _, setting := range in.With {
		if !in.read["with "+setting] {
			in.wrong("unknown setting %s", setting)
		}
	}
	if len(in.mistake) > 0 {
		return errStopped
	}
	return in.refusal
}

var errStopped = fmt.Errorf("not solved")

// literal reads a number or a truth value, or keeps a text.
func literal(s string) any {
	var x any
	if json.Unmarshal([]byte(s), &x) == nil {
		return x
	}
	return s
}

// precision is the format of a case; fp16 unless it states one.
func (in *inputs) precision(into any) {
	in.name(into, "precision", "precision", nil)
}

// efficiency is the share of the peak; 0.5 unless the case states one.
func (in *inputs) efficiency(into any) { in.set(into, "Efficiency", "efficiency", 1) }

// marshal writes what always marshals: numbers, texts and maps of them.
func marshal(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// per divides two numbers, or has nothing to say.
func per(a, b float64, why string) value {
	if b == 0 || math.IsInf(b, 0) {
		return nothing(why)
	}
	return num(a / b)
}

const (
	fp16 = physics.FP16
	fp32 = physics.FP32
)
