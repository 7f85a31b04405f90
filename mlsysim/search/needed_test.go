package search_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
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

func TestNeededMeetsTheTarget(t *testing.T) {
	for _, c := range []search.Needed{
		{Solver: node, Metric: "Latency", Target: 3 * units.Millisecond},
		{Solver: request, Metric: "ITL", Target: 4 * units.Millisecond},
		{Solver: request, Metric: "TTFT", Target: 100 * units.Millisecond},
	} {
		r, err := c.Solve()
		require.NoError(t, err)
		require.True(t, r.Reached)
		require.InEpsilon(t, float64(c.Target), float64(r.Value), 1e-9)
		require.LessOrEqual(t, r.Value, c.Target)
		require.NoError(t, r.Explain().Verify(r))
		require.Contains(t, r.View().Title, c.Metric)
	}
}

func TestNeededOutOfReach(t *testing.T) {
	r, err := search.Needed{Solver: node, Metric: "Latency", Target: units.Microsecond}.Solve()
	require.NoError(t, err)
	require.False(t, r.Reached) // the launches alone take longer
	require.NotEmpty(t, r.View().Blocks[0].Notes)
	require.Empty(t, r.Explain().Steps)
	for _, target := range []units.Seconds{0, -5 * units.Millisecond, units.Seconds(math.NaN())} { // V-31
		_, err := search.Needed{Solver: node, Metric: "Latency", Target: target}.Solve()
		require.ErrorContains(t, err, "want a time above 0 s")
	}
	for want, n := range map[string]search.Needed{
		"not a time":         {Solver: node, Metric: "Throughput", Target: 1},
		"did you mean":       {Solver: node, Metric: "Latencie", Target: 1},
		"Efficiency = 7":     {Solver: compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Efficiency: 7}, Metric: "Latency", Target: 1}, // V-31
		"Hardware.Memory is": {Solver: serving.Tail{Arrivals: 1, Service: 0.1}, Metric: "P99", Target: 1},
		"want a solver":      {Solver: "node", Metric: "Latency", Target: 1},
	} {
		_, err := n.Solve()
		require.ErrorContains(t, err, want)
	}
}

type sizer func(search.Needed) (search.NeededResult, error)

// sized is the invariant (I-20): the forward model on the device needed fits and
// meets the target, and no size of it can shrink by a thousandth.
func sized(size sizer, n search.Needed) error {
	r, err := size(n)
	if err != nil || !r.Reached {
		return err
	}
	time := func(memory, bandwidth, rate float64) float64 {
		return onDevice(n, float64(r.Capacity)*memory, max(float64(r.Bandwidth), 1)*bandwidth, max(float64(r.Rate), 1)*rate)
	}
	target := float64(n.Target)
	switch {
	case !(time(1, 1, 1) <= target):
		return fmt.Errorf("on the device needed it takes %v: want %v", time(1, 1, 1), n.Target)
	case time(0.999, 1, 1) <= target:
		return errors.New("less memory will do")
	case r.Bandwidth == 0 && r.Rate == 0:
		return nil
	case time(1, 0.999, 0.999) <= target:
		return errors.New("slower rates will do")
	}
	return nil
}

// onDevice is the time by the forward model, infinite if the design does not fit.
func onDevice(n search.Needed, memory, bandwidth, rate float64) float64 {
	in := reflect.New(reflect.TypeOf(n.Solver)).Elem()
	in.Set(reflect.ValueOf(n.Solver))
	h := in.FieldByName("Hardware").Addr().Interface().(*hardware.Device)
	h.Memory, h.Bandwidth, h.Rates.FP16 = units.Bytes(memory), units.ByteRate(bandwidth), units.FLOPRate(rate)
	out := in.MethodByName("Solve").Call(nil)
	if !out[1].IsNil() || !out[0].FieldByName("Fits").Bool() {
		return math.Inf(1)
	}
	return out[0].FieldByName(n.Metric).Float()
}

func drawNeeded(t *rapid.T) search.Needed {
	m := rapid.SampledFrom([]models.Model{models.Llama3_8B, models.Llama3_70B, models.Mixtral_8x7B}).Draw(t, "model")
	batch, context := rapid.IntRange(1, 256).Draw(t, "batch"), rapid.IntRange(1, 8000).Draw(t, "context")
	target := units.Seconds(math.Exp(rapid.Float64Range(math.Log(5e-3), math.Log(10)).Draw(t, "ln target")))
	if rapid.Bool().Draw(t, "node") {
		return search.Needed{Solver: compute.SingleNode{Model: m, Hardware: hardware.H100, Batch: batch, Context: context}, Metric: "Latency", Target: target}
	}
	return search.Needed{
		Solver: serving.Serving{Model: m, Hardware: hardware.H100, Batch: batch, Prompt: context, Output: 100},
		Metric: rapid.SampledFrom([]string{"ITL", "TTFT", "Request"}).Draw(t, "metric"), Target: target,
	}
}

func TestNeededIsConfirmedByTheForwardModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNeeded(t)
		if err := sized(search.Needed.Solve, n); err != nil {
			t.Fatalf("%+v: %v", n, err)
		}
		r := n.Run()
		if err := r.Explain().Verify(r); r.Reached && err != nil {
			t.Fatal(err)
		}
	})
}

func TestNeededMutants(t *testing.T) {
	n := search.Needed{Solver: request, Metric: "Request", Target: 2}
	require.NoError(t, sized(search.Needed.Solve, n))
	for name, mutant := range map[string]func(*search.NeededResult){
		"half the memory":  func(r *search.NeededResult) { r.Capacity /= 2 },
		"twice the memory": func(r *search.NeededResult) { r.Capacity *= 2 },
		"too slow":         func(r *search.NeededResult) { r.Bandwidth, r.Rate = r.Bandwidth.Times(0.99), r.Rate.Times(0.99) },
		"twice the speed":  func(r *search.NeededResult) { r.Bandwidth, r.Rate = r.Bandwidth.Times(2), r.Rate.Times(2) },
		"no bandwidth":     func(r *search.NeededResult) { r.Bandwidth = 0 },
		"no arithmetic":    func(r *search.NeededResult) { r.Rate = 0 },
	} {
		require.Error(t, sized(func(n search.Needed) (search.NeededResult, error) {
			r, err := n.Solve()
			mutant(&r)
			return r, err
		}, n), name)
	}
}

// The device that decodes with 8B in 5 ms, where an H100 takes longer.
func ExampleNeeded() {
	s := compute.SingleNode{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Context: 2048}
	fmt.Println("H100:", s.Run().Latency)
	r := search.Needed{Solver: s, Metric: "Latency", Target: 5 * units.Millisecond}.Run()
	fmt.Println("wanted:", r.Bandwidth, "and", r.Capacity, "for", r.Value)
	// Output:
	// H100: 5.204 ms
	// wanted: 3.497 TB/s and 16.33 GB for 5 ms
}
