package physics

import (
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Precision is a number format of weights, activations or cache.
type Precision uint8

// The precisions. Auto, the zero value, is fp16 for weights where the device
// has it, and the precision of the weights for the cache.
const (
	Auto Precision = iota
	FP16
	BF16
	TF32
	FP32
	FP64
	FP8
	INT8
	FP4
	INT4
	NumPrecisions
)

var precisionNames = [...]string{"auto", "fp16", "bf16", "tf32", "fp32", "fp64", "fp8", "int8", "fp4", "int4"}

var precisionSizes = [...]units.Bytes{2, 2, 2, 4, 4, 8, 1, 1, 0.5, 0.5}

// Size returns the bytes of one element; tf32 is stored as 4 bytes.
func (p Precision) Size() units.Bytes { return precisionSizes[min(p, NumPrecisions-1)] }

// String returns the lower-case name.
func (p Precision) String() string { return precisionNames[min(p, NumPrecisions-1)] }

// Names lists the precisions in order of their values.
func (Precision) Names() []string { return precisionNames[:] }

// MarshalText writes the name.
func (p Precision) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name in any case.
func (p *Precision) UnmarshalText(text []byte) error { return describe.ReadEnum(p, "precision", text) }
