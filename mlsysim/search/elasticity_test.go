package search_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
)

var levers = []string{"Hardware.Bandwidth", "Hardware.Rates.FP16", "Hardware.Memory"}

// The elasticities of a roofline are the shares of its times (P-37).
func TestElasticitiesAreTheShares(t *testing.T) {
	r := node.Run()
	s, err := search.Elasticities(node, "Latency", append(levers, "Hardware.Launch", "Efficiency"))
	require.NoError(t, err)
	require.InDelta(t, -r.Memory.Ratio(r.Latency), s.Fields[0].Right, 1e-9)
	require.InDelta(t, s.Fields[0].Left, s.Fields[0].Right, 1e-9)
	require.InDelta(t, 0, s.Fields[1].Magnitude(), 1e-12)
	require.InDelta(t, 0, s.Fields[4].Magnitude(), 1e-12) // its default was perturbed
	require.Equal(t, "Hardware.Bandwidth", s.Binding)
	require.NotEmpty(t, s.View().Blocks[0].Table.Cells)
	require.Len(t, s.Ridges, 1)
	require.InDelta(t, math.Log(r.Compute.Ratio(r.Memory)), s.Ridges[0].Distance, 1e-12)
}

// At the ridge both sides are told, and nothing binds alone (D-24).
func TestRidgeHasTwoSides(t *testing.T) {
	r := node.Run()
	s := node
	s.Hardware.Rates.FP16 = s.Hardware.Rates.FP16.Times(r.Compute.Ratio(r.Memory))
	e, err := search.Elasticities(s, "Latency", levers[:2])
	require.NoError(t, err)
	share := r.Memory.Ratio(r.Latency)
	for _, f := range e.Fields {
		require.True(t, f.Kink, f)
		require.InDelta(t, -share, f.Left, 1e-6)
		require.InDelta(t, 0, f.Right, 1e-6)
	}
	require.Equal(t, "none", e.Binding)
	require.InDelta(t, 0, e.Ridges[0].Distance, 1e-12)
	verified(t, e)
}

// Prefill and decode have a ridge each.
func TestServingHasTwoRidges(t *testing.T) {
	s, err := search.Elasticities(request, "ITL", levers[:1])
	require.NoError(t, err)
	require.Len(t, s.Ridges, 2)
	require.Equal(t, []string{"prefill", "decode"}, []string{s.Ridges[0].Phase, s.Ridges[1].Phase})
	require.Positive(t, s.Ridges[0].Distance)
	require.Negative(t, s.Ridges[1].Distance)
	verified(t, s)
}

// verified evaluates every step again and holds the last of each side to the
// result.
func verified(t require.TestingT, s search.Sensitivity) {
	trace := s.Explain()
	require.NoError(t, trace.Verify(s))
	values := map[string]float64{}
	for _, step := range trace.Steps {
		values[step.Symbol] = number(step.Value)
	}
	for i, e := range s.Fields {
		if e.LeftKnown {
			require.Equal(t, e.Left, values[fmt.Sprintf("e_left%d", i+1)])
		}
		if e.RightKnown {
			require.Equal(t, e.Right, values[fmt.Sprintf("e_right%d", i+1)])
		}
	}
	for i, r := range s.Ridges {
		require.Equal(t, r.Distance, values[fmt.Sprintf("d_%d", i+1)])
	}
}

func number(v any) float64 {
	x, _ := v.(float64)
	return x
}

// Without fields it is the numbers of the device that matter, whichever memory is
// read: D-24 looks at the one that is not.
func TestElasticitiesOfTheDevice(t *testing.T) {
	names := func(s search.Sensitivity) (out []string) {
		for _, e := range s.Fields {
			out = append(out, e.Field)
		}
		return out
	}
	s, err := search.Elasticities(node, "Latency", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"Hardware.Bandwidth", "Hardware.Dispatch", "Hardware.Launch"}, names(s))
	require.Equal(t, "Hardware.Bandwidth", s.Binding)
	verified(t, s)

	tiny := compute.SingleNode{Model: models.Model{Name: "keyword spotter", Family: models.TinyML, Params: 200_000, FLOPs: 1e6}, Hardware: hardware.ESP32_S3, Batch: 1}
	tiny.Hardware.SRAMBandwidth, tiny.Hardware.Dispatch, tiny.Hardware.Launch = 80*units.MBps, 0, 0
	s, err = search.Elasticities(tiny, "Latency", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"Hardware.SRAMBandwidth"}, names(s))
	require.InDelta(t, -1, s.Fields[0].Right, 1e-9)
	require.Equal(t, "Hardware.SRAMBandwidth", s.Binding)

	s, err = search.Elasticities(serving.Tail{Arrivals: 50, Service: 10 * units.Millisecond}, "P99", nil)
	require.NoError(t, err)
	require.Equal(t, []string{"Arrivals", "Service"}, names(s))
}

func TestElasticitiesErrors(t *testing.T) {
	for want, c := range map[string][2]string{
		"did you mean Latency":     {"Latenzy", "Hardware.Bandwidth"},
		"did you mean Bandwidth":   {"Latency", "Hardware.Bandwith"},
		"Hardware is not a number": {"Latency", "Hardware"},
		"is zero or unknown here":  {"Short", "Batch"},
	} {
		_, err := search.Elasticities(node, c[0], []string{c[1]})
		require.ErrorContains(t, err, want)
	}
	_, err := search.Elasticities(compute.SingleNode{}, "Latency", levers)
	require.Error(t, err)
	s, err := search.Elasticities(node, "Latency", []string{"Hardware.Flash", "Batch"})
	require.NoError(t, err)
	require.False(t, s.Fields[0].LeftKnown)
	require.True(t, s.Fields[1].RightKnown)
	verified(t, s)
}

type differentiates func(in compute.SingleNode) (search.Sensitivity, error)

func derive(in compute.SingleNode) (search.Sensitivity, error) {
	return search.Elasticities(in, "Latency", []string{"Hardware.Bandwidth", "Hardware.Rates.FP16", "Hardware.Launch", "Hardware.Dispatch"})
}

// shares is the invariant (P-37): away from the ridge the elasticities are the
// shares of what binds and of the overheads, and together, signs dropped, they
// are one.
func shares(diff differentiates, in compute.SingleNode) error {
	r := in.Run()
	s, err := diff(in)
	if err != nil {
		return err
	}
	memory, arithmetic := -r.Memory.Ratio(r.Latency), 0.0
	if r.Compute > r.Memory {
		memory, arithmetic = 0, -r.Compute.Ratio(r.Latency)
	}
	sum := 0.0
	for i, want := range []float64{memory, arithmetic, in.Hardware.Launch.Times(float64(in.Model.Layers)).Ratio(r.Latency), in.Hardware.Dispatch.Ratio(r.Latency)} {
		e := s.Fields[i]
		sum += e.Magnitude()
		if math.Abs(e.Left-want) > 1e-6 || math.Abs(e.Right-want) > 1e-6 || e.Kink {
			return fmt.Errorf("%s: %v and %v: want %v", e.Field, e.Left, e.Right, want)
		}
	}
	if math.Abs(sum-1) > 1e-6 {
		return fmt.Errorf("shares add up to %v", sum)
	}
	return nil
}

func TestElasticitiesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := node
		in.Batch, in.Context = rapid.IntRange(1, 2000).Draw(t, "batch"), rapid.IntRange(0, 4000).Draw(t, "context")
		in.Efficiency = rapid.Float64Range(0.01, 1).Draw(t, "efficiency")
		in.Hardware.Memory = 1 << 60 // all of it fits: nothing crosses the host link
		in.Hardware.Dispatch, in.Hardware.Launch = 10*units.Microsecond, units.Microsecond
		if r := in.Run(); math.Abs(math.Log(r.Compute.Ratio(r.Memory))) < 0.01 {
			return // beside the ridge the sides differ, as they should
		}
		if err := shares(derive, in); err != nil {
			t.Fatal(err)
		}
		s, err := derive(in)
		require.NoError(t, err)
		verified(t, s)
	})
}

func TestElasticityMutants(t *testing.T) {
	in := node
	in.Hardware.Dispatch, in.Hardware.Launch = 10*units.Microsecond, units.Microsecond
	require.NoError(t, shares(derive, in))
	for name, mutant := range map[string]func(*search.Sensitivity){
		"ten percent, as upstream": func(s *search.Sensitivity) { s.Fields[0].Right *= 0.0855552 / 0.0935598 },
		"all zero, as in D-24":     func(s *search.Sensitivity) { s.Fields[0].Left, s.Fields[0].Right = 0, 0 },
		"the other sign":           func(s *search.Sensitivity) { s.Fields[0].Left *= -1 },
		"a kink":                   func(s *search.Sensitivity) { s.Fields[1].Kink = true },
		"no overhead":              func(s *search.Sensitivity) { s.Fields[2].Right = 0 },
	} {
		require.Error(t, shares(func(in compute.SingleNode) (search.Sensitivity, error) {
			s, err := derive(in)
			mutant(&s)
			return s, err
		}, in), name)
	}
}

func ExampleElasticities() {
	s, err := search.Elasticities(node, "Latency", levers)
	fmt.Println(s.Binding, err)
	// Output: Hardware.Bandwidth <nil>
}
