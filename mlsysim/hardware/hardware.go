// Package hardware is the registry of devices, from microcontrollers to
// accelerators: peak rates per precision, memory tiers, links, power, price and
// measured ceilings, each number with its source. It leaves out how devices are
// combined; package systems has servers and software stacks.
//
//	h := hardware.H100
//	h.Memory = 141 * units.GB // a what-if is a copy
//
// Zero means unknown (or, for a rate, not supported); it never means free or
// infinitely fast. Edit data/*.yaml, run go generate, commit both.
package hardware

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:generate go run ../internal/gen/registry -kind hardware

// Device is one accelerator, processor or microcontroller.
type Device struct {
	Name string `help:"product name"`
	Tier Tier   `help:"class of device"`
	Year int    `help:"year of release" min:"0"`

	Status       Status `help:"whether one can buy it"`
	Accelerators int    `help:"devices that an entry for a whole rack adds up; 0 is one device" min:"0"`

	Rates  Rates `help:"dense peak per precision"`
	Sparse Rates `help:"peak with 2:4 sparsity per precision"`

	Memory         units.Bytes    `help:"usable main memory" better:"higher" min:"0"`
	Bandwidth      units.ByteRate `help:"main memory bandwidth" better:"higher" min:"0"`
	SRAM           units.Bytes    `help:"on-chip memory that holds weights or activations" better:"higher" min:"0"`
	SRAMBandwidth  units.ByteRate `help:"on-chip memory bandwidth" better:"higher" min:"0"`
	Flash          units.Bytes    `help:"flash that holds weights" better:"higher" min:"0"`
	FlashBandwidth units.ByteRate `help:"flash read bandwidth" better:"higher" min:"0"`

	HostLink       units.ByteRate `help:"link to the host, one way" better:"higher" min:"0"`
	ScaleUp        units.ByteRate `help:"link to the other devices of a server, one way" better:"higher" min:"0"`
	ScaleUpLatency units.Seconds  `help:"latency of one step on that link" better:"lower" min:"0"`
	NodeSize       int            `help:"devices in one server, or in the rack or pod that the link joins" min:"0"`

	TDP      units.Watts  `help:"thermal design power" better:"lower" min:"0"`
	Idle     units.Watts  `help:"power when idle" better:"lower" min:"0"`
	Price    units.USD    `help:"price of one device" better:"lower" min:"0"`
	Embodied units.KgCO2e `help:"emissions of making one device" better:"lower" min:"0"`

	Dispatch units.Seconds `help:"fixed cost of starting one pass" better:"lower" min:"0"`
	Launch   units.Seconds `help:"launch cost per layer and pass" better:"lower" min:"0"`

	StreamFraction    float64 `help:"measured share of the bandwidth that a large read reaches" better:"higher" min:"0" max:"1"`
	MatmulFraction    float64 `help:"measured share of the 16-bit peak that the best matmul reaches" better:"higher" min:"0" max:"1"`
	MatmulFraction8   float64 `help:"measured share of the 8-bit peak that the best matmul reaches" better:"higher" min:"0" max:"1"`
	SustainedFraction float64 `help:"share of the peak that long training runs sustain" better:"higher" min:"0" max:"1"`
}

// Rates is an arithmetic rate per precision; zero means not supported.
type Rates struct {
	FP64 units.FLOPRate `help:"64-bit floating point" better:"higher" min:"0"`
	FP32 units.FLOPRate `help:"32-bit floating point" better:"higher" min:"0"`
	TF32 units.FLOPRate `help:"TensorFloat-32" better:"higher" min:"0"`
	BF16 units.FLOPRate `help:"bfloat16" better:"higher" min:"0"`
	FP16 units.FLOPRate `help:"16-bit floating point" better:"higher" min:"0"`
	FP8  units.FLOPRate `help:"8-bit floating point" better:"higher" min:"0"`
	INT8 units.FLOPRate `help:"8-bit integer" better:"higher" min:"0"`
	FP4  units.FLOPRate `help:"4-bit floating point" better:"higher" min:"0"`
	INT4 units.FLOPRate `help:"4-bit integer" better:"higher" min:"0"`
}

// At returns the rate at a precision, zero if the device lacks it.
func (r *Rates) At(p physics.Precision) units.FLOPRate {
	switch p {
	case physics.FP16:
		return r.FP16
	case physics.BF16:
		return r.BF16
	case physics.TF32:
		return r.TF32
	case physics.FP32:
		return r.FP32
	case physics.FP64:
		return r.FP64
	case physics.FP8:
		return r.FP8
	case physics.INT8:
		return r.INT8
	case physics.FP4:
		return r.FP4
	case physics.INT4:
		return r.INT4
	default:
		return 0
	}
}

// Supported lists the precisions that have a rate.
func (r *Rates) Supported() []string {
	var out []string
	for p := range physics.NumPrecisions {
		if r.At(p) > 0 {
			out = append(out, p.String())
		}
	}
	return out
}

// Peak returns the dense peak at a precision. A precision the device lacks is
// an error that lists the ones it has; nothing is substituted.
func (d Device) Peak(p physics.Precision) (units.FLOPRate, error) {
	if rate := d.Rates.At(p); rate > 0 {
		return rate, nil
	}
	return 0, fmt.Errorf("%s has no %s rate: want one of %s", d.Name, p, strings.Join(d.Rates.Supported(), ", "))
}

// Best returns the first of the usual inference precisions that the device has:
// fp16, bf16, int8, fp32.
func (d Device) Best() physics.Precision {
	for _, p := range [...]physics.Precision{physics.FP16, physics.BF16, physics.INT8, physics.FP32} {
		if d.Rates.At(p) > 0 {
			return p
		}
	}
	return physics.FP16
}

// Ridge returns the arithmetic intensity at which compute and memory take
// equally long, peak / bandwidth, or zero if either is unknown.
func (d Device) Ridge(p physics.Precision) units.Intensity {
	bandwidth := d.MainBandwidth()
	if bandwidth == 0 {
		return 0
	}
	return d.Rates.At(p).PerByteRate(bandwidth)
}

// String returns the product name.
func (d Device) String() string { return d.Name }

// MarshalText writes the name.
func (d Device) MarshalText() ([]byte, error) { return []byte(d.Name), nil }

// UnmarshalText looks a name up in the registry.
func (d *Device) UnmarshalText(text []byte) error {
	found, err := Find(string(text))
	if err == nil {
		*d = found
	}
	return err
}
