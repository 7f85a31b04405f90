package serving

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Speculation lets a small draft model propose γ tokens that the target model
// checks in one pass (wall 4). With a share α of proposals accepted, a round
// yields E tokens:
//
//	E = (1 − α^(γ+1))/(1 − α), ITL = (γ·ITL_draft + T_verify(γ+1))/E
//
// It leaves out trees of proposals, acceptance that depends on the position,
// and the cost of sampling. Both models are taken to share a vocabulary.
//
// Leviathan 2023, "Fast inference from transformers via speculative decoding";
// Chen 2023, "Accelerating LLM decoding with speculative sampling".
type Speculation struct {
	Model            models.Model      `help:"target network that generates tokens" required:"true"`
	Draft            models.Model      `help:"small network that proposes them" required:"true"`
	Hardware         hardware.Device   `help:"device both run on" required:"true"`
	TP               int               `help:"tensor-parallel devices" min:"1" default:"1"`
	Prompt           int               `help:"prompt tokens per request" min:"1"`
	Output           int               `help:"output tokens per request" min:"0"`
	Batch            int               `help:"requests served together" min:"1"`
	Gamma            int               `help:"tokens proposed per round (4 in Leviathan 2023)" min:"1" max:"64" default:"4"`
	Acceptance       float64           `help:"share of proposed tokens that the target accepts" min:"0" max:"1"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the caches; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"engine whose overheads the calibrated level adds"`
}

// SpeculationResult compares a speculating engine with a plain one.
type SpeculationResult struct {
	ITL       units.Seconds `help:"mean inter-token latency in the middle of the output" better:"lower"`
	PlainITL  units.Seconds `help:"inter-token latency without speculation" better:"lower"`
	Speedup   float64       `help:"plain over speculative latency" better:"higher"`
	Expected  float64       `help:"tokens that a round yields" better:"higher"`
	DraftStep units.Seconds `help:"one step of the draft model" better:"lower"`
	Verify    units.Seconds `help:"one pass of the target over the proposed tokens and one more" better:"lower"`
	Round     units.Seconds `help:"a whole round" better:"lower"`

	BestGamma int           `help:"proposed tokens that make the latency smallest; 0 is no speculation"`
	BestITL   units.Seconds `help:"latency with that number" better:"lower"`

	TTFT            units.Seconds   `help:"time to first token: the prefill of the target" better:"lower"`
	DraftPrefill    units.Seconds   `help:"prefill of the draft, which follows" better:"lower"`
	TokensPerSecond units.TokenRate `help:"output tokens per second, all requests" better:"higher"`

	Fits         bool        `help:"both models and both caches fit into each device"`
	Short        units.Bytes `help:"what is missing on each device if they do not" better:"lower"`
	Memory       units.Bytes `help:"both models and both caches on each device" better:"lower"`
	Weights      units.Bytes `help:"weights of the target on each device"`
	Cache        units.Bytes `help:"cache of the target at its longest, on each device"`
	DraftWeights units.Bytes `help:"weights of the draft on each device"`
	DraftCache   units.Bytes `help:"cache of the draft at its longest, on each device"`
	Capacity     units.Bytes `help:"memory of each device"`
	Utilization  float64     `help:"share of the memory used" better:"lower"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain: the input with its defaults settled, both plain results and
	// the pass that verifies.
	in            Speculation
	target, draft Result
	verify        physics.Pass
}

const speculationName = "serving.Speculation"

// mostProposed bounds the search for the best number of proposed tokens; it is
// the maximum of Gamma.
const mostProposed = 64

// Solve fails only if a field is out of range.
func (s Speculation) Solve() (SpeculationResult, error) {
	var r SpeculationResult
	if err := describe.Check(&s); err != nil {
		return r, err
	}
	var err error
	if r.target, err = s.plain(&s.Model).Solve(); err != nil {
		return SpeculationResult{}, retold(err, speculationName)
	}
	if r.draft, err = s.plain(&s.Draft).Solve(); err != nil {
		return SpeculationResult{}, retold(err, speculationName, "Model", "Draft")
	}
	r.in = s
	r.Precision = r.target.Precision
	r.TTFT, r.DraftPrefill = r.target.TTFT, r.draft.TTFT
	r.PlainITL, r.DraftStep = r.target.ITL, r.draft.ITL
	r.round()
	r.best()
	r.remember()
	r.note()
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Speculation) Run() SpeculationResult { return walls.Must(s.Solve()) }

// plain serves one of the two models without speculation.
func (s *Speculation) plain(m *models.Model) Serving {
	return Serving{
		Model: *m, Hardware: s.Hardware, TP: s.TP, Prompt: s.Prompt, Output: s.Output, Batch: s.Batch,
		Precision: s.Precision, KVPrecision: s.KVPrecision, Efficiency: s.Efficiency,
		MemoryEfficiency: s.MemoryEfficiency, Level: s.Level, Stack: s.Stack,
	}
}

// ExpectedTokens is what a round of γ proposals yields: those accepted before
// the first refusal, and one token of the target itself.
//
//	(1 − α^(γ+1))/(1 − α), and γ + 1 for α = 1
//
// Leviathan 2023, equation 1.
func ExpectedTokens(acceptance float64, gamma int) float64 {
	if acceptance == 1 {
		return float64(gamma + 1)
	}
	return (1 - math.Pow(acceptance, float64(gamma+1))) / (1 - acceptance)
}

// verifyPass is the work of the target on n new tokens per sequence, each of
// which attends to those before it.
func (r *SpeculationResult) verifyPass(n int) physics.Pass {
	t := &r.target.in
	b, ranks, context := float64(t.Batch), float64(t.TP), r.middle()
	kv := t.Model.CacheTraffic(context, t.KVPrecision.Size(), t.TP)
	return physics.Pass{
		Linear:    t.Model.LinearOps().Times(b * float64(n) / ranks),
		Attention: t.Model.DecodeAttentionOps(context + float64(n-1)/2).Times(b * float64(n) / ranks),
		Traffic:   t.Model.DecodeWeights(b*float64(n), t.Precision).Times(1/ranks) + kv.Times(b),
	}
}

// middle is the context in the middle of the output.
func (r *SpeculationResult) middle() float64 {
	return float64(r.in.Prompt) + float64(r.in.Output)/2
}

// verifyTime is the time of that work with its all-reduces and launches.
func (r *SpeculationResult) verifyTime(work *physics.Pass, n int) units.Seconds {
	t, roof := &r.target.in, r.target.roof.Streaming()
	return max(roof.Compute(work), roof.Memory(work)) + t.communication(n) + t.overhead(&roof)
}

// round fills in the latency with the stated number of proposals.
func (r *SpeculationResult) round() {
	gamma := r.in.Gamma
	r.verify = r.verifyPass(gamma + 1)
	r.Verify = r.verifyTime(&r.verify, gamma+1)
	r.Expected = ExpectedTokens(r.in.Acceptance, gamma)
	r.Round = r.DraftStep.Times(float64(gamma)) + r.Verify
	r.ITL = r.Round.Times(1 / r.Expected)
	r.Speedup = r.PlainITL.Ratio(r.ITL)
	r.TokensPerSecond = units.Tokens(r.in.Batch).Per(r.ITL)
}

// best tries every number of proposals, none included.
func (r *SpeculationResult) best() {
	r.BestITL = r.PlainITL
	for gamma := 1; gamma <= mostProposed; gamma++ {
		work := r.verifyPass(gamma + 1)
		round := r.DraftStep.Times(float64(gamma)) + r.verifyTime(&work, gamma+1)
		if itl := round.Times(1 / ExpectedTokens(r.in.Acceptance, gamma)); itl < r.BestITL {
			r.BestITL, r.BestGamma = itl, gamma
		}
	}
}

// remember fills in what both models need.
func (r *SpeculationResult) remember() {
	r.Weights, r.Cache = r.target.Weights, r.target.Cache
	r.DraftWeights, r.DraftCache = r.draft.Weights, r.draft.Cache
	r.Memory = r.Weights + r.Cache + r.DraftWeights + r.DraftCache
	r.Capacity = r.target.Capacity
	r.Fits, r.Short = physics.Fits(r.Memory, r.Capacity)
	r.Utilization = r.Memory.Ratio(r.Capacity)
}

// note fills in what binds and what a reader should know.
func (r *SpeculationResult) note() {
	r.Warnings = (r.target.Warnings | r.draft.Warnings) &^ walls.DoesNotFit
	roof := r.target.roof.Streaming()
	r.Binding = binding(roof.Compute(&r.verify), roof.Memory(&r.verify), r.target.in.communication(r.in.Gamma+1))
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
	}
}
