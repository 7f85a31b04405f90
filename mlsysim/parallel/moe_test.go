package parallel_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

var moeBase = parallel.MoERouting{
	Model: models.Mixtral_8x7B, Batch: 8, Sequence: 2048, EP: 8, Imbalance: 1.5, PerNode: 8,
	Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond, Inter: 50 * units.GBps, InterLatency: 5 * units.Microsecond,
}

func route(t require.TestingT, s parallel.MoERouting) parallel.MoERoutingResult {
	r, err := s.Solve()
	require.NoError(t, err)
	return r
}

func drawRouting(t *rapid.T) parallel.MoERouting {
	var mixtures []models.Model
	for _, e := range models.Entries() {
		if e.Value.Experts > 0 {
			mixtures = append(mixtures, *e.Value)
		}
	}
	s := moeBase
	s.Model = rapid.SampledFrom(mixtures).Draw(t, "model")
	s.Batch = rapid.IntRange(1, 512).Draw(t, "batch")
	s.Sequence = rapid.IntRange(1, 8192).Draw(t, "sequence")
	s.EP = rapid.IntRange(1, 128).Draw(t, "ep")
	s.Imbalance = rapid.Float64Range(1, 50).Draw(t, "imbalance")
	return s
}

// A mixture never costs more than all of it, nor less than what a token uses.
func TestEffectiveParamsLieBetweenActiveAndAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawRouting(t)
		r := route(t, s)
		require.GreaterOrEqual(t, float64(r.EffectiveParams), float64(s.Model.Active)*(1-1e-12))
		require.LessOrEqual(t, float64(r.EffectiveParams), float64(s.Model.Params)*(1+1e-12))
		require.LessOrEqual(t, float64(r.HotTokens), float64(s.Batch*s.Sequence)*(1+1e-12))
		require.LessOrEqual(t, r.Distinct, float64(s.Model.Experts))
		require.NoError(t, r.Explain().Verify(r))
	})
}

func TestHotterExpertsCostMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawRouting(t)
		hotter := s
		hotter.Imbalance *= 1.5
		a, b := route(t, s), route(t, hotter)
		require.LessOrEqual(t, float64(a.EffectiveParams), float64(b.EffectiveParams))
		require.LessOrEqual(t, float64(a.AllToAll), float64(b.AllToAll))
	})
}

// P-10: the ranks share the experts and nothing else.
func TestRanksShareOnlyTheExperts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawRouting(t)
		alone := s
		alone.EP = 1
		a, b := route(t, alone), route(t, s)
		require.InEpsilon(t, float64(a.ExpertWeights), float64(s.EP)*float64(b.ExpertWeights), 1e-12)
		require.Equal(t, a.SharedWeights, b.SharedWeights)
		require.InEpsilon(t, float64(s.Model.Weights(physics.FP16)), float64(a.ExpertWeights+a.SharedWeights), 1e-12)
		require.Zero(t, a.AllToAll)
		require.True(t, a.LinkKnown)
	})
}

// I-25: one token touches k experts, many touch all.
func TestDistinctExperts(t *testing.T) {
	s := moeBase
	s.Batch, s.Sequence = 1, 1
	require.InEpsilon(t, 2.0, route(t, s).Distinct, 1e-12)
	s.Sequence = 1000
	require.InEpsilon(t, 8.0, route(t, s).Distinct, 1e-12)
}

func TestGroupsInsideANodeUseItsLinks(t *testing.T) {
	inside := route(t, moeBase)
	s := moeBase
	s.PerNode = 4
	across := route(t, s)
	require.InEpsilon(t, 7.0/8*float64(inside.Payload)/450e9+7*0.5e-6, float64(inside.AllToAll), 1e-12)
	require.InEpsilon(t, 7.0/8*float64(inside.Payload)/50e9+7*5e-6, float64(across.AllToAll), 1e-12)
	require.True(t, across.Warnings.Has(walls.CrossesNodes))
	require.False(t, inside.Warnings.Has(walls.CrossesNodes))
	require.InEpsilon(t, 64*float64(inside.AllToAll), float64(inside.Communication), 1e-12) // 32 layers, there and back
}

func TestUnknownLinkIsNotFree(t *testing.T) {
	s := moeBase
	s.Intra = 0
	r := route(t, s)
	require.False(t, r.LinkKnown)
	require.Zero(t, r.AllToAll)
	require.NoError(t, r.Explain().Verify(r))
}

// vectorMixtral has the rounded parameters of the vectors.
func vectorMixtral() models.Model {
	m := models.Mixtral_8x7B
	m.Params, m.Active = 46.7*units.Billion, 12.9*units.Billion
	return m
}

// solvers.md 3.20; the golden link is the fabric even inside a node.
func TestWorkedRouting(t *testing.T) {
	s := moeBase
	s.Model, s.PerNode = vectorMixtral(), 1
	r := route(t, s)
	require.InEpsilon(t, 3.0, r.EffectiveExperts, 1e-12)
	require.InEpsilon(t, 352.321536e6, float64(r.Dispatch), 1e-9)
	require.InEpsilon(t, 7.08143072e-3, float64(r.AllToAll), 1e-9)
	require.InEpsilon(t, 1.853333e10, float64(r.EffectiveParams), 5e-7)
}

func TestRoutingRefusals(t *testing.T) {
	for want, change := range map[string]func(*parallel.MoERouting){
		"parallel.MoERouting: Model = Llama-3.1-8B: want a mixture of experts": func(s *parallel.MoERouting) { s.Model = models.Llama3_8B }, // V-37
		"Imbalance = 0.5: want at least 1":                                     func(s *parallel.MoERouting) { s.Imbalance = 0.5 },
		"EP = -1: want at least 1":                                             func(s *parallel.MoERouting) { s.EP = -1 },
		"Batch = 0: want at least 1":                                           func(s *parallel.MoERouting) { s.Batch = 0 },
		"Model.TopK = 9: want between 1 and the number of experts":             func(s *parallel.MoERouting) { s.Model.TopK = 9 },
		"Model.Hidden = 0: want at least 1":                                    func(s *parallel.MoERouting) { s.Model.Hidden, s.Model.Vocab = 0, 0 },
	} {
		s := moeBase
		change(&s)
		_, err := s.Solve()
		require.ErrorContains(t, err, want)
	}
}

func ExampleMoERouting() {
	r, err := parallel.MoERouting{
		Model: models.Mixtral_8x7B, Batch: 8, Sequence: 2048, EP: 8, Imbalance: 1.5,
		Intra: 450 * units.GBps, IntraLatency: 0.5 * units.Microsecond,
	}.Solve()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.EffectiveExperts, "experts' worth of work,", r.Dispatch, "sent per layer in", r.AllToAll)
	// Output: 3 experts' worth of work, 352.3 MB sent per layer in 786.4 µs
}

func BenchmarkMoERouting(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := moeBase.Solve(); err != nil {
			b.Fatal(err)
		}
	}
}

// I-26: every input changes the result.
func TestEveryRoutingInputMatters(t *testing.T) {
	across := moeBase
	across.PerNode = 4
	for name, in := range map[string]struct {
		base   parallel.MoERouting
		change func(*parallel.MoERouting)
	}{
		"Model":        {moeBase, func(s *parallel.MoERouting) { s.Model = vectorMixtral() }},
		"Batch":        {moeBase, func(s *parallel.MoERouting) { s.Batch = 9 }},
		"Sequence":     {moeBase, func(s *parallel.MoERouting) { s.Sequence = 9 }},
		"Precision":    {moeBase, func(s *parallel.MoERouting) { s.Precision = physics.FP8 }},
		"EP":           {moeBase, func(s *parallel.MoERouting) { s.EP = 4 }},
		"Imbalance":    {moeBase, func(s *parallel.MoERouting) { s.Imbalance = 2 }},
		"PerNode":      {moeBase, func(s *parallel.MoERouting) { s.PerNode = 4 }},
		"Intra":        {moeBase, func(s *parallel.MoERouting) { s.Intra *= 2 }},
		"IntraLatency": {moeBase, func(s *parallel.MoERouting) { s.IntraLatency *= 2 }},
		"Inter":        {across, func(s *parallel.MoERouting) { s.Inter *= 2 }},
		"InterLatency": {across, func(s *parallel.MoERouting) { s.InterLatency *= 2 }},
	} {
		before, err := json.Marshal(route(t, in.base))
		require.NoError(t, err)
		s := in.base
		in.change(&s)
		after, err := json.Marshal(route(t, s))
		require.NoError(t, err)
		require.NotEqual(t, string(before), string(after), name)
	}
}
