package laws_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tables have every id of the specification, and no other.
func TestNothingIsMissing(t *testing.T) {
	var have, later []string
	for _, l := range laws() {
		have = append(have, l.id)
	}
	for _, d := range defects() {
		have = append(have, d.id)
		require.True(t, d.holds != nil || d.later != "", d.id)
		if d.later != "" {
			later = append(later, d.id+" "+d.later)
		}
	}
	for _, a := range abuses() {
		have = append(have, a.id)
	}
	var want []string
	for i := 1; i <= 27; i++ {
		want = append(want, fmt.Sprintf("I-%d", i))
	}
	for i := 1; i <= 49; i++ {
		want = append(want, fmt.Sprintf("D-%02d", i))
	}
	for i := 1; i <= 44; i++ {
		want = append(want, fmt.Sprintf("V-%02d", i))
	}
	slices.Sort(have)
	slices.Sort(want)
	require.Equal(t, want, slices.Compact(have))
	for _, line := range later {
		t.Log(line)
	}
}
