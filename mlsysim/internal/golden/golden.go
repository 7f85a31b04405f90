// Package golden reads the reference vectors: 438 cases of mlsysim (Python)
// 0.3.0 in SI units, each marked as one to match or one that differs on purpose
// (with the reason). Tests of the solvers run them; nothing else imports it.
package golden

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed solvers.json
var data []byte

// A Case is one vector.
type Case struct {
	ID      string
	Solver  string
	Expect  string // match or differs
	Why     string
	Note    string
	Keep    []string // outputs that match although the case differs
	With    []string
	Ours    string // refuses or result, where upstream did the opposite
	Inputs  map[string]json.RawMessage
	Outputs Outputs
	Error   *struct{ Type, Message string }
}

// Outputs are the named results of a case; a few laws return a bare list, which
// is kept under the empty name.
type Outputs map[string]json.RawMessage

// UnmarshalJSON reads an object or a bare value.
func (o *Outputs) UnmarshalJSON(raw []byte) error {
	var named map[string]json.RawMessage
	if err := json.Unmarshal(raw, &named); err == nil {
		*o = named
		return nil
	}
	*o = Outputs{"": raw}
	return nil
}

// All returns every case, in the order of the file.
func All() ([]Case, error) { return Parse(data) }

// Parse reads the cases of a file of the same form.
func Parse(file []byte) ([]Case, error) {
	var read struct{ Cases []Case }
	if err := json.Unmarshal(file, &read); err != nil {
		return nil, err
	}
	return read.Cases, nil
}

// Of returns the cases of one solver.
func Of(solver string) ([]Case, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	var out []Case
	for _, c := range all {
		if c.Solver == solver {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no golden case of %s", solver)
	}
	return out, nil
}

// Refused reports whether our solver has to refuse the inputs.
func (c Case) Refused() bool { return c.Ours == "refuses" || c.Error != nil && c.Ours != "result" }

// Matching lists the outputs that have to be equal within 1e-9.
func (c Case) Matching() []string {
	if c.Expect != "match" {
		return c.Keep
	}
	var all []string
	for name := range c.Outputs {
		all = append(all, name)
	}
	return all
}

// Number returns an output as a number, or false if it is not one.
func (c Case) Number(output string) (float64, bool) { return number(c.Outputs[output]) }

// Input returns a numeric input, or a default if the case leaves it out.
func (c Case) Input(name string, missing float64) float64 {
	if v, ok := number(c.Inputs[name]); ok {
		return v
	}
	return missing
}

// Text returns a text input, or a default.
func (c Case) Text(name, missing string) string {
	var text string
	if json.Unmarshal(c.Inputs[name], &text) != nil || text == "" {
		return missing
	}
	return text
}

// Has reports whether an input or setting is there and not null or false.
func (c Case) Has(name string) bool {
	raw, ok := c.Inputs[name]
	return ok && string(raw) != "null" && string(raw) != "false"
}

func number(raw json.RawMessage) (float64, bool) {
	var quantity struct{ Value float64 }
	if json.Unmarshal(raw, &quantity) == nil && strings.HasPrefix(strings.TrimSpace(string(raw)), "{") {
		return quantity.Value, true
	}
	var plain *float64
	if json.Unmarshal(raw, &plain) == nil && plain != nil {
		return *plain, true
	}
	return 0, false
}

// Model converts the network of a case.
func (c Case) Model(input string) (models.Model, error) {
	var in struct {
		Name                                                string
		Class                                               string
		Parameters, ActiveParameters, InferenceFlops        float64
		Layers, HiddenDim, Heads, KVHeads, HeadDim          int
		KVLoraRank, QKRopeHeadDim, Experts, ActiveExperts   int
		VocabSize, DenoisingSteps, StateSize, ContextLength int
		ModelSize, ModelSizeBytes                           float64
	}
	if err := decode(c.Inputs[input], &in); err != nil {
		return models.Model{}, fmt.Errorf("%s: %s: %w", c.ID, input, err)
	}
	m := models.Model{
		Name: in.Name, Params: units.Params(in.Parameters), Active: units.Params(in.ActiveParameters),
		Layers: in.Layers, Hidden: in.HiddenDim, Heads: in.Heads, KVHeads: in.KVHeads, HeadDim: in.HeadDim,
		KVRank: in.KVLoraRank, RopeDim: in.QKRopeHeadDim, Experts: in.Experts, TopK: in.ActiveExperts,
		FLOPs: units.FLOP(in.InferenceFlops), Vocab: in.VocabSize, State: in.StateSize,
	}
	switch in.Class {
	case "TransformerWorkload":
	case "SparseTransformerWorkload":
		m.Family = models.MoE
		m.TopK = max(m.TopK, 1)
	case "CNNWorkload":
		m.Family = models.CNN
	case "SSMWorkload":
		m.Family = models.SSM
	case "Workload":
		m.Family = models.CNN // weights once, operations as stated
		bare(&m, max(in.ModelSize, in.ModelSizeBytes))
	case "DiffusionWorkload":
		m.Family, m.Steps = models.Diffusion, in.DenoisingSteps
	default:
		return m, fmt.Errorf("%s: %s: %w %s", c.ID, in.Name, ErrFamily, in.Class)
	}
	return m, nil
}

// bare fills in a workload of which 0.3.0 knows parameters or a size at 16 bit,
// and no operations if it knows the size alone; the smallest number stands for
// none.
func bare(m *models.Model, size float64) {
	const none units.FLOP = 1e-30
	switch {
	case m.Params == 0:
		m.Params = units.Params(size / 2)
		m.FLOPs = max(m.FLOPs, none)
	case m.FLOPs == 0:
		m.FLOPs = units.FLOP(2 * float64(m.Params))
	}
}

// ErrFamily marks a case of a model family that the library does not have yet.
var ErrFamily = fmt.Errorf("no model family for")

// Hardware converts the device of a case. launch is the cost per layer and pass
// of solvers.md 2.8.
func (c Case) Hardware(input string, launch units.Seconds) (hardware.Device, error) {
	var in struct {
		Name                                   string
		PeakFlops                              float64
		PrecisionFlops                         map[string]float64
		MemCapacityBytes, MemBandwidthBytesS   float64
		SramCapacityBytes, SramBandwidthBytesS float64
		FlashBandwidthBytesS                   float64
		TdpW, DispatchTaxS, UnitCostUsd        float64
		Interconnect                           *struct {
			BandwidthBytesS float64
			Direction       string
		}
	}
	if err := decode(c.Inputs[input], &in); err != nil {
		return hardware.Device{}, fmt.Errorf("%s: %s: %w", c.ID, input, err)
	}
	d := hardware.Device{
		Name: in.Name, Memory: units.Bytes(in.MemCapacityBytes), Bandwidth: units.ByteRate(in.MemBandwidthBytesS),
		SRAM: units.Bytes(in.SramCapacityBytes), SRAMBandwidth: units.ByteRate(in.SramBandwidthBytesS),
		FlashBandwidth: units.ByteRate(in.FlashBandwidthBytesS),
		TDP:            units.Watts(in.TdpW), Idle: units.Watts(in.TdpW).Times(0.3), Price: units.USD(in.UnitCostUsd),
		Dispatch: units.Seconds(in.DispatchTaxS), Launch: launch,
	}
	d.Rates, d.Sparse = rates(in.PrecisionFlops, in.PeakFlops)
	if l := in.Interconnect; l != nil {
		d.HostLink = units.ByteRate(l.BandwidthBytesS)
		if l.Direction == "bidirectional_total" {
			d.HostLink = d.HostLink.Times(0.5)
		}
	}
	return d, nil
}

// rates reads the peaks by format. A dense rate that the vector leaves out is the
// fp16 one, as 0.3.0 has it (solvers.md 2.2).
func rates(table map[string]float64, peak float64) (dense, sparse hardware.Rates) {
	usual := peak
	if v := table["fp16_dense"]; v > 0 {
		usual = v
	}
	at := func(name string) units.FLOPRate {
		if v := table[name]; v > 0 {
			return units.FLOPRate(v)
		}
		return units.FLOPRate(usual)
	}
	two := func(name string) units.FLOPRate { return units.FLOPRate(table[name+"_sparse"]) }
	dense = hardware.Rates{
		FP16: at("fp16"), BF16: at("bf16"), FP32: at("fp32"), TF32: at("tf32"),
		FP8: at("fp8"), INT8: at("int8"), FP4: at("fp4"), INT4: at("int4"),
	}
	sparse = hardware.Rates{FP16: two("fp16"), BF16: two("fp16"), TF32: two("tf32"), FP8: two("fp8"), INT8: two("int8")}
	return dense, sparse
}

// decode reads snake-case keys into Go names without tags.
func decode(raw json.RawMessage, into any) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	return json.Unmarshal(squeeze(object), into)
}

// squeeze drops the underscores of the keys, nested objects of links included,
// because encoding/json compares names without case.
func squeeze(object map[string]json.RawMessage) []byte {
	flat := map[string]json.RawMessage{}
	for key, raw := range object {
		var nested map[string]json.RawMessage
		if key == "interconnect" && json.Unmarshal(raw, &nested) == nil && nested != nil {
			raw = squeeze(nested)
		}
		if key == "active_experts_per_token" {
			key = "active_experts"
		}
		flat[strings.ReplaceAll(key, "_", "")] = raw
	}
	out, _ := json.Marshal(flat) // a map of valid raw messages always marshals
	return out
}
