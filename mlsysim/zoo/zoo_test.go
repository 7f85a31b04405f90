package zoo_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/describe"
	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/infra"
	"github.com/mlsysim/golab/mlsysim/models"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}

func TestHardware(t *testing.T) {
	var z zoo.Zoo
	require.NoError(t, z.AddHardware("hardware.yaml", read(t, "hardware.yaml")))
	require.Len(t, z.Hardware, 2)

	want := hardware.Device{
		Name: "Example MyChip", Tier: hardware.Cloud, Status: hardware.Announced, Year: 2026,
		Rates:  hardware.Rates{BF16: 500 * units.TFLOPS, INT8: 1000 * units.TFLOPS},
		Memory: 96 * units.GiB, Bandwidth: 3 * units.TBps, TDP: 400,
	}
	for _, name := range []string{"MyChip", "mc 1", "hardware.Cloud.MyChip", "OldChip", "example mychip"} {
		d, err := z.Device(name)
		require.NoError(t, err, name)
		d.Dispatch = 0 // 10 us is no exact number
		require.Equal(t, want, d, name)
		require.NoError(t, describe.Check(&d))
	}
	e := z.Hardware[0]
	require.Equal(t, "A prototype.", e.Note)
	require.Equal(t, "announced", hardware.Doubt(&e))
	f, ok := source.Find(e.Facts, "Bandwidth")
	require.True(t, ok)
	require.Equal(t, source.Fact{Field: "Bandwidth", Text: "3 TB/s", Document: "mychip-brief", Confidence: source.Medium, Note: "preliminary"}, f)
	doc, ok := z.Document(f.Document)
	require.True(t, ok)
	require.Equal(t, "MyChip product brief", doc.Title)
}

// Lookups reach the built-in registries, and a misspelling is answered with the
// names of both.
func TestLookupsReachTheRegistry(t *testing.T) {
	var z zoo.Zoo
	require.NoError(t, z.AddHardware("hardware.yaml", read(t, "hardware.yaml")))
	require.NoError(t, z.AddModels("models.yaml", read(t, "models.yaml")))
	require.NoError(t, z.AddInfra("infra.yaml", read(t, "infra.yaml")))

	h, err := z.Device("h100")
	require.NoError(t, err)
	require.Equal(t, hardware.H100, h)
	_, err = z.Device("MyChap")
	require.ErrorContains(t, err, "did you mean MyChip")
	m, err := z.Model("MyNet-7B")
	require.NoError(t, err)
	require.Equal(t, 32, m.Layers)
	require.True(t, m.Gated)
	require.Equal(t, models.Transformer, m.Family)
	m, err = z.Model("Llama3_8B")
	require.NoError(t, err)
	require.Equal(t, models.Llama3_8B, m)
	g, err := z.Grid("campus")
	require.NoError(t, err)
	require.InEpsilon(t, float64(120*units.GramPerKWh), float64(g.Carbon), 1e-12)
	g, err = z.Grid("Quebec")
	require.NoError(t, err)
	require.Equal(t, infra.Quebec, g)
	f, err := z.Facility("Basement")
	require.NoError(t, err)
	require.InEpsilon(t, 1.6, f.PUE, 1e-12)
	_, ok := z.Document("nvidia-h100-ds")
	require.True(t, ok)
	_, ok = z.Document("none")
	require.False(t, ok)
}

// A second file may use the documents of the first but not its names, and a
// file with a mistake adds nothing.
func TestFilesOfOneZoo(t *testing.T) {
	var z zoo.Zoo
	text := string(read(t, "hardware.yaml"))
	require.NoError(t, z.AddHardware("one.yaml", []byte(text)))
	body := text[strings.Index(text, "Cloud:"):]
	err := z.AddHardware("two.yaml", []byte(body))
	require.ErrorContains(t, err, `two.yaml:2:3: hardware.Cloud.MyChip: name "MyChip" is already a name of hardware.Cloud.MyChip`)
	require.Len(t, zoo.Mistakes(err), 2)
	require.Len(t, z.Hardware, 2)
	require.Len(t, z.Documents, 1)

	other := strings.NewReplacer("MyChip", "HisChip", "MC-1", "HC-1", "OldChip", "OldHisChip", "MyBoard", "HisBoard", "Example board", "His board").Replace(body)
	require.NoError(t, z.AddHardware("three.yaml", []byte(other)))
	require.Len(t, z.Hardware, 4)
	require.Nil(t, zoo.Mistakes(nil))
}

// The mistakes of every broken file are those of the golden file. Each has
// file, line and column.
func TestBrokenFiles(t *testing.T) {
	paths, err := filepath.Glob("testdata/broken/*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 40)
	var got strings.Builder
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		name := filepath.Base(path)
		mistakes := zoo.Mistakes(add(new(zoo.Zoo), name, data))
		require.NotEmpty(t, mistakes, path)
		for _, m := range mistakes {
			require.Regexp(t, `^`+name+`:[0-9]+:[0-9]+: .`, m.Error())
			require.NotContains(t, m.Error(), "\n")
			fmt.Fprintln(&got, m)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/broken.txt", []byte(got.String()), 0o644))
	}
	require.Equal(t, string(read(t, "broken.txt")), got.String())
}

func add(z *zoo.Zoo, name string, data []byte) error {
	switch kind, _, _ := strings.Cut(name, "-"); kind {
	case "models":
		return z.AddModels(name, data)
	case "infra":
		return z.AddInfra(name, data)
	case "systems":
		return z.AddSystems(name, data)
	default:
		return z.AddHardware(name, data)
	}
}

// The files of this repository are in the format that users write.
func TestOwnFilesAreReadable(t *testing.T) {
	for kind, files := range map[string]string{"hardware": "*.yaml", "models": "*.yaml", "infra": "*.yaml", "systems": "*.yaml"} {
		paths, err := filepath.Glob(filepath.Join("..", kind, "data", files))
		require.NoError(t, err)
		require.NotEmpty(t, paths)
		for _, path := range paths {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			for _, m := range zoo.Mistakes(add(new(zoo.Zoo), kind+"-"+filepath.Base(path), data)) {
				require.ErrorContains(t, m, "is already a name of "+kind+".", "%s: nothing is wrong but that the names are taken", path)
			}
		}
	}
}

// No text makes the reader panic or add half an entry.
func FuzzAddHardware(f *testing.F) {
	for _, seed := range []string{"hardware.yaml", "broken/hardware-no-name.yaml", "broken/hardware-not-yaml.yaml"} {
		data, err := os.ReadFile(filepath.Join("testdata", seed))
		require.NoError(f, err)
		f.Add(string(data))
	}
	for _, text := range []string{"", "Cloud:", "Cloud: {X: 1}", "Cloud: {X: {rates: [1]}}", "documents: 1", "Cloud:\n  ? [a]\n  : b", "Cloud: {X: {name: &a X, aliases: *a}}", "Cloud: {<<: {a: 1}}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var z zoo.Zoo
		if err := z.AddHardware("f.yaml", []byte(text)); err != nil {
			require.Empty(t, z.Hardware)
			require.NotEmpty(t, err.Error())
			return
		}
		require.NotEmpty(t, z.Hardware)
	})
}

func ExampleZoo() {
	var z zoo.Zoo
	err := z.AddHardware("mine.yaml", []byte(`
Cloud:
  MyChip:
    name: My chip
    tier: clout
    year: {value: 2026, source: nvidia-dgx, confidence: high}
    memory: {value: 96 GB/s, source: nvidia-dgx, confidence: high}
`))
	fmt.Println(err)
	// Output:
	// mine.yaml:5:11: hardware.Cloud.MyChip: tier = clout: want one of cloud, workstation, edge, mobile, tiny
	// mine.yaml:7:21: hardware.Cloud.MyChip: memory: "96 GB/s" is ByteRate, want Bytes, such as "1 B"
}
