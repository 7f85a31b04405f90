package parallel

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the memory of a device, its own time, the communication and the
// step.
func (r TrainingResult) Explain() walls.Trace {
	d := r.derive()
	t := walls.Trace{Title: r.title(), Omitted: r.omitted()}
	t.Steps = pass.State{Model: &r.in.Model, Split: &d.split, Held: d.held, Sum: "Memory"}.Steps()
	t.Steps = append(t.Steps, d.workSteps()...)
	t.Steps = append(t.Steps, d.nodeSteps()...)
	t.Steps = append(t.Steps, d.blockSteps()...)
	t.Steps = append(t.Steps, d.replicaSteps()...)
	t.Steps = append(t.Steps, d.sumSteps()...)
	return t
}

func (r *TrainingResult) title() string {
	return fmt.Sprintf("%s trained on %d × %s", r.in.Model.Name, r.Devices, r.in.Hardware.Name)
}

func (r *TrainingResult) omitted() []string {
	out := []string{
		"failures and restarts", "data loading", "arithmetic of the optimizer", "layers that differ in size: input and output matrices count with them",
		"communication that recomputing repeats", "links that several kinds of messages share",
	}
	if r.in.LoRA > 0 {
		out = append(out, "gradients of frozen weights, which adapters do not need")
	}
	return out
}

// A derivation is a result with the parts of its step worked out again.
type derivation struct {
	*TrainingResult
	spread
	effort
	cut
	split models.Split
	held  models.StateMemory
}

func (r *TrainingResult) derive() derivation {
	p := r.in.spread()
	d := derivation{TrainingResult: r, spread: p, effort: p.arithmetic(), cut: p.cut()}
	d.split = p.split(d.most)
	d.held = p.Model.TrainingMemory(&d.split)
	return d
}

// term is a symbol that several steps use.
func (d *derivation) term(symbol string) walls.Term {
	for _, t := range [...]walls.Term{
		{Symbol: "n", What: "microbatches of a step", Value: d.cut.rounds},
		{Symbol: "l", What: "layers of the largest stage", Value: d.layers},
		{Symbol: "kappa", What: "congestion", Value: d.Congestion},
		{Symbol: "B", What: "sequences of a step", Value: d.Batch},
		{Symbol: "T_c", What: "arithmetic", Value: d.Compute},
		{Symbol: "T_m", What: "memory traffic", Value: d.MemTime},
		{Symbol: "T_l", What: "work of the largest stage", Value: d.pace(d.TrainingResult)},
		{Symbol: "T_n", What: "a device's own time", Value: d.Node},
		{Symbol: "T_tp", What: "tensor parallelism", Value: d.TensorPar},
		{Symbol: "T_cp", What: "context parallelism", Value: d.ContextPar},
		{Symbol: "X_tp", What: "tensor parallelism, exposed", Value: d.TensorExposed},
		{Symbol: "X_cp", What: "context parallelism, exposed", Value: d.ContextExposed},
		{Symbol: "T_ep", What: "expert parallelism", Value: d.ExpertPar},
		{Symbol: "T", What: "time of a step", Value: d.Step},
		{Symbol: "N", What: "devices", Value: d.Devices},
		{Symbol: "P", What: "peak rate", Value: d.spread.roof.Peak},
	} {
		if t.Symbol == symbol {
			return t
		}
	}
	return walls.Term{Symbol: symbol, Value: 0.0}
}

func (d *derivation) terms(symbols ...string) []walls.Term {
	var out []walls.Term
	for _, s := range symbols {
		out = append(out, d.term(s))
	}
	return out
}

// sumSteps derive the step and its rates.
func (d *derivation) sumSteps() []walls.Step {
	return append(
		[]walls.Step{d.bubbleStep(), d.wholeStep()},
		walls.Step{Name: "throughput", Symbol: "X", Formula: "B / T", Field: "Throughput", Terms: d.terms("B", "T"), Value: d.Throughput},
		walls.Step{
			Name: "share of the step in which devices work", Symbol: "S_e", Formula: "T_n / T", Field: "Scaling",
			Terms: d.terms("T_n", "T"), Value: d.Scaling,
		},
		walls.Step{
			Name: "model FLOP utilisation", Symbol: "MFU", Formula: "3 * f_s * B / (T * N * P)", Field: "MFU",
			Terms: append(
				d.terms("B", "T", "N", "P"),
				walls.Term{Symbol: "f_s", What: "forward operations of a sequence", Value: d.Model.ForwardOps(float64(d.Sequence))},
			), Value: d.MFU, Source: "Chowdhery 2022",
		},
		walls.Step{
			Name: "hardware FLOP utilisation", Symbol: "HFU", Formula: "F_hw * B / (T * N * P)", Field: "HFU",
			Terms: append(
				d.terms("B", "T", "N", "P"),
				walls.Term{Symbol: "F_hw", What: "operations of a sequence, recomputed ones too", Value: d.Model.TrainingOps(float64(d.Sequence), d.Checkpointing)},
			), Value: d.HFU, Source: "Korthikanti 2022",
		},
	)
}

func (d *derivation) bubbleStep() walls.Step {
	return walls.Step{
		Name: "idle time of the pipeline", Symbol: "T_b", Field: "Bubble",
		Formula: "T_l - max(T_c, T_m) + (T_n + X_tp + X_cp + T_ep + T_l - max(T_c, T_m)) * (p - 1 + (v - 1) * max(0, p - m)) / (v * m)",
		Terms: append(
			d.terms("T_n", "X_tp", "X_cp", "T_ep", "T_c", "T_m", "T_l"),
			walls.Term{Symbol: "p", What: "stages", Value: d.PP},
			walls.Term{Symbol: "v", What: "interleaved parts of a stage", Value: d.Parts},
			walls.Term{Symbol: "m", What: "microbatches of an accumulation step", Value: d.Microbatches},
		), Value: d.Bubble, Source: "Narayanan 2021",
	}
}

func (d *derivation) wholeStep() walls.Step {
	return walls.Step{
		Name: "time of a step", Symbol: "T", Formula: "(T_n + X_tp + X_cp + T_ep + T_b + T_pp + X_dp) * g", Field: "Step",
		Terms: append(
			d.terms("T_n", "X_tp", "X_cp", "T_ep"),
			walls.Term{Symbol: "T_b", What: "bubble", Value: d.Bubble},
			walls.Term{Symbol: "T_pp", What: "stages", Value: d.Stages},
			walls.Term{Symbol: "X_dp", What: "exposed exchange", Value: d.Exposed},
			walls.Term{Symbol: "g", What: "straggler", Value: d.Straggler},
		), Value: d.Step,
	}
}

// View describes the result.
func (r TrainingResult) View() show.View {
	s := &r.in
	v := show.View{
		Title: r.title(),
		Subtitle: fmt.Sprintf("batch %d, tp %d, pp %d, cp %d, ep %d, dp %d, %s, binds: %s",
			s.Batch, s.TP, s.PP, s.CP, s.EP, r.DP, r.Precision, r.Binding),
		Status: show.Pass, Data: r,
		Blocks: []show.Block{{Bars: r.bars(), Full: "capacity " + r.Capacity.String()}, {Rows: show.Rows(r), Notes: r.Warnings.Texts()}},
	}
	if !r.Fits {
		v.Status = show.Fail
	}
	return v
}

// bars show how the memory of a device is used.
func (r *TrainingResult) bars() []show.Bar {
	var out []show.Bar
	for _, part := range [...]struct {
		label string
		bytes units.Bytes
	}{
		{"weights", r.Weights}, {"gradients", r.Gradients}, {"optimizer", r.Optimizer}, {"activations", r.Activations}, {"buffers", r.Buffers},
	} {
		out = append(out, show.Bar{Label: part.label, Value: part.bytes.String(), Share: part.bytes.Ratio(r.Capacity)})
	}
	return show.Waterfall(out)
}

// exposure derives what a pass does not hide.
func exposure(name, symbol, formula, field, source string, value units.Seconds, terms ...walls.Term) walls.Step {
	return walls.Step{Name: name, Symbol: symbol, Formula: formula, Field: field, Terms: terms, Value: value, Source: source}
}

// recomputed words the mode for a step.
func recomputed(r physics.Recompute) string { return "recomputing " + r.String() }
