package compose_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/compose"
	"github.com/mlsysim/golab/mlsysim/internal/golden"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/units"
)

const launch = 10 * units.Microsecond

func goldenCase(t *testing.T, id string) golden.Case {
	cases, err := golden.Of("Pipeline")
	require.NoError(t, err)
	for _, c := range cases {
		if c.ID == id {
			return c
		}
	}
	require.Fail(t, "no vector", id)
	return golden.Case{}
}

// output is one number of one stage of a vector.
func output(t *testing.T, c golden.Case, stage, name string) float64 {
	var fields map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(c.Outputs[stage], &fields))
	var quantity struct{ Value float64 }
	if json.Unmarshal(fields[name], &quantity) == nil {
		return quantity.Value
	}
	var plain float64
	require.NoError(t, json.Unmarshal(fields[name], &plain), name)
	return plain
}

func ExamplePipeline() {
	p := compose.Pipeline{
		Stages: []compose.Stage{{Name: "serve", Solver: serve}, {Name: "tail", Solver: tail}},
		Binds:  []compose.Bind{{From: "serve.Request", To: "tail.Service"}},
	}
	r := p.Run()
	fmt.Println(r.Fits, r.Value("tail.P99") > r.Value("serve.Request"))
	// Output: true true
}

// BenchmarkPipeline is points of three solvers in a row, on one core.
func BenchmarkPipeline(b *testing.B) {
	outputs, err := search.Steps(1, 100_000, 1)
	require.NoError(b, err)
	s := search.Space{Solver: service(), Workers: 1, Axes: []search.Axis{{Field: "serve.Output", Values: outputs}}}
	b.ReportAllocs()
	for b.Loop() {
		_, err := s.Solve(context.Background())
		require.NoError(b, err)
	}
	b.ReportMetric(float64(b.N)*float64(len(outputs))/b.Elapsed().Seconds(), "points/s")
}
