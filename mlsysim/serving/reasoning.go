package serving

import (
	"sort"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Reasoning thinks before it answers (wall 12): K steps of t tokens, each token
// read back from a cache that keeps growing.
//
//	T = TTFT + Σ_{j<K·t} ITL(S + j)
//	E = (W_idle + (TDP − W_idle)·u)·T, u = all operations/(T·P)
//
// With N samples of one question the prefix is prefilled and stored once, and
// every sample reads it. It leaves out verifiers, pruned branches and the
// quality that more thinking buys.
//
// Snell 2024, "Scaling LLM test-time compute optimally"; Wang 2022,
// "Self-consistency"; Barroso, Hölzle 2007 (power).
type Reasoning struct {
	Model            models.Model      `help:"network that generates tokens" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	TP               int               `help:"tensor-parallel devices" min:"1" default:"1"`
	Prompt           int               `help:"tokens of the question" min:"1"`
	Steps            int               `help:"reasoning steps" min:"0"`
	TokensPerStep    int               `help:"tokens of one step (50 in mlsysim 0.3.0)" min:"1" default:"50"`
	Samples          int               `help:"answers drawn in parallel that share the question: best of N" min:"1" default:"1"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"engine whose overheads the calibrated level adds"`
}

// ReasoningResult is the time, memory and energy of one question.
type ReasoningResult struct {
	Time       units.Seconds `help:"time until the last token" better:"lower"`
	TTFT       units.Seconds `help:"time to first token: the prefill of the question" better:"lower"`
	Generation units.Seconds `help:"time of all reasoning tokens" better:"lower"`
	ITLFirst   units.Seconds `help:"inter-token latency at the question's length" better:"lower"`
	ITLLast    units.Seconds `help:"inter-token latency of the last token" better:"lower"`
	StepTime   units.Seconds `help:"mean time of a reasoning step" better:"lower" known:"StepKnown"`
	StepKnown  bool          `help:"there is a reasoning step"`
	Generated  units.Tokens  `help:"tokens generated, all samples"`
	Context    units.Tokens  `help:"tokens of one sample at the end"`

	Power      units.Watts  `help:"mean power of all devices" better:"lower" known:"PowerKnown"`
	Energy     units.Joules `help:"energy of the question, devices only" better:"lower" known:"PowerKnown"`
	PowerKnown bool         `help:"the device's power is known"`
	Work       units.FLOP   `help:"operations on each device" better:"lower"`
	MFU        float64      `help:"share of the peak used" better:"higher"`

	Fits        bool        `help:"weights and cache fit into each device at the end"`
	Short       units.Bytes `help:"what is missing on each device if they do not" better:"lower"`
	Memory      units.Bytes `help:"weights and cache at the end, on each device" better:"lower"`
	Weights     units.Bytes `help:"weights on each device"`
	Cache       units.Bytes `help:"cache of the question and of every sample at the end, on each device"`
	Utilization float64     `help:"share of the memory used" better:"lower"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain: the input with its defaults settled, the plain prefill, and
	// the stretches of tokens over which the latency grows evenly.
	in         Reasoning
	prefill    Result
	stretches  [maxStretches]stretch
	nStretches int
}

// A stretch is a run of tokens over which one resource binds and the cache
// grows by the same amount, so that latency and work are linear in the token.
type stretch struct {
	from, n     int
	first, last units.Seconds
	work        units.FLOP
}

// maxStretches: a sliding window stops or slows the growth of the cache, and the
// binding changes at most once before and once after.
const maxStretches = 4

const reasoningName = "serving.Reasoning"

// mostThought bounds the tokens of a sample.
const mostThought = 1_000_000_000

// Solve fails only if a field is out of range.
func (s Reasoning) Solve() (ReasoningResult, error) {
	var r ReasoningResult
	if err := describe.Check(&s); err != nil {
		return r, err
	}
	if err := refuseEncoder(reasoningName, &s.Model); err != nil {
		return r, err
	}
	if float64(s.Steps)*float64(s.TokensPerStep) > mostThought {
		return r, describe.Refuse(reasoningName, "Steps", s.Steps, "at most 1e9 tokens in all steps together")
	}
	var err error
	if r.prefill, err = s.serving(1).Solve(); err != nil {
		return ReasoningResult{}, retold(err, reasoningName)
	}
	r.in = s
	r.Precision, r.TTFT = r.prefill.Precision, r.prefill.TTFT
	r.think()
	r.spend()
	r.remember()
	r.note()
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Reasoning) Run() ReasoningResult { return walls.Must(s.Solve()) }

// tokens is what one sample generates.
func (s *Reasoning) tokens() int { return s.Steps * s.TokensPerStep }

// serving answers the question without thinking.
func (s *Reasoning) serving(batch int) Serving {
	return Serving{
		Model: s.Model, Hardware: s.Hardware, TP: s.TP, Prompt: s.Prompt, Batch: batch,
		Precision: s.Precision, KVPrecision: s.KVPrecision, Efficiency: s.Efficiency,
		MemoryEfficiency: s.MemoryEfficiency, Level: s.Level, Stack: s.Stack,
	}
}

// token is the cost of token j of every sample.
func (r *ReasoningResult) token(j int) (compute, memory units.Seconds, work units.FLOP) {
	s, roof := &r.prefill.in, r.prefill.roof.Streaming()
	p := s.Model.DecodePass(r.in.Samples, float64(s.Prompt)+float64(j), s.layout())
	return roof.Compute(&p), roof.Memory(&p), p.Ops()
}

// fixed is what every token costs beside computing and reading.
func (r *ReasoningResult) fixed() units.Seconds {
	s, roof := r.prefill.in, r.prefill.roof.Streaming()
	s.Batch = r.in.Samples
	return s.communication(1) + s.overhead(&roof)
}

// think fills in the time of the tokens, stretch by stretch.
func (r *ReasoningResult) think() {
	n := r.in.tokens()
	bounded := r.bounded(n)
	ends := [maxStretches]int{r.turn(0, bounded), bounded, r.turn(bounded, n), n}
	from := 0
	for _, end := range ends {
		if end > from {
			r.add(from, end)
			from = end
		}
	}
	compute, memory, _ := r.token(0)
	r.ITLFirst = max(compute, memory) + r.fixed()
	compute, memory, _ = r.token(max(n-1, 0))
	r.ITLLast = max(compute, memory) + r.fixed()
	r.Time = r.TTFT + r.Generation
	if r.StepKnown = r.in.Steps > 0; r.StepKnown {
		r.StepTime = r.Generation.Times(1 / float64(r.in.Steps))
	}
	r.Generated = units.Tokens(n).Times(float64(r.in.Samples))
	r.Context = units.Tokens(r.in.Prompt) + units.Tokens(n)
}

// bounded is the token from which a sliding window stops the cache of its layers
// from growing.
func (r *ReasoningResult) bounded(n int) int {
	if r.in.Model.Window == 0 {
		return n
	}
	return min(n, max(0, r.in.Model.Window-r.in.Prompt))
}

// turn is the first token from one up to an end that another resource binds than
// the first of them; both times are linear there, so there is at most one such turn.
func (r *ReasoningResult) turn(from, end int) int {
	compute, memory, _ := r.token(from)
	atFirst := memory > compute
	return from + sort.Search(end-from, func(j int) bool {
		compute, memory, _ := r.token(from + j)
		return memory > compute != atFirst
	})
}

// add appends the stretch of tokens from up to, not including, end: an
// arithmetic series.
func (r *ReasoningResult) add(from, end int) {
	fixed, n := r.fixed(), float64(end-from)
	compute, memory, work := r.token(from)
	first := max(compute, memory) + fixed
	compute, memory, lastWork := r.token(end - 1)
	s := stretch{from: from, n: end - from, first: first, last: max(compute, memory) + fixed}
	s.work = (work + lastWork).Times(n / 2)
	r.stretches[r.nStretches] = s
	r.nStretches++
	r.Generation += s.time()
	r.Work += s.work
}

// time is n·(first + last)/2.
func (s *stretch) time() units.Seconds { return (s.first + s.last).Times(float64(s.n) / 2) }

// spend fills in work, power and energy.
func (r *ReasoningResult) spend() {
	s, h := &r.prefill.in, &r.in.Hardware
	question := s.Model.PrefillPass(1, float64(s.Prompt), 0, s.layout())
	r.Work += question.Ops()
	r.MFU = r.Work.Per(r.Time).Ratio(r.prefill.roof.Peak)
	if r.PowerKnown = h.TDP > 0; !r.PowerKnown {
		return
	}
	r.Power = physics.Draw(h.Idle, h.TDP, r.MFU).Times(float64(r.in.TP))
	r.Energy = r.Power.For(r.Time)
}

// remember fills in what each device holds when the last token is done.
func (r *ReasoningResult) remember() {
	s := &r.prefill.in
	thoughts := s.Model.KVBytes(float64(r.in.tokens()), s.KVPrecision.Size(), s.TP)
	r.Weights = r.prefill.Weights
	r.Cache = r.prefill.Cache + thoughts.Times(float64(r.in.Samples))
	r.Memory = r.Weights + r.Cache
	r.Fits, r.Short = physics.Fits(r.Memory, s.Hardware.Writable())
	r.Utilization = r.Memory.Ratio(s.Hardware.Writable())
}

// note fills in what binds and what a reader should know.
func (r *ReasoningResult) note() {
	r.Warnings = r.prefill.Warnings &^ (walls.DoesNotFit | walls.OverheadDominates)
	compute, memory, _ := r.token(max(r.in.tokens()-1, 0))
	s := r.prefill.in
	s.Batch = r.in.Samples
	r.Binding = binding(compute, memory, s.communication(1))
	if r.fixed() > s.communication(1)+max(compute, memory) {
		r.Warnings |= walls.OverheadDominates
	}
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
	}
	if !r.PowerKnown {
		r.Warnings |= walls.PowerUnknown
	}
	if m := &r.in.Model; m.Context > 0 && float64(r.Context) > float64(m.Context) {
		r.Warnings |= walls.BeyondContext
	}
}
