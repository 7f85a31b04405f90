package hardware_test

import (
	"fmt"
	"strings"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/units"
)

// A rule is a statement about every device. It returns what is wrong with one,
// or nothing. Rules judge the numbers alone, so that a test can put a number of
// mlsysim 0.3.0 into a device and see that a rule finds it.
type rule struct {
	name   string
	broken func(d *hardware.Device) string
	except map[string]string // key -> why the rule does not hold
}

// rounding is what datasheets round away: 494.7 to 494, 1978.9 to 1979.
const rounding = 1.002

var rules = []rule{
	{"a shorter float format is no slower", shorterIsNoSlower, map[string]string{
		"GTX_1080_Ti": "Pascal for gamers runs fp16 at a 64th of the fp32 rate",
	}},
	{"bf16 and fp16 have one rate", oneSixteenBitRate, map[string]string{
		"MI100": "CDNA 1 runs bf16 at half rate",
	}},
	{"int8 is at least as fast as 16 bit", int8IsNoSlower, map[string]string{
		"Ryzen_AI_Max_395": "int8 is the NPU, 16 bit the faster GPU",
		"B300":             "Blackwell Ultra has almost no int8",
		"GB300":            "Blackwell Ultra has almost no int8",
		"Rubin":            "like Blackwell Ultra",
	}},
	{"an int8 engine is no 16-bit engine", eightIsNotSixteen, map[string]string{
		"MI100":            "CDNA 1 runs int8 at the fp16 rate",
		"MI210":            "CDNA 2 runs int8 at the fp16 rate",
		"MI250":            "CDNA 2 runs int8 at the fp16 rate",
		"MI250X":           "CDNA 2 runs int8 at the fp16 rate",
		"MI455X":           "the vendor prints one figure for both",
		"RX_7900_XTX":      "RDNA 3 runs int8 at the fp16 rate",
		"TPUv4":            "int8 at the bf16 rate",
		"TPUv4i":           "int8 at the bf16 rate",
		"Mac_M1_Ultra":     "int8 is the neural engine, 16 bit the GPU",
		"Mac_M2_Ultra":     "int8 is the neural engine, 16 bit the GPU",
		"Mac_M3_Ultra":     "int8 is the neural engine, 16 bit the GPU",
		"MacBookM3Max":     "int8 is the neural engine, 16 bit the GPU",
		"Ryzen_AI_Max_395": "int8 is the NPU, 16 bit the GPU",
		"B300":             "Blackwell Ultra has almost no int8",
		"GB300":            "Blackwell Ultra has almost no int8",
		"Rubin":            "like Blackwell Ultra",
	}},
	{"int4 is at most twice an int8 rate", int4FollowsInt8, map[string]string{
		"DMatrix_Corsair": "in-memory multipliers take a quarter of the cycles",
	}},
	{"sparse is at most twice dense", sparseIsAtMostTwice, nil},
	{"a tensor GPU has its vector rate", tensorNeedsVector, nil},
	{"a cloud accelerator since 2022 has an 8-bit rate", modernHasEightBit, map[string]string{
		"Maia100":      "the vendor prints 8 bit only in formats of its own",
		"SN40L":        "the paper has bf16 alone",
		"Cerebras_CS3": "the vendor prints one rate",
	}},
	{"a node has a link and a link a node", linkAndNode, nil},
	{"the scale-up link is no slower than the host link", scaleUpIsFaster, nil},
	{"a microcontroller has SRAM and flash, others have memory", memoryKinds, nil},
	{"arithmetic per watt is possible", efficiencyIsPossible, map[string]string{
		"TPUv6": "the power is an estimate of mlsysim 0.3.0; Google publishes none",
	}},
	{"memory, bandwidth, power and price are of the tier", ofTheTier, map[string]string{
		"GB200_NVL72":  "a rack",
		"GB300_NVL72":  "a rack",
		"Cerebras_CS2": "a wafer",
		"Cerebras_CS3": "a wafer",
		"Coral":        "weights come over USB",
		"GTX580_3GB":   "2010",
	}},
	{"the year is between 2010 and 2026", yearIsPlausible, nil},
	{"idle power is below the design power", idleIsBelow, nil},
}

func shorterIsNoSlower(d *hardware.Device) string {
	last := physics.FP64
	for _, p := range []physics.Precision{physics.FP32, physics.TF32, physics.BF16, physics.FP8, physics.FP4} {
		rate := d.Rates.At(p)
		if p == physics.BF16 {
			rate = max(rate, d.Rates.FP16)
		}
		if rate == 0 {
			continue
		}
		if before := d.Rates.At(last); rate < before || last == physics.BF16 && rate < d.Rates.FP16 {
			return fmt.Sprintf("%s at %s is slower than %s at %s", p, rate, last, before)
		}
		last = p
	}
	return ""
}

func oneSixteenBitRate(d *hardware.Device) string {
	if d.Rates.BF16 > 0 && d.Rates.FP16 > 0 && d.Rates.BF16 != d.Rates.FP16 {
		return fmt.Sprintf("bf16 %s, fp16 %s", d.Rates.BF16, d.Rates.FP16)
	}
	return ""
}

func sixteen(d *hardware.Device) units.FLOPRate { return max(d.Rates.FP16, d.Rates.BF16) }

func int8IsNoSlower(d *hardware.Device) string {
	if d.Rates.INT8 > 0 && d.Rates.INT8 < sixteen(d) {
		return fmt.Sprintf("int8 %s, 16 bit %s", d.Rates.INT8, sixteen(d))
	}
	return ""
}

// Below about 1.8 the 16-bit rate is usually the int8 one under another name.
func eightIsNotSixteen(d *hardware.Device) string {
	if half := sixteen(d); half > 0 && d.Rates.INT8 > 0 && d.Rates.INT8.Ratio(half) < 1.8 {
		return fmt.Sprintf("int8 %s, 16 bit %s", d.Rates.INT8, half)
	}
	return ""
}

func int4FollowsInt8(d *hardware.Device) string {
	if d.Rates.INT4 > 0 && (d.Rates.INT8 == 0 || d.Rates.INT4.Ratio(d.Rates.INT8) > 2.01) {
		return fmt.Sprintf("int4 %s, int8 %s", d.Rates.INT4, d.Rates.INT8)
	}
	return ""
}

func sparseIsAtMostTwice(d *hardware.Device) string {
	for p := range physics.NumPrecisions {
		sparse, dense := d.Sparse.At(p), d.Rates.At(p)
		if sparse > 0 && (dense == 0 || sparse < dense || sparse > dense.Times(2*rounding)) {
			return fmt.Sprintf("%s sparse %s, dense %s", p, sparse, dense)
		}
	}
	return ""
}

func isGPU(d *hardware.Device) bool {
	return strings.HasPrefix(d.Name, "NVIDIA") || strings.HasPrefix(d.Name, "AMD Instinct")
}

func tensorNeedsVector(d *hardware.Device) string {
	integrated := d.Tier == hardware.Edge || d.Name == "NVIDIA DGX Spark (GB10)" // vendors print no vector rate
	if isGPU(d) && !integrated && sixteen(d) > 0 && d.Rates.FP32 == 0 {
		return "has a 16-bit rate but no fp32 rate"
	}
	return ""
}

func modernHasEightBit(d *hardware.Device) string {
	if d.Tier == hardware.Cloud && d.Year >= 2022 && d.Status != hardware.Reference &&
		sixteen(d) > 20*units.TFLOPS && max(d.Rates.FP8, d.Rates.INT8) == 0 {
		return "has no 8-bit rate"
	}
	return ""
}

func linkAndNode(d *hardware.Device) string {
	switch {
	case d.NodeSize > 1 && d.ScaleUp == 0:
		return fmt.Sprintf("%d in a node and no link", d.NodeSize)
	case d.ScaleUp > 0 && d.NodeSize < 2:
		return "a link and no node"
	case d.Accelerators > 0 && d.ScaleUp > 0:
		return "a rack with a link: the fabric is inside it"
	default:
		return ""
	}
}

func scaleUpIsFaster(d *hardware.Device) string {
	if d.ScaleUp > 0 && d.ScaleUp < d.HostLink {
		return fmt.Sprintf("scale-up %s, host %s", d.ScaleUp, d.HostLink)
	}
	return ""
}

func memoryKinds(d *hardware.Device) string {
	switch {
	case d.Tier == hardware.Tiny && (d.Memory > 0 || d.SRAM == 0 || d.Flash == 0):
		return fmt.Sprintf("memory %s, SRAM %s, flash %s", d.Memory, d.SRAM, d.Flash)
	case d.Tier != hardware.Tiny && d.Flash > 0:
		return "flash"
	case max(d.Memory, d.SRAM) == 0:
		return "no memory"
	case d.Memory > 0 && d.Bandwidth == 0, d.Memory == 0 && d.MainBandwidth() == 0:
		return "no bandwidth"
	default:
		return ""
	}
}

// perWatt is the most 16-bit operations per joule that a device of that year
// has: today's best is near 2.4 TFLOP/s per watt. Eight bits may do twice that,
// fixed int8 engines of small devices more.
func perWatt(year int) units.FLOPRate {
	switch {
	case year < 2016:
		return 0.1 * units.TFLOPS
	case year < 2020:
		return units.TFLOPS
	case year < 2022:
		return 1.5 * units.TFLOPS
	case year < 2026:
		return 2.6 * units.TFLOPS
	default:
		return 3.5 * units.TFLOPS
	}
}

func efficiencyIsPossible(d *hardware.Device) string {
	if d.TDP == 0 {
		return ""
	}
	watts := float64(d.TDP)
	if most := perWatt(d.Year).Times(watts); sixteen(d) > most {
		return fmt.Sprintf("16 bit %s at %s, at most %s", sixteen(d), d.TDP, most)
	}
	most := perWatt(d.Year).Times(2 * watts)
	if d.Tier != hardware.Cloud || d.Rates.FP32 == 0 { // an engine for int8 alone
		most = (15 * units.TFLOPS).Times(watts)
	}
	if d.Rates.INT8 > most {
		return fmt.Sprintf("int8 %s at %s, at most %s", d.Rates.INT8, d.TDP, most)
	}
	return ""
}

// A span is the range of one quantity in a tier.
type span struct{ low, high float64 }

func (s span) refuse(what string, v float64) string {
	if v != 0 && (v < s.low || v > s.high) {
		return fmt.Sprintf("%s %g: want %g to %g", what, v, s.low, s.high)
	}
	return ""
}

// The ranges of single devices, in SI.
var tiers = map[hardware.Tier]struct{ capacity, bandwidth, tdp, price span }{
	hardware.Cloud:       {span{1e8, 1.2e12}, span{1e10, 3e13}, span{40, 1500}, span{1000, 60_000}},
	hardware.Workstation: {span{8e9, 6e11}, span{6e10, 2e12}, span{15, 700}, span{200, 10_000}},
	hardware.Edge:        {span{8e6, 1.4e11}, span{4e9, 3e11}, span{1, 350}, span{40, 3500}},
	hardware.Mobile:      {span{4e9, 2e10}, span{3e10, 1.3e11}, span{4, 25}, span{200, 2000}},
	hardware.Tiny:        {span{5e5, 3e7}, span{4e7, 3e10}, span{5e-4, 1.5}, span{0.5, 50}},
}

func ofTheTier(d *hardware.Device) string {
	t := tiers[d.Tier]
	bandwidth := d.MainBandwidth()
	if d.Memory == 0 && d.Tier == hardware.Cloud { // on-chip memory alone
		t.capacity, t.bandwidth = span{1e8, 1e9}, span{4e13, 1.1e15}
	}
	for _, refused := range []string{
		t.capacity.refuse("capacity", float64(d.Capacity())),
		t.bandwidth.refuse("bandwidth", float64(bandwidth)),
		t.tdp.refuse("design power", float64(d.TDP)),
		t.price.refuse("price", float64(d.Price)),
	} {
		if refused != "" {
			return refused
		}
	}
	return ""
}

func yearIsPlausible(d *hardware.Device) string {
	if d.Year < 2010 || d.Year > 2026 {
		return fmt.Sprint(d.Year)
	}
	return ""
}

func idleIsBelow(d *hardware.Device) string {
	if d.Idle > 0 && d.Idle >= d.TDP || (d.Idle == 0) != (d.TDP == 0) {
		return fmt.Sprintf("idle %s, design %s", d.Idle, d.TDP)
	}
	return ""
}
