package hardware_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

func ExampleFind() {
	h, err := hardware.Find("h100_sxm")
	fmt.Println(h, h.Memory, h.Bandwidth, err)
	_, err = hardware.Find("H1000")
	fmt.Println(err)
	// Output:
	// NVIDIA H100 SXM5 85.9 GB 3.35 TB/s <nil>
	// unknown hardware "H1000": did you mean H100, H200, H800?
}

// A program may overwrite the exported variable; lookups must not follow.
func TestLookupsKeepTheirOwnValue(t *testing.T) {
	before := hardware.H100
	t.Cleanup(func() { hardware.H100 = before })
	hardware.H100.Memory = 1 * units.GB
	found, err := hardware.Find("H100")
	require.NoError(t, err)
	require.Equal(t, before, found)
}

// The exported variables are the registry values.
func TestVariablesAreEntries(t *testing.T) {
	for name, d := range map[string]hardware.Device{
		"T4": hardware.T4, "V100": hardware.V100, "A100": hardware.A100, "H100": hardware.H100, "H200": hardware.H200, "B200": hardware.B200,
		"MI300X": hardware.MI300X, "RTX_4090": hardware.RTX_4090, "JetsonOrinNX": hardware.JetsonOrinNX,
		"iPhone15Pro": hardware.IPhone15Pro, "ESP32_S3": hardware.ESP32_S3, "STM32L4R5": hardware.STM32L4R5,
	} {
		found, err := hardware.Find(name)
		require.NoError(t, err)
		require.Equal(t, d, found, name)
	}
}

// Each value that mlsysim 0.3.0 has wrong is right here and says so.
func TestCorrections(t *testing.T) {
	const tera = units.TFLOPS
	cases := []struct {
		entry, field string
		got, want    any
	}{
		{"B200", "Rates.INT8", hardware.B200.Rates.INT8, 4500 * tera},
		{"MI300X", "Rates.TF32", hardware.MI300X.Rates.TF32, 653.7 * tera},
		{"MI300X", "Rates.FP64", hardware.MI300X.Rates.FP64, 81.7 * tera},
		{"MI300X", "Rates.BF16", hardware.MI300X.Rates.BF16, 1307 * tera},
		{"MI300X", "ScaleUp", hardware.MI300X.ScaleUp, 448 * units.GBps},
		{"T4", "Rates.FP32", hardware.T4.Rates.FP32, 8.1 * tera},
		{"T4", "Rates.INT4", hardware.T4.Rates.INT4, 260 * tera},
		{"V100", "Year", hardware.V100.Year, 2018},
		{"H200", "Rates.FP16", hardware.H200.Rates.FP16, 989 * tera},
		{"JetsonOrinNX", "Rates.FP16", hardware.JetsonOrinNX.Rates.FP16, 15 * tera},
		{"JetsonOrinNX", "Rates.INT8", hardware.JetsonOrinNX.Rates.INT8, 30 * tera},
		{"iPhone15Pro", "Rates.INT8", hardware.IPhone15Pro.Rates.INT8, 35 * tera},
		{"ESP32_S3", "SRAM", hardware.ESP32_S3.SRAM, 512 * units.KiB},
	}
	for _, c := range cases {
		require.Equal(t, c.want, c.got, "%s.%s", c.entry, c.field)
		e, err := hardware.Lookup(c.entry)
		require.NoError(t, err)
		f, ok := source.Find(e.Facts, c.field)
		require.True(t, ok, "%s.%s", c.entry, c.field)
		require.Contains(t, f.Note, "corrected from mlsysim 0.3.0", "%s.%s", c.entry, c.field)
	}
	require.Zero(t, hardware.B200.Rates.INT4, "Blackwell has no int4")
	require.Zero(t, hardware.IPhone15Pro.Rates.FP16, "the neural engine's int8 rate is no fp16 rate")
	require.Zero(t, hardware.ESP32_S3.Memory, "a microcontroller has SRAM and flash, no main memory")
	require.Equal(t, 32*units.GiB, hardware.V100.Memory)
	require.Equal(t, 450*units.GBps, hardware.H100.ScaleUp, "one way")
}

// What is written is kept in main memory, or on a chip without one; never in flash.
func TestWritableMemory(t *testing.T) {
	require.Equal(t, hardware.H100.Memory, hardware.H100.Writable())
	require.Equal(t, hardware.STM32L4R5.SRAM, hardware.STM32L4R5.Writable())
	require.Equal(t, hardware.STM32L4R5.SRAM+hardware.STM32L4R5.Flash, hardware.STM32L4R5.Capacity())
}
