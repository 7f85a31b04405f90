package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/ledger"
)

// Whatever may change a student's grade changes the stamp, and nothing else does.
func TestStamps(t *testing.T) {
	l := open(t)
	s := submit(t, l, "ada", "x")
	submit(t, l, "bob", "y")
	stamps := func() (ada, bob string) {
		all, err := l.Stamps("T0")
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, "ada", all[0].Student)
		return all[0].Value, all[1].Value
	}
	var j ledger.Job
	for n, step := range []func() error{
		func() (err error) { j, err = l.Plan(s, 1, "env"); return err },
		func() error { return l.Tried(j, "no memory") },
		func() error { return l.Finish(j, result("a"), ledger.Timing{}) },
		func() error { return l.Finish(j, result("b"), ledger.Timing{}) },
		func() error {
			return l.Override(ledger.Override{Assignment: "T0", Student: "ada", Points: 1, Who: "prof", Reason: "r"})
		},
		func() error { return l.Extend("T0", "ada", "prof", "ill", time.Hour) },
		func() error { _, err := l.Plan(s, 2, "env"); return err },
		func() error { submit(t, l, "ada", "z"); return nil },
	} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			ada, bob := stamps()
			require.NoError(t, step())
			now, other := stamps()
			require.NotEqual(t, ada, now)
			require.Equal(t, bob, other)
		})
	}
	ada, bob := stamps()
	require.NoError(t, l.SetPolicy("T0", "prof", ledger.Policy{Due: noon, PerDay: 10}))
	now, other := stamps()
	require.NotEqual(t, ada, now)
	require.NotEqual(t, bob, other)
	again, _ := stamps()
	require.Equal(t, now, again)
}
