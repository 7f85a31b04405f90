package hardware_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// Every value of mlsysim 0.3.0 is ours, or a note of the entry names it.
func TestDifferencesToUpstreamAreNoted(t *testing.T) {
	entries, differ := map[string]bool{}, 0
	var silent []string
	for _, f := range lines(t, "upstream.txt") {
		e := entry(t, f[0])
		entries[e.Key] = true
		theirs := number(t, f[2])
		if slices.ContainsFunc(ours(e.Value, f[1]), func(v float64) bool { return near(v, theirs) }) {
			continue
		}
		differ++
		if !mentions(e, theirs) {
			silent = append(silent, fmt.Sprintf("%s %s: ours %v, mlsysim 0.3.0 %g", e.Key, f[1], ours(e.Value, f[1]), theirs))
		}
	}
	require.Empty(t, silent, "say so in a note")
	require.Len(t, entries, 52)
	require.Greater(t, differ, 45)
}

func near(a, b float64) bool { return math.Abs(a-b) <= 0.002*math.Abs(b) }

// ours lists what the device has for a field of mlsysim 0.3.0: the rate without
// a precision may be that of any, and a microcontroller has two memories.
func ours(d *hardware.Device, field string) []float64 {
	switch field {
	case "Peak":
		var rates []float64
		for p := range physics.NumPrecisions {
			rates = append(rates, float64(d.Rates.At(p)))
		}
		return rates
	case "Capacity":
		return []float64{float64(d.Capacity()), float64(d.Flash), float64(d.SRAM)}
	case "Bandwidth":
		return []float64{float64(d.Bandwidth), float64(d.FlashBandwidth), float64(d.SRAMBandwidth)}
	}
	v := reflect.ValueOf(d).Elem()
	for _, part := range strings.Split(field, ".") {
		v = v.FieldByName(part)
	}
	if v.CanInt() {
		return []float64{float64(v.Int())}
	}
	return []float64{v.Float()}
}

// mentions reports whether a note of the entry that speaks of mlsysim 0.3.0
// has the number, in any of the usual prefixes.
func mentions(e *hardware.Entry, v float64) bool {
	notes := []string{e.Note}
	for _, f := range e.Facts {
		notes = append(notes, f.Note)
	}
	var forms []string
	for _, prefix := range []float64{1e-6, 1e-3, 1, 1e3, 1e6, 1e9, 1e12, 1e15, 1 << 10, 1 << 20, 1 << 30} {
		forms = append(forms, strconv.FormatFloat(v/prefix, 'g', 6, 64))
	}
	for _, note := range notes {
		if !strings.Contains(note, "mlsysim 0.3.0") && !strings.Contains(note, "mlsysim-0.3.0") {
			continue
		}
		for _, word := range strings.FieldsFunc(note, func(r rune) bool { return !strings.ContainsRune("0123456789.", r) }) {
			for _, form := range forms {
				if strings.TrimRight(word, ".") == form {
					return true
				}
			}
		}
	}
	return false
}

// Each major error of mlsysim 0.3.0 about a device, put back into ours, is
// found by a rule that ours keeps; where physics cannot know, by the figure of
// the document.
func TestMajorErrorsOfUpstreamAreFound(t *testing.T) {
	const tera = units.TFLOPS
	cases := []struct {
		key, what, rule string
		err             func(d *hardware.Device)
	}{
		{"Trainium2", "bf16 of another chip", "documented", func(d *hardware.Device) { d.Rates.BF16, d.Rates.FP16 = 380*tera, 380*tera }},
		{"Trainium2", "fp8 of another chip", "documented", func(d *hardware.Device) { d.Rates.FP8 = 760 * tera }},
		{"Trainium2", "no link", "a node has a link and a link a node", func(d *hardware.Device) { d.ScaleUp = 0 }},
		{"GB200_NVL72", "72 of another device", "rack", func(d *hardware.Device) { d.Rates.BF16, d.Rates.FP8, d.Rates.FP4 = 162e15, 324e15, 648e15 }},
		{"GB200_NVL72", "physical memory", "rack", func(d *hardware.Device) { d.Memory = 13824 * units.GiB }},
		{"B200", "fp4 as int4, no int8", "int4 is at most twice an int8 rate", func(d *hardware.Device) { d.Rates.INT4, d.Rates.INT8 = 9000*tera, 0 }},
		{"H100_PCIe", "16 bit alone", "a cloud accelerator since 2022 has an 8-bit rate", func(d *hardware.Device) { d.Rates = hardware.Rates{FP32: 51 * tera, FP16: 756 * tera} }},
		{"MI325X", "fp16 alone", "a cloud accelerator since 2022 has an 8-bit rate", func(d *hardware.Device) { d.Rates = hardware.Rates{FP16: 1307.4 * tera} }},
		{"TPUv6", "no int8", "a cloud accelerator since 2022 has an 8-bit rate", func(d *hardware.Device) { d.Rates = hardware.Rates{BF16: 918 * tera} }},
		{"TPUv1", "int8 as float", "an int8 engine is no 16-bit engine", func(d *hardware.Device) { d.Rates.FP16 = 92 * tera }},
		{"T4", "no fp32", "a tensor GPU has its vector rate", func(d *hardware.Device) { d.Rates.FP32 = 0 }},
		{"Gaudi3", "no link", "a node has a link and a link a node", func(d *hardware.Device) { d.ScaleUp = 0 }},
		{"Cerebras_CS3", "sparse as dense", "arithmetic per watt is possible", func(d *hardware.Device) { d.Rates.FP16 = 125e15 }},
		{"JetsonAGXOrin", "sparse int8 as peak", "arithmetic per watt is possible", func(d *hardware.Device) { d.Rates.FP16 = 275 * tera }},
		{"JetsonAGXOrin", "sparse int8 as int8", "sparse is at most twice dense", func(d *hardware.Device) { d.Rates.INT8 = 275 * tera }},
		{"JetsonOrinNX", "a quarter of sparse", "clock", func(d *hardware.Device) { d.Rates.FP16 = 25 * tera }},
		{"JetsonOrinNX", "sparse int8 with the DLA", "clock", func(d *hardware.Device) { d.Rates.INT8 = 100 * tera }},
		{"DriveThor", "sparse fp8 as peak", "arithmetic per watt is possible", func(d *hardware.Device) { d.Rates.FP16 = 1000 * tera }},
		{"DriveThor", "bandwidth of two", "bus", func(d *hardware.Device) { d.Bandwidth = 546 * units.GBps }},
		{"Coral", "memory of a board", "documented", func(d *hardware.Device) { d.Memory, d.Bandwidth = units.GiB, 8*units.GBps }},
		{"Coral", "int8 as float", "an int8 engine is no 16-bit engine", func(d *hardware.Device) { d.Rates.FP16 = 4 * tera }},
		{"iPhone15Pro", "int8 as float", "an int8 engine is no 16-bit engine", func(d *hardware.Device) { d.Rates.FP16 = 35 * tera }},
		{"Pixel8", "int8 as float", "an int8 engine is no 16-bit engine", func(d *hardware.Device) { d.Rates.FP16 = 15 * tera }},
		{"Snapdragon8Gen3", "int8 as float", "an int8 engine is no 16-bit engine", func(d *hardware.Device) { d.Rates.FP16 = 34 * tera }},
		{"AppleM2", "int8 as float", "an int8 engine is no 16-bit engine", func(d *hardware.Device) { d.Rates.FP16 = 15.8 * tera }},
		{"STM32F4", "SRAM as capacity", "a microcontroller has SRAM and flash, others have memory", func(d *hardware.Device) { d.Memory = 192 * units.KiB }},
		{"MI300X", "both directions", "fabric", func(d *hardware.Device) { d.ScaleUp = 896 * units.GBps }},
	}
	for _, c := range cases {
		d := *entry(t, c.key).Value
		require.Empty(t, judge(t, c.rule, c.key, &d), "%s: %s", c.key, c.rule)
		c.err(&d)
		require.NotEmpty(t, judge(t, c.rule, c.key, &d), "%s: %s: %s does not find it", c.key, c.what, c.rule)
	}
}

// judge applies a rule, or the facts of testdata, to one device.
func judge(t *testing.T, name, key string, d *hardware.Device) string {
	t.Helper()
	switch name {
	case "documented":
		return undocumented(key, d)
	case "rack":
		return probe(func(t require.TestingT) { requireSum(t, key, *d, hardware.GB200) })
	case "bus":
		for _, f := range lines(t, "buses.txt") {
			if f[0] == key && math.Abs(number(t, f[1])*number(t, f[2])*1e9/8/float64(d.Bandwidth)-1) > 0.03 {
				return "bandwidth is not bus times pin"
			}
		}
		return ""
	case "clock":
		return offTheClock(t, key, d)
	case "fabric":
		for _, f := range lines(t, "fabrics.txt") {
			if strings.Contains(strings.Join(f[2:], " ")+" ", key+" ") && !near(float64(d.ScaleUp), number(t, f[1])*1e9) {
				return "not the fabric"
			}
		}
		return ""
	}
	for _, r := range rules {
		if r.name == name {
			return r.broken(d)
		}
	}
	require.Failf(t, "no such rule", "%s", name)
	return ""
}

func offTheClock(t *testing.T, key string, d *hardware.Device) string {
	for _, f := range lines(t, "clocks.txt") {
		var p physics.Precision
		require.NoError(t, p.UnmarshalText([]byte(f[1])))
		want := number(t, f[2]) * number(t, f[3]) * number(t, f[4]) * 1e9
		if f[0] == key && math.Abs(want/float64(d.Rates.At(p))-1) > 0.03 {
			return "not units times clock"
		}
	}
	return ""
}

// undocumented compares with the figures of a primary document that no law
// gives: the AWS Neuron architecture page, the Coral documentation.
func undocumented(key string, d *hardware.Device) string {
	const tera = units.TFLOPS
	switch {
	case key == "Trainium2" && (d.Rates.BF16 != 667*tera || d.Rates.FP16 != 667*tera || d.Rates.FP8 != 1299*tera):
		return "not the page of AWS"
	case key == "Coral" && (d.Memory != 0 || d.SRAM != 8*units.MiB || d.Bandwidth > d.HostLink):
		return "not the documentation of Coral"
	default:
		return ""
	}
}

// A recorder is a test that notes failure and goes on.
type recorder struct{ failed bool }

func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) FailNow()              { r.failed = true }

func probe(check func(require.TestingT)) string {
	var r recorder
	check(&r)
	if r.failed {
		return "a check failed"
	}
	return ""
}
