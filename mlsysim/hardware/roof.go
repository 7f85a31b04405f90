package hardware

import (
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Resolve replaces Auto by the best inference precision of the device.
func (d *Device) Resolve(p physics.Precision) physics.Precision {
	if p == physics.Auto {
		return d.Best()
	}
	return p
}

// Roof returns the ideal ceilings of the device at a precision with the shares
// of compute and bandwidth that the user states.
func (d *Device) Roof(p physics.Precision, efficiency, memoryEfficiency float64) physics.Roof {
	return physics.Roof{
		Peak: d.Rates.At(p), Matmul: efficiency, Attention: efficiency,
		Bandwidth: d.MainBandwidth(), Stream: memoryEfficiency,
		Start: d.Dispatch, PerLayer: d.Launch,
	}
}

// Measure replaces the stated shares by the measured ones where the registry
// has them, and reports whether it had them all.
func (d *Device) Measure(r physics.Roof, p physics.Precision) (physics.Roof, bool) {
	matmul := d.MatmulFraction
	if p.Size() <= physics.FP8.Size() {
		matmul = d.MatmulFraction8
	}
	if matmul > 0 {
		r.Matmul = matmul
	}
	if d.StreamFraction > 0 {
		r.Stream = d.StreamFraction
	}
	return r, matmul > 0 && d.StreamFraction > 0
}

// Capacity returns the memory that weights and cache share: main memory, or
// flash and SRAM together on a microcontroller.
func (d *Device) Capacity() units.Bytes {
	if d.Memory > 0 {
		return d.Memory
	}
	return d.Flash + d.SRAM
}

// Writable returns the memory that a cache or gradients can be kept in: main
// memory, or the on-chip memory of a device without one. Flash is for reading.
func (d *Device) Writable() units.Bytes {
	if d.Memory > 0 {
		return d.Memory
	}
	return d.SRAM
}

// MainBandwidth returns the bandwidth of the main memory, or of the on-chip
// memory of a device without one.
func (d *Device) MainBandwidth() units.ByteRate {
	switch {
	case d.Bandwidth > 0:
		return d.Bandwidth
	case d.SRAMBandwidth > 0:
		return d.SRAMBandwidth
	default:
		return d.FlashBandwidth
	}
}
