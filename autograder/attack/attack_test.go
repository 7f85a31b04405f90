package attack_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/attack"
	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/mlsysim/show"
)

var table = flag.Bool("table", false, "print the table of attacks")

func TestMain(m *testing.M) {
	sandbox.MaybeWorker()
	flag.Parse()
	os.Exit(m.Run())
}

const secret = "canary-41f7c2d9-5b3e"

func TestAttacks(t *testing.T) {
	t.Setenv("MLGRADE_SECRET", secret)
	var rows []attack.Row
	for _, tier := range sandbox.Probe() {
		if tier.Why != "" {
			require.Empty(t, os.Getenv("CI"), tier.Why)
			continue
		}
		r, err := attack.Grade(context.Background(), attack.Options{Tier: tier.Name, Dir: t.TempDir(), Secret: secret})
		require.NoError(t, err)
		rows = append(rows, r...)
	}
	report(t, rows)
}

func report(t *testing.T, rows []attack.Row) {
	t.Helper()
	if *table {
		fmt.Print(show.Text(attack.View(rows), show.Options{Width: 160}))
	}
	for _, r := range attack.Bad(rows) {
		t.Errorf("%s %s (%s): %v", r.ID, r.Name, r.Tier, r.Problems)
	}
}

func TestPrograms(t *testing.T) {
	t.Setenv("MLGRADE_SECRET", secret)
	target, err := attack.NewTarget(t.TempDir(), secret)
	require.NoError(t, err)
	defer target.Close()
	rows, err := attack.RunPrograms(context.Background(), target, append(attack.GoPrograms(), attack.PythonPrograms()...))
	require.NoError(t, err)
	report(t, rows)
}
