package scenario

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
)

func (s Scorecard) title() string {
	if s.Devices > 1 {
		return fmt.Sprintf("%s on %d × %s", s.in.Model.Name, s.Devices, s.in.Hardware.Name)
	}
	return s.in.Model.Name + " on " + s.in.Hardware.Name
}

// subtitle says what the design does.
func (s Scorecard) subtitle() string {
	e := &s.in
	batch := fmt.Sprintf("batch %d", e.Batch)
	switch t := &s.Split; s.Mode {
	case Train:
		return fmt.Sprintf("train, %s × %d tokens, %s, %s level, tp %d · pp %d · dp %d%s", batch, e.Context, s.Step.Precision, e.Level,
			max(1, t.TP), max(1, t.PP), s.Step.DP, s.details())
	case Serve:
		return fmt.Sprintf("serve, %s, %d + %d tokens, %s, %s level, %s", batch, e.Context, e.OutputTokens, s.Request.Precision, e.Level, describe.Count(s.Request.Replicas, "replica"))
	}
	return fmt.Sprintf("%s, %s, %s, %s level", s.Pass.Phase, batch, s.Pass.Precision, e.Level)
}

// details are the parts of a split that are not trivial.
func (s Scorecard) details() string {
	t, text := &s.Split, ""
	for _, part := range []struct {
		name string
		n    int
		from int
	}{{"ep", t.EP, 2}, {"cp", t.CP, 2}, {"microbatches", t.Microbatches, 2}, {"ZeRO", t.ZeRO, 1}} {
		if part.n >= part.from {
			text += fmt.Sprintf(" · %s %d", part.name, part.n)
		}
	}
	if t.Checkpointing != 0 {
		text += " · recompute " + t.Checkpointing.String()
	}
	if s.Tried > 0 {
		text += fmt.Sprintf(", best of %d splits", s.Tried)
	}
	return text
}

// View describes the three lenses.
func (s Scorecard) View() show.View {
	status := show.Pass
	if !s.Passed() {
		status = worse(worse(s.Feasibility, s.Performance), s.Macro)
	}
	why := s.Explain()
	v := show.View{
		Title: s.title(), Subtitle: s.subtitle(), Status: status, Why: why, Data: s.Flat(),
		Blocks: []show.Block{s.feasibility(), s.performance(), s.macro()},
	}
	for i := range v.Blocks {
		v.Blocks[i].Lens = true
		number(v.Blocks[i].Rows, why.Steps)
	}
	if texts := s.Warnings.Texts(); len(texts) > 0 {
		v.Blocks = append(v.Blocks, show.Block{Heading: "Remarks", Notes: texts})
	}
	return v
}

// A part is one component of a sum.
type part[T fmt.Stringer] struct {
	label string
	size  T
}

// held lists what lies in the memory of a device.
func (s Scorecard) held() []part[units.Bytes] {
	switch s.Mode {
	case Train:
		r := &s.Step
		return []part[units.Bytes]{
			{"weights", r.Weights}, {"gradients", r.Gradients}, {"optimizer", r.Optimizer}, {"activations", r.Activations}, {"buffers", r.Buffers},
		}
	case Serve:
		return []part[units.Bytes]{{"weights", s.Request.Weights}, {"cache", s.Request.Cache}}
	}
	return []part[units.Bytes]{{"weights", s.Pass.Weights}, {"cache", s.Pass.Cache}}
}

func (s Scorecard) feasibility() show.Block {
	b := show.Block{Heading: "Feasibility", Status: s.Feasibility}
	for i, p := range s.held() {
		if i == 0 || p.size > 0 {
			b.Bars = append(b.Bars, show.Bar{Label: p.label, Value: p.size.String(), Share: p.size.Ratio(s.Capacity)})
		}
	}
	b.Bars = show.Waterfall(b.Bars)
	b.Full = "capacity " + s.Capacity.String()
	of, where := fmt.Sprintf("of %s, %s", s.Capacity, show.Percent(s.Memory.Ratio(s.Capacity))), "in the device"
	if s.Devices > 1 {
		where = "in each device"
	}
	b.Rows = []show.Row{{Label: "memory", Value: s.Memory.String(), Note: of, Help: "what must lie " + where}}
	if s.Short > 0 {
		b.Rows = append(b.Rows, show.Row{Label: "missing", Value: s.Short.String(), Help: "what does not fit " + where})
	}
	return b
}

// spent lists what the time goes to.
func (s Scorecard) spent() []part[units.Seconds] {
	switch s.Mode {
	case Train:
		r := &s.Step
		return []part[units.Seconds]{
			{"devices work", r.Node},
			{"tensor parallel", r.TensorExposed},
			{"context parallel", r.ContextExposed},
			{"experts", r.ExpertPar},
			{"bubble", r.Bubble},
			{"stages", r.Stages},
			{"gradients", r.Exposed},
		}
	case Serve:
		r := &s.Request
		return []part[units.Seconds]{{"prefill", r.TTFT}, {"decode", r.Request - r.TTFT}}
	}
	return []part[units.Seconds]{{"compute", s.Pass.Compute}, {"memory", s.Pass.Memory}, {"overhead", s.Pass.Overhead}}
}

func (s Scorecard) performance() show.Block {
	b := show.Block{Heading: "Performance", Status: s.Performance}
	for _, p := range s.spent() {
		if p.size > 0 || s.Mode == Pass {
			b.Bars = append(b.Bars, show.Bar{Label: p.label, Value: p.size.String(), Share: p.size.Ratio(s.Latency)})
		}
	}
	if s.Mode != Pass { // whose arithmetic and traffic overlap
		b.Bars = show.Waterfall(b.Bars)
	}
	b.Bars = show.MarkLongest(b.Bars)
	b.Full = s.Latency.String() + " in all"
	e := &s.in
	timed := func(label string, t, limit units.Seconds, help string) show.Row {
		row := show.Row{Label: label, Value: t.String(), Help: help}
		if limit > 0 {
			row.Note = "limit " + limit.String()
		}
		return row
	}
	switch s.Mode {
	case Train:
		b.Rows = append(b.Rows, timed("step", s.Latency, e.MaxLatency, "time of an optimizer step"))
		if s.RunKnown {
			b.Rows = append(b.Rows, timed("run", s.Run, e.MaxRun, "time of the whole training run"))
		}
	case Serve:
		b.Rows = append(b.Rows, timed("TTFT", s.Request.TTFT, e.MaxTTFT, "time to first token"), timed("ITL", s.Request.ITL, e.MaxITL, "inter-token latency"),
			timed("request", s.Latency, e.MaxLatency, "prefill and all tokens"))
	default:
		b.Rows = append(b.Rows, timed("latency", s.Latency, e.MaxLatency, "the longer of compute and memory time, plus overhead"))
	}
	if e.Interval > 0 {
		b.Rows = append(b.Rows, show.Row{Label: "duty", Value: units.Number(100*s.Duty) + " %", Note: "a pass every " + e.Interval.String(), Help: "share of the time in which the device works"})
	}
	if e.DataRate > 0 {
		supply := show.Row{Label: "data supply", Value: "unknown", Note: "wanted " + s.Supply.Demand.String(), Help: "stored data that reaches a server"}
		if s.Supply.Known {
			supply.Value = s.Supply.Supply.String()
		}
		b.Rows = append(b.Rows, supply)
	}
	if e.Arrivals > 0 {
		slowest := timed("P99", s.Queue.P99, e.MaxP99, "time that 1 % of the arrivals exceed, waiting included")
		if !s.Queue.Stable {
			slowest.Value = "grows without bound"
		}
		b.Rows = append(b.Rows, slowest)
	}
	rate := show.Row{Label: "throughput", Value: s.rate(), Help: "generated tokens, else images or sequences"}
	if e.MinThroughput > 0 {
		rate.Note = "at least " + units.Number(float64(e.MinThroughput)) + " a second"
	}
	use := show.Row{Label: "MFU", Value: show.Percent(s.MFU), Help: "model FLOP utilisation: share of the peak used"}
	if s.Mode == Pass {
		use.Note = fmt.Sprintf("intensity %s, ridge %s", s.Pass.Intensity, s.Pass.Ridge)
	}
	b.Rows = append(b.Rows, rate, show.Row{Label: "binds", Value: s.Binding.String(), Help: "the resource to buy more of"}, use)
	return b
}

// rate counts generated tokens as tokens.
func (s Scorecard) rate() string {
	if s.Mode == Serve || s.Mode == Pass && s.Pass.Phase == compute.Decode {
		return units.TokenRate(s.Throughput).String() // dim: one token per sample
	}
	return s.Throughput.String()
}

func (s Scorecard) macro() show.Block {
	e := &s.in
	text := func(isKnown bool, v fmt.Stringer) string {
		if !isKnown {
			return "unknown"
		}
		return v.String()
	}
	row := func(label, value, note, help string) show.Row {
		return show.Row{Label: label, Value: value, Note: note, Help: help}
	}
	return show.Block{
		Heading: "Macro", Status: s.Macro,
		Rows: []show.Row{
			row("cost", text(s.CostKnown, s.TCO), fmt.Sprintf("over %s: price %s, upkeep %s, electricity %s", e.Duration, text(s.PriceKnown, s.CapEx), text(s.PriceKnown, s.Maintenance), text(s.PowerKnown, s.EnergyCost)), "total cost of ownership"),
			row("energy", text(s.PowerKnown, s.Energy), fmt.Sprintf("mean %s, PUE %s", text(s.PowerKnown, s.Power), units.Number(e.Facility.PUE)), "energy of the facility"),
			row("carbon", text(s.PowerKnown, s.Carbon), fmt.Sprintf("%s, %s", e.Region.Name, e.Region.Carbon), "emissions of that energy"),
			row("water", text(s.WaterKnown, s.Water), "", "water evaporated on site"),
		},
	}
}

// Passes are the designs of the report that are one pass on one device, which a
// roofline can show.
func (r Report) Passes() []Scorecard {
	var out []Scorecard
	for _, c := range r.Cards {
		out = append(out, c.Passes()...)
	}
	return out
}

// Passes is the scorecard itself if its design is one pass on one device.
func (s Scorecard) Passes() []Scorecard {
	if s.Mode != Pass || s.Pass.Intensity <= 0 || s.Pass.Latency <= 0 {
		return nil
	}
	return []Scorecard{s}
}

// Device is the device of the design.
func (s Scorecard) Device() hardware.Device { return s.in.Hardware }

// Model is the network of the design.
func (s Scorecard) Model() models.Model { return s.in.Model }
