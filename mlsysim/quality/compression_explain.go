package quality

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives sizes, then the pass before and after.
func (r CompressionResult) Explain() walls.Trace {
	c := &r.in
	load := pass.Load{Model: &c.Model, Layout: c.layout(), Batch: c.Batch}
	if c.Model.Generates() {
		load.New, load.Cached, load.Decode = 1, float64(c.Context), true
	}
	work, weights := c.main()
	t := walls.Trace{Title: r.title(), Omitted: []string{
		"time to dequantise, and the indices of sparse formats", "attention in lower precision", "what a network that does not fit pays on the host link",
	}}
	t.Steps = append(load.WeightSteps("Original"), r.sizeSteps()...)
	t.Steps = append(t.Steps, load.WorkSteps(&work)...)
	t.Steps = append(t.Steps, pass.TimeSteps(&r.roof, &work, c.launches(), c.Batch, [3]string{})...)
	t.Steps = append(t.Steps, r.timeSteps(&work, weights)...)
	if r.PrefillKnown {
		t.Steps = append(t.Steps, r.prefillSteps()...)
	}
	if r.DropKnown {
		t.Steps = append(t.Steps, r.dropStep())
	}
	return t
}

func (r *CompressionResult) title() string {
	c := &r.in
	if c.Method == Pruning {
		return fmt.Sprintf("%s without %g %% of its weights on %s", c.Model.Name, 100*c.Sparsity, c.Hardware.Name)
	}
	return fmt.Sprintf("%s from %s to %g bits on %s", c.Model.Name, c.Baseline, c.Bits, c.Hardware.Name)
}

// sizeSteps derives ratio, size and saving.
func (r *CompressionResult) sizeSteps() []walls.Step {
	ratio := walls.Term{Symbol: "r", What: "times smaller", Value: r.Ratio}
	return append(r.ratioSteps(),
		walls.Step{
			Name: "weights after", Symbol: "W_c", Formula: "W / r", Field: "Compressed",
			Terms: []walls.Term{{Symbol: "W", What: "weights before", Value: r.Original}, ratio},
			Value: r.Compressed,
		},
		walls.Step{
			Name: "per cent saved", Symbol: "x", Formula: "100 * (1 - 1 / r)", Field: "SavingsPercent",
			Terms: []walls.Term{ratio}, Value: r.SavingsPercent,
		})
}

func (r *CompressionResult) ratioSteps() []walls.Step {
	c := &r.in
	if c.Method == Pruning {
		return []walls.Step{{
			Name: "times smaller", Symbol: "r", Formula: "1 / (1 - s)", Field: "Ratio",
			Terms: []walls.Term{{Symbol: "s", What: "share of the weights removed", Value: c.Sparsity}},
			Value: r.Ratio, Source: "Han 2015",
		}}
	}
	bits := walls.Step{
		Name: "bits per weight with scales", Symbol: "b_eff", Formula: "b_w", Field: "EffectiveBits",
		Terms: []walls.Term{{Symbol: "b_w", What: "bits per weight", Value: c.Bits}},
		Value: r.EffectiveBits, Source: "Frantar 2022",
	}
	if c.Group > 0 {
		bits.Formula = "b_w + b_s / g"
		bits.Terms = append(bits.Terms,
			walls.Term{Symbol: "b_s", What: "bits of a scale", Value: c.ScaleBits},
			walls.Term{Symbol: "g", What: "weights that share it", Value: c.Group})
	}
	return []walls.Step{bits, {
		Name: "times smaller", Symbol: "r", Formula: "8 * b / b_eff", Field: "Ratio",
		Terms: []walls.Term{
			{Symbol: "b", What: "bytes per parameter at " + c.Baseline.String(), Value: c.Baseline.Size()},
			{Symbol: "b_eff", What: "bits per weight with scales", Value: r.EffectiveBits},
		},
		Value: r.Ratio, Source: "Gholami 2021",
	}}
}

// timeSteps compares the pass before and after.
func (r *CompressionResult) timeSteps(work *physics.Pass, weights units.Bytes) []walls.Step {
	overhead := walls.Term{Symbol: "O", What: "overhead", Value: r.roof.Overhead(r.in.launches(), r.in.Batch)}
	return append([]walls.Step{{
		Name: "time before", Symbol: "T_0", Formula: "max(T_c, T_m) + O", Field: "Before",
		Terms: []walls.Term{
			{Symbol: "T_c", What: "compute time", Value: r.roof.Compute(work)},
			{Symbol: "T_m", What: "memory time", Value: r.roof.Memory(work)},
			overhead,
		},
		Value: r.Before, Source: "Williams 2009",
	}}, r.afterSteps("T_1", "time after", "After", work, weights, r.After, walls.Step{
		Name: "speed-up", Symbol: "S", Formula: "T_0 / T_1", Field: "Speedup",
		Terms: []walls.Term{{Symbol: "T_0", What: "time before", Value: r.Before}, {Symbol: "T_1", What: "time after", Value: r.After}},
		Value: r.Speedup,
	})...)
}

// afterSteps derives the time of a compressed pass, then divides.
func (r *CompressionResult) afterSteps(symbol, name, field string, work *physics.Pass, weights units.Bytes, value units.Seconds, speedup walls.Step) []walls.Step {
	return []walls.Step{{
		Name: name, Symbol: symbol, Field: field,
		Formula: "max(F / k_c / (P * eta) + A / (P * eta_a), max(Q_0 - Q_w * (1 - 1 / k_q), 0) / (BW * eta_m)) + O",
		Terms: []walls.Term{
			{Symbol: "F", What: "arithmetic outside attention, before", Value: work.Linear},
			{Symbol: "k_c", What: "how much faster it goes", Value: r.arith},
			{Symbol: "A", What: "arithmetic of attention", Value: work.Attention},
			{Symbol: "P", What: "peak rate at " + r.Baseline.String(), Value: r.roof.Peak},
			{Symbol: "eta", What: "share of the peak", Value: r.roof.Matmul},
			{Symbol: "eta_a", What: "share of the peak in attention", Value: r.roof.Attention},
			{Symbol: "Q_0", What: "traffic before", Value: work.Traffic},
			{Symbol: "Q_w", What: "weights in it", Value: weights},
			{Symbol: "k_q", What: "how many times fewer bytes of weights are read", Value: r.stream},
			{Symbol: "BW", What: "bandwidth", Value: r.roof.Bandwidth},
			{Symbol: "eta_m", What: "share of the bandwidth", Value: r.roof.Stream},
			{Symbol: "O", What: "overhead", Value: r.roof.Overhead(r.in.launches(), r.in.Batch)},
		},
		Value: value, Source: "Williams 2009",
	}, speedup}
}

// prefillSteps compares the pass over the prompt.
func (r *CompressionResult) prefillSteps() []walls.Step {
	work, weights := r.in.prefill()
	before := walls.Term{Symbol: "T_p0", What: "prefill before", Value: r.PrefillBefore}
	return r.afterSteps("T_p1", "prefill after", "PrefillAfter", &work, weights, r.PrefillAfter, walls.Step{
		Name: "speed-up of the prefill", Symbol: "S_p", Formula: "T_p0 / T_p1", Field: "PrefillSpeedup",
		Terms: []walls.Term{before, {Symbol: "T_p1", What: "prefill after", Value: r.PrefillAfter}},
		Value: r.PrefillSpeedup,
	})
}

// dropStep reads the published table.
func (r *CompressionResult) dropStep() walls.Step {
	x, lossless := r.in.setting()
	step := walls.Step{
		Name: "quality lost", Symbol: "d", Formula: "d_1", Field: "Drop", Value: r.Drop, Source: r.in.Quality.Source,
		Terms: []walls.Term{{Symbol: "d_1", What: "of the row", Value: r.low.Drop}},
	}
	if r.low.At == r.high.At {
		if x == lossless {
			step.Terms[0].What = "nothing was removed"
		}
		return step
	}
	step.Formula = "d_1 + (d_2 - d_1) * (x_t - x_1) / (x_2 - x_1)"
	step.Terms = append(step.Terms,
		walls.Term{Symbol: "d_2", What: "of the next row", Value: r.high.Drop},
		walls.Term{Symbol: "x_t", What: "setting", Value: x},
		walls.Term{Symbol: "x_1", What: "setting of the row", Value: r.low.At},
		walls.Term{Symbol: "x_2", What: "setting of the next row", Value: r.high.At})
	return step
}

// View describes the result.
func (r CompressionResult) View() show.View {
	v := show.View{
		Title:    r.title(),
		Subtitle: fmt.Sprintf("%.4g times smaller, %.4g times as fast, binds: %s", r.Ratio, r.Speedup, r.Binding),
		Status:   show.Pass, Data: r,
	}
	if !r.Accepted || !r.Fits {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}
