//go:build unix

package peer_test

import (
	"encoding/gob"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/gonb/peer"
)

const cellVar = "PEER_TEST_CELL"

// TestMain lets the test binary be the cell: a program that sends 200 displays
// and ends without a Sync, the mistake that the peer has to punish.
func TestMain(m *testing.M) {
	if os.Getenv(cellVar) == "" {
		os.Exit(m.Run())
	}
	w, err := os.OpenFile(os.Getenv("GONB_PIPE"), os.O_WRONLY, 0)
	exitOn(err)
	_, err = os.Open(os.Getenv("GONB_PIPE_BACK"))
	exitOn(err)
	enc := gob.NewEncoder(w)
	for i := range 200 {
		exitOn(enc.Encode(struct{ Data map[string]any }{map[string]any{"text/plain": fmt.Sprint(i)}}))
	}
	os.Exit(7)
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Without Sync the unread displays are lost, as in GoNB.
func TestUnreadDisplaysAreLost(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), cellVar+"=send")
	r, err := peer.Kernel{Piece: 64, Pause: 5 * time.Millisecond}.Run(cmd)
	require.NoError(t, err)
	require.Equal(t, 7, r.Exit, r.Stderr)
	require.Less(t, len(r.Displays), 200)
	require.NoError(t, r.Broken)
	require.Zero(t, r.Syncs)
}

func TestRunNeedsAProgram(t *testing.T) {
	_, err := peer.Kernel{}.Run(exec.Command("/does/not/exist"))
	require.ErrorIs(t, err, os.ErrNotExist)
}
