package serving

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the result step by step: prefill, transfer, decode.
func (r DisaggregatedResult) Explain() walls.Trace {
	s, in := &r.in, &r.prefill.in
	t := walls.Trace{Title: s.Model.Name + " from " + s.Hardware.Name + " to " + s.Decoder.Name, Omitted: disaggregatedOmitted[:]}

	work := in.Model.PrefillPass(s.Batch, float64(s.Prompt), 0, in.layout())
	t.Steps = []walls.Step{
		weightStep("W", "weights on each device that decodes", "Weights", s.Model.Params, r.decode.in.Precision, s.DecoderTP, r.Weights),
		{
			Name: "memory on each device that decodes", Symbol: "M", Formula: "W + C", Field: "Memory",
			Terms: []walls.Term{{Symbol: "W", What: "weights", Value: r.Weights}, {Symbol: "C", What: "longest cache", Value: r.decode.Cache}},
			Value: r.Memory,
		},
		passStep("T_p", "prefill", "Prefill", "Pope 2023", &r.prefill.roof, &work, in.prefillCommunication(s.Prompt), in.prefillOverhead(&r.prefill.roof)),
	}
	t.Steps = append(t.Steps, r.transferSteps()...)

	out, roof := &r.decode.in, r.decode.roof.Streaming()
	work = out.Model.DecodePass(s.Batch, float64(s.Prompt)+float64(s.Output)/2, out.layout())
	t.Steps = append(t.Steps, passStep("ITL", "inter-token latency", "ITL", "Pope 2023", &roof, &work, out.communication(1), out.overhead(&roof)))
	return t
}

var disaggregatedOmitted = [...]string{
	"queueing on either side, and how many devices each needs",
	"latency of the network",
	"speculation",
}

// transferSteps derives the time that the cache takes to arrive.
func (r *DisaggregatedResult) transferSteps() []walls.Step {
	s := &r.in
	exposed := walls.Step{
		Name: "transfer that the prefill does not hide", Symbol: "T_x", Formula: "T_kv", Field: "Exposed",
		Terms: []walls.Term{{Symbol: "T_kv", What: "transfer", Value: r.Transfer}}, Value: r.Exposed, Source: "Zhong 2024, DistServe",
	}
	if s.Overlap {
		exposed.Formula = "max(T_kv - T_p * (1 - 1 / L), T_kv / L)"
		exposed.Terms = append(exposed.Terms,
			walls.Term{Symbol: "T_p", What: "prefill", Value: r.Prefill}, walls.Term{Symbol: "L", What: "layers", Value: s.Model.Layers})
		exposed.Source = "Patel 2024, Splitwise"
	}
	load := pass.Load{Model: &s.Model, Batch: s.Batch, Layout: models.Layout{Cache: r.prefill.in.KVPrecision, Ranks: 1}}
	return append(load.CacheSteps(float64(s.Prompt), "K", "cache of the prompts", "Sent"), []walls.Step{
		{
			Name: "transfer", Symbol: "T_kv", Formula: "K / beta", Field: "Transfer",
			Terms: []walls.Term{{Symbol: "K", What: "cache of the prompts", Value: r.Sent}, {Symbol: "beta", What: "network", Value: s.Network}},
			Value: r.Transfer,
		},
		exposed,
		{
			Name: "time to first token", Symbol: "TTFT", Formula: "T_p + T_x", Field: "TTFT",
			Terms: []walls.Term{{Symbol: "T_p", What: "prefill", Value: r.Prefill}, {Symbol: "T_x", What: "transfer not hidden", Value: r.Exposed}},
			Value: r.TTFT,
		},
	}...)
}

// View describes the result.
func (r DisaggregatedResult) View() show.View {
	return view(r, r.in.Model.Name+" from "+r.in.Hardware.Name+" to "+r.in.Decoder.Name,
		fmt.Sprintf("batch %d, prompt %d, output %d, %s, binds: %s", r.in.Batch, r.in.Prompt, r.in.Output, r.Precision, r.Binding), r.Fits, r.Warnings)
}
