package spec_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/lab/record"
	"github.com/mlsysim/golab/labs/spec"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/units"
)

func lab() spec.Lab {
	return spec.Lab{
		ID: "X1", Text: "# intro\nhello\n# q1\nfirst\n\n## part\nsecond\n",
		Params: []spec.Param{
			{Name: "batch", Var: "batch", Choices: []int{1, 2, 3}},
			{Name: "device", Var: "gpu", Devices: []string{"A100", "H100"}},
			{Name: "network", Var: "net", Models: []string{"Llama3_8B", "GPT2"}},
			{Name: "limit", Var: "limit", Numbers: []float64{0.3, 7}, Unit: units.Millisecond},
			{Name: "share", Var: "share", Numbers: []float64{0.1, 0.2}},
		},
	}
}

// The cell and the grader draw by the same names and numbers of choices.
func TestCodeDrawsWhatDrawDraws(t *testing.T) {
	l := lab()
	require.Equal(t, `l.Int("batch", 1, 2, 3)`, l.Params[0].Code())
	require.Equal(t, `l.Device("device", A100, H100)`, l.Params[1].Code())
	require.Equal(t, `l.Model("network", Llama3_8B, GPT2)`, l.Params[2].Code())
	require.Equal(t, `Seconds(l.Number("limit", 0.0003, 0.007))`, l.Params[3].Code(), "no digits that nobody meant")
	require.Equal(t, `l.Number("share", 0.1, 0.2)`, l.Params[4].Code())
	require.Equal(t, "gpu.Name", l.Params[1].Shown())
	require.Equal(t, "limit", l.Params[3].Shown())

	for _, student := range []string{"ada", "bob", "Zoë"} {
		d := l.Draw(student)
		require.Equal(t, []int{1, 2, 3}[record.Choose("X1", student, "batch", 3)], d.Int("batch"))
		require.Equal(t, []hardware.Device{hardware.A100, hardware.H100}[record.Choose("X1", student, "device", 2)], d.Device("device"))
		require.Equal(t, []models.Model{models.Llama3_8B, models.GPT2}[record.Choose("X1", student, "network", 2)].Name, d.Model("network").Name)
		require.Equal(t, []float64{0.0003, 0.007}[record.Choose("X1", student, "limit", 2)], d.Number("limit"))
		require.Contains(t, []float64{0.1, 0.2}, d.Number("share"))
	}
}

func TestDrawsListsEveryScenarioOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range lab().Draws() {
		seen[d.String()] = true
	}
	require.Len(t, seen, 3*2*2*2*2)
	require.True(t, seen["batch 2, device NVIDIA H100 SXM5, network Llama-3.1-8B, limit 7 ms, share 0.1"], "%v", lab().Draws()[0])
	require.True(t, seen[lab().Draw("ada").String()])
	require.Len(t, spec.Lab{}.Draws(), 1, "a lab without parameters has one scenario")
}

func TestAWrongParameterIsNamed(t *testing.T) {
	d := lab().Draw("ada")
	require.PanicsWithError(t, `spec: no parameter "bacth" of that type: want one of batch, device, network, limit, share`, func() { d.Int("bacth") })
	require.Panics(t, func() { d.Int("device") })
	require.PanicsWithError(t, "spec: batch is no number", func() { d.Number("batch") })
}

func TestValuesAreTheClaimsOfACell(t *testing.T) {
	v := spec.Values{"q1.t": 3 * units.Millisecond, "q1.n": 4}
	c := v.With(spec.Values{"q1.n": "none"}).Claims()
	require.Equal(t, "Seconds", c["q1.t"].Type)
	require.InDelta(t, 0.003, c["q1.t"].Number, 1e-15)
	require.Equal(t, "text", c["q1.n"].Type)
	require.Equal(t, 4, v["q1.n"], "With changes a copy")
	require.Panics(t, func() { spec.Values{"q1": []int{1}}.Claims() })
}

func TestBlocks(t *testing.T) {
	require.Equal(t, "hello", lab().Block("intro"))
	require.Equal(t, "first\n\n## part\nsecond", lab().Block("q1"))
	require.Empty(t, lab().Block("q2"))
}

func TestDrawsOfFunctionsStayInside(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	small := 0
	for range 1000 {
		n := spec.CountOf(r, 1, 1000)
		require.True(t, n >= 1 && n <= 1000)
		x := spec.OrderOf(r, 1e-3, 1e3)
		require.True(t, x >= 1e-3 && x <= 1e3)
		if n <= 31 {
			small++
		}
	}
	require.InDelta(t, 500, small, 60, "each power of ten as likely as another")
}
