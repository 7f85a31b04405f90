package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/ledger"
)

func TestLateness(t *testing.T) {
	p := ledger.Policy{Due: noon, Grace: 15 * time.Minute, PerDay: 10, Cap: 25, CutOff: 5 * 24 * time.Hour}
	const h = time.Hour
	for _, c := range []struct {
		after, extension time.Duration
		days             int
		percent          float64
	}{
		{-h, 0, 0, 0},
		{0, 0, 0, 0},
		{15 * time.Minute, 0, 0, 0},
		{15*time.Minute + 1, 0, 1, 10},
		{24 * h, 0, 1, 10},
		{24*h + 1, 0, 2, 20},
		{49 * h, 0, 3, 25},
		{5 * 24 * h, 0, 5, 25},
		{5*24*h + 1, 0, 6, 100},
		{24 * h, 24 * h, 0, 0},
		{48 * h, 24 * h, 1, 10},
		{-h, -2 * h, 1, 10},
	} {
		got := p.Judge(noon.Add(c.after), c.extension)
		require.Equal(t, c.days, got.Days, "%v", c)
		require.Equal(t, c.percent, got.Percent, "%v", c)
		require.Equal(t, noon.Add(c.extension), got.Due)
	}
	require.Zero(t, p.Judge(time.Time{}, 0).Percent)
	require.Contains(t, p.Judge(time.Time{}, 0).Note, "not known")
	require.Zero(t, ledger.Policy{}.Judge(noon, 0).Percent)
	p.Cap, p.PerDay, p.CutOff = 0, 40, 0
	require.Equal(t, 100.0, p.Judge(noon.Add(30*24*h), 0).Percent)
}

func TestPolicyIsKept(t *testing.T) {
	l := open(t)
	got, err := l.Policy("T0")
	require.NoError(t, err)
	require.Equal(t, ledger.Policy{}, got)
	p := ledger.Policy{Due: noon.Add(-25 * time.Hour), PerDay: 10}
	require.NoError(t, l.SetPolicy("T0", "prof", ledger.Policy{Due: noon, PerDay: 50}))
	require.NoError(t, l.SetPolicy("T0", "prof", p))
	submit(t, l, "ada", "x")
	g, err := l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, 20.0, g.Late.Percent)

	require.NoError(t, l.Extend("T0", "ada", "prof", "ill", 24*time.Hour))
	g, err = l.Grade("T0", "ada")
	require.NoError(t, err)
	require.Equal(t, 10.0, g.Late.Percent)
	require.Equal(t, []string{"submitted", "extension"}, kinds(t, l, "ada"))

	for _, bad := range []ledger.Policy{{PerDay: 10}, {Due: noon, PerDay: -1}, {Due: noon, Cap: 101}, {Due: noon, Grace: -1}, {Due: noon, Grace: 2, CutOff: 1}} {
		require.ErrorContains(t, l.SetPolicy("T0", "prof", bad), "late policy")
	}
}
