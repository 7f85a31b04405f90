package script_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/kernelext/script"
	"github.com/mlsysim/golab/kernelext/script/internal/demo"
)

func TestMain(m *testing.M) {
	plain := func(v any) map[string]any { return map[string]any{"text/plain": fmt.Sprint(v)} }
	script.Worker{Prelude: demo.Prelude(), Show: plain}.Maybe()
	os.Exit(m.Run())
}

func execute(t *testing.T, l script.Limits, src string) script.Outcome {
	t.Helper()
	if raceEnabled {
		t.Skip("the race detector needs more memory than a script may have")
	}
	if l.Wall == 0 {
		l.Wall, l.CPU = time.Minute, 10*time.Second // a machine that is busy with other tests is slow
	}
	o, err := script.Exec(context.Background(), l, src)
	require.NoError(t, err)
	return o
}

func TestExecDone(t *testing.T) {
	o := execute(t, script.Limits{}, "fmt.Println(80*GB)\n3*Second\nAnswer(\"q1\", 2*GB)\n")
	require.Equal(t, script.Done, o.Reason, "%v", o.Err)
	require.Equal(t, "80 GB\n", o.Stdout)
	require.Equal(t, []script.Item{{Cell: "lab", Bundle: map[string]string{"text/plain": "3 s"}}}, o.Shown)
	require.Len(t, o.Claims, 1)
	var claim struct {
		ID     string
		Number float64
	}
	require.NoError(t, json.Unmarshal(o.Claims[0], &claim))
	require.Equal(t, "q1", claim.ID)
	require.Equal(t, 2e9, claim.Number)
}

func TestExecCellsShareValues(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector needs more memory than a script may have")
	}
	o, err := script.ExecCells(context.Background(), script.Limits{Wall: time.Minute}, []script.Cell{{Name: "1", Src: "x := 40"}, {Name: "2", Src: "x + 2"}})
	require.NoError(t, err)
	require.Equal(t, script.Done, o.Reason, "%v", o.Err)
	require.Equal(t, "42", o.Shown[0].Bundle["text/plain"])
}

func TestExecBadEndings(t *testing.T) {
	short := script.Limits{Wall: 3 * time.Second, Memory: 256 << 20, Output: 64 << 10}
	steps := short
	steps.Steps = 100_000
	cpu := short
	cpu.CPU, cpu.Wall, cpu.Steps = time.Second, 20*time.Second, 1<<50
	for _, c := range []struct {
		name, src string
		limits    script.Limits
		reason    script.Reason
		says      string
	}{
		{"infinite loop", "x := 0\nfor {\n x++\n}", steps, script.TimedOut, "lab:2: stopped after 100000 steps"},
		{"processor time", "for {\n}", cpu, script.TimedOut, "too long"},
		{"wall clock", "Block()", short, script.TimedOut, "stopped after 3s"},
		{"recursion", "func f(n int) int {\n return f(n+1)\n}\nf(0)", short, script.Failed, "calls deep"},
		{"memory bomb", "var xs [][]float64\nfor {\n xs = append(xs, make([]float64, 1<<22))\n}", short, script.OutOfMemory, "memory limit of 256 MiB"},
		{"one big slice", "x := make([]float64, 1<<33)\nx[0] = 1", short, script.OutOfMemory, "memory limit"},
		{"goroutine panic", "Go(func() { panic(\"away\") })", short, script.Crashed, "without a result"},
		{"output flood", "for {\n fmt.Println(\"flood flood flood\")\n}", short, script.TooMuchOutput, "65536 bytes"},
		{"shown flood", "for i := range 100000 {\n Answer(\"q\", i)\n}", short, script.TooMuchOutput, "65536 bytes"},
		{"solver error", "s := Stream{Data: -1}\ns.Run()", short, script.Failed, "lab:2: lab.Stream: Data = -1: want at least 0"},
		{"type error", "80*GB + 3*Second", short, script.Failed, "lab:1:1: invalid operation: 80 * GB + 3 * Second (mismatched types Bytes and Seconds)"},
		{"syntax error", "x := )", short, script.Failed, "lab:1:6: unexpected )"},
		{"files", "import \"os\"\nos.Exit(0)", short, script.Failed, "package os is not part of the lab language"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := execute(t, c.limits, c.src)
			require.Equal(t, c.reason, o.Reason, "%v", o.Err)
			require.NotNil(t, o.Err)
			require.Contains(t, o.Err.Error(), c.says)
		})
	}
}

func TestExecCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := script.Exec(ctx, script.Limits{}, "Block()")
	require.ErrorIs(t, err, context.Canceled)
}

func TestExecCleanEnvironment(t *testing.T) {
	t.Setenv("SECRET_KEY", "42.5")
	t.Setenv("TMPDIR", t.TempDir()) // other tests run scripts too
	o := execute(t, script.Limits{}, "x := 1\nx")
	require.Equal(t, script.Done, o.Reason, "%v", o.Err)
	entries, err := os.ReadDir(os.TempDir())
	require.NoError(t, err)
	for _, e := range entries {
		require.NotContains(t, e.Name(), "mlsysim-script-", "the directory of the script is removed")
	}
}
