package zoo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/mlsysim/hardware"
	"github.com/mlsysim/golab/mlsysim/units"
	"github.com/mlsysim/golab/mlsysim/zoo"
)

// The fingerprint sees a change of any value that lookups read, and none of a
// variable, which they do not.
func TestFingerprint(t *testing.T) {
	before := zoo.Fingerprint()
	require.Equal(t, before, zoo.Fingerprint())

	was := hardware.H100
	t.Cleanup(func() { hardware.H100 = was })
	hardware.H100.Memory = 141 * units.GB
	require.Equal(t, before, zoo.Fingerprint())
	found, err := hardware.Find("H100")
	require.NoError(t, err)
	require.Equal(t, was, found)

	live := hardware.Entries()[0].Value
	kept := *live
	t.Cleanup(func() { *live = kept })
	live.Memory++
	require.NotEqual(t, before, zoo.Fingerprint())
	*live = kept
	require.Equal(t, before, zoo.Fingerprint())

	facts := hardware.Entries()[0].Facts
	note := facts[0].Note
	facts[0].Note += "?"
	require.NotEqual(t, before, zoo.Fingerprint())
	facts[0].Note = note
	require.Equal(t, before, zoo.Fingerprint())
}

func BenchmarkFingerprint(b *testing.B) {
	for b.Loop() {
		zoo.Fingerprint()
	}
}
