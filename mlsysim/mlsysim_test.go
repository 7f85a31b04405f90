package mlsysim_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/search"
	"github.com/mlsysim/golab/mlsysim/serving"
)

func TestCompareKnowsWhatIsBetter(t *testing.T) {
	s := serving.Serving{Model: models.Llama3_8B, Hardware: hardware.A100, Batch: 8, Prompt: 2048, Output: 128}
	a, err := s.Solve()
	require.NoError(t, err)
	s.Hardware = hardware.H100
	b, err := s.Solve()
	require.NoError(t, err)

	c, err := mlsysim.Compare(a, b)
	require.NoError(t, err)
	byField := map[string]mlsysim.Difference{}
	for _, d := range c.Rows {
		byField[d.Field] = d
	}
	require.True(t, byField["ITL"].Better)
	require.True(t, byField["TokensPerSecond"].Better)
	require.InEpsilon(t, float64(b.ITL)/float64(a.ITL), byField["ITL"].Ratio, 1e-12)
	require.False(t, byField["Memory"].Better) // the same
	require.Len(t, c.View().Blocks[0].Table.Cells, len(c.Rows))

	_, err = mlsysim.Compare(a, 3)
	require.ErrorContains(t, err, "want two results of one type")
	_, err = mlsysim.Compare(nil, nil)
	require.Error(t, err)
}

func ExampleEvaluate() {
	card, err := mlsysim.Evaluate(models.Llama3_70B, hardware.H100)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(card.Feasibility, "short of", card.Pass.Short)
	// Output: FAIL short of 55.88 GB
}

func ExampleSweep() {
	request := serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Prompt: 4096, Output: 256}
	front, err := mlsysim.Sweep(request, "Batch", []float64{1, 16, 256})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range front.Points {
		fmt.Println(p.X, p.Fits)
	}
	// Output:
	// 1 true
	// 16 true
	// 256 false
}

func ExampleSearch() {
	request := serving.Serving{Model: models.Llama3_8B, Hardware: hardware.H100, Batch: 1, Prompt: 4096, Output: 256}
	c, err := mlsysim.Search(context.Background(), search.Space{
		Solver: request, Objective: "TokensPerSecond", Limits: []string{"ITL <= 7 ms"},
		Axes: []search.Axis{{Field: "Batch", Values: search.Pow2(1, 256)}, {Field: "Precision", Names: []string{"fp16", "fp8"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	best, err := c.Best()
	fmt.Println(best.At, c.Fitting, "of", c.Total, err)
	for _, r := range c.Rejected {
		fmt.Println(r.Count, r.Reason)
	}
	// Output:
	// [32 fp8] 10 of 18 <nil>
	// 6 not ITL <= 7 ms
	// 2 does not fit
}
