package physics

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/units"
)

// NodePower is the power of n devices and of what stands around them: host,
// network cards, fans and conversion losses as a factor on the devices' power.
//
//	W_n = W·n·f
//
// Patel 2024, "POLCA"; Barroso, Hölzle 2007. It leaves out that the host's
// power does not follow the devices' load.
func NodePower(device units.Watts, n int, factor float64) units.Watts {
	return device.Times(float64(n) * factor)
}

// EmbodiedShare is the part of the emissions of making n devices that a
// duration uses up of their lifetime.
//
//	C_e = c·n·D/L
//
// Gupta 2022, "ACT"; ISO/IEC 21031, software carbon intensity. It leaves out
// buildings and the end of life.
func EmbodiedShare(one units.KgCO2e, n int, duration, lifetime units.Seconds) units.KgCO2e {
	return one.Times(float64(n) * duration.Ratio(lifetime))
}

// Annuity is the part of a capital sum that each of n equal payments takes to
// pay it back with interest r per payment period; without interest it is 1/n.
//
//	a = r / (1 − (1+r)^(−n)),   a → 1/n as r → 0
//
// Any textbook of finance; it leaves out taxes and a resale value.
func Annuity(interest, payments float64) float64 {
	if interest == 0 {
		return 1 / payments
	}
	return interest / -math.Expm1(-payments*math.Log1p(interest))
}

// CapitalCost is the part of a capital sum that a duration has to pay, written
// off evenly over a lifetime with interest per period.
//
//	K_D = K·a(r, A/Y)·D/Y; without interest K·D/A
//
// Barroso, Hölzle, Ranganathan 2018, "The datacenter as a computer", chapter 6.
func CapitalCost(sum units.USD, duration, lifetime units.Seconds, interest float64, period units.Seconds) units.USD {
	if interest == 0 {
		return sum.Times(duration.Ratio(lifetime))
	}
	return sum.Times(Annuity(interest, lifetime.Ratio(period)) * duration.Ratio(period))
}
