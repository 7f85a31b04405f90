package serving

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/internal/pass"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// Streaming keeps cache and activations on the device and streams the weights
// past it, layer by layer (wall 6). The next layer is injected while this one
// computes.
//
//	T_inj = P·b/(L·β), T_cmp = F/(L·P_peak·η) + O
//	first pass = T_inj + (L − 1)·max(T_inj, T_cmp) + T_cmp
//
// It leaves out the device's own memory traffic, skipping experts that no token
// picks, and buffers for the layer in flight.
//
// Lie 2022, "Cerebras architecture deep dive".
type Streaming struct {
	Model       models.Model      `help:"network that generates tokens" required:"true"`
	Hardware    hardware.Device   `help:"device it runs on" required:"true"`
	Phase       StreamPhase       `help:"one token per sequence, or the whole prompt"`
	Tokens      int               `help:"prompt tokens, or tokens in the cache while decoding" min:"1"`
	Batch       int               `help:"sequences computed together" min:"1"`
	Injection   units.ByteRate    `help:"link that the weights stream over; 0 is the device's host link" min:"0"`
	Precision   physics.Precision `help:"format of weights and arithmetic; auto is fp16 where the device has it"`
	KVPrecision physics.Precision `help:"format of the cache; auto is that of the weights"`
	Efficiency  float64           `help:"share of the peak that arithmetic reaches" above:"0" max:"1" default:"0.5"`
}

// StreamingResult is the pace of the pipeline and what stays on the device.
type StreamingResult struct {
	TokensPerSecond units.TokenRate `help:"tokens per second once the pipeline is full" better:"higher" known:"RateKnown"`
	Pass            units.Seconds   `help:"time of one pass through all layers, pipeline full" better:"lower" known:"RateKnown"`
	FirstPass       units.Seconds   `help:"time of the first pass: it fills and drains the pipeline" better:"lower" known:"RateKnown"`
	LayerInjection  units.Seconds   `help:"time to stream the weights of one layer in" better:"lower" known:"RateKnown"`
	LayerCompute    units.Seconds   `help:"time to compute one layer" better:"lower"`
	Layer           units.Seconds   `help:"the longer of the two" better:"lower" known:"RateKnown"`
	Bottleneck      walls.Resource  `help:"what paces a layer"`
	RateKnown       bool            `help:"the link that injects the weights is known"`
	OptimalBatch    int             `help:"largest batch that fits and that injection still hides; 0 if none fits" known:"RateKnown"`

	Fits        bool        `help:"cache and activations fit onto the device"`
	Short       units.Bytes `help:"what is missing if they do not" better:"lower"`
	Memory      units.Bytes `help:"cache and activations" better:"lower"`
	Cache       units.Bytes `help:"key-value cache of the batch"`
	Activations units.Bytes `help:"input and output of a layer"`
	Capacity    units.Bytes `help:"memory of the device"`
	Utilization float64     `help:"share of the memory used" better:"lower"`

	Precision physics.Precision `help:"format it ran in"`
	walls.Notes

	// For Explain: the input with its defaults settled, and its ceilings.
	in   Streaming
	roof physics.Roof
}

const streamingName = "serving.Streaming"

// Solve fails only if a field is out of range.
func (s Streaming) Solve() (StreamingResult, error) {
	if err := s.prepare(); err != nil {
		return StreamingResult{}, err
	}
	r := StreamingResult{Precision: s.Precision, Capacity: s.Hardware.Capacity()}
	r.roof = s.Hardware.Roof(s.Precision, s.Efficiency, 1)
	r.Cache = s.cache(s.Batch)
	r.Activations = s.activations(s.Batch)
	r.Memory = r.Cache + r.Activations
	r.Fits, r.Short = physics.Fits(r.Memory, r.Capacity)
	r.Utilization = r.Memory.Ratio(r.Capacity)

	work := s.work(s.Batch)
	r.LayerCompute = r.roof.Compute(&work).Times(1/s.layers()) + r.roof.Overhead(1, 0)
	s.pipeline(&r)
	s.note(&r)
	r.in = s
	return r, nil
}

// Run is Solve for labs: an error ends the cell.
func (s Streaming) Run() StreamingResult { return walls.Must(s.Solve()) }

// prepare checks the input and settles what is automatic.
func (s *Streaming) prepare() error {
	if err := describe.Check(s); err != nil {
		return err
	}
	pass.Settle(&s.Hardware, &s.Precision, &s.KVPrecision)
	if s.Injection == 0 {
		s.Injection = s.Hardware.HostLink
	}
	if err := pass.Refuse(streamingName, &s.Model, &s.Hardware, s.Precision); err != nil {
		return err
	}
	if err := refuseEncoder(streamingName, &s.Model); err != nil {
		return err
	}
	switch {
	case !s.Model.Generates():
		return describe.Refuse(streamingName, "Model", s.Model.Name, "a network that generates tokens")
	case s.Hardware.Capacity() == 0:
		return describe.Refuse(streamingName, "Hardware.Memory", s.Hardware.Memory, "above 0 B")
	}
	return nil
}

func (s *Streaming) layers() float64 { return float64(s.Model.Layers) }

// perSequence is the tokens that each sequence computes in a pass.
func (s *Streaming) perSequence() int {
	if s.Phase == StreamPrefill {
		return s.Tokens
	}
	return 1
}

// layout is how cache and weights lie on the device.
func (s *Streaming) layout() models.Layout {
	return models.Layout{Weights: s.Precision, Cache: s.KVPrecision, Ranks: 1}
}

// work is the arithmetic of a pass through all layers.
func (s *Streaming) work(batch int) physics.Pass {
	if s.Phase == StreamPrefill {
		return s.Model.PrefillPass(batch, float64(s.Tokens), 0, s.layout())
	}
	return s.Model.DecodePass(batch, float64(s.Tokens), s.layout())
}

func (s *Streaming) cache(batch int) units.Bytes {
	return s.Model.KVBytes(float64(s.Tokens), s.KVPrecision.Size(), 1).Times(float64(batch))
}

// activations are the input and the output of the layer that computes.
func (s *Streaming) activations(batch int) units.Bytes {
	return s.Precision.Size().Times(2 * float64(batch) * float64(s.perSequence()) * float64(s.Model.Hidden))
}

// pipeline fills in what injection paces.
func (s *Streaming) pipeline(r *StreamingResult) {
	r.Bottleneck = walls.Compute
	if r.RateKnown = s.Injection > 0; !r.RateKnown {
		r.Warnings |= walls.SupplyUnknown
		return
	}
	r.LayerInjection = s.Model.Weights(s.Precision).Times(1 / s.layers()).Over(s.Injection)
	r.Layer = max(r.LayerInjection, r.LayerCompute)
	if r.LayerInjection > r.LayerCompute {
		r.Bottleneck = walls.HostLink
	}
	r.Pass = r.Layer.Times(s.layers())
	r.FirstPass = r.LayerInjection + r.Layer.Times(s.layers()-1) + r.LayerCompute
	r.TokensPerSecond = units.Tokens(s.Batch).Times(float64(s.perSequence())).Per(r.Pass)
	r.OptimalBatch = s.optimalBatch(r)
}

// optimalBatch is the largest batch whose layers compute no longer than their
// weights take to arrive, at least one, and at most what fits.
func (s *Streaming) optimalBatch(r *StreamingResult) int {
	one := s.work(1)
	perSequence := r.roof.Compute(&one).Times(1 / s.layers())
	hidden := math.Floor((r.LayerInjection - r.roof.Overhead(1, 0)).Ratio(perSequence))
	fit := math.Floor(r.Capacity.Times(1 + physics.FitTolerance).Ratio(s.cache(1) + s.activations(1)))
	return int(min(max(hidden, 1), fit, mostSequences))
}

// mostSequences keeps an optimal batch inside the range of a count.
const mostSequences = 1e9

// note fills in what binds and what a reader should know.
func (s *Streaming) note(r *StreamingResult) {
	r.Binding = r.Bottleneck
	if !r.RateKnown {
		r.Binding, r.Bottleneck = walls.Nothing, walls.Nothing
	}
	if !r.Fits {
		r.Binding = walls.MemoryCapacity
		r.Warnings |= walls.DoesNotFit
	}
	if s.Model.Context > 0 && s.Tokens > s.Model.Context {
		r.Warnings |= walls.BeyondContext
	}
}

// StreamPhase is the half of text generation that weights are streamed for.
type StreamPhase uint8

// The phases.
const (
	StreamDecode StreamPhase = iota
	StreamPrefill
)

var streamPhaseNames = [...]string{"decode", "prefill"}

// String returns the lower-case name.
func (p StreamPhase) String() string { return streamPhaseNames[min(int(p), len(streamPhaseNames)-1)] }

// Names lists the phases in order of their values.
func (StreamPhase) Names() []string { return streamPhaseNames[:] }

// MarshalText writes the name.
func (p StreamPhase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name in any case.
func (p *StreamPhase) UnmarshalText(text []byte) error { return describe.ReadEnum(p, "phase", text) }
