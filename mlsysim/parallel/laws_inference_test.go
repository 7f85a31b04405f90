package parallel_test

import (
	"cmp"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

type (
	request = parallel.Inference
	answer  = parallel.InferenceResult
	server  func(request) (answer, error)
)

// A serverLaw is a law of inference.
type serverLaw struct {
	name   string
	holds  func(*rapid.T, server) error
	mutant func(request, *answer)
}

func TestInferenceLaws(t *testing.T) {
	for _, l := range serverLaws {
		t.Run(l.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { require.NoError(t, l.holds(t, request.Solve)) })
			wrong := func(s request) (answer, error) {
				r, err := s.Solve()
				if err == nil {
					l.mutant(s, &r)
				}
				return r, err
			}
			found := rapid.Custom(func(t *rapid.T) bool { return l.holds(t, wrong) != nil })
			killed := false
			for seed := 0; seed < 300 && !killed; seed++ {
				killed = found.Example(seed)
			}
			require.True(t, killed, "no draw tells the mutant from the real solver")
		})
	}
}

// tokenOps are the operations of one token in the middle of the output.
func tokenOps(s request) float64 {
	return float64(s.Model.LinearOps() + s.Model.DecodeAttentionOps(float64(s.Prompt)+float64(s.Output)/2))
}

var serverLaws = []serverLaw{
	{"I-8 no faster than the arithmetic of all devices", func(t *rapid.T, solve server) error {
		s := drawInference(t)
		s.Level, s.Efficiency = physics.Ideal, 0.5
		r, err := solve(s)
		rate := float64(s.Hardware.Rates.At(r.Precision)) * s.Efficiency * float64(r.Devices) / tokenOps(s)
		return cmp.Or(err, most("tokens per second", float64(r.TokensPerSecond), rate), most("MFU", r.MFU, s.Efficiency))
	}, func(s request, r *answer) { // as if the batch were that of a replica's every device
		r.TokensPerSecond = r.TokensPerSecond.Times(float64(s.TP * s.PP * s.CP * s.EP))
	}},
	{"I-8 no faster than reading what a device holds", func(t *rapid.T, solve server) error {
		s := drawInference(t)
		s.Level = physics.Ideal
		r, err := solve(s)
		read := float64(r.Weights) / float64(s.Hardware.Bandwidth)
		if s.Model.Experts > 0 {
			read = 0 // not every expert is read
		}
		return cmp.Or(err, most("weights", read, float64(r.Stage)), most("first token", read, float64(r.PrefillStage)))
	}, func(s request, r *answer) { r.Stage = r.DecodeCompute }},
	{"the devices of a replica hold the network", func(t *rapid.T, solve server) error {
		s := drawInference(t)
		r, err := solve(s)
		ranks := float64(s.TP * s.PP * s.EP)
		return cmp.Or(err, most("weights", float64(s.Model.Weights(r.Precision)), float64(r.Weights)*ranks))
	}, func(s request, r *answer) { r.Weights = r.Weights.Times(1 / float64(s.EP*s.PP)) }},
	{"a faster link is never slower", func(t *rapid.T, solve server) error {
		s := drawInference(t)
		faster := s
		factor := rapid.Float64Range(1, 10).Draw(t, "factor")
		faster.Fabric = s.Fabric.Times(factor)
		faster.IntraLink = s.Hardware.ScaleUp.Times(factor)
		a, err := solve(s)
		if err != nil {
			return err
		}
		b, err := solve(faster)
		return cmp.Or(err, most("latency", float64(b.ITL), float64(a.ITL)), most("first token", float64(b.TTFT), float64(a.TTFT)))
	}, func(s request, r *answer) {
		if s.IntraLink > 0 {
			r.ITL += units.Microsecond
		}
	}},
	{"I-27 calibrated is no faster than ideal at efficiency 1", func(t *rapid.T, solve server) error {
		s := drawInference(t)
		s.Level, s.Efficiency = physics.Ideal, 1
		measured := s
		measured.Level = physics.Calibrated
		a, err := solve(s)
		if err != nil {
			return err
		}
		b, err := solve(measured)
		return cmp.Or(err, most("latency", float64(a.ITL), float64(b.ITL)), most("first token", float64(a.TTFT), float64(b.TTFT)))
	}, func(s request, r *answer) {
		if s.Level == physics.Calibrated {
			r.ITL = r.ITL.Times(0.3)
		}
	}},
	{"latencies grow with the output", func(t *rapid.T, solve server) error {
		s := drawInference(t)
		r, err := solve(s)
		return cmp.Or(err, most("first", float64(r.ITLFirst), float64(r.ITL)), most("mean", float64(r.ITL), float64(r.ITLLast)))
	}, func(s request, r *answer) { r.ITLFirst = r.ITLLast.Times(1.0001) }},
	{"parts of a sequence keep a part of the cache each", func(t *rapid.T, solve server) error {
		s := drawInference(t)
		whole := s
		whole.CP = 1
		a, err := solve(s)
		if err != nil {
			return err
		}
		b, err := solve(whole)
		return cmp.Or(err, same("cache", float64(a.Cache)*float64(s.CP), float64(b.Cache)))
	}, func(s request, r *answer) { r.Cache = r.Cache.Times(float64(s.CP)) }},
}
