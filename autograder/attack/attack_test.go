package attack_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
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
		r, err := attack.Grade(context.Background(), attack.Options{Tier: tier.Name, Dir: t.TempDir(), Secret: secret, More: attack.Platform()})
		require.NoError(t, err)
		rows = append(rows, r...)
		r, err = attack.Downloads(context.Background(), attack.Options{Tier: tier.Name, Dir: t.TempDir(), Secret: secret})
		require.NoError(t, err)
		rows = append(rows, r...)
	}
	rows = append(rows, programs(t)...)
	if *table {
		fmt.Print(show.Text(attack.View(rows), show.Options{Width: 160}))
	}
	for _, r := range attack.Bad(rows) {
		t.Errorf("%s %s (%s): %v", r.ID, r.Name, r.Tier, r.Problems)
	}
	require.Contains(t, attack.Sum(rows), " 0 points gained, 0 leaks, 0 lost neighbours")
}

// programs are the cases that need processes of their own.
func programs(t *testing.T) []attack.Row {
	t.Helper()
	for _, tier := range sandbox.Probe() {
		if tier.Name == sandbox.Native && tier.Why != "" {
			return nil
		}
	}
	target, err := attack.NewTarget(t.TempDir(), secret)
	require.NoError(t, err)
	defer target.Close()
	rows, err := attack.RunPrograms(context.Background(), target, append(attack.GoPrograms(), attack.PythonPrograms()...))
	require.NoError(t, err)
	return rows
}

// What the attacks look for is there to be had without a sandbox.
func TestTargetHandsOutTheSecret(t *testing.T) {
	target, err := attack.NewTarget(t.TempDir(), secret)
	require.NoError(t, err)
	defer target.Close()
	for network, addr := range map[string]string{"tcp": target.TCP, "udp": target.UDP, "unix": target.Abstract} {
		c, err := net.Dial(network, addr)
		require.NoError(t, err)
		if network == "udp" {
			_, err = c.Write([]byte("key?"))
			require.NoError(t, err)
		}
		b := make([]byte, 100)
		n, err := c.Read(b)
		require.NoError(t, err)
		require.Contains(t, string(b[:n]), secret)
	}
	b, err := os.ReadFile(filepath.Join(target.Dir, "key.txt"))
	require.NoError(t, err)
	require.Equal(t, secret, string(b))
}

// The judge sees points that nobody deserves, points that are missing, and a
// secret that is out.
func TestJudgeSeesWhatIsWrong(t *testing.T) {
	right := attack.Honest()[0]
	gain, loss, out := right, right, right
	gain.ID, gain.True = "gain", 10
	loss.ID, loss.True = "loss", 31
	out.ID, out.As = "out", "name-"+secret
	rows, err := attack.Grade(context.Background(), attack.Options{Dir: t.TempDir(), Secret: secret, Only: []attack.Case{gain, loss, out}})
	require.NoError(t, err)
	bad := attack.Bad(rows)
	require.Len(t, bad, 3)
	require.Equal(t, []string{"gained 20 points"}, bad[0].Problems)
	require.Contains(t, bad[1].Problems[0], "lost 1 points")
	require.Contains(t, attack.Sum(rows), " 20 points gained, ")
	require.Positive(t, bad[2].Leaks)
}
