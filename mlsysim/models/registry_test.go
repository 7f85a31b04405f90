package models_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

func ExampleFind() {
	m, err := models.Find("llama-3 8b")
	fmt.Println(m, m.Params, m.KVHeads, err)
	// Output: Llama-3.1-8B 8.03B params 8 <nil>
}

// Each value that mlsysim 0.3.0 has wrong is right here and says so.
func TestCorrections(t *testing.T) {
	for _, c := range []struct {
		entry, field string
		got, want    float64
	}{
		{"DeepSeek_V3", "Heads", float64(models.DeepSeek_V3.Heads), 128},
		{"Llama2_7B", "Params", float64(models.Llama2_7B.Params), 6738415616},
		{"GPT2", "Params", float64(models.GPT2.Params), 1557611200},
		{"Llama2_70B", "Params", float64(models.Llama2_70B.Params), 68976648192},
		{"BERT_Base", "Params", float64(models.BERT_Base.Params), 109482240},
		{"BERT_Large", "Params", float64(models.BERT_Large.Params), 335141888},
		{"OPT_13B", "Params", float64(models.OPT_13B.Params), 12853473280},
		{"Mamba_2_8B", "Params", float64(models.Mamba_2_8B.Params), 2768345600},
		{"MobileNetV3_Large", "Params", float64(models.MobileNetV3_Large.Params), 5483032},
		{"EfficientNetB4", "Params", float64(models.EfficientNetB4.Params), 19341616},
		{"EfficientNetB0", "FLOPs", float64(models.EfficientNetB0.FLOPs), 772e6},
		{"StableDiffusion_v1_5", "FLOPs", float64(models.StableDiffusion_v1_5.FLOPs), 803.3e9},
		{"DLRM_MLPerf_v1", "Params", float64(models.DLRM_MLPerf_v1.Params), 24036595969},
		{"DS_CNN", "Params", float64(models.DS_CNN.Params), 24908},
		{"DS_CNN", "FLOPs", float64(models.DS_CNN.FLOPs), 5313536},
		{"ViT_Large", "Params", float64(models.ViT_Large.Params), 304326632},
		{"LeNet1", "Params", float64(models.LeNet1.Params), 9760},
		{"DiffusionPolicy_PushT", "Params", float64(models.DiffusionPolicy_PushT.Params), 251511938},
	} {
		require.Equal(t, c.want, c.got, "%s.%s", c.entry, c.field)
		e, err := models.Lookup(c.entry)
		require.NoError(t, err)
		f, ok := source.Find(e.Facts, c.field)
		require.True(t, ok, "%s.%s", c.entry, c.field)
		require.Contains(t, f.Note, "corrected from mlsysim 0.3.0", "%s.%s", c.entry, c.field)
	}
}

// What mlsysim 0.3.0 has wrong by more than a tenth, one of our tests would have
// caught there.
func TestMajorErrorsAreCaught(t *testing.T) {
	for what, find := range map[string]func() string{
		"DeepSeek-V3 with 56 heads": func() string {
			m := models.DeepSeek_V3
			m.Heads, m.KVHeads = 56, 56
			return flaw(&m)
		},
		"Stable Diffusion with 20 GFLOP per step": func() string {
			m := models.StableDiffusion_v1_5
			m.FLOPs = 20 * units.GFLOP
			return flaw(&m)
		},
		"DLRM without operations": func() string {
			m := models.Model{Family: models.Recommendation, Year: 2019, Params: 25e9, Vocab: 25e9 / 128, Hidden: 128}
			return flaw(&m)
		},
		"EfficientNet-B0 with multiply-adds": func() string { return differs(float64(efficient(224, 1, 1).macs), 0.39e9/2) },
		"DS-CNN with 200 k parameters": func() string {
			_, weights, _ := spot(25*5, 25*5, 64, 5)
			return differs(float64(weights), 200e3)
		},
		"DS-CNN with 20 MFLOP": func() string {
			macs, _, _ := spot(25*5, 25*5, 64, 5)
			return differs(float64(macs), 20e6/2)
		},
		"a state of layers x width x state": func() string {
			m := models.Mamba_2_8B
			return differs(m.StateElements(1), float64(m.Layers*m.Hidden*m.State))
		},
	} {
		require.NotEmpty(t, find(), what)
	}
}

// differs reports two numbers that are more than a tenth apart.
func differs(ours, theirs float64) string {
	if math.Abs(ours/theirs-1) <= 0.1 {
		return ""
	}
	return fmt.Sprintf("%g, not %g", ours, theirs)
}

func TestLookupsKeepTheirOwnValue(t *testing.T) {
	before := models.Llama3_8B
	t.Cleanup(func() { models.Llama3_8B = before })
	models.Llama3_8B.Params = 1 * units.Billion
	found, err := models.Find("Llama3_8B")
	require.NoError(t, err)
	require.Equal(t, before, found)
}
