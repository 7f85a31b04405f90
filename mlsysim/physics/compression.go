package physics

import "github.com/mlsysim/golab/mlsysim/units"

// EffectiveBits is what one weight takes in a quantised network whose groups of
// weights share a scale. A group of zero means no scales.
//
//	bits_eff = bits + bits_scale/group
//
// Zero points and unquantised layers are left out. Frantar 2022, "GPTQ".
func EffectiveBits(bits, scale float64, group int) float64 {
	if group == 0 {
		return bits
	}
	return bits + scale/float64(group)
}

// QuantizationRatio is how many times smaller weights get when elements of a
// given size take a number of bits instead.
//
//	r = 8·b/bits
//
// Gholami 2021, "A survey of quantization methods".
func QuantizationRatio(element units.Bytes, bits float64) float64 {
	return element.Ratio(units.Bytes(bits / 8))
}

// PruningRatio is how many times smaller weights get when a share s of them,
// below 1, is removed.
//
//	r = 1/(1 − s)
//
// The indices of a sparse format are left out. Han 2015, "Deep compression".
func PruningRatio(sparsity float64) float64 { return 1 / (1 - sparsity) }
