package hardware_test

import (
	"bufio"
	"bytes"
	"embed"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/physics"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/units"
)

//go:embed testdata/*.txt
var testdata embed.FS

// lines returns the words of each line of a file of facts.
func lines(t *testing.T, name string) [][]string {
	t.Helper()
	data, err := testdata.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var out [][]string
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		if line := s.Text(); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, strings.Fields(line))
		}
	}
	return out
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return v
}

func entry(t *testing.T, name string) *hardware.Entry {
	t.Helper()
	e, err := hardware.Lookup(name)
	require.NoError(t, err)
	require.Equal(t, name, e.Key)
	return e
}

// Every rule holds for every device, except where it says why not; an
// exception that is not needed is a mistake too.
func TestRules(t *testing.T) {
	for _, r := range rules {
		for _, e := range hardware.Entries() {
			why, excepted := r.except[e.Key]
			got := r.broken(e.Value)
			if excepted {
				require.NotEmpty(t, got, "%s: %s holds; drop the exception", e.Key, r.name)
				require.NotEmpty(t, why, "%s: %s: say why", e.Key, r.name)
				continue
			}
			require.Empty(t, got, "%s: %s", e.Path, r.name)
		}
		for key := range r.except {
			entry(t, key)
		}
	}
}

// The bandwidth is bus width times data rate per pin.
func TestBandwidthIsBusTimesPin(t *testing.T) {
	facts := lines(t, "buses.txt")
	require.Greater(t, len(facts), 90)
	for _, f := range facts {
		e := entry(t, f[0])
		got := number(t, f[1]) * number(t, f[2]) * 1e9 / 8
		require.InEpsilon(t, got, float64(e.Value.Bandwidth), 0.03, "%s: %g of %s", f[0], got/1e9, e.Value.Bandwidth)
	}
}

// The peak is units times operations per cycle times clock.
func TestPeakIsUnitsTimesClock(t *testing.T) {
	facts := lines(t, "clocks.txt")
	require.Greater(t, len(facts), 80)
	for _, f := range facts {
		var p physics.Precision
		require.NoError(t, p.UnmarshalText([]byte(f[1])))
		got := number(t, f[2]) * number(t, f[3]) * number(t, f[4]) * 1e9
		require.InEpsilon(t, got, float64(entry(t, f[0]).Value.Rates.At(p)), 0.03, "%s %s", f[0], p)
	}
}

// The link of a device in a node is the fabric's, one way.
func TestScaleUpIsTheFabric(t *testing.T) {
	for _, f := range lines(t, "fabrics.txt") {
		for _, key := range f[2:] {
			require.InEpsilon(t, number(t, f[1])*1e9, float64(entry(t, key).Value.ScaleUp), 1e-3, "%s on %s", key, f[0])
		}
	}
}

// A rack is n times its device.
func TestRackIsTheSumOfItsDevices(t *testing.T) {
	racks := map[string]hardware.Device{"GB200_NVL72": hardware.GB200, "GB300_NVL72": hardware.GB300}
	seen := 0
	for _, e := range hardware.Entries() {
		if e.Value.Accelerators == 0 {
			continue
		}
		seen++
		one, ok := racks[e.Key]
		require.True(t, ok, "%s: name its device here", e.Key)
		requireSum(t, e.Key, *e.Value, one)
	}
	require.Equal(t, len(racks), seen)
}

func requireSum(t require.TestingT, key string, rack, one hardware.Device) {
	n := float64(rack.Accelerators)
	for p := range physics.NumPrecisions {
		if rate := rack.Rates.At(p); rate > 0 {
			require.InEpsilon(t, float64(one.Rates.At(p).Times(n)), float64(rate), 0.02, "%s %s", key, p)
		}
	}
	require.InEpsilon(t, float64(one.Memory.Times(n)), float64(rack.Memory), 0.02, key)
	require.InEpsilon(t, float64(one.Bandwidth.Times(n)), float64(rack.Bandwidth), 0.02, key)
	require.Greater(t, float64(rack.TDP), float64(one.TDP.Times(n)), "%s: a rack has switches and processors too", key)
}

var (
	inBoth = regexp.MustCompile(`quotes ([0-9.]+) GB/s in both directions together`)
	aYear  = regexp.MustCompile(`\b(19|20)\d\d\b`)
	aMonth = regexp.MustCompile(`\b20\d\d-(0[1-9]|1[0-2])\b`)
	fixed  = regexp.MustCompile(`corrected from mlsysim 0\.3\.0: (missing there|[0-9])`)
	ofPeak = regexp.MustCompile(`^([0-9.]+) of ([0-9.]+) TFLOP/s`)
	dated  = regexp.MustCompile(`launch( price)?( of a desktop with it)?, 20\d\d-\d\d`)
)

func TestLinksAreOneWay(t *testing.T) {
	for _, e := range hardware.Entries() {
		d := e.Value
		if d.ScaleUp == 0 {
			continue
		}
		f, ok := source.Find(e.Facts, "ScaleUp")
		require.True(t, ok, e.Path)
		require.Contains(t, f.Note, "one way", "%s: say the direction", e.Path)
		if m := inBoth.FindStringSubmatch(f.Note); m != nil {
			require.InEpsilon(t, number(t, m[1])*1e9/2, float64(d.ScaleUp), 1e-6, e.Path)
		}
		require.Positive(t, float64(d.ScaleUpLatency), e.Path)
	}
}

// Idle power follows the convention of the power curve unless it was measured.
func TestIdleHasASource(t *testing.T) {
	measured := 0
	for _, e := range hardware.Entries() {
		f, ok := source.Find(e.Facts, "Idle")
		switch {
		case !ok:
			require.Zero(t, e.Value.TDP, e.Path)
		case f.Document == "power-curve":
			require.InDelta(t, 0.3, e.Value.Idle.Ratio(e.Value.TDP), 1e-3, e.Path)
			require.Equal(t, source.Low, f.Confidence, e.Path)
		default:
			measured++
			require.Contains(t, f.Note, "measured", e.Path)
		}
	}
	require.GreaterOrEqual(t, measured, 3)
}

// Measured ceilings lie between sustained and peak, and are the quotient their
// note gives.
func TestCeilings(t *testing.T) {
	seen := 0
	for _, e := range hardware.Entries() {
		d := e.Value
		for _, f := range []float64{d.StreamFraction, d.MatmulFraction, d.MatmulFraction8, d.SustainedFraction} {
			require.True(t, f == 0 || f > 0.3 && f < 1, "%s: %v", e.Path, f)
		}
		if d.SustainedFraction > 0 && d.MatmulFraction > 0 {
			require.Less(t, d.SustainedFraction, d.MatmulFraction, e.Path)
		}
		for field, f := range map[string]float64{"MatmulFraction": d.MatmulFraction, "MatmulFraction8": d.MatmulFraction8} {
			if f == 0 {
				continue
			}
			seen++
			fact, _ := source.Find(e.Facts, field)
			m := ofPeak.FindStringSubmatch(fact.Note)
			require.NotNil(t, m, "%s: %s: say measured of peak", e.Path, field)
			require.InDelta(t, number(t, m[1])/number(t, m[2]), f, 1e-3, e.Path)
			peak := sixteen(d)
			if field == "MatmulFraction8" {
				peak = max(d.Rates.FP8, d.Rates.INT8)
			}
			require.InEpsilon(t, number(t, m[2])*1e12, float64(peak), 0.006, "%s: %s", e.Path, field)
		}
	}
	require.GreaterOrEqual(t, seen, 18)
}

// Every price has a date: the month of the launch, or the year the figure was
// compiled.
func TestPricesHaveADate(t *testing.T) {
	priced, launched := 0, 0
	for _, e := range hardware.Entries() {
		f, ok := source.Find(e.Facts, "Price")
		require.Equal(t, ok, e.Value.Price > 0, e.Path)
		if !ok {
			continue
		}
		priced++
		require.Regexp(t, aYear, f.Note, e.Path)
		if strings.Contains(f.Note, "launch") && !strings.Contains(f.Note, "list price") {
			launched++
			require.Regexp(t, aMonth, f.Note, e.Path)
			require.Regexp(t, dated, f.Note, e.Path)
		}
	}
	require.Greater(t, priced, 60)
	require.Greater(t, launched, 25)
}

// A note that says corrected names what mlsysim 0.3.0 had.
func TestCorrectionsNameTheOldValue(t *testing.T) {
	seen := 0
	for _, e := range hardware.Entries() {
		for _, f := range e.Facts {
			if strings.Contains(f.Note, "corrected") {
				seen++
				require.Regexp(t, fixed, f.Note, "%s: %s", e.Path, f.Field)
			}
		}
	}
	require.Greater(t, seen, 50)
}

func TestTiersAndGroups(t *testing.T) {
	counts := map[hardware.Tier]int{}
	for _, e := range hardware.Entries() {
		group := strings.ToLower(strings.Split(e.Path, ".")[1])
		counts[e.Value.Tier]++
		if e.Value.Status == hardware.Reference {
			require.Equal(t, "reference", group, "%s: no real name carries a made-up number", e.Path)
			continue
		}
		require.Equal(t, e.Value.Tier.String(), group, e.Path)
	}
	require.GreaterOrEqual(t, len(hardware.Entries()), 150)
	for tier, least := range map[hardware.Tier]int{hardware.Cloud: 75, hardware.Workstation: 20, hardware.Edge: 20, hardware.Mobile: 12, hardware.Tiny: 22} {
		require.GreaterOrEqual(t, counts[tier], least, tier)
	}
}

// What defaults and searches use can be bought and is not of low confidence.
func TestTrusted(t *testing.T) {
	trusted := map[string]bool{}
	for _, e := range hardware.Trusted() {
		trusted[e.Key] = true
		require.Equal(t, hardware.Shipping, e.Value.Status, e.Path)
	}
	for _, key := range []string{"H100", "B300", "MI355X", "TPUv6", "Trainium2", "RTX_5090", "JetsonOrinNX", "iPhone15Pro", "ESP32_S3", "Coral"} {
		require.True(t, trusted[key], key)
	}
	doubts := map[string]string{
		"Rubin": "announced", "MI455X": "announced", "B100": "announced", "GenericServer": "reference", "RoboTaxi": "reference",
		"Maia200": "low confidence of Rates.BF16", "Hailo8": "low confidence of SRAM", "Pixel8": "low confidence of Rates.INT8",
		"Cerebras_CS3": "low confidence of Rates.FP16", "H100": "",
	}
	for key, want := range doubts {
		require.Equal(t, want, hardware.Doubt(entry(t, key)), key)
		require.Equal(t, want == "", trusted[key], key)
	}
	require.Greater(t, len(trusted), 140)
	require.Less(t, len(trusted), len(hardware.Entries())-15)
}

func TestEveryDeviceRuns(t *testing.T) {
	for _, e := range hardware.Entries() {
		d := e.Value
		require.NotEmpty(t, d.Rates.Supported(), e.Path)
		require.Positive(t, float64(d.Rates.At(d.Best())), e.Path)
		require.Positive(t, float64(d.MainBandwidth()), e.Path)
		require.Positive(t, float64(d.Capacity()), e.Path)
		require.Positive(t, float64(d.Dispatch), e.Path)
		require.InEpsilon(t, float64(10*units.Microsecond), float64(d.Launch), 1e-12, e.Path)
	}
}
