// Package serving bounds the two phases of text generation: prefill, which sets
// the time to first token (TTFT), and decode, which sets the inter-token latency
// (ITL).
package serving

import (
	"fmt"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Serving answers one batch of requests with a network that generates tokens
// (wall 4): a transformer, a mixture of experts, a state-space network, or an
// encoder that reads the prompt for a decoder.
//
//	TTFT = Σ over chunks of max(B·F(n,c)/(P·η), (W_t(B·n) + B·KV)/(BW·η_m)) + O
//	ITL(s) = max(B·f(s)/(P·η), (W_t(B) + B·KV(s))/(BW·η_m)) + O
//
// Every device of a tensor-parallel group does 1/TP of the work and pays two
// all-reduces per layer; groups beyond the first are replicas. It leaves out
// queueing, the mixing of prefill into decode steps, and speculation. The cache is
// keys and values, or a state that is read and written and does not grow.
//
// Pope 2023, "Efficiently scaling transformer inference"; Agrawal 2024,
// "Sarathi-Serve" (chunks); Gu, Dao 2023, "Mamba" (state).
type Serving struct {
	Model            models.Model      `help:"network that generates tokens" required:"true"`
	Hardware         hardware.Device   `help:"device it runs on" required:"true"`
	Devices          int               `help:"devices in all; 0 is one group of TP" min:"0"`
	TP               int               `help:"tensor-parallel devices per replica" min:"1" default:"1"`
	Prompt           int               `help:"prompt tokens per request" min:"1"`
	Output           int               `help:"output tokens per request" min:"0"`
	Batch            int               `help:"requests served together by one replica" min:"1"`
	Cached           int               `help:"prompt tokens whose cache is already there" min:"0"`
	Chunk            int               `help:"prefill tokens per pass; 0 is the whole prompt at once" min:"0"`
	Precision        physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision      physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency       float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
	MemoryEfficiency float64           `help:"share of the bandwidth that traffic reaches" above:"0" max:"1" default:"1"`
	Level            physics.Level     `help:"textbook bound, or measured ceilings and overheads"`
	Stack            systems.Stack     `help:"engine whose overheads the calibrated level adds"`
}

// Result is what a request and its operator see.
type Result struct {
	TTFT     units.Seconds `help:"time to first token: the whole prefill" better:"lower"`
	ITL      units.Seconds `help:"inter-token latency in the middle of the output" better:"lower"`
	ITLFirst units.Seconds `help:"inter-token latency of the first output token" better:"lower"`
	ITLLast  units.Seconds `help:"inter-token latency of the last output token" better:"lower"`
	Request  units.Seconds `help:"time of a whole request" better:"lower"`

	TokensPerSecond units.TokenRate `help:"output tokens per second while decoding, all replicas" better:"higher"`
	PerUser         units.TokenRate `help:"output tokens per second that one user sees" better:"higher"`

	Fits        bool        `help:"weights and the longest cache fit into each device"`
	Short       units.Bytes `help:"what is missing on each device if they do not" better:"lower"`
	Memory      units.Bytes `help:"weights and longest cache on each device" better:"lower"`
	Weights     units.Bytes `help:"weights on each device"`
	Cache       units.Bytes `help:"key-value cache of the batch at its longest, on each device"`
	Capacity    units.Bytes `help:"memory of each device"`
	Utilization float64     `help:"share of the memory used" better:"lower"`

	PrefillCompute units.Seconds  `help:"arithmetic of the prefill" better:"lower"`
	PrefillMemory  units.Seconds  `help:"memory traffic of the prefill" better:"lower"`
	DecodeCompute  units.Seconds  `help:"arithmetic of one decode step" better:"lower"`
	DecodeMemory   units.Seconds  `help:"memory traffic of one decode step" better:"lower"`
	Communication  units.Seconds  `help:"all-reduces of one decode step" better:"lower"`
	Overhead       units.Seconds  `help:"dispatch and launches of one decode step" better:"lower"`
	PrefillBinding walls.Resource `help:"what binds the prefill"`
	Chunks         int            `help:"passes of the prefill" better:"lower"`
	ChunkTime      units.Seconds  `help:"longest of them: how long a prefill can stall decoding" better:"lower"`
	HitRatio       float64        `help:"share of the prompt found in the cache" better:"higher"`
	MFU            float64        `help:"share of the peak used while decoding" better:"higher"`

	ErrorBand float64 `help:"calibrated level: 90 % of published measurements lie within this relative error" known:"BandKnown"`
	BandKnown bool    `help:"the stack was compared with published measurements"`

	Precision physics.Precision `help:"format it ran in"`
	Replicas  int               `help:"tensor-parallel groups"`
	walls.Notes

	// For Explain: the input with its defaults settled, and its ceilings.
	in   Serving
	roof physics.Roof
}

const name = "serving.Serving"

// Solve fails only if a field is out of range.
func (s Serving) Solve() (Result, error) {
	roof, warnings, err := s.prepare()
	if err != nil {
		return Result{}, err
	}
	r := Result{Precision: s.Precision, Replicas: s.Devices / s.TP}
	r.Warnings = warnings
	s.remember(&r)
	s.prefill(&r, &roof)
	if s.Level == physics.Calibrated {
		r.ErrorBand, r.BandKnown = s.Stack.ErrorBand, s.Stack.ErrorBand > 0
	}
	streaming := roof.Streaming()
	s.decode(&r, &streaming)
	s.note(&r)
	r.in, r.roof = s, roof
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Serving) Run() Result { return walls.Must(s.Solve()) }

// prepare checks the input, settles what is automatic and builds the ceilings.
func (s *Serving) prepare() (physics.Roof, walls.Warnings, error) {
	if err := describe.Check(s); err != nil {
		return physics.Roof{}, 0, err
	}
	pass.Settle(&s.Hardware, &s.Precision, &s.KVPrecision)
	if s.Devices == 0 {
		s.Devices = s.TP
	}
	if err := s.refuse(); err != nil {
		return physics.Roof{}, 0, err
	}
	roof, warnings := pass.Setup{
		Hardware: &s.Hardware, Stack: &s.Stack, Level: s.Level, Precision: s.Precision,
		Efficiency: s.Efficiency, MemoryEfficiency: s.MemoryEfficiency,
	}.Roof()
	return roof, warnings, nil
}

// refuse applies the rules between fields.
func (s *Serving) refuse() error {
	if err := refuseDevice(name, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	switch {
	case s.Cached >= s.Prompt:
		return describe.Refuse(name, "Cached", s.Cached, "below the prompt")
	case s.Cached > 0 && s.Model.Decodes():
		return describe.Refuse(name, "Cached", s.Cached, "0: the encoder of "+s.Model.Name+" reads all positions at once")
	case s.Chunk > 0 && s.Model.Decodes():
		return describe.Refuse(name, "Chunk", s.Chunk, "0: the encoder of "+s.Model.Name+" reads all positions at once")
	case s.Chunk > 0 && s.Prompt/s.Chunk > maxChunks:
		return describe.Refuse(name, "Chunk", s.Chunk, fmt.Sprintf("at least %d, so that the prefill has at most %d passes", s.Prompt/maxChunks+1, maxChunks))
	case s.Devices%s.TP != 0:
		return describe.Refuse(name, "Devices", s.Devices, "a multiple of TP")
	}
	return refuseGroup(name, &s.Model, &s.Hardware, s.TP)
}

// maxChunks keeps a mistyped chunk from running for minutes.
const maxChunks = 10_000

// layout is how weights and cache lie on the devices of a replica.
func (s *Serving) layout() models.Layout {
	return models.Layout{Weights: s.Precision, Cache: s.KVPrecision, Ranks: s.TP}
}

// remember fills in what each device must hold when the outputs are complete.
func (s *Serving) remember(r *Result) {
	longest := float64(s.Prompt + s.Output)
	r.Weights = s.Model.Weights(s.Precision).Times(1 / float64(s.TP))
	r.Cache = s.Model.KVBytes(longest, s.KVPrecision.Size(), s.TP).Times(float64(s.Batch))
	r.Memory = r.Weights + r.Cache
	r.Capacity = s.Hardware.Writable()
	r.Fits, r.Short = physics.Fits(r.Memory, r.Capacity)
	r.Utilization = r.Memory.Ratio(r.Capacity)
}

// prefill fills in the time to first token, pass by pass.
func (s *Serving) prefill(r *Result, roof *physics.Roof) {
	for done := s.Cached; done < s.Prompt; {
		n := s.nextChunk(done)
		work := s.Model.PrefillPass(s.Batch, float64(n), float64(done), s.layout())
		compute, memory := roof.Compute(&work), roof.Memory(&work)
		t := max(compute, memory) + s.prefillCommunication(n) + s.prefillOverhead(roof)

		r.PrefillCompute += compute
		r.PrefillMemory += memory
		r.TTFT += t
		r.ChunkTime = max(r.ChunkTime, t)
		r.Chunks++
		done += n
	}
	r.HitRatio = float64(s.Cached) / float64(s.Prompt)
}

// nextChunk is the number of tokens of the pass that starts after done tokens.
func (s *Serving) nextChunk(done int) int {
	if s.Chunk == 0 {
		return s.Prompt - done
	}
	return min(s.Chunk, s.Prompt-done)
}

// decode fills in the inter-token latencies and rates.
func (s *Serving) decode(r *Result, roof *physics.Roof) {
	r.Communication = s.communication(1)
	r.Overhead = s.overhead(roof)
	fixed := r.Communication + r.Overhead
	step := func(context float64) (compute, memory units.Seconds, work units.FLOP) {
		token := s.Model.DecodePass(s.Batch, context, s.layout())
		return roof.Compute(&token), roof.Memory(&token), token.Ops()
	}
	prompt, output := float64(s.Prompt), float64(s.Output)
	compute, memory, _ := step(prompt)
	r.ITLFirst = max(compute, memory) + fixed
	compute, memory, _ = step(prompt + output)
	r.ITLLast = max(compute, memory) + fixed

	var work units.FLOP
	r.DecodeCompute, r.DecodeMemory, work = step(prompt + output/2)
	r.ITL = max(r.DecodeCompute, r.DecodeMemory) + fixed
	r.MFU = work.Per(r.ITL).Ratio(roof.Peak)
	r.PerUser = units.Token.Per(r.ITL)
	r.TokensPerSecond = units.Tokens(s.Batch * r.Replicas).Per(r.ITL)
	r.Request = r.TTFT + r.ITL.Times(max(output-1, 0))
}

// communication is the time of the all-reduces of a pass over n tokens per
// sequence: two per layer, of the activations that leave attention and
// feed-forward.
func (s *Serving) communication(n int) units.Seconds {
	return s.group().reduces(float64(s.Batch)*float64(n), s.Model.Reductions())
}

func (s *Serving) group() group {
	return group{&s.Model, &s.Hardware, &s.Stack, s.Precision, s.TP}
}

func (s *Serving) overhead(roof *physics.Roof) units.Seconds {
	return roof.Overhead(s.Model.Layers, s.Batch)
}

// note fills in what binds and what a reader should know.
func (s *Serving) note(r *Result) {
	r.Binding = binding(r.DecodeCompute, r.DecodeMemory, r.Communication)
	r.PrefillBinding = binding(r.PrefillCompute, r.PrefillMemory, 0)
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
	}
	if r.Overhead > max(r.DecodeCompute, r.DecodeMemory) {
		r.Warnings |= walls.OverheadDominates
	}
	if s.Model.Context > 0 && s.Prompt+s.Output > s.Model.Context {
		r.Warnings |= walls.BeyondContext
	}
}

// binding is the largest of three times; memory wins over compute only if it is
// really longer.
func binding(compute, memory, network units.Seconds) walls.Resource {
	switch {
	case network > max(compute, memory):
		return walls.Network
	case memory > compute:
		return walls.MemoryBandwidth
	default:
		return walls.Compute
	}
}
