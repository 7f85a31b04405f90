package zoo_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/source"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse("2006-01-02", text)
	require.NoError(t, err)
	return d
}

// The counts add up, and every low confidence is a finding.
func TestCounts(t *testing.T) {
	var z zoo.Zoo
	c := z.Checkup(day(t, "2026-11-25"), zoo.Kinds()...)
	require.Len(t, c.Counts, 4)
	require.Equal(t, len(hardware.Entries()), c.Counts[0].Entries)
	values, low := 0, 0
	for _, n := range c.Counts {
		require.Equal(t, n.Values, n.High+n.Medium+n.Low, n.Registry)
		low += n.Low
	}
	for _, e := range hardware.Entries() {
		values += len(e.Facts)
	}
	require.Equal(t, values, c.Counts[0].Values)
	for _, f := range c.Findings {
		if f.Problem == zoo.Doubtful {
			low--
		}
	}
	require.Zero(t, low)
}

// Nothing becomes fresh by waiting, and everything with a date gets old.
func TestStaleOnlyGrows(t *testing.T) {
	var z zoo.Zoo
	was := map[zoo.Finding]bool{}
	for _, text := range []string{"2015-01-01", "2024-06-01", "2025-12-31", "2026-11-25", "2027-03-01", "2040-01-01"} {
		now := map[zoo.Finding]bool{}
		for _, f := range z.Checkup(day(t, text), zoo.Kinds()...).Findings {
			if f.Problem == zoo.Stale {
				now[f] = true
			}
		}
		for f := range was {
			require.True(t, now[f], "%v on %s", f, text)
		}
		was = now
	}
	require.Greater(t, len(was), 200)
}

func TestFindingsOfOneFile(t *testing.T) {
	var z zoo.Zoo
	require.NoError(t, z.Add("mine.yaml", []byte(`
Cloud:
  Chip1:
    name: Chip one
    tier: cloud
    year: {value: 2024, source: nvidia-dgx, confidence: high}
    rates: {int8: {value: 1 TOP/s, source: nvidia-dgx, confidence: low, note: guess}}
    memory: {value: 1 GB, source: nvidia-dgx, confidence: high}
    price: {value: 100 USD, source: nvidia-dgx, confidence: medium, note: "street price, 2025-06"}
`)))
	find := func(date string) (out []zoo.Finding) {
		for _, f := range z.Checkup(day(t, date), "hardware").Findings {
			if f.Entry == "Chip1" {
				out = append(out, f)
			}
		}
		return out
	}
	want := []zoo.Finding{
		{"hardware", "Device", "Chip1", "TDP", zoo.Missing, "", ""},
		{"hardware", "Device", "Chip1", "Bandwidth", zoo.Missing, "", ""},
		{"hardware", "Device", "Chip1", "Rates.INT8", zoo.Doubtful, "1 TOP/s", "guess"},
	}
	require.Equal(t, want, find("2026-06-30"))
	old := zoo.Finding{"hardware", "Device", "Chip1", "Price", zoo.Stale, "100 USD", "2025-06"}
	require.ElementsMatch(t, append(want, old), find("2026-07-02"))
	require.Equal(t, 1, zoo.Tally("own", z.Own()).Low)
	require.Equal(t, source.Low, z.Hardware[0].Facts[2].Confidence)
}
