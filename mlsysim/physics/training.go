package physics

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Optimizer is the rule that updates the parameters; it decides what is kept per
// parameter beside weight and gradient.
type Optimizer uint8

// The optimizers. Adam is the zero value.
const (
	Adam Optimizer = iota
	AdamW
	SGD
	NoOptimizer
	Adam8Bit
)

var optimizerNames = [...]string{"adam", "adamw", "sgd", "none", "adam8bit"}

// String returns the lower-case name.
func (o Optimizer) String() string { return optimizerNames[min(int(o), len(optimizerNames)-1)] }

// Names lists the optimizers in order of their values.
func (Optimizer) Names() []string { return optimizerNames[:] }

// MarshalText writes the name.
func (o Optimizer) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name in any case.
func (o *Optimizer) UnmarshalText(text []byte) error { return describe.ReadEnum(o, "optimizer", text) }

// State is what the optimizer keeps per trained parameter. Adam keeps two 32-bit
// moments, its 8-bit form two bytes, SGD one 32-bit momentum; both Adams keep a
// 32-bit copy of weights that are narrower.
//
// Rajbhandari 2020, "ZeRO"; Dettmers 2022, "8-bit optimizers".
func (o Optimizer) State(p Precision) units.Bytes {
	state := [...]units.Bytes{8, 8, 4, 0, 2}[min(int(o), len(optimizerNames)-1)]
	if p.Size() < FP32.Size() && o != SGD && o != NoOptimizer {
		state += FP32.Size()
	}
	return state
}

// GradientSize is the bytes of one gradient: those of a weight, at least 16 bit.
func GradientSize(p Precision) units.Bytes { return max(p.Size(), FP16.Size()) }

// Recompute is what the backward pass computes again instead of keeping.
type Recompute uint8

// The modes. Selective, the zero value, recomputes the attention matrices; full
// recomputes each layer from its input.
const (
	Selective Recompute = iota
	KeepAll
	Full
)

var recomputeNames = [...]string{"selective", "none", "full"}

// String returns the lower-case name.
func (r Recompute) String() string { return recomputeNames[min(int(r), len(recomputeNames)-1)] }

// Names lists the modes in order of their values.
func (Recompute) Names() []string { return recomputeNames[:] }

// MarshalText writes the name.
func (r Recompute) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads a name in any case.
func (r *Recompute) UnmarshalText(text []byte) error {
	return describe.ReadEnum(r, "checkpointing", text)
}

// BackwardShare is the part of a step's arithmetic that the backward pass does:
// two of three passes, or three of four with full recomputation.
func (r Recompute) BackwardShare() float64 {
	if r == Full {
		return 3.0 / 4
	}
	return 2.0 / 3
}

// Passes is the arithmetic of a step over that of its forward pass: backward is
// twice forward, and full recomputation goes forward once more.
func (r Recompute) Passes() float64 {
	if r == Full {
		return 4
	}
	return 3
}

// BubbleRatio is the idle time of a pipeline over its busy time.
//
//	(p − 1 + (v − 1)·max(0, p − m))/(v·m), p stages of v parts, m microbatches
//
// With at least as many microbatches as stages that is (p − 1)/(v·m). With fewer,
// a microbatch comes back to the first stage for its next part before the others
// fill it, and interleaving hides less. Huang 2019, "GPipe"; Narayanan 2021,
// "Megatron-LM".
func BubbleRatio(stages, parts, microbatches int) float64 {
	waiting := float64(stages-1) + float64(parts-1)*float64(max(0, stages-microbatches))
	return waiting / (float64(parts) * float64(microbatches))
}

// InFlight is the number of microbatches whose activations the first stage of a
// one-forward-one-backward pipeline holds.
//
//	min(m, p), and times 1 + (p − 1)/(p·v) where stages are interleaved
//
// Never more than m. Narayanan 2021; Korthikanti 2022.
func InFlight(stages, parts, microbatches int) float64 {
	held := float64(min(stages, microbatches))
	if parts > 1 {
		held *= 1 + float64(stages-1)/(float64(stages)*float64(parts))
	}
	return min(held, float64(microbatches))
}

// Exposed is the part of the gradient exchange that the backward pass does not
// hide: the last of the buckets starts only when it ends.
//
//	max(0, T_dp − T_bwd·(1 − 1/buckets))
//
// Li 2020, "PyTorch Distributed".
func Exposed(exchange, backward units.Seconds, buckets int) units.Seconds {
	return max(0, exchange-backward.Times(1-1/float64(buckets)))
}

// Overlapped is the part of sending that arithmetic does not hide when both are
// cut into q chunks and one chunk is sent while the next is computed: a pipeline
// of two stages, less its arithmetic.
//
//	t − min(t, T_c)·(1 − 1/q)
//
// One chunk hides nothing, many leave max(0, t − T_c). Wang 2023, "Overlap
// communication with dependent computation via decomposition".
func Overlapped(send, work units.Seconds, chunks int) units.Seconds {
	return send - min(send, work).Times(1-1/float64(chunks))
}

// RingSteps are the bytes that a rank hands to its neighbour for each layer when
// c ranks hold a part of the sequence each and pass keys and values round: the
// part forward, and the part with its gradients backward.
//
//	3·(c − 1)·K, in 2·(c − 1) messages
//
// Liu 2023, "Ring attention with blockwise transformers".
func RingSteps(part units.Bytes, ranks int) (sent units.Bytes, messages float64) {
	hops := float64(ranks - 1)
	return part.Times(3 * hops), 2 * hops
}
