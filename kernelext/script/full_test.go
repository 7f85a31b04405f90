package script

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// A session that has numbered all the lines it can says so.
func TestSessionIsFull(t *testing.T) {
	e := New(Options{Show: func(any) {}})
	require.NoError(t, e.Run(context.Background(), "cell 1", "x := 1"))
	e.session.next = nowhereLine - 4
	require.NoError(t, e.Run(context.Background(), "cell 2", "x"))
	err := e.Run(context.Background(), "cell 3", "x\nx")
	require.EqualError(t, err, "cell 3: this session is full: it has numbered 536870910 lines in 2 scripts and cells")
}
