package physics

import (
	"math"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/units"
)

// ScalingFit names a published fit of the parametric loss.
type ScalingFit uint8

// The fits. The refit of 2024, the zero value, agrees with the rule of 20 tokens
// per parameter of the first paper; the first paper's own constants do not.
const (
	Besiroglu2024 ScalingFit = iota
	Hoffmann2022
	numFits
)

var fitNames = [...]string{"besiroglu2024", "hoffmann2022"}

var fitLaws = [numFits]ScalingLaw{
	{E: 1.8172, A: 482.01, B: 2085.43, Alpha: 0.3478, Beta: 0.3658},
	{E: 1.69, A: 406.4, B: 410.7, Alpha: 0.34, Beta: 0.28},
}

// Law returns the constants of the fit.
func (f ScalingFit) Law() ScalingLaw { return fitLaws[min(f, numFits-1)] }

// String returns the lower-case name.
func (f ScalingFit) String() string { return fitNames[min(f, numFits-1)] }

// Names lists the fits in order of their values.
func (ScalingFit) Names() []string { return fitNames[:] }

// MarshalText writes the name.
func (f ScalingFit) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads a name in any case.
func (f *ScalingFit) UnmarshalText(text []byte) error { return describe.ReadEnum(f, "fit", text) }

// A ScalingLaw is the loss, in nats per token, of a transformer with N
// parameters trained on D tokens.
//
//	L(N, D) = E + A/N^α + B/D^β
//
// Hoffmann 2022, "Training compute-optimal large language models", approach 3;
// Besiroglu 2024, "Chinchilla scaling: a replication attempt". It leaves out
// data quality and repeated tokens, and is fitted between about 1e18 and 1e22
// operations.
type ScalingLaw struct{ E, A, B, Alpha, Beta float64 }

// Loss is the predicted loss.
func (l *ScalingLaw) Loss(n units.Params, d units.Tokens) float64 {
	return l.E + l.Reducible(n, d)
}

// Reducible is the part of the loss that more parameters and tokens lower.
//
//	R = A/N^α + B/D^β
func (l *ScalingLaw) Reducible(n units.Params, d units.Tokens) float64 {
	return l.A/math.Pow(float64(n), l.Alpha) + l.B/math.Pow(float64(d), l.Beta)
}

// Optimum is the size of the network with the least loss when parameters times
// tokens are given (the budget over the operations of one of each).
//
//	N = G·(N·D)^(β/(α+β)), G = (αA/(βB))^(1/(α+β))
func (l *ScalingLaw) Optimum(product float64) units.Params {
	sum := l.Alpha + l.Beta
	g := math.Pow(l.Alpha*l.A/(l.Beta*l.B), 1/sum)
	return units.Params(g * math.Pow(product, l.Beta/sum))
}

// Split returns the network and data that reach E + reducible when a share u of
// the reducible loss is left to the data.
//
//	A/N^α = (1 − u)·R, B/D^β = u·R
func (l *ScalingLaw) Split(reducible, u float64) (units.Params, units.Tokens) {
	n := math.Pow(l.A/((1-u)*reducible), 1/l.Alpha)
	d := math.Pow(l.B/(u*reducible), 1/l.Beta)
	return units.Params(n), units.Tokens(d)
}

// Balance is how much more a parameter would lower the loss than a token, each
// in proportion: above 1 the network is smaller than training alone would have it.
//
//	g(u) = α·(1 − u)/(β·u)
func (l *ScalingLaw) Balance(u float64) float64 { return l.Alpha * (1 - u) / (l.Beta * u) }

// RuleParams is the size of a network that is trained on a fixed number of
// tokens per parameter when parameters times tokens are given.
//
//	P = √(P·D/r)
//
// Hoffmann 2022 (r about 20).
func RuleParams(product, ratio float64) units.Params {
	return units.Params(math.Sqrt(product / ratio))
}

// ServedShare is the share of the reducible loss left to the data that makes
// training and serving together cheapest. served is the tokens of the network's
// lifetime times the operations of serving one over those of training on one.
//
//	D(u)·g(u) = D(u) + served
//
// It is where the derivative of N·(D + served) at constant loss vanishes, found
// by bisection: D·(g − 1) falls as u grows. Without serving it is α/(α+β).
//
// Sardana 2023, "Beyond Chinchilla-optimal".
func (l *ScalingLaw) ServedShare(reducible, served float64) float64 {
	hi := l.Alpha / (l.Alpha + l.Beta)
	if served == 0 {
		return hi
	}
	excess := func(u float64) float64 {
		_, d := l.Split(reducible, u)
		return float64(d)*(l.Balance(u)-1) - served
	}
	lo := hi / 2
	for i := 0; i < maxDoublings && excess(lo) < 0; i++ {
		hi, lo = lo, lo/2
	}
	for range bisections {
		middle := (lo + hi) / 2
		if excess(middle) > 0 {
			lo = middle
		} else {
			hi = middle
		}
	}
	return lo
}

// Enough for the last bit of a float64 and for its whole range.
const (
	bisections   = 60
	maxDoublings = 300
)
