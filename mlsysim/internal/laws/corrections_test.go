package laws_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/systems"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A correction is a value of mlsysim (Python) 0.3.0 that changes a result by more
// than a tenth or breaks a use, what is right, and the test that would have caught
// it there: a function of a room, with the words in it that are about this value.
type correction struct {
	path, field, upstream, right string

	ours, theirs []float64 // in SI, where it is a number; NaN is a value that is missing
	room, test   string
	says         []string
}

// The rooms that most of the tests are in.
const (
	ofHardware = "hardware"
	ofModels   = "models"
	ofRegistry = "internal/registry"
	ofLaws     = "internal/laws"
	majors     = "TestMajorErrorsOfUpstreamAreFound"
)

var missing = math.NaN()

// corrections lists all 35 of the reference whose severity is major.
func corrections() []correction {
	return slices.Concat(cloudCorrections(), edgeCorrections(), modelCorrections(), placeCorrections())
}

func tops(rates ...units.FLOPRate) []float64 {
	var out []float64
	for _, r := range rates {
		out = append(out, float64(r)/1e12)
	}
	return out
}

func cloudCorrections() []correction {
	trn, nvl, b200, pcie := hardware.Trainium2, hardware.GB200_NVL72, hardware.B200, hardware.H100_PCIe
	mi, v6, v1, t4, cs3 := hardware.MI325X, hardware.TPUv6, hardware.TPUv1, hardware.T4, hardware.Cerebras_CS3
	gb := func(r units.ByteRate) []float64 { return []float64{r.Ratio(units.GBps)} }
	return []correction{
		{"hardware.Cloud.Trainium2", "peak_flops (bf16)", "380 TFLOP/s", "667 TFLOP/s", tops(trn.Rates.BF16), []float64{380}, ofHardware, majors, []string{"Trainium2", "bf16 of another chip"}},
		{"hardware.Cloud.Trainium2", "precision_flops.fp8", "760", "1299 TFLOP/s", tops(trn.Rates.FP8), []float64{760}, ofHardware, majors, []string{"Trainium2", "fp8 of another chip"}},
		{"hardware.Cloud.Trainium2", "nvlink", "missing", "1.28 TB/s per chip, both directions", gb(trn.ScaleUp), []float64{missing}, ofHardware, majors, []string{"Trainium2", "no link"}},
		{"hardware.Cloud.GB200_NVL72", "peak_flops / fp8 / fp4 (dense)", "162 / 324 / 648 PFLOP/s", "180 / 360 / 720 PFLOP/s", tops(nvl.Rates.FP16, nvl.Rates.FP8, nvl.Rates.FP4), []float64{162e3, 324e3, 648e3}, ofHardware, majors, []string{"GB200_NVL72", "72 of another device"}},
		{"hardware.Cloud.GB200_NVL72", "memory.capacity", "13824 GiB (14.84 TB)", "13.4 TB (186 GB x 72)", []float64{float64(nvl.Memory)}, []float64{14.84e12}, ofHardware, majors, []string{"GB200_NVL72", "physical memory"}},
		{"hardware.Cloud.B200", "precision_flops.int4", "9000 TOP/s", "not supported", tops(b200.Rates.INT4, b200.Rates.INT8), []float64{9000, missing}, ofHardware, majors, []string{"B200", "fp4 as int4, no int8"}},
		{"hardware.Cloud.H100_PCIe", "precision_flops", "fp16 and fp32 only", "tf32 378, bf16 756, fp8 and int8 1513", tops(pcie.Rates.TF32, pcie.Rates.BF16, pcie.Rates.FP8, pcie.Rates.INT8), []float64{missing, missing, missing, missing}, ofHardware, majors, []string{"H100_PCIe", "16 bit alone"}},
		{"hardware.Cloud.MI325X", "precision_flops", "fp16 only", "fp8 and int8 2614.9, tf32 653.7, bf16 1307.4, fp32 163.4", tops(mi.Rates.FP8, mi.Rates.INT8, mi.Rates.TF32, mi.Rates.BF16, mi.Rates.FP32), []float64{missing, missing, missing, missing, missing}, ofHardware, majors, []string{"MI325X", "fp16 alone"}},
		{"hardware.Cloud.TPUv6", "precision_flops", "empty", "int8 1836", tops(v6.Rates.INT8), []float64{missing}, ofHardware, majors, []string{"TPUv6", "no int8"}},
		{"hardware.Cloud.TPUv1", "peak_flops", "92 TFLOP/s at any precision", "92 TOP/s of int8 only", tops(v1.Rates.FP16, v1.Rates.BF16), []float64{92, 92}, ofHardware, majors, []string{"TPUv1", "int8 as float"}},
		{"hardware.Cloud.T4", "precision_flops", "int8 only, fp32 falls to 65", "fp32 8.1, int4 260", tops(t4.Rates.FP32), []float64{65}, ofHardware, majors, []string{"T4", "no fp32"}},
		{"hardware.Cloud.Gaudi3", "nvlink", "missing", "24 x 200 GbE, 600 GB/s each way", gb(hardware.Gaudi3.ScaleUp), []float64{missing}, ofHardware, majors, []string{"Gaudi3", "no link"}},
		{"hardware.Cloud.Cerebras_CS3", "peak_flops", "125 PFLOP/s", "125 is with sparsity; the dense rate is not published", tops(cs3.Rates.FP16), []float64{125e3}, ofHardware, majors, []string{"Cerebras_CS3", "sparse as dense"}},
	}
}

func edgeCorrections() []correction {
	agx, nx, thor, coral, stm := hardware.JetsonAGXOrin, hardware.JetsonOrinNX, hardware.DriveThor, hardware.Coral, hardware.STM32F4
	return []correction{
		{"hardware.Edge.JetsonAGXOrin", "peak_flops", "275 TFLOP/s", "42.5 fp16 dense, int8 dense 85", tops(agx.Rates.FP16, agx.Rates.INT8), []float64{275, 275}, ofHardware, majors, []string{"JetsonAGXOrin", "sparse int8 as peak", "sparse int8 as int8"}},
		{"hardware.Edge.JetsonOrinNX", "peak_flops; int8", "25; 100", "15 fp16 dense, int8 dense 30", tops(nx.Rates.FP16, nx.Rates.INT8), []float64{25, 100}, ofHardware, majors, []string{"JetsonOrinNX", "a quarter of sparse", "sparse int8 with the DLA"}},
		{"hardware.Edge.DriveThor", "peak/fp8/int8/fp4", "1000/1000/1000/2000", "dense: fp8 and int8 500, fp4 1000, fp16 250", tops(thor.Rates.FP16, thor.Rates.FP8, thor.Rates.INT8, thor.Rates.FP4), []float64{1000, 1000, 1000, 2000}, ofHardware, majors, []string{"DriveThor", "sparse fp8 as peak"}},
		{"hardware.Edge.DriveThor", "memory.bandwidth", "546 GB/s", "273 GB/s", []float64{thor.Bandwidth.Ratio(units.GBps)}, []float64{546}, ofHardware, majors, []string{"DriveThor", "bandwidth of two"}},
		{"hardware.Edge.Coral", "memory", "1 GiB at 8 GB/s", "8 MB on the chip", []float64{float64(coral.Memory), float64(coral.SRAM)}, []float64{float64(units.GiB), missing}, ofHardware, majors, []string{"Coral", "memory of a board"}},
		{"hardware.Edge.Coral|NUC_Movidius, hardware.Mobile.*", "peak_flops", "INT8 TOPS stored as the rate of every precision", "int8 only; half precision only on the stick", tops(coral.Rates.FP16, hardware.NUC_Movidius.Rates.FP32, hardware.IPhone15Pro.Rates.FP16, hardware.Pixel8.Rates.FP16, hardware.Snapdragon8Gen3.Rates.FP16), []float64{4, 1, 35, 15, 34}, ofHardware, majors, []string{"Coral", "iPhone15Pro", "Pixel8", "Snapdragon8Gen3", "int8 as float"}},
		{"hardware.Tiny.STM32F4", "memory.capacity semantics", "192 KiB SRAM where others have flash", "SRAM and flash apart", []float64{float64(stm.Memory), float64(stm.Flash)}, []float64{float64(192 * units.KiB), missing}, ofHardware, majors, []string{"STM32F4", "SRAM as capacity"}},
	}
}

func modelCorrections() []correction {
	const caught = "TestMajorErrorsAreCaught"
	mamba, dlrm := models.Mamba_2_8B, models.DLRM_MLPerf_v1
	return []correction{
		{"models.Language.DeepSeek_V3", "heads", "56", "128", []float64{float64(models.DeepSeek_V3.Heads)}, []float64{56}, ofModels, caught, []string{"DeepSeek-V3 with 56 heads"}},
		{"models.Vision.EfficientNetB0", "inference_flops", "0.39 GFLOP", "0.77 to 0.78 GFLOP", []float64{float64(models.EfficientNetB0.FLOPs)}, []float64{0.39e9}, ofModels, caught, []string{"EfficientNet-B0 with multiply-adds"}},
		{"models.GenerativeVision.StableDiffusion_v1_5", "inference_flops (per step)", "20 GFLOP", "678 GFLOP and more, twice with guidance", []float64{float64(models.StableDiffusion_v1_5.FLOPs)}, []float64{20e9}, ofModels, caught, []string{"Stable Diffusion with 20 GFLOP per step"}},
		{"models.Recommendation.DLRM", "inference_flops", "missing", "4.7 MFLOP per sample", []float64{float64(dlrm.SampleOps())}, []float64{missing}, ofModels, caught, []string{"DLRM without operations"}},
		{"models.Tiny.DS_CNN", "source/params", "200 k parameters, 20 MFLOP", "24,908 parameters, 5.3 MFLOP", []float64{float64(models.DS_CNN.Params), float64(models.DS_CNN.FLOPs)}, []float64{200e3, 20e6}, ofModels, caught, []string{"DS-CNN with 200 k parameters", "DS-CNN with 20 MFLOP"}},
		{"models.StateSpace.*", "state cache", "layers x width x state", "layers x (2 x width) x (state + 4)", []float64{mamba.StateElements(1)}, []float64{float64(mamba.Layers * mamba.Hidden * mamba.State)}, ofModels, caught, []string{"a state of layers x width x state"}},
	}
}

func placeCorrections() []correction {
	const places = "TestMajorCorrectionsOfPlaces"
	grams := func(g infra.Grid) []float64 { return []float64{g.Carbon.Ratio(units.GramPerKWh)} }
	return []correction{
		{"infrastructure.Grids.Poland", "carbon_intensity_g_kwh", "820", "662 (2023)", grams(infra.Poland), []float64{820}, ofRegistry, places, []string{"infrastructure.Grids.Poland carbon"}},
		{"infrastructure.Grids.Norway", "carbon_intensity_g_kwh", "10", "30 (2023)", grams(infra.Norway), []float64{10}, ofRegistry, places, []string{"infrastructure.Grids.Norway carbon"}},
		{"infrastructure.Grids.Iowa", "carbon_intensity_g_kwh", "680", "288 of the state, 413 around us-central1", grams(infra.Iowa), []float64{680}, ofRegistry, places, []string{"infrastructure.Grids.Iowa carbon, state"}},
		{"infrastructure.Grids.*", "pue / wue", "a property of grids", "a property of buildings", nil, nil, "infra", "TestGridHasNoPUE", []string{"UE", "infra.Poland"}},
		{"systems.Nodes.Server_8x_MI300X", "intra_node_bw", "896 GB/s", "448 GB/s each way", []float64{systems.Server_8x_MI300X.IntraLink.Ratio(units.GBps)}, []float64{896}, ofRegistry, places, []string{"systems.Nodes.Server_8x_MI300X intra_node_bw"}},
		{"scenarios.*", "power_budget, target_accuracy", "stored, never evaluated", "evaluated, or refused", nil, nil, ofLaws, "planLimits", []string{"power_w: 1", "target_accuracy"}},
		{"registry names", "short aliases", "59 names of 0.1.1 are gone", "all resolve", nil, nil, ofHardware, "TestNamesOfUpstream", []string{`lines(t, "names.txt")`, "Greater(t, devices, 120)"}},
		{"cli plan: ops.region", "effect", "accepted, never read", "the named grid; an unknown name is an error", nil, nil, ofLaws, "planRegion", []string{"Poland", "did you mean Quebec", "Atlantis"}},
		{"cli plan: hardware.nodes", "key", "refused, though the README uses it", "accepted", nil, nil, "scenario", "TestSizesOfACluster", []string{`"nodes: 2"`, `"node_count: 2"`}},
	}
}

// Each major error of mlsysim 0.3.0 is right here, and a test that would have
// caught it there exists and is about it.
func TestEveryMajorCorrectionHasATest(t *testing.T) {
	all := corrections()
	require.Len(t, all, 35)
	seen := map[string]bool{}
	bodies := map[string]map[string]string{}
	for _, c := range all {
		name := c.path + " " + c.field
		require.False(t, seen[name], name)
		seen[name] = true
		require.Empty(t, uncorrected(c), name)

		if bodies[c.room] == nil {
			bodies[c.room] = functions(t, filepath.Join("../..", c.room))
		}
		body, ok := bodies[c.room][c.test]
		require.True(t, ok, "%s: mlsysim/%s has no %s", name, c.room, c.test)
		for _, words := range c.says {
			require.Contains(t, body, words, "%s: %s of mlsysim/%s", name, c.test, c.room)
		}
	}
}

// uncorrected says what of a correction is as mlsysim 0.3.0 has it: a number that
// it lacks must be known, and another be more than nine percent away.
func uncorrected(c correction) string {
	if len(c.ours) != len(c.theirs) {
		return "not as many numbers of ours as of theirs"
	}
	for i, theirs := range c.theirs {
		switch {
		case math.IsNaN(theirs) && !(c.ours[i] > 0):
			return "unknown here too"
		case math.Abs(c.ours[i]-theirs) <= 0.09*theirs:
			return "as it was"
		}
	}
	return ""
}

// functions returns the source of every function of a room's tests, and of the
// tables that stand outside of functions.
func functions(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	fset := token.NewFileSet()
	paths, err := fs.Glob(os.DirFS(dir), "*_test.go")
	require.NoError(t, err)
	for _, path := range paths {
		data, err := os.ReadFile(filepath.Join(dir, path))
		require.NoError(t, err)
		file, err := parser.ParseFile(fset, path, data, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				found[f.Name.Name] = string(data[fset.Position(f.Pos()).Offset:fset.Position(f.End()).Offset])
			}
		}
	}
	return found
}

// The table finds a value that is as it was, one that is missing again and a test
// that is gone.
func TestALostCorrectionIsFound(t *testing.T) {
	for _, c := range corrections() {
		if len(c.theirs) == 0 {
			continue
		}
		c.ours = make([]float64, len(c.theirs))
		for i, theirs := range c.theirs {
			if !math.IsNaN(theirs) {
				c.ours[i] = theirs
			}
		}
		require.NotEmpty(t, uncorrected(c), "%s %s", c.path, c.field)
	}
	bodies := functions(t, "../../hardware")
	require.Contains(t, bodies, majors)
	require.NotContains(t, bodies, "TestThatIsGone")
	require.NotContains(t, bodies[majors], "a device that nobody has")
}
