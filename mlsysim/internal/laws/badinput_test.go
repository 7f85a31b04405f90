package laws_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compute"
	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/parallel"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/serving"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/walls"
)

// An abuse is an input that has to be refused in exactly these words: solver,
// field, value and wanted range. Some of upstream's are questions that ours answers.
type abuse struct {
	id     string
	in     func() error
	want   string
	answer func(t *testing.T)
}

// abuses lists all of them; most have several inputs.
func abuses() []abuse {
	return slices.Concat(passAbuses(), servingAbuses(), fleetAbuses(), operationAbuses(), searchAbuses(), planAbuses(), []abuse{
		{id: "V-18", answer: farContext},
		{id: "V-40", answer: servesState},
	})
}

func TestBadInputIsRefused(t *testing.T) {
	for _, a := range abuses() {
		t.Run(a.id, func(t *testing.T) {
			if a.answer != nil {
				a.answer(t)
				return
			}
			require.EqualError(t, a.in(), a.want)
		})
	}
}

// changed solves an example with one change.
func changed[I, R any](solve func(I) (R, error), change func(*I)) func() error {
	return func() error {
		in := example[I]()
		change(&in)
		_, err := solve(in)
		return err
	}
}

// written reads an input from JSON, as the command line's --json and the grader do.
func written[T any](text string) func() error {
	return func() error {
		var in T
		return describe.Decode([]byte(text), &in)
	}
}

var nan = math.NaN()

// passAbuses are those of one pass on one device.
func passAbuses() []abuse {
	node := func(change func(*compute.SingleNode)) func() error { return changed(pass, change) }
	return []abuse{
		{id: "V-01", want: "compute.SingleNode: Efficiency = NaN: want above 0 and at most 1", in: node(func(s *compute.SingleNode) { s.Efficiency = nan })},
		{id: "V-02", want: "compute.SingleNode: Batch = 1.5: want a whole number", in: written[compute.SingleNode](`{"batch": 1.5}`)},
		{id: "V-02", want: "compute.SingleNode: Batch = 1e400: want a whole number", in: written[compute.SingleNode](`{"batch": 1e400}`)},
		{id: "V-02", want: "compute.SingleNode: Batch = 0: want at least 1", in: node(func(s *compute.SingleNode) { s.Batch = 0 })},
		{id: "V-02", want: "compute.SingleNode: Batch = 2000000000: want at most 1e9", in: node(func(s *compute.SingleNode) { s.Batch = 2e9 })},
		{id: "V-03", want: "compute.SingleNode: Hardware.Bandwidth = -10 GB/s: want at least 0", in: node(func(s *compute.SingleNode) { s.Hardware.Bandwidth = -10 * units.GBps })},
		{id: "V-04", want: "compute.SingleNode: Hardware.Bandwidth = 0 B/s: want above 0 B/s", in: node(func(s *compute.SingleNode) { s.Hardware.Bandwidth = 0 })},
		{id: "V-04", want: "compute.SingleNode: Precision = fp16: want one of int8, the formats of NVIDIA H100 SXM5", in: node(func(s *compute.SingleNode) {
			s.Hardware.Rates, s.Precision = hardware.Rates{INT8: 1e15}, physics.FP16
		})},
		{id: "V-05", want: "compute.SingleNode: hardware.rates.FP16 = -500 TFLOP/s: want at least 0", in: written[compute.SingleNode](`{"hardware": {"rates": {"fp16": -500e12}}}`)},
		{id: "V-05", want: "compute.SingleNode: hardware.Bandwidth = -1 TB/s: want at least 0", in: written[compute.SingleNode](`{"hardware": {"bandwidth": -1e12}}`)},
		{id: "V-06", want: "compute.SingleNode: Model.Params = -5B params: want at least 0", in: node(func(s *compute.SingleNode) { s.Model.Params = -5e9 })},
		{id: "V-06", want: "compute.SingleNode: Model.Layers = -3: want at least 0", in: node(func(s *compute.SingleNode) { s.Model.Layers = -3 })},
	}
}

func servingAbuses() []abuse {
	request := func(change func(*serving.Serving)) func() error { return changed(serve, change) }
	tail := func(change func(*serving.Tail)) func() error { return changed(serving.Tail.Solve, change) }
	return []abuse{
		{id: "V-15", want: "serving.Serving: Batch = -3: want at least 1", in: request(func(s *serving.Serving) { s.Batch = -3 })},
		{id: "V-15", want: "serving.Serving: Batch = -4: want at least 1", in: request(func(s *serving.Serving) { s.Batch = -4 })},
		{id: "V-16", want: "serving.Serving: Efficiency = 5: want above 0 and at most 1", in: request(func(s *serving.Serving) { s.Efficiency = 5 })},
		{id: "V-16", want: "serving.Speculation: Acceptance = 1.7: want at least 0 and at most 1", in: changed(serving.Speculation.Solve, func(s *serving.Speculation) { s.Acceptance = 1.7 })},
		{id: "V-17", want: "serving.Serving: Prompt = \"NaN\": want a whole number", in: written[serving.Serving](`{"prompt": "NaN"}`)},
		{id: "V-19", want: "serving.Tail: Arrivals = -5 requests/s: want at least 0", in: tail(func(s *serving.Tail) { s.Arrivals = -5 })},
		{id: "V-20", want: "serving.Tail: Arrivals = NaN: want at least 0", in: tail(func(s *serving.Tail) { s.Arrivals = units.RequestRate(nan) })},
		{id: "V-21", want: "serving.Tail: Replicas = 2.9: want a whole number", in: written[serving.Tail](`{"replicas": 2.9}`)},
		{id: "V-21", want: "serving.Tail: Replicas = 0: want at least 1 and at most 1e+06", in: written[serving.Tail](`{"replicas": 0}`)},
		{id: "V-21", want: "serving.Tail: Replicas = -4: want at least 1 and at most 1e+06", in: tail(func(s *serving.Tail) { s.Replicas = -4 })},
		{id: "V-22", want: "serving.Tail: Service = 0 s: want above 0", in: tail(func(s *serving.Tail) { s.Service = 0 })},
		{id: "V-34", want: "serving.Streaming: Batch = -8: want at least 1", in: changed(serving.Streaming.Solve, func(s *serving.Streaming) { s.Batch = -8 })},
		{id: "V-34", want: `unknown phase "banana": want one of decode, prefill`, in: func() error { var p serving.StreamPhase; return p.UnmarshalText([]byte("banana")) }},
		{id: "V-34", want: "serving.Streaming: Phase = 7: want one of decode, prefill", in: changed(serving.Streaming.Solve, func(s *serving.Streaming) { s.Phase = 7 })},
		{id: "V-36", want: `unknown precision "fp7": want one of auto, fp16, bf16, tf32, fp32, fp64, fp8, int8, fp4, int4; did you mean fp4?`, in: func() error {
			var s serving.Serving
			return s.Precision.UnmarshalText([]byte("fp7"))
		}},
		{id: "V-38", want: "serving.Capacity: Arrivals = NaN: want above 0", in: changed(serving.Capacity.Solve, func(s *serving.Capacity) { s.Arrivals = units.RequestRate(nan) })},
		{id: "V-43", want: "serving.Tuning: SLA = -5 ms: want above 0", in: changed(serving.Tuning.Solve, func(s *serving.Tuning) { s.SLA = -5 * units.Millisecond })},
	}
}

// Ten million tokens on a model for 131 072 are computed, with a warning.
func farContext(t *testing.T) {
	r := right(t, serve, serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Prompt: 10_000_000})
	require.True(t, r.Warnings.Has(walls.BeyondContext))
	require.Greater(t, float64(r.TTFT), 100.0)
}

// A state-space network keeps 64 layers of 5120·(16 + 4) elements, whatever the
// length.
func servesState(t *testing.T) {
	s := serving.Serving{Model: models.Mamba_2_8B, Hardware: hardware.H100, Batch: 4, Prompt: 100}
	state := right(t, serve, s).Cache
	near(t, 4*2*64*5120*20, state, 9)
	s.Prompt = 100_000
	require.Equal(t, state, right(t, serve, s).Cache)
}

// Unknown keys, two documents and texts in place of numbers are refused at every
// solver, with a suggestion.
func TestNonsenseInJSON(t *testing.T) {
	require.EqualError(t, written[parallel.Training](`{"noodles": 3}`)(), `parallel.Training: unknown field "noodles": did you mean nodes?`)
	require.Error(t, written[parallel.Training](`{} {}`)())
	require.Error(t, written[parallel.Training](`[]`)())
	var refused *describe.FieldError
	require.True(t, errors.As(written[parallel.Training](`{"nodes": "many"}`)(), &refused))
}
