package sandbox_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlsysim/golab/autograder/sandbox"
)

func runAs(t *testing.T, language string, src ...string) sandbox.Report {
	t.Helper()
	var cells []sandbox.Cell
	for i, s := range src {
		cells = append(cells, sandbox.Cell{Name: "cell " + string(rune('1'+i)), Src: s})
	}
	r, err := sandbox.RunAs(context.Background(), sandbox.Limits{Wall: 60 * time.Second}, language, cells)
	require.NoError(t, err)
	return r
}

func TestGoNotebookDoesNotCompile(t *testing.T) {
	r := runAs(t, sandbox.Go, "x := 1\nvar y Bytes = 2", "%%\nAnswer(\"q1\", 3)", "func f() int {\n\treturn \"a\"\n}")
	require.Len(t, r.Ends, 3)
	require.Contains(t, r.Ends[0].Message, "cell 1, line 1: declared and not used: x")
	require.Contains(t, r.Ends[1].Message, "cell 2, line 2: undefined: Answer")
	require.Contains(t, r.Ends[2].Message, "cell 3, line 2: cannot use \"a\"")
	require.Empty(t, r.Claims, "the lab is not imported")
}

func TestGoNotebook(t *testing.T) {
	r := runAs(t, sandbox.Go,
		"import . \"github.com/mlsysim/golab/kernelext/lab\"",
		"func double(x Bytes) Bytes { return 2 * x }",
		"%%\nc := make(chan Bytes)\ngo func() { c <- double(GB) }()\nAnswer(\"q1\", <-c)",
		"%%\npanic(\"over\")",
		"%%\nAnswer(\"q2\", 3)",
	)
	require.Len(t, r.Ends, 1)
	require.Equal(t, "cell 4: over", r.Ends[0].Message)
	require.Len(t, r.Claims, 3)
	require.Contains(t, string(r.Claims[0]), `"number":2000000000`)
}

func TestPythonNotebook(t *testing.T) {
	r := runAs(t, sandbox.Python, "import math\nx = 2", "answer('q1', x * 21)", "1/0", "answer('q2', math.pi)")
	require.Len(t, r.Ends, 1)
	require.Equal(t, "cell 3, line 1: ZeroDivisionError: division by zero", r.Ends[0].Message)
	require.Len(t, r.Claims, 3)
}
