package sandbox_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/sandbox"
	"github.com/mlsysim/golab/kernelext/script"
)

func TestMain(m *testing.M) {
	sandbox.MaybeWorker()
	os.Exit(m.Run())
}

// The wall clock decides nothing here but for long loops in compiled code.
var limits = sandbox.Limits{Wall: 30 * time.Second, Memory: 256 << 20, Output: 64 << 10, Steps: 100_000}

// each runs a test on every tier of this machine.
func each(t *testing.T, test func(t *testing.T, l sandbox.Limits)) {
	t.Helper()
	for _, tier := range sandbox.Probe() {
		t.Run(tier.Name, func(t *testing.T) {
			if tier.Why != "" {
				require.Empty(t, os.Getenv("CI"), tier.Why)
				t.Skip(tier.Why)
			}
			l := limits
			l.Tier = tier.Name
			test(t, l)
		})
	}
}

func run(t *testing.T, l sandbox.Limits, src ...string) sandbox.Report {
	t.Helper()
	var cells []sandbox.Cell
	for i, s := range src {
		cells = append(cells, sandbox.Cell{Name: "cell " + string(rune('1'+i)), Src: s})
	}
	r, err := sandbox.Run(context.Background(), l, cells)
	require.NoError(t, err)
	require.Equal(t, l.Tier, r.Tier)
	return r
}

func TestRun(t *testing.T) {
	each(t, func(t *testing.T, l sandbox.Limits) {
		r := run(t, l, "x := 3*GB", "Answer(\"q1\", x)\nx")
		require.Empty(t, r.Ends)
		require.Len(t, r.Claims, 1)
		require.Contains(t, string(r.Claims[0]), `"number":3000000000`)
	})
}

// A bad cell costs itself and what needs it, nothing else.
func TestBadCellCostsOnlyItself(t *testing.T) {
	for _, c := range []struct {
		name, src, says string
		reason          script.Reason
	}{
		{"does not compile", "y := 80*GB + 3*Second", "cell 2, line 1: ", script.Failed},
		{"outside the language", "\ngo func() { panic(1) }()", "cell 2, line 2: ", script.Failed},
		{"solver error", "SingleNode{Model: Llama3_8B, Hardware: H100, Batch: -1}.Run()", "cell 2, line 1: compute.SingleNode: Batch = -1", script.Failed},
		{"infinite loop", "\nfor {\n}", "cell 2, line ", script.TimedOut},
		{"recursion", "func f(n int) int { return f(n + 1) }\nf(0)", "cell 2", script.Failed},
		{"memory bomb", "var xs [][]float64\nfor {\n\txs = append(xs, make([]float64, 1<<22))\n}", "cell 2: stopped at the memory limit of 256 MiB", script.OutOfMemory},
		{"flood", "for i := 0; i < 90000; i++ {\n\tfmt.Println(\"flood flood flood\")\n}", "cell 2: stopped after 65536 bytes of output", script.TooMuchOutput},
		{"long sweep", "Answer(\"q0\", 1)\nfor {\n\tSweep(Serving{Model: Llama3_8B, Hardware: H100, Prompt: 512, Output: 64}, \"Prompt\", Steps(1, 50000, 1))\n}", "cell 2: stopped after 5s", script.TimedOut},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, l sandbox.Limits) {
				if c.reason == script.TimedOut {
					l.Wall = 5 * time.Second
				}
				r := run(t, l, "x := 3", c.src, "Answer(\"q1\", x)")
				require.Len(t, r.Ends, 1, "%v", r.Ends)
				require.Equal(t, c.reason, r.Ends[0].Reason, r.Ends[0].Message)
				require.Equal(t, "cell 2", r.Ends[0].Cell)
				require.True(t, strings.HasPrefix(r.Ends[0].Message, c.says), r.Ends[0].Message)
				if c.name != "long sweep" { // nothing starts after the time of one attempt
					require.Len(t, r.Claims, 1, "the third cell still answers")
				}
			})
		})
	}
}

// The limit on output holds where what is printed costs more to say than it is
// long.
func TestFloodOfSmallPieces(t *testing.T) {
	each(t, func(t *testing.T, l sandbox.Limits) {
		l.Output, l.Steps = 4<<20, 20_000_000
		r := run(t, l, "for i := 0; i < 10000000; i++ {\n\tfmt.Println(1)\n}")
		require.Len(t, r.Ends, 1)
		require.Equal(t, script.TooMuchOutput, r.Ends[0].Reason, r.Ends[0].Message)
	})
}

func TestFollowUpErrorsEnd(t *testing.T) {
	each(t, func(t *testing.T, l sandbox.Limits) {
		r := run(t, l, "x := nothing", "x + 1", "Answer(\"q1\", 4)")
		require.Len(t, r.Ends, 2)
		require.Equal(t, "cell 1", r.Ends[0].Cell)
		require.Equal(t, "cell 2", r.Ends[1].Cell)
		require.Len(t, r.Claims, 1)
	})
}

func TestNothingRuns(t *testing.T) {
	each(t, func(t *testing.T, l sandbox.Limits) {
		r := run(t, l, "for {\n}")
		require.Len(t, r.Ends, 1)
		require.Empty(t, r.Claims)
	})
}

// The tiers agree on what a lab says, byte for byte.
func TestTiersAgree(t *testing.T) {
	src, err := os.ReadFile("../testdata/t0/script.lab")
	require.NoError(t, err)
	var first [][]byte
	each(t, func(t *testing.T, l sandbox.Limits) {
		r := run(t, l, string(src))
		require.Empty(t, r.Ends)
		if first == nil {
			first = r.Claims
		}
		require.Equal(t, first, r.Claims)
	})
}

// What happens before the student's code is no fault of the student.
func TestMachineAtFault(t *testing.T) {
	each(t, func(t *testing.T, l sandbox.Limits) {
		l.Memory = 4 << 20
		r, err := sandbox.Run(context.Background(), l, []sandbox.Cell{{Name: "cell 1", Src: "1"}})
		require.Error(t, err)
		require.Empty(t, r.Ends)
	})
}

func TestCancelled(t *testing.T) {
	each(t, func(t *testing.T, l sandbox.Limits) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := sandbox.Run(ctx, l, []sandbox.Cell{{Name: "cell 1", Src: "1"}})
		require.ErrorIs(t, err, context.Canceled)
	})
}

// The child finds neither the environment nor the files of the grader.
func TestNothingOfTheGraderIsVisible(t *testing.T) {
	t.Setenv("MLGRADE_KEY", "secret")
	each(t, func(t *testing.T, l sandbox.Limits) {
		for _, src := range []string{
			"import \"os\"\nos.Getenv(\"MLGRADE_KEY\")", "import \"syscall\"", "import \"net/http\"", "import \"unsafe\"",
			"import \"github.com/mlsysim/golab/labs/t0\"",
		} {
			r := run(t, l, src)
			require.Len(t, r.Ends, 1, src)
			require.Contains(t, r.Ends[0].Message, "not part of the lab language")
		}
	})
}

func TestIsolationNamesTheTier(t *testing.T) {
	for _, tier := range sandbox.Probe() {
		if tier.Why == "" {
			require.Equal(t, tier.String(), sandbox.Limits{Tier: tier.Name}.Isolation())
		}
	}
}

func TestUnknownTier(t *testing.T) {
	l := limits
	l.Tier = "none"
	_, err := sandbox.Run(context.Background(), l, []sandbox.Cell{{Name: "cell 1", Src: "1"}})
	require.EqualError(t, err, `tier = "none": want wasm or native`)
}
