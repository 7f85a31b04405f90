package serving

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/show"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Explain derives the result step by step from the input: memory, one decode
// step in the middle of the output, then the prefill pass by pass.
func (r Result) Explain() walls.Trace {
	s := &r.in
	middle := float64(s.Prompt) + float64(s.Output)/2
	load := pass.Load{Model: &s.Model, Layout: s.layout(), Batch: s.Batch, New: 1, Cached: middle, Decode: true}

	t := walls.Trace{Title: s.Model.Name + " served on " + s.Hardware.Name, Omitted: omitted[:]}
	t.Steps = load.WeightSteps("Weights")
	t.Steps = append(t.Steps, load.CacheSteps(float64(s.Prompt+s.Output), "C", "cache of the batch at its longest", "Cache")...)
	t.Steps = append(t.Steps, r.memoryStep())

	work := s.Model.DecodePass(s.Batch, middle, s.layout())
	t.Steps = append(t.Steps, load.WorkSteps(&work)...)
	streaming := r.roof.Streaming()
	t.Steps = append(t.Steps, pass.TimeSteps(&streaming, &work, s.Model.Layers, s.Batch, [3]string{"DecodeCompute", "DecodeMemory", "Overhead"})...)
	t.Steps = append(t.Steps, r.decodeSteps()...)
	t.Steps = append(t.Steps, r.prefillSteps()...)
	t.Steps = append(t.Steps, r.requestStep())
	return t
}

var omitted = [...]string{
	"queueing, and prefill work mixed into decode steps",
	"activation traffic, which mostly stays on the chip",
	"speculative decoding and sampling time",
}

func (r *Result) memoryStep() walls.Step {
	return walls.Step{
		Name: "memory needed on each device", Symbol: "M", Formula: "W + C", Field: "Memory",
		Terms: []walls.Term{
			{Symbol: "W", What: "weights", Value: r.Weights},
			{Symbol: "C", What: "cache", Value: r.Cache},
		},
		Value: r.Memory,
	}
}

// decodeSteps derives the inter-token latency and the rate.
func (r *Result) decodeSteps() []walls.Step {
	return []walls.Step{
		{
			Name: "inter-token latency", Symbol: "ITL", Formula: "max(T_c, T_m) + T_n + O", Field: "ITL",
			Terms: []walls.Term{
				{Symbol: "T_c", What: "compute time", Value: r.DecodeCompute},
				{Symbol: "T_m", What: "memory time", Value: r.DecodeMemory},
				{Symbol: "T_n", What: "all-reduces between devices", Value: r.Communication},
				{Symbol: "O", What: "overhead", Value: r.Overhead},
			},
			Value: r.ITL, Source: "Pope 2023",
		},
		{
			Name: "output rate of all replicas", Symbol: "X", Formula: "B * R / ITL", Field: "TokensPerSecond",
			Terms: []walls.Term{
				{Symbol: "B", What: "requests per replica", Value: r.in.Batch},
				{Symbol: "R", What: "replicas", Value: r.Replicas},
				{Symbol: "ITL", What: "inter-token latency", Value: r.ITL},
			},
			Value: r.TokensPerSecond,
		},
	}
}

// prefillSteps derives the time of each prefill pass and their sum.
func (r *Result) prefillSteps() []walls.Step {
	s := &r.in
	sum := walls.Step{Name: "time to first token", Symbol: "TTFT", Field: "TTFT", Value: r.TTFT, Source: "Agrawal 2024, Sarathi-Serve"}
	var steps []walls.Step
	var symbols []string
	for done := s.Cached; done < s.Prompt; {
		n := s.nextChunk(done)
		symbol := fmt.Sprintf("T_%d", len(steps)+1)
		work := s.Model.PrefillPass(s.Batch, float64(n), float64(done), s.layout())
		step := r.chunkStep(symbol, n, done, &work)
		steps = append(steps, step)
		symbols = append(symbols, symbol)
		sum.Terms = append(sum.Terms, walls.Term{Symbol: symbol, What: step.Name, Value: step.Value})
		done += n
	}
	sum.Formula = strings.Join(symbols, " + ")
	return append(steps, sum)
}

// chunkStep derives the time of one prefill pass.
func (r *Result) chunkStep(symbol string, n, done int, work *physics.Pass) walls.Step {
	s := &r.in
	compute, memory := r.roof.Compute(work), r.roof.Memory(work)
	network, overhead := s.prefillCommunication(n), s.prefillOverhead(&r.roof)
	return walls.Step{
		Name: fmt.Sprintf("prefill of %d tokens after %d", n, done), Symbol: symbol,
		Formula: "max(F_pre / (P * eta) + A_pre / (P * eta_a), Q_pre / (BW * eta_m)) + T_p + O_p",
		Terms: []walls.Term{
			{Symbol: "F_pre", What: "arithmetic outside attention", Value: work.Linear},
			{Symbol: "A_pre", What: "arithmetic of attention", Value: work.Attention},
			{Symbol: "P", What: "peak rate", Value: r.roof.Peak},
			{Symbol: "eta", What: "share of the peak", Value: r.roof.Matmul},
			{Symbol: "eta_a", What: "share of the peak in attention", Value: r.roof.Attention},
			{Symbol: "Q_pre", What: "weights read, cache read and written", Value: work.Traffic},
			{Symbol: "BW", What: "bandwidth", Value: r.roof.Bandwidth},
			{Symbol: "eta_m", What: "share of the bandwidth", Value: r.roof.Stream},
			{Symbol: "T_p", What: "all-reduces of the pass", Value: network},
			{Symbol: "O_p", What: "overhead", Value: overhead},
		},
		Value: max(compute, memory) + network + overhead, Source: "Pope 2023; Dao 2022",
	}
}

func (r *Result) requestStep() walls.Step {
	return walls.Step{
		Name: "time of a request", Symbol: "T_req", Formula: "TTFT + max(n - 1, 0) * ITL", Field: "Request",
		Terms: []walls.Term{
			{Symbol: "TTFT", What: "time to first token", Value: r.TTFT},
			{Symbol: "n", What: "output tokens", Value: units.Tokens(r.in.Output)},
			{Symbol: "ITL", What: "inter-token latency", Value: r.ITL},
		},
		Value: r.Request,
	}
}

// View describes the result: the numbers a user and an operator see.
func (r Result) View() show.View {
	v := show.View{
		Title:    r.in.Model.Name + " served on " + r.in.Hardware.Name,
		Subtitle: fmt.Sprintf("batch %d, prompt %d, output %d, %s, %s, binds: %s", r.in.Batch, r.in.Prompt, r.in.Output, r.Precision, r.in.Level, r.Binding),
		Status:   show.Pass, Data: r,
	}
	if !r.Fits {
		v.Status = show.Fail
	}
	v.Blocks = []show.Block{{Rows: show.Rows(r), Notes: r.Warnings.Texts()}}
	return v
}
