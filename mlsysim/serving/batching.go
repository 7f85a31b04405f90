package serving

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Batching keeps a device full with continuous batching (wall 5): as many
// requests as the cache has room for, in pages or in slots of the full length.
// One iteration advances N requests by a token and prefills the r·N prompt
// tokens that replace the requests that end, r = prompt/output.
//
//	step(N) = max((N·f(s) + r·N·F)/(P·η), (W_t(N + r·N) + N·KV(s))/(BW·η_m)) + O
//
// Every device of a tensor-parallel replica does 1/TP of the work and pays two
// all-reduces per layer. It leaves out queueing before admission (Capacity and
// Tuning add it), preemption and shared prefixes.
//
// Kwon 2023, "PagedAttention"; Yu 2022, "Orca"; Agrawal 2024, "Sarathi-Serve".
type Batching struct {
	Model            models.Model      `help:"network that generates tokens" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	TP               int               `help:"tensor-parallel devices of a replica" min:"1" default:"1"`
	Longest          int               `help:"tokens of the longest request, prompt and output" min:"1"`
	Mean             units.Tokens      `help:"mean tokens that a request holds in the cache; 0 is prompt and half the output if given, else the longest" min:"0"`
	MeanPrompt       units.Tokens      `help:"mean prompt tokens of a request; 0 leaves prefill out" min:"0"`
	MeanOutput       units.Tokens      `help:"mean output tokens of a request; 0 leaves prefill out" min:"0"`
	Batch            int               `help:"most requests that run together" min:"1"`
	Page             int               `help:"tokens in a page of the cache (16 in vLLM, Kwon 2023)" min:"1" default:"16"`
	Chunk            int               `help:"prefill tokens of one request per iteration; 0 is the whole prompt" min:"0"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"engine whose overheads the calibrated level adds"`
}

// BatchingResult compares pages with slots of the full length.
type BatchingResult struct {
	TokensPerSecond units.TokenRate `help:"output tokens per second with a paged cache" better:"higher" known:"RateKnown"`
	ITL             units.Seconds   `help:"inter-token latency: one iteration" better:"lower" known:"RateKnown"`
	Active          int             `help:"requests that run together with a paged cache" better:"higher"`
	RateKnown       bool            `help:"at least one request fits with pages"`

	StaticTokensPerSecond units.TokenRate `help:"output tokens per second with slots of the full length" better:"higher" known:"StaticKnown"`
	StaticITL             units.Seconds   `help:"inter-token latency with slots of the full length" better:"lower" known:"StaticKnown"`
	StaticActive          int             `help:"requests that run together with slots of the full length" better:"higher"`
	StaticKnown           bool            `help:"at least one request fits with slots"`
	Speedup               float64         `help:"output rate of pages over slots" better:"higher" known:"StaticKnown"`

	TTFT      units.Seconds `help:"time to first token once admitted: the iterations that carry the prompt" better:"lower" known:"TTFTKnown"`
	Stall     units.Seconds `help:"longest iteration: decode beside a whole chunk" better:"lower" known:"TTFTKnown"`
	TTFTKnown bool          `help:"the mean prompt is given and a request fits"`

	Fits        bool         `help:"weights and the pages of one request fit into each device"`
	Short       units.Bytes  `help:"what is missing on each device for one request if they do not" better:"lower"`
	Weights     units.Bytes  `help:"weights on each device"`
	Room        units.Bytes  `help:"memory of each device beside the weights" better:"higher"`
	Mean        units.Tokens `help:"mean tokens that a request holds"`
	Allocated   units.Tokens `help:"mean tokens that its pages have room for" better:"lower"`
	PagedCache  units.Bytes  `help:"cache allocated in pages on each device"`
	StaticCache units.Bytes  `help:"cache allocated in slots on each device"`
	PagedWaste  float64      `help:"share of the pages that nothing uses" better:"lower"`
	StaticWaste float64      `help:"share of the slots that nothing uses" better:"lower"`

	Compute       units.Seconds `help:"arithmetic of one iteration" better:"lower" known:"RateKnown"`
	Memory        units.Seconds `help:"memory traffic of one iteration" better:"lower" known:"RateKnown"`
	Communication units.Seconds `help:"all-reduces of one iteration" better:"lower" known:"RateKnown"`
	Overhead      units.Seconds `help:"launches and host work of one iteration" better:"lower" known:"RateKnown"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain: the input with its defaults settled, and its ceilings.
	in   Batching
	roof physics.Roof
}

const batchingName = "serving.Batching"

// Solve fails only if a field is out of range.
func (s Batching) Solve() (BatchingResult, error) {
	if err := s.prepare(); err != nil {
		return BatchingResult{}, err
	}
	setup := pass.Setup{
		Hardware: &s.Hardware, Stack: &s.Stack, Level: s.Level, Precision: s.Precision,
		Efficiency: s.Efficiency, MemoryEfficiency: s.MemoryEfficiency,
	}
	roof, warnings := setup.Roof()
	r := BatchingResult{Precision: s.Precision}
	r.Warnings = warnings
	r.roof = roof.Streaming()
	s.admit(&r)
	s.iterate(&r)
	s.note(&r)
	r.in = s
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Batching) Run() BatchingResult { return walls.Must(s.Solve()) }

// prepare checks the input and settles what is automatic.
func (s *Batching) prepare() error {
	if err := describe.Check(s); err != nil {
		return err
	}
	pass.Settle(&s.Hardware, &s.Precision, &s.KVPrecision)
	if err := refuseDevice(batchingName, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	if err := refuseUnpaged(batchingName, &s.Model); err != nil {
		return err
	}
	if err := refuseGroup(batchingName, &s.Model, &s.Hardware, s.TP); err != nil {
		return err
	}
	longest := units.Tokens(s.Longest)
	switch {
	case (s.MeanPrompt == 0) != (s.MeanOutput == 0):
		return describe.Refuse(batchingName, "MeanOutput", s.MeanOutput, "above 0 together with MeanPrompt, or both 0")
	case s.MeanPrompt+s.MeanOutput > longest:
		return describe.Refuse(batchingName, "MeanPrompt", s.MeanPrompt, "with MeanOutput at most Longest")
	case s.Mean > longest:
		return describe.Refuse(batchingName, "Mean", s.Mean, "at most Longest")
	case s.Mean == 0 && s.MeanPrompt > 0:
		s.Mean = s.MeanPrompt + s.MeanOutput.Times(0.5)
	case s.Mean == 0:
		s.Mean = longest
	}
	return nil
}

// kept is how many positions the cache keeps of a length, the mean over the
// layers: a sliding window keeps no more than its width.
func (s *Batching) kept(length units.Tokens) units.Tokens {
	return units.Tokens(s.Model.Attended(float64(length)))
}

// token is the cache of one token on each device.
func (s *Batching) token() units.Bytes { return s.Model.KVBytes(1, s.KVPrecision.Size(), s.TP) }

// admission slack: a request that fits up to rounding is let in.
const admissionSlack = 1e-9

// admit fills in how many requests the memory has room for.
func (s *Batching) admit(r *BatchingResult) {
	longest, mean := s.kept(units.Tokens(s.Longest)), s.kept(s.Mean)
	r.Mean = s.Mean
	r.Weights = s.Model.Weights(s.Precision).Times(1 / float64(s.TP))
	r.Room = max(0, s.Hardware.Writable()-r.Weights)
	tokens := r.Room.Ratio(s.token())

	r.StaticActive = int(min(math.Floor(tokens/float64(longest)), float64(s.Batch)))
	r.StaticCache = s.token().Times(float64(longest) * float64(r.StaticActive))
	r.StaticWaste = physics.Waste(mean, longest)

	r.Allocated = physics.PagedTokens(physics.LengthDecay(mean, longest), longest, s.Page)
	paged := math.Floor(tokens/float64(s.Page)) * float64(s.Page)
	r.Active = int(min(math.Floor(paged/float64(r.Allocated)+admissionSlack), float64(s.Batch)))
	r.PagedCache = s.token().Times(float64(r.Allocated) * float64(r.Active))
	r.PagedWaste = physics.Waste(mean, r.Allocated)
	if r.Fits = r.Active > 0; !r.Fits {
		r.Short = max(0, r.Weights-s.Hardware.Writable()) + s.token().Times(float64(r.Allocated)-paged)
	}
}

// perSlot is the prompt tokens that one decoding request brings with each step.
func (s *Batching) perSlot() float64 {
	if s.MeanOutput == 0 {
		return 0
	}
	return s.MeanPrompt.Ratio(s.MeanOutput)
}

// iteration is the work of each device for n decoding requests beside some
// prompt tokens.
func (s *Batching) iteration(n int, prompt float64) physics.Pass {
	slots, held, ranks := float64(n), float64(s.Mean), float64(s.TP)
	p := physics.Pass{
		Linear:    s.Model.LinearOps().Times((slots + prompt) / ranks),
		Attention: s.Model.DecodeAttentionOps(held).Times(slots / ranks),
		Traffic:   s.Model.TouchedWeights(slots+prompt, s.Precision).Times(1/ranks) + s.Model.KVBytes(held, s.KVPrecision.Size(), s.TP).Times(slots),
	}
	if prompt > 0 {
		p.Attention += s.Model.PrefillAttentionOps(float64(s.MeanPrompt), 0).Times(prompt / float64(s.MeanPrompt) / ranks)
	}
	return p
}

// network is the time of the all-reduces of such an iteration.
func (s *Batching) network(n int, prompt float64) units.Seconds {
	return group{&s.Model, &s.Hardware, &s.Stack, s.Precision, s.TP}.reduces(float64(n)+prompt, s.Model.Reductions())
}

// step is the time of such an iteration.
func (s *Batching) step(r *BatchingResult, n int, prompt float64) (compute, memory, total units.Seconds) {
	p := s.iteration(n, prompt)
	compute, memory = r.roof.Compute(&p), r.roof.Memory(&p)
	return compute, memory, max(compute, memory) + s.network(n, prompt) + r.roof.Overhead(s.Model.Layers, n)
}

// chunk is the prompt tokens of one request that an iteration carries, and the
// iterations until its prompt is done.
func (s *Batching) chunk() (tokens, passes float64) {
	tokens = float64(s.MeanPrompt)
	if s.Chunk > 0 {
		tokens = min(tokens, float64(s.Chunk))
	}
	return tokens, math.Ceil(float64(s.MeanPrompt) / tokens)
}

// iterate fills in the latency and rate of an iteration.
func (s *Batching) iterate(r *BatchingResult) {
	if r.RateKnown = r.Active > 0; r.RateKnown {
		prompt := s.perSlot() * float64(r.Active)
		r.Compute, r.Memory, r.ITL = s.step(r, r.Active, prompt)
		r.Communication = s.network(r.Active, prompt)
		r.Overhead = r.roof.Overhead(s.Model.Layers, r.Active)
		r.TokensPerSecond = units.Tokens(r.Active).Per(r.ITL)
	}
	if r.TTFTKnown = r.RateKnown && s.MeanPrompt > 0; r.TTFTKnown {
		tokens, passes := s.chunk()
		_, _, r.Stall = s.step(r, r.Active, max(tokens, s.perSlot()*float64(r.Active)))
		r.TTFT = r.Stall.Times(passes)
	}
	if r.StaticKnown = r.RateKnown && r.StaticActive > 0; r.StaticKnown {
		_, _, r.StaticITL = s.step(r, r.StaticActive, s.perSlot()*float64(r.StaticActive))
		r.StaticTokensPerSecond = units.Tokens(r.StaticActive).Per(r.StaticITL)
		r.Speedup = r.TokensPerSecond.Ratio(r.StaticTokensPerSecond)
	}
}

// note fills in what binds and what a reader should know.
func (s *Batching) note(r *BatchingResult) {
	r.Binding = binding(r.Compute, r.Memory, r.Communication)
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
	}
	if r.RateKnown && r.Overhead > max(r.Compute, r.Memory) {
		r.Warnings |= walls.OverheadDominates
	}
	if s.Model.Context > 0 && s.Longest > s.Model.Context {
		r.Warnings |= walls.BeyondContext
	}
}
