package sandbox_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/sandbox"
)

// BenchmarkRun is one submission of the first lab from start to end, by tier.
func BenchmarkRun(b *testing.B) {
	src, err := os.ReadFile("../testdata/t0/script.lab")
	require.NoError(b, err)
	for _, tier := range sandbox.Probe() {
		if tier.Why != "" {
			continue
		}
		b.Run(tier.Name, func(b *testing.B) {
			l := sandbox.Limits{Wall: time.Minute, Tier: tier.Name}
			run := func() {
				r, err := sandbox.Run(context.Background(), l, []sandbox.Cell{{Name: "script", Src: string(src)}})
				require.NoError(b, err)
				require.Empty(b, r.Ends)
				require.Len(b, r.Claims, 12)
			}
			run() // starts what serves many submissions
			for b.Loop() {
				run()
			}
		})
	}
}
